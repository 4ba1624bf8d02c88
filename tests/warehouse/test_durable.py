"""Files that are whole or not there."""

from collections.abc import Iterator

import pytest

from warehouse import durable
from warehouse.errors import WardtwinError


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


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    with pytest.raises(OSError, match="full"), durable.folder(tmp_path / "out") as side:
        (side / "half").write_text("of it")
        raise OSError("the disk is full")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_empty_may_be_filled_and_is_its_owners_alone(tmp_path):
    (tmp_path / "out").mkdir()
    with durable.folder(tmp_path / "out") as side:
        (side / "inner").mkdir()
        (side / "inner" / "file").write_text("whole")
    assert (tmp_path / "out" / "inner" / "file").read_text() == "whole"
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_holds_something_is_not_touched(tmp_path):
    with pytest.raises(WardtwinError, match="not an empty folder"), durable.folder(tmp_path.parent):
        raise AssertionError("it must not be filled")
