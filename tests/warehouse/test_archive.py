import random

import pytest

from warehouse.archive import CHUNK, TAG, Archive
from warehouse.errors import NotSetUp
from warehouse.keys import Keys

ID = "ab" * 32


@pytest.fixture
def archive(tmp_path) -> Archive:
    return Archive(tmp_path / "archive", Keys(bytes(32)))


def kept(archive: Archive, tmp_path, content: bytes):
    (tmp_path / "landed").write_bytes(content)
    archive.store(ID, tmp_path / "landed")
    return next(archive.folder.rglob("*.file"))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
def test_a_file_comes_back_as_it_landed(archive, tmp_path, size):
    content = random.Random(size).randbytes(size)
    kept(archive, tmp_path, content)
    archive.restore(ID, tmp_path / "restored")
    assert (tmp_path / "restored").read_bytes() == content


def test_nothing_of_it_is_in_clear(archive, tmp_path):
    assert b"Ann Example" not in kept(archive, tmp_path, b"Ann Example" * 100).read_bytes()


def test_sidecars_come_in_the_order_of_batch_numbers_and_are_not_in_clear(archive):
    for number, batch_id in [(2, "aa"), (1, "bb")]:
        sidecar = {
            "batch_id": batch_id,
            "batch_no": number,
            "landed": "",
            "name": "Ann.csv",
        }
        archive.note(batch_id, sidecar)
    assert [sidecar["batch_id"] for sidecar in archive.sidecars()] == ["bb", "aa"]
    assert not any(b"Ann" in path.read_bytes() for path in archive.folder.rglob("*.sidecar"))


def cut_a_chunk(data: bytes) -> bytes:
    return data[: 8 + CHUNK + TAG]


def swap_chunks(data: bytes) -> bytes:
    head, size = data[:8], CHUNK + TAG
    return head + data[8 + size : 8 + 2 * size] + data[8 : 8 + size] + data[8 + 2 * size :]


def flip_a_byte(data: bytes) -> bytes:
    return data[:100] + bytes([data[100] ^ 1]) + data[101:]


@pytest.mark.parametrize("damage", [cut_a_chunk, swap_chunks, flip_a_byte])
def test_a_damaged_file_is_refused_and_nothing_is_half_written(archive, tmp_path, damage):
    path = kept(archive, tmp_path, bytes(3 * CHUNK))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(NotSetUp, match="damaged"):
        archive.restore(ID, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_storing_it_again_keeps_the_first(archive, tmp_path):
    path = kept(archive, tmp_path, b"one")
    before = path.read_bytes()
    kept(archive, tmp_path, b"one")
    assert path.read_bytes() == before


def test_a_batch_that_is_not_kept_is_named(archive, tmp_path):
    with pytest.raises(NotSetUp, match=ID):
        archive.restore(ID, tmp_path / "restored")
