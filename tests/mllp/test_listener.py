import asyncio
import time

import pytest

from jobs import microbatch
from jobs.mllp.listener import Limits, Listener
from jobs.mllp.spool import VT, Spool
from tests.conftest import NOW
from tests.ingest.hl7 import adt, header, message, obx, pid, result
from tests.mllp.conftest import Sender, listening

ON_DISK = ".mllp-spool"


def verdict(answer: str) -> str:
    """MSA-1."""
    return answer.split("\r")[1].split("|")[1]


def test_a_message_is_acknowledged_when_it_is_on_disk(send, folder):
    assert verdict(send(result())) == "AA"
    assert result().rstrip("\r").encode() in (folder / ON_DISK).read_bytes()


def test_the_answer_names_the_message_and_goes_back_to_the_sender(send):
    msh, msa, *_ = send(adt("A01").replace("MON|W4|||", "EHR|H|WARD|UNIT|")).split("\r")
    assert msh.split("|")[2:6] == ["WARD", "UNIT", "EHR", "H"]
    assert msh.split("|")[8] == "ACK^A01"
    assert msa == "MSA|AA|M1"


@pytest.mark.parametrize(
    "text, code, error",
    [
        ("hello", "AR", "100"),
        ("", "AR", "100"),
        ("MSH||||", "AR", "100"),
        ("MSH||||\rPID|1", "AR", "100"),
        ("MSH^^^^^", "AR", "100"),
        (result().replace(r"^~\&", r"^^\&"), "AR", "100"),
        (message(header("SIU^S12"), pid()), "AR", "200"),
        (result(id=""), "AE", "101"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(send, folder, text, code, error):
    answer = send(text)
    assert verdict(answer) == code
    assert answer.split("\r")[2].startswith(f"ERR|||{error}^")
    assert (folder / ON_DISK).read_bytes() == b""


def test_an_answer_holds_nothing_of_a_patient(send):
    for text in (result(), result(id=""), message(header("SIU^S12"), pid())):
        assert "Jane" not in send(text)


def test_the_same_message_again_is_acknowledged_and_stored_once(send, folder):
    assert [verdict(send(result())) for _ in range(3)] == ["AA"] * 3
    assert (folder / ON_DISK).read_bytes().count(b"MSH|") == 1


def test_other_content_under_the_same_id_is_stored_too(send, folder):
    """A sender that counts from 1 again each day must not lose its messages."""
    assert verdict(send(result())) == verdict(send(result(obx(value="80")))) == "AA"
    assert (folder / ON_DISK).read_bytes().count(b"MSH|") == 2


def test_a_message_that_cannot_be_stored_is_an_error_and_comes_again(send, folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("jobs.mllp.spool.os.fsync", full)
        broken.setattr("jobs.mllp.spool.os.ftruncate", full)
        assert verdict(send(result())) == "AE"
    assert verdict(send(result())) == "AA"


def test_a_listener_that_can_keep_nothing_more_ends_with_an_error(folder):
    spool, stop = Spool(folder), asyncio.Event()

    async def run() -> None:
        ready = asyncio.get_running_loop().create_future()
        listener = Listener(spool, Limits(), lambda: NOW)
        running = asyncio.create_task(listener.run("127.0.0.1", 0, stop, ready.set_result))
        sender = await asyncio.to_thread(Sender, await ready)
        spool._file.close()
        with pytest.raises(ConnectionError):
            await asyncio.to_thread(sender.send, result())
        await asyncio.wait_for(running, 10)

    with pytest.raises(ValueError, match="closed"):
        asyncio.run(run())
    spool.close()


def test_a_message_that_is_too_long_is_rejected(folder):
    with listening(folder, message_bytes=1000) as port:
        assert verdict(Sender(port).send(result(obx(value="7" * 5000)))) == "AR"
        assert verdict(Sender(port).send(result())) == "AA"


def test_a_silent_sender_is_let_go(folder):
    with listening(folder, idle_seconds=0.2) as port:
        sender = Sender(port)
        assert sender.socket.recv(1) == b""


def test_one_sender_too_many_is_turned_away(folder):
    with listening(folder, connections=1) as port:
        first = Sender(port)
        assert verdict(first.send(result())) == "AA"
        with pytest.raises(ConnectionError):
            Sender(port).send(result(id="M2"))
        assert verdict(first.send(result(id="M3"))) == "AA"


def test_many_messages_may_be_on_their_way_at_once(folder):
    with listening(folder) as port:
        senders = [Sender(port) for _ in range(20)]
        for number, sender in enumerate(senders):
            sender.socket.sendall(VT + result(id=f"M{number}").encode() + b"\x1c\r")
        assert [verdict(sender.answer()) for sender in senders] == ["AA"] * 20


def test_a_torn_frame_does_not_spoil_the_next(folder):
    with listening(folder) as port:
        torn = Sender(port)
        torn.socket.sendall(VT + result().encode()[:40])
        torn.socket.close()
        sender = Sender(port)
        sender.socket.sendall(VT + result().encode()[:40])
        assert verdict(sender.send(result(id="M2"))) == "AA"


def test_messages_are_landed_every_few_seconds(folder):
    with listening(folder, land_seconds=0.1) as port:
        Sender(port).send(result())
        deadline = time.monotonic() + 5
        while not list(folder.glob("*.hl7")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(list(folder.glob("*.hl7"))) == 1


def test_what_was_received_is_landed_at_the_end_and_can_be_taken_in(folder, lake):
    with listening(folder) as port:
        send = Sender(port).send
        for value in ("72", "80"):
            send(result(obx(value=value), id=f"M{value}", sent=f"20260301080{value[1]}00+0000"))
    assert microbatch.drain(lake, now=NOW)["accepted"] == 3
    with lake.read() as con:
        rows = con.execute("SELECT value FROM clinical.observation ORDER BY arrived").fetchall()
    assert rows == [(80,), (72,)]
