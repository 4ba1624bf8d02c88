"""Hostile files by class, from seeds: what each is, and what must become of it.

Catalogue: R-20 to R-25 of the project's reliability notes. No file names or values are real.
"""

import gzip
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet

from tests.ingest import hl7
from tests.ingest.conftest import LAB_HEADER, lab, observation

LAB, FHIR, MONITOR, HL7 = "demo-lab", "demo-ehr", "demo-monitor", "hl7v2"


@dataclass(frozen=True)
class Hostile:
    """One file; either `refused` names the reason, or `good` rows are kept and `broken` are not."""

    source: str
    name: str
    content: bytes
    good: int = 0
    broken: dict[str, int] = field(default_factory=dict)
    """Rule -> rows that it must refuse."""
    refused: str = ""
    """Words of the reason for which the whole file is refused."""


CLASSES: dict[str, Callable[[random.Random], Hostile]] = {}


def hostile(make: Callable[[random.Random], Hostile]) -> Callable[[random.Random], Hostile]:
    CLASSES[make.__name__] = make
    return make


def rows(chance: random.Random) -> list[str]:
    """Some good laboratory rows, no two alike."""
    return [
        lab(result_id=f"r{n}", collected=f"2026-03-01 0{n % 9}:{chance.randrange(60):02}:00")
        for n in range(chance.randrange(5, 30))
    ]


def text(lines: list[str], end: str = "\n") -> bytes:
    return (end.join([LAB_HEADER, *lines]) + end).encode()


def labs(content: bytes, **outcome) -> Hostile:
    return Hostile(LAB, "labs.csv", content, **outcome)


def with_bad(chance: random.Random, rule: str, *bad: str | bytes) -> Hostile:
    """Good rows with these bad lines at random places among them."""
    lines: list[bytes] = [row.encode() for row in rows(chance)]
    good = len(lines)
    for line in bad:
        lines.insert(
            chance.randrange(len(lines) + 1), line if isinstance(line, bytes) else line.encode()
        )
    return labs(b"\n".join([LAB_HEADER.encode(), *lines, b""]), good=good, broken={rule: len(bad)})


def flipped(data: bytes, chance: random.Random, first: int, last: int) -> bytes:
    at = chance.randrange(first, last)
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


@hostile
def empty(chance):
    return labs(b"", refused="empty (0 bytes)")


@hostile
def header_alone(chance):
    return labs(text([]), good=0)


@hostile
def cut_gzip(chance):
    data = gzip.compress(text(rows(chance)))
    cut = data[: chance.randrange(12, len(data) - 8)]
    return Hostile(LAB, "labs.csv.gz", cut, refused="ask for it again")


@hostile
def damaged_gzip(chance):
    data = gzip.compress(text(rows(chance)), mtime=0)
    return Hostile(
        LAB, "labs.csv.gz", flipped(data, chance, len(data) - 8, len(data) - 4),
        refused="ask for it again",
    )  # fmt: skip


@hostile
def not_gzip(chance):
    return Hostile(LAB, "labs.csv.gz", text(rows(chance)), refused="ask for it again")


@hostile
def zip_bomb(chance):
    data = gzip.compress(LAB_HEADER.encode() + b"\n" + b"0" * (400 << 20), compresslevel=1)
    return Hostile(LAB, "labs.csv.gz", data, refused="")


@hostile
def parquet_named_csv(chance):
    return labs(parquet(chance), refused="")


@hostile
def utf_16(chance):
    return labs(text(rows(chance)).decode().encode("utf-16"), refused="UTF-8")


@hostile
def byte_order_mark(chance):
    lines = rows(chance)
    return labs(b"\xef\xbb\xbf" + text(lines), good=len(lines))


@hostile
def latin_1_in_a_line(chance):
    return with_bad(chance, "row_readable", lab(patient_id="José").encode("latin-1"))


@hostile
def carriage_returns(chance):
    lines = rows(chance)
    return labs(text(lines, "\r\n"), good=len(lines))


@hostile
def embedded_nul(chance):
    return with_bad(chance, "row_readable", lab(result_id="x").replace("p1", "p\0001"))


@hostile
def unbalanced_quote(chance):
    return with_bad(chance, "row_readable", lab(result_id='"x'))


@hostile
def short_and_long_lines(chance):
    return with_bad(chance, "row_readable", "r1,p1", lab() + ",more" * chance.randrange(1, 9))


@hostile
def missing_column(chance):
    column = chance.choice(["patient_id", "collected", "test", "result"])
    return labs(text(rows(chance)).replace(column.encode(), b"", 1), refused=column)


@hostile
def renamed_column(chance):
    return labs(text(rows(chance)).replace(b"collected", b"taken", 1), refused="collected")


@hostile
def two_columns_of_one_name(chance):
    return labs(text(rows(chance)).replace(b"unit", b"test", 1), refused="the same name")


@hostile
def more_columns(chance):
    lines = rows(chance)
    extra = [LAB_HEADER + ",remark", *(line + ",none" for line in lines)]
    return labs("\n".join(extra).encode() + b"\n", good=len(lines))


@hostile
def columns_in_another_order(chance):
    lines = rows(chance)
    cells = [line.split(",") for line in (LAB_HEADER, *lines)]
    order = chance.sample(range(len(cells[0])), len(cells[0]))
    mixed = [",".join(row[n] for n in order) for row in cells]
    return labs("\n".join(mixed).encode() + b"\n", good=len(lines))


@hostile
def a_million_columns(chance):
    header = ",".join(f"c{n}" for n in range(1_000_000))
    return labs(f"{header}\n".encode(), refused="bytes")


@hostile
def an_endless_line(chance):
    content = with_bad(chance, "row_readable", b"x" * (3 << 20)).content
    return labs(content, refused="bytes")


@hostile
def values_that_are_no_numbers(chance):
    words = ["NaN", "Infinity", "-inf", "1e400", "0x1F", "12,5".replace(",", ";"), "=1+1", "∞"]
    bad = [lab(result_id=f"b{n}", result=word) for n, word in enumerate(chance.sample(words, 4))]
    return with_bad(chance, "value_readable", *bad)


@hostile
def huge_numbers(chance):
    bad = [lab(result_id=f"b{n}", result="9" * chance.randrange(5, 200)) for n in range(3)]
    return with_bad(chance, "value_not_too_high", *bad)


@hostile
def attempts_at_injection(chance):
    words = ["'; DROP TABLE x; --", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "${jndi:x}"]
    bad = [lab(result_id=f"b{n}", result=word) for n, word in enumerate(words)]
    return with_bad(chance, "value_readable", *bad)


@hostile
def times_that_are_none(chance):
    words = ["infinity", "2026-02-31 00:00:00", "epoch", "20260-01-01", "00:00", "25/03/2026"]
    bad = [lab(result_id=f"b{n}", collected=w) for n, w in enumerate(chance.sample(words, 4))]
    return with_bad(chance, "time_readable", *bad)


@hostile
def times_to_come(chance):
    bad = lab(result_id="b", collected=f"20{chance.randrange(27, 99)}-03-01 08:00:00")
    return with_bad(chance, "time_not_in_future", bad)


@hostile
def unknown_units(chance):
    return with_bad(chance, "unit_known", lab(result_id="b", unit="stones"))


@hostile
def a_unit_that_is_not_as_labelled(chance):
    """Glucose in mmol/L that says mg/dL: each value would be possible."""
    lines = [
        lab(result_id=f"r{n}", patient_id=f"p{n % 7}", test="GLU", result="6.1", unit="mg/dL")
        for n in range(40)
    ]
    return labs(text(lines), broken={"unit_as_labelled": 40})


@hostile
def sodium_that_is_called_na(chance):
    lines = rows(chance)
    return labs(text(lines), good=len(lines))


@hostile
def cut_ndjson(chance):
    lines = [json.dumps(observation(id=f"o{n}")) for n in range(chance.randrange(5, 30))]
    whole = "\n".join(lines)
    cut = whole[: -chance.randrange(2, len(lines[-1]) - 1)]
    return fhir(cut, good=len(lines) - 1, broken={"row_readable": 1})


@hostile
def deep_json(chance):
    deep = '{"resourceType": "Observation", "x": ' + "[" * 10_000 + "]" * 10_000 + "}"
    return among_good(chance, deep, rule="patient_present")


@hostile
def resources_of_another_kind(chance):
    return among_good(chance, '{"resourceType": "Patient", "id": "p1"}')


@hostile
def json_that_is_none(chance):
    return among_good(chance, chance.choice(["{", "null", "[1]", '"x"', "NaN", "{'a': 1}"]))


@hostile
def a_resource_without_a_patient(chance):
    line = observation(id="bad")
    del line["subject"]
    return among_good(chance, json.dumps(line), rule="patient_present")


@hostile
def keys_given_twice(chance):
    line = json.dumps(observation(id="twice")).replace('"id"', '"id": "x", "id"')
    found = among_good(chance, line)
    return fhir(found.content.decode(), good=found.good + 1)


@hostile
def cut_parquet(chance):
    data = parquet(chance)
    cut = data[: chance.randrange(8, len(data) - 1)]
    return Hostile(MONITOR, "readings.parquet", cut, refused="not a complete Parquet file")


@hostile
def parquet_without_its_footer(chance):
    data = parquet(chance)[:-4] + b"XXXX"
    return Hostile(MONITOR, "readings.parquet", data, refused="not a complete Parquet file")


@hostile
def no_hl7_at_all(chance):
    garbage = bytes(chance.randrange(32, 127) for _ in range(200))
    return Hostile(HL7, "x.hl7", garbage, refused="no HL7 v2 message")


@hostile
def a_name_that_contains_msh(chance):
    message = (
        "MSH|^~\\&|LAB|H|W|H|20260301080500+0000||ORU^R01|1|P|2.5\r"
        "PID|1||p1^^^H||MSH|^~&\r"
        "OBR|1||f1|8867-4^HR^LN|||20260301080000+0000\r"
        "OBX|1|NM|8867-4^Heart rate^LN||72|/min|||||F|||20260301080000+0000\r"
    )
    return Hostile(HL7, "x.hl7", message.encode(), good=1)


@hostile
def a_torn_frame(chance):
    """A sender that breaks off within a message and begins anew, with another patient."""
    torn = hl7.message(hl7.header(), hl7.pid("p1"), hl7.obr(), hl7.obx())
    whole = hl7.message(hl7.header(id="M2"), hl7.pid("p2"), hl7.obr("F2"), hl7.obx(value="80"))
    cut = chance.randrange(torn.index("OBX|") + 4, torn.index("|NM"))
    content = f"\x0b{torn[:cut]}\x0b{whole}\x1c\r"
    return Hostile(HL7, "x.hl7", content.encode(), good=3)


def fhir(content: str, **outcome) -> Hostile:
    return Hostile(FHIR, "Observation.ndjson", content.encode(), **outcome)


def among_good(chance: random.Random, line: str, rule: str = "row_readable") -> Hostile:
    lines = [json.dumps(observation(id=f"o{n}")) for n in range(chance.randrange(5, 30))]
    good = len(lines)
    lines.insert(chance.randrange(good + 1), line)
    return fhir("\n".join(lines) + "\n", good=good, broken={rule: 1})


def parquet(chance: random.Random) -> bytes:
    count = chance.randrange(20, 60)
    table = pa.table(
        {
            "device_id": ["m1"] * count,
            "patient": ["p1"] * count,
            "time": [f"2026-03-01T08:{n:02}:00Z" for n in range(count)],
            "code": ["MDC_ECG_HEART_RATE"] * count,
            "value": [float(60 + n) for n in range(count)],
            "unit": ["bpm"] * count,
        }
    )
    with io.BytesIO() as file:
        pyarrow.parquet.write_table(table, file)
        return file.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w:gz") as tar:
            for name, content in members.items():
                about = tarfile.TarInfo(name)
                about.size = len(content)
                tar.addfile(about, io.BytesIO(content))
        return file.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as made:
            for name, content in members.items():
                made.writestr(name, content)
        return file.getvalue()


PSV = b"Time,Parameter,Value\n00:00,RecordID,1\n01:00,HR,80\n"


@hostile
def members_that_lead_outside(chance):
    name = chance.choice(["../../p1.txt", "/etc/p1.txt", "set-a/../../p1.txt"])
    content = archive({"set-a/1.txt": PSV, name: PSV})
    return Hostile("physionet2012", "txt_sample_200.tar.gz", content, refused="")


@hostile
def an_archive_within_an_archive(chance):
    content = archive({"set-a/1.tar.gz": archive({"set-a/1.txt": PSV})})
    return Hostile("physionet2012", "txt_sample_200.tar.gz", content, refused="")
