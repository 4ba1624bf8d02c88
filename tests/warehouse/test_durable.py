"""Files that are whole or not there."""

from collections.abc import Iterator

import pytest

from warehouse import durable


def broken_off() -> Iterator[bytes]:
    yield b"new"
    raise OSError("the disk is full")


def test_a_write_that_is_broken_off_leaves_what_was_there(tmp_path):
    path = durable.write(tmp_path / "folder" / "file", [b"o", b"ld"])
    with pytest.raises(OSError, match="full"):
        durable.write(path, broken_off())
    assert path.read_bytes() == b"old"


def test_what_is_written_is_its_owners_alone(tmp_path):
    path = durable.write(tmp_path / "folder" / "file", [b"whole"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
