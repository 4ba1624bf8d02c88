"""The shapes of files that a YAML can describe: wide, several tables, JSON lines, archives."""

import io
import json
import tarfile
import zipfile

import pyarrow
import pyarrow.parquet
import pytest

from jobs.ingest import staging, tabular, unpack
from warehouse.errors import ContractBroken
from warehouse.lake import let_spill, scratch
from warehouse.source import File

WIDE = {
    "into": "observation",
    "columns": {"patient": "patient", "time": "time"},
    "values": ["HR", "SpO2"],
}
LONG = {
    "into": "observation",
    "columns": {"patient": "patient", "time": "time", "code": "code", "value": "value"},
}


@pytest.fixture
def read(tmp_path):
    """Read one file as a YAML would have it; returns a query on what was staged."""

    def go(content: bytes | str, name: str = "file.csv", **given):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        file = File.model_validate({"kind": "k", "match": "*", "format": "csv"} | given)
        con = scratch()
        staging.make_rejects(con)
        tabular.read(con, path, name, file)
        return lambda query: con.execute(query).fetchall()

    return go


OBSERVED = "SELECT line, part, patient, code, value FROM staged_observation ORDER BY line, part"


def tar(members: dict[str, str], mode="w:gz") -> bytes:
    """A tar of plain members; a name that ends in @ is a link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name.rstrip("@"))
            member.size = len(text.encode())
            if name.endswith("@"):
                member.type, member.linkname, member.size = tarfile.SYMTYPE, text, 0
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def zipped(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("separator", ["|", ";", "\t"])
def test_a_separator_is_what_the_yaml_says(read, separator):
    content = "patient,time,code,value\np1,t,HR,80\n".replace(",", separator)
    assert read(content, separator=separator, **LONG)(OBSERVED) == [(1, 0, "p1", "HR", "80")]


def test_only_the_empty_cell_is_missing_but_for_the_words_that_the_yaml_names(read):
    content = "patient,time,code,value\np1,t,NA,NaN\np2,t,NA,\n"
    assert read(content, **LONG)(OBSERVED) == [(1, 0, "p1", "NA", "NaN"), (2, 0, "p2", "NA", None)]
    asked = read(content, missing=["NaN"], **LONG)
    assert asked("SELECT code, value FROM staged_observation") == [("NA", None)] * 2


def test_words_for_missing_are_known_where_the_file_is_read_line_by_line(read):
    content = "patient,time,code,value\np1,t,HR,NaN\np1,t,too,many,cells\n"
    found = read(content, missing=["NaN"], **LONG)
    assert found(OBSERVED) == [(1, 0, "p1", "HR", None)]
    assert found("SELECT line FROM rejects") == [(2,)]


def test_a_wide_row_is_as_many_values_as_it_has(read):
    content = "patient,time,HR,SpO2,note\np1,t1,80,97,x\np1,t2,,96,\np1,t3,,,\n"
    assert read(content, **WIDE)(OBSERVED) == [
        (1, 0, "p1", "HR", "80"),
        (1, 1, "p1", "SpO2", "97"),
        (2, 1, "p1", "SpO2", "96"),
    ]


def test_a_missing_column_of_a_wide_file_is_named(read):
    with pytest.raises(ContractBroken, match="no column 'SpO2'"):
        read("patient,time,HR\np1,t,80\n", **WIDE)


def test_a_word_for_a_sensor_that_is_off_is_marked_and_kept(read):
    found = read("patient,time,HR,SpO2\np1,t,0.0,97\n", sensor_off=["0.0"], **WIDE)
    assert found("SELECT value, status FROM staged_observation ORDER BY part") == [
        ("0.0", "sensor-off"),
        ("97", None),
    ]


def test_one_file_speaks_of_several_tables(read):
    patient = {"into": "patient", "once": True, "columns": {"patient": "patient", "sex": "sex"}}
    content = "patient,sex,time,HR,SpO2\np1,F,t1,80,97\np1,F,t2,81,\np2,M,t1,82,\n"
    found = read(content, tables=[patient, WIDE])
    assert found("SELECT line, part, patient, sex FROM staged_patient ORDER BY line") == [
        (1, 0, "p1", "F"),
        (3, 0, "p2", "M"),
    ]
    assert found("SELECT line, part FROM staged_observation ORDER BY ALL") == [
        (1, 1),
        (1, 2),
        (2, 1),
        (3, 1),
    ]


def test_only_the_rows_that_are_meant_are_read(read):
    content = "patient,time,code,value\np1,t,Age,54\np1,t,HR,80\n"
    assert read(content, where="code <> 'Age'", **LONG)(OBSERVED) == [(2, 0, "p1", "HR", "80")]


def test_hours_since_admission_become_times_by_an_expression(read):
    columns = LONG["columns"] | {
        "time": {"sql": "TIMESTAMP '2000-01-01' + to_hours(TRY_CAST(\"ICULOS\" AS INTEGER))"}
    }
    content = "patient,ICULOS,code,value\np1,26,HR,80\n"
    found = read(content, into="observation", columns=columns)
    assert found("SELECT time FROM staged_observation") == [("2000-01-02 02:00:00",)]


def test_columns_in_an_expression_are_wanted(read):
    columns = LONG["columns"] | {"time": {"sql": "\"ICULOS\" || day || ' literal' || UPPER(time)"}}
    file = File(kind="k", match="*", format="csv", into="observation", columns=columns)
    assert tabular.wanted_columns(file) == ["patient", "code", "value", "ICULOS", "day", "time"]


def test_json_lines_are_rows_and_what_is_none_is_set_aside(read):
    lines = [
        json.dumps({"patient": "p1", "time": "t", "code": "HR", "value": 80.5, "more": [1]}),
        "not json",
        "",
        json.dumps([1, 2]),
        json.dumps({"patient": "p2", "time": "t", "code": 'a "quoted", code', "value": None}),
    ]
    found = read("\n".join(lines), "file.ndjson", format="ndjson", **LONG)
    assert found("SELECT patient, code, value FROM staged_observation ORDER BY line") == [
        ("p1", "HR", "80.5"),
        ("p2", 'a "quoted", code', None),
    ]
    assert found("SELECT text FROM rejects ORDER BY line") == [("not json",), ("[1, 2]",)]


def test_json_lines_with_bytes_that_are_no_text_lose_these_lines_alone(read):
    good = json.dumps({"patient": "p1", "time": "t", "code": "HR", "value": 80}).encode()
    bad = good.replace(b"p1", b"Jos\xe9")
    found = read(b"\n".join([good, bad, good]), "file.ndjson", format="ndjson", **LONG)
    assert found("SELECT count(*) FROM staged_observation") == [(2,)]
    assert found("SELECT line FROM rejects") == [(2,)]


GOOD_JSON = '{"patient": "p1", "time": "t", "code": "HR", "value": 80}'


@pytest.mark.parametrize(
    "line",
    [
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '{"patient": "p2", "patient": "p3", "time": "t", "code": "HR", "value": 1}',
        '{"patient": 12345678901234567890123456789, "code": "HR", "value": -0.0}',
        '{"patient": "\\ud800", "code": "HR", "value": 1e999}',
        '{"patient": {"nested": ["x"]}, "code": null}',
        '{"patient": "p2"',
        "{} {}",
        "nul\0l",
    ],
)
def test_a_hostile_json_line_takes_no_good_line_with_it(read, line):
    content = "\n".join([GOOD_JSON, line, GOOD_JSON])
    found = read(content, "file.ndjson", format="ndjson", **LONG)
    rows = found("SELECT line FROM staged_observation WHERE patient = 'p1' ORDER BY line")
    rejected = found("SELECT line FROM rejects")
    assert rows == [(1,), (3,)]
    assert found("SELECT count(*) FROM staged_observation")[0][0] + len(rejected) == 3


@pytest.mark.parametrize(
    "line",
    [
        "p2,t,HR",
        "p2,t,HR,80,more",
        'p2,t,"HR,80',
        'p2,t,H"R,80',
        "p2,t,H\0R,80",
        "p2,t\rp3,t,HR,80",
        b"p2,t,\xff\xfe,80",
        '"""',
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_hostile_line_takes_no_good_line_with_it(read, line, end):
    good = f"p1,t,HR,80{end}".encode()
    bad = (line if isinstance(line, bytes) else line.encode()) + end.encode()
    content = f"patient,time,code,value{end}".encode() + 3 * good + bad + 3 * good
    found = read(content, **LONG)
    rows = found("SELECT line FROM staged_observation WHERE patient = 'p1' ORDER BY line")
    assert rows == [(1,), (2,), (3,), (5,), (6,), (7,)]
    staged = found("SELECT count(*) FROM staged_observation")[0][0]
    assert staged + found("SELECT count(*) FROM rejects")[0][0] == 7


def test_parquet_is_read_as_the_same_rows(read, tmp_path):
    table = {"patient": [1, 1], "time": ["t1", "t2"], "HR": [80.0, float("nan")], "SpO2": [97, 96]}
    pyarrow.parquet.write_table(pyarrow.table(table), tmp_path / "made.parquet")
    content = (tmp_path / "made.parquet").read_bytes()
    found = read(content, "file.parquet", format="parquet", missing=["nan"], **WIDE)
    assert found("SELECT line, part, value FROM staged_observation ORDER BY ALL") == [
        (1, 0, "80.0"),
        (1, 1, "97"),
        (2, 1, "96"),
    ]


@pytest.mark.parametrize("name", ["files.tar.gz", "files.tgz", "files.tar", "files.zip"])
def test_the_members_of_an_archive_are_one_batch_in_order_of_their_names(read, name):
    members = {
        "set/p2.psv": "time|HR|SpO2\nt1|82|\n",
        "set/p1.psv": "time|HR|SpO2\nt1|80|97\nt2|81|NaN",
        "set/LICENSE": "words",
    }
    mode = "w" if name.endswith(".tar") else "w:gz"
    content = zipped(members) if name.endswith(".zip") else tar(members, mode)
    found = read(
        content,
        name,
        into="observation",
        separator="|",
        missing=["NaN"],
        members="*.psv",
        name_carries=r"^(?P<patient>p\d+)\.psv$",
        columns={"encounter": "name_patient", "time": "time"},
        values=["HR", "SpO2"],
    )
    assert found(OBSERVED) == [
        (1, 0, "p1", "HR", "80"),
        (1, 1, "p1", "SpO2", "97"),
        (2, 0, "p1", "HR", "81"),
        (3, 0, "p2", "HR", "82"),
    ]
    assert found("SELECT DISTINCT encounter FROM staged_observation ORDER BY 1") == [
        ("p1",),
        ("p2",),
    ]


ARCHIVE = {"members": "*.psv", "name_carries": r"^(?P<patient>p\d+)\.psv$"} | LONG
MEMBER = "time,code,value\nt,HR,80\n"
SMALL = {"into": "observation", "columns": {"time": "time", "code": "code", "value": "value"}}


@pytest.mark.parametrize(
    "name",
    ["/etc/p1.psv", "../p1.psv", "a/../../p1.psv", "C:\\p1.psv", "a\\p1.psv", "p2.psv@"],
)
def test_an_unsafe_archive_is_refused_whole(read, name):
    with pytest.raises(ContractBroken, match="no plain file below it"):
        read(tar({"p1.psv": MEMBER, name: MEMBER}), "files.tar.gz", **ARCHIVE | SMALL)


@pytest.mark.parametrize(
    "members, words",
    [
        ({"notes.txt": "x"}, "none of its 1 members"),
        ({"p1.psv": MEMBER, "p2.psv": "time,value,code\nt,80,HR\n"}, "member 2 .* other columns"),
        ({"p1.psv": MEMBER, "px.psv": MEMBER}, "member 2 is not like"),
    ],
)
def test_an_archive_of_unequal_members_is_refused_and_no_name_is_told(read, members, words):
    with pytest.raises(ContractBroken, match=words) as told:
        read(tar(members), "files.tar.gz", **ARCHIVE | SMALL)
    assert "px" not in str(told.value)


@pytest.mark.parametrize("name", ["files.tar.gz", "files.zip", "files.tar"])
@pytest.mark.parametrize("content", [b"this is no archive", b"PK\3\4 and some more"])
def test_a_damaged_archive_is_refused_whole(read, name, content):
    with pytest.raises(ContractBroken, match="to its end"):
        read(content, name, **ARCHIVE | SMALL)


def test_a_truncated_archive_is_refused_whole(read):
    content = tar({f"p{n}.psv": MEMBER * 50 for n in range(50)})
    with pytest.raises(ContractBroken, match="to its end"):
        read(content[:-30], "files.tar.gz", **ARCHIVE | SMALL)


def test_a_bomb_is_refused_before_it_has_unpacked(read, monkeypatch):
    monkeypatch.setattr(unpack, "FREE_BYTES", 100_000)
    content = tar({"p1.psv": MEMBER + "t,HR,80\n" * 100_000})
    with pytest.raises(ContractBroken, match="100 times its size"):
        read(content, "files.tar.gz", **ARCHIVE | SMALL)


def test_a_zip_that_is_a_bomb_is_refused(read, monkeypatch):
    monkeypatch.setattr(unpack, "FREE_BYTES", 100_000)
    content = zipped({"p1.psv": MEMBER + "t,HR,80\n" * 100_000})
    with pytest.raises(ContractBroken, match="100 times its size"):
        read(content, "files.zip", **ARCHIVE | SMALL)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"x" * (unpack.MAX_LINE + 10), "line 1 has over 2000000 bytes"),
        (b"time,code,value\n" + b"x" * (unpack.MAX_LINE + 10), "line 2 has over 2000000 bytes"),
        (",".join(f"c{n}" for n in range(10_001)), "10001 columns"),
        (",".join(f"c{n}" for n in range(1_000_000)), "line 1 has over 2000000 bytes"),
        ("time,code,value,time\n", "the same name"),
    ],
)
def test_a_shape_that_no_export_has_is_refused_in_words(read, content, words):
    with pytest.raises(ContractBroken, match=words):
        read(content, **SMALL)


def test_a_yaml_that_fills_a_column_which_no_table_has_is_told_so(read):
    with pytest.raises(ContractBroken, match=r"fills colour, which observation does not have"):
        read("a,b\n1,2\n", into="observation", columns={"colour": "a"})


def test_a_yaml_whose_expression_fails_is_told_so_without_the_values(read):
    columns = {"time": {"sql": "CAST(a AS TIMESTAMP)"}}
    with pytest.raises(ContractBroken, match="YAML cannot be followed for observation") as told:
        read("a,b\nZebedee,2\n", into="observation", columns=columns)
    assert "Zebedee" not in str(told.value)


def test_columns_of_the_file_may_have_any_name(read):
    content = 'line,part,"a ""b""",code,value\nl,p,p1,HR,80\n'
    columns = {"patient": 'a "b"', "code": "code", "value": "value", "device": "line"}
    found = read(content, into="observation", columns=columns)
    assert found("SELECT line, part, patient, device FROM staged_observation") == [
        (1, 0, "p1", "l")
    ]


def test_a_file_that_memory_cannot_hold_is_read_whole(tmp_path):
    row = "p{},2026-03-01 08:00:00 which is a long text for a time,HR,{}\n"
    with (tmp_path / "big.csv").open("w") as out:
        out.write("patient,time,code,value\n")
        for start in range(0, 1_000_000, 10_000):
            out.writelines(row.format(n, n % 100) for n in range(start, start + 10_000))
    con = scratch(memory="100MB", spill=tmp_path / "spill")
    let_spill(con)
    staging.make_rejects(con)
    file = File.model_validate({"kind": "k", "match": "*", "format": "csv"} | LONG)
    tabular.read(con, tmp_path / "big.csv", "big.csv", file)
    assert con.execute("SELECT count(*), max(line) FROM staged_observation").fetchone() == (
        1_000_000,
        1_000_000,
    )
