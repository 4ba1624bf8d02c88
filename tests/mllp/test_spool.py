import os
from pathlib import Path

import pytest

from jobs.mllp import spool as spools
from jobs.mllp.spool import Spool
from warehouse.errors import NotSetUp

ONE, TWO = b"MSH|^~\\&|one\rPID|1", b"MSH|^~\\&|two\rPID|2"


@pytest.fixture
def opened(folder):
    """Open a spool anew, as after a restart: the one before is given up as it stands."""
    last = []

    def open_again() -> Spool:
        for spool in last:
            os.close(spool._lock)
        last[:] = [Spool(folder)]
        return last[0]

    yield open_again
    for spool in last:
        spool.close()


def test_what_was_stored_is_there_after_a_restart(opened, folder):
    opened().append([ONE, TWO])
    path = opened().land("a.hl7")
    assert path.read_bytes() == b"\x0b" + ONE + b"\x1c\r\x0b" + TWO + b"\x1c\r"
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("torn", [b"\x0b", b"\x0bMSH|^~\\&|tor", b"\x0b" + ONE + b"\x1c"])
def test_a_torn_last_message_is_dropped(opened, folder, torn):
    opened().append([ONE])
    with (folder / ".mllp-spool").open("ab") as file:
        file.write(torn)
    spool = opened()
    spool.append([TWO])
    assert spool.land("a.hl7").read_bytes() == b"\x0b" + ONE + b"\x1c\r\x0b" + TWO + b"\x1c\r"


def test_a_failed_append_leaves_nothing_behind(opened, monkeypatch):
    spool = opened()
    spool.append([ONE])
    fsync, calls = os.fsync, []

    def once(handle):
        calls.append(handle)
        if len(calls) == 1:
            raise OSError(5, "Input/output error")
        fsync(handle)

    monkeypatch.setattr(spools.os, "fsync", once)
    with pytest.raises(OSError):
        spool.append([TWO])
    assert not spool.has(TWO)
    assert spool.land("a.hl7").read_bytes() == b"\x0b" + ONE + b"\x1c\r"


def test_what_cannot_be_cut_off_is_never_followed_by_more(opened, monkeypatch):
    spool = opened()
    spool.append([ONE])
    with monkeypatch.context() as broken:
        broken.setattr(spools.os, "fsync", failing)
        broken.setattr(spools.os, "ftruncate", failing)
        with pytest.raises(OSError, match="space"):
            spool.append([TWO])
        with pytest.raises(OSError, match="space"):
            spool.append([TWO])
        with pytest.raises(OSError, match="space"):
            spool.land("a.hl7")
    spool.append([b"three"])
    assert spool.land("a.hl7").read_bytes() == b"\x0b" + ONE + b"\x1c\r\x0bthree\x1c\r"


def test_a_full_disk_at_landing_leaves_the_spool_as_it_was(opened, folder, monkeypatch):
    spool = opened()
    spool.append([ONE])
    with monkeypatch.context() as broken:
        broken.setattr(spools, "_opened", failing)
        with pytest.raises(OSError, match="space"):
            spool.land("a.hl7")
    spool.append([TWO])
    assert not (folder / "a.hl7").exists()
    assert spool.land("a.hl7").read_bytes() == b"\x0b" + ONE + b"\x1c\r\x0b" + TWO + b"\x1c\r"
    spool.append([ONE])
    assert spool.size == (folder / ".mllp-spool").stat().st_size > 0


def test_a_spool_that_lost_its_name_takes_nothing_more(opened, folder, monkeypatch):
    spool, rename = opened(), Path.rename

    def fail_second(path, target):
        return failing() if path.name == ".mllp-spool.next" else rename(path, target)

    spool.append([ONE])
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", fail_second)
        with pytest.raises(OSError, match="space"):
            spool.land("a.hl7")
    with pytest.raises(ValueError, match="closed"):
        spool.append([TWO])
    assert (folder / "a.hl7").read_bytes() == b"\x0b" + ONE + b"\x1c\r"
    opened().append([TWO])


def failing(*_):
    raise OSError(28, "No space left on device")


def test_a_message_is_known_after_it_was_landed_and_after_a_restart(opened):
    spool = opened()
    spool.append([ONE])
    spool.land("a.hl7")
    spool.append([TWO])
    again = opened()
    assert again.has(ONE)
    assert again.has(TWO)
    assert not again.has(b"MSH|^~\\&|three")


def test_a_torn_memory_is_mended(opened, folder):
    spool = opened()
    spool.append([ONE])
    spool.land("a.hl7")
    with (folder / ".mllp-seen").open("ab") as file:
        file.write(b"torn")
    spool = opened()
    spool.append([TWO])
    spool.land("b.hl7")
    assert opened().has(TWO)


def test_a_memory_torn_by_a_full_disk_is_mended_before_more_is_added(opened, folder):
    spool = opened()
    spool.append([ONE])
    (folder / ".mllp-seen").write_bytes(b"torn")
    spool.land("a.hl7")
    assert opened().has(ONE)


def test_the_memory_does_not_grow_for_ever(opened, folder, monkeypatch):
    monkeypatch.setattr(spools, "WINDOW", 10)
    spool = opened()
    for number in range(50):
        spool.append([b"%d" % number])
        spool.land(f"{number}.hl7")
    assert (folder / ".mllp-seen").stat().st_size <= 21 * spools.DIGEST
    assert opened().has(b"49")
    assert not opened().has(b"0")


def test_nothing_is_landed_where_nothing_was_stored(opened):
    assert opened().land("a.hl7") is None


def test_a_second_listener_on_the_same_source_is_refused(opened, folder):
    opened()
    with pytest.raises(NotSetUp, match="another listener"):
        Spool(folder)
