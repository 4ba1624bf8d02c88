"""Reading at full speed must not change what is read, nor where it stood."""

import gzip
import json

import pytest

from jobs.ingest import staging, unpack, voice
from jobs.ingest.fhir import lines, ndjson, tables
from tests.ingest.conftest import ndjson as written
from tests.ingest.conftest import observation
from warehouse.errors import ContractBroken
from warehouse.lake import scratch

GOOD = [json.dumps(observation(id=f"g{n}")) for n in range(1, 7)]


@pytest.fixture
def staged(tmp_path):
    """Stage one file of Observations; returns (line, id) of the rows, and the lines refused."""

    def read(content: bytes | str, name: str = "Observation.ndjson", threads: int = 2):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        con = scratch(threads)
        voice.prepare(con)
        staging.make_rejects(con)
        ndjson.read(con, path, "Observation", "fhir")
        rows = con.execute("SELECT line, native_id FROM staged_observation ORDER BY ALL").fetchall()
        refused = con.execute("SELECT line FROM rejects ORDER BY line").fetchall()
        return rows, [line for (line,) in refused]

    return read


def with_bad(*bad: str | bytes) -> bytes:
    """Three good lines, the bad ones, three good lines."""
    lines = [*GOOD[:3], *bad, *GOOD[3:]]
    return b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n"


def good_at(*lines: int) -> list[tuple[int, str]]:
    return [(line, f"g{n}") for n, line in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    "bad",
    [
        "not json",
        "{",
        "]",
        "42",
        "null",
        "[1, 2]",
        '"a text"',
        "{}",
        '{"resourceType":"Observation","id":"open',
        '{"resourceType":"Observation","id":"\\ud800"}',
        '{"resourceType":"Patient","id":"p1"}',
        '{"resourceType":{"a":"Observation"},"id":"o"}',
        GOOD[0] + GOOD[1],
        GOOD[0] + "\r" + GOOD[1],
        '/* a remark */ {"resourceType":"Observation"}',
        b'{"resourceType":"Observation","id":"Jos\xe9"}',
        b'{"resourceType":"Observation","id":"a\x00b"}',
        b"\x00" * 20,
    ],
)
@pytest.mark.parametrize("name", ["Observation.ndjson", "Observation.ndjson.gz"])
def test_a_line_that_is_no_observation_is_refused_alone_by_its_number(staged, bad, name):
    content = with_bad(bad)
    content = gzip.compress(content) if name.endswith(".gz") else content
    assert staged(content, name) == (good_at(1, 2, 3, 5, 6, 7), [4])


@pytest.mark.parametrize(
    "odd",
    [
        '{"resourceType":"Observation","id":"g4","id":"again"}',
        '{"resourceType":"Observation","id":"g4","subject":"Patient/1"}',
        '{"resourceType":"Observation","id":"g4","component":{"no":"list"}}',
        '{"resourceType":"Observation","id":"g4","valueQuantity":{"value":NaN}}',
        '{"resourceType":"Observation","id":"g4","valueQuantity":{"value":1%s}}' % ("0" * 400),
        '{"resourceType":"Observation","id":"g4","x":%s}' % ("[" * 10_000 + "]" * 10_000),
        '{"resourceType":"Observation","id":"g4","x":' + '{"a":' * 10_000 + "1" + "}" * 10_001,
        '{"resourceType":"Observation","id":"g4","note":"%s"}' % ("x" * 3_000_000),
        '  {"resourceType":"Observation","id":"g4"}  ',
    ],
)
def test_an_odd_resource_is_a_row_and_spoils_no_other(staged, odd):
    lines = [*GOOD[:3], odd, *GOOD[4:]]
    assert staged("\n".join(lines)) == (good_at(1, 2, 3, 4, 5, 6), [])


@pytest.mark.parametrize(
    "content, lines",
    [
        ("\n".join(GOOD), (1, 2, 3, 4, 5, 6)),
        ("\r\n".join(GOOD) + "\r\n", (1, 2, 3, 4, 5, 6)),
        ("\n\n".join(GOOD) + "\n\n\n", (1, 3, 5, 7, 9, 11)),
        (" \t\n" + "\n".join(GOOD), (2, 3, 4, 5, 6, 7)),
        ("\N{ZERO WIDTH NO-BREAK SPACE}" + "\n".join(GOOD), (1, 2, 3, 4, 5, 6)),
        ("\N{ZERO WIDTH NO-BREAK SPACE}\n" + "\n".join(GOOD), (2, 3, 4, 5, 6, 7)),
    ],
)
def test_line_ends_blank_lines_and_byte_order_marks_do_no_harm(staged, content, lines):
    assert staged(content) == (good_at(*lines), [])


def test_blank_lines_do_not_move_the_number_of_a_bad_one(staged):
    assert staged(with_bad("", "{", "")) == (good_at(1, 2, 3, 7, 8, 9), [5])


def test_a_resource_spread_over_lines_is_refused_line_by_line(staged):
    spread = json.dumps(observation(), indent=1).split("\n")
    rows, refused = staged(with_bad(*spread))
    assert [native_id for _, native_id in rows] == ["g1", "g2", "g3", "g4", "g5", "g6"]
    assert refused == list(range(4, 4 + len(spread)))


def test_a_line_longer_than_the_fast_reader_takes_is_read_too(staged):
    long = '{"resourceType":"Observation","id":"g4","note":"%s"}' % ("x" * 40_000_000)
    rows, refused = staged("\n".join([*GOOD[:3], long, *GOOD[4:]]))
    assert (rows, refused) == (good_at(1, 2, 3, 4, 5, 6), [])


def test_long_lines_are_read_a_few_at_a_time(staged, monkeypatch):
    monkeypatch.setattr(lines, "LONGEST", 400)
    found = staged(with_bad("{"), "Observation[2].ndjson")
    assert found == (good_at(1, 2, 3, 5, 6, 7), [4])


@pytest.mark.parametrize("name", ["Observation.ndjson", "Observation.ndjson.gz"])
def test_a_line_without_end_refuses_the_file(staged, monkeypatch, name):
    monkeypatch.setattr(lines, "LONGEST", 2_000_000)
    content = with_bad("x" * 6_000_000)
    with pytest.raises(ContractBroken, match="line 4 has over"):
        staged(gzip.compress(content) if name.endswith(".gz") else content, name)


@pytest.mark.parametrize("filling", ["\n", "{}\n"])
def test_a_gzip_bomb_is_refused_before_the_engine_unpacks_it(staged, monkeypatch, filling):
    monkeypatch.setattr(unpack, "FREE_BYTES", 1000)
    monkeypatch.setattr(tables, "load", None)
    content = gzip.compress("\n".join(GOOD).encode() + filling.encode() * 1_000_000)
    with pytest.raises(ContractBroken, match="less packed"):
        staged(content, "Observation.ndjson.gz")


def test_a_file_name_with_a_pattern_in_it_means_no_other_file(staged):
    staged("not this one\n" * 6, name="Observation2.ndjson")
    assert staged("\n".join(GOOD), name="Observation[2].ndjson") == (good_at(*range(1, 7)), [])


@pytest.mark.parametrize("threads", [1, 4])
def test_lines_are_numbered_right_in_a_file_that_several_threads_read(staged, threads):
    lines = [json.dumps(observation(id=str(n), note="z" * (n * 7919 % 400)))
             for n in range(1, 100_001)]  # fmt: skip
    bad = {n for n in range(1, 100_001) if n % 9973 == 0}
    for n in bad:
        lines[n - 1] = "broken"
    rows, refused = staged("\n".join(lines), threads=threads)
    assert refused == sorted(bad)
    assert all(str(line) == native_id for line, native_id in rows)
    assert len(rows) == 100_000 - len(bad)


def test_texts_are_trimmed_and_empty_ones_are_missing(tmp_path):
    path = tmp_path / "o.ndjson"
    odd = observation(
        id=" o1 ", status="", valueQuantity={"value": " 7 ", "unit": "\N{DEGREE SIGN}C "}
    )
    path.write_text(written(odd))
    con = scratch()
    voice.prepare(con)
    staging.make_rejects(con)
    ndjson.read(con, path, "Observation", "fhir")
    found = con.execute("SELECT native_id, status, value, unit FROM staged_observation").fetchone()
    assert found == ("o1", None, "7", "\N{DEGREE SIGN}C")
