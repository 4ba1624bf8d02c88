"""A source that the project has never seen: a YAML and a few lines, and no Python.

The vendor is made up, and so is its manual: "The NovaPulse gateway writes one file a bed and hour,
`np_<bed>_<yyyymmddhh>.txt`. Columns are separated by `|`, `--` stands for no value, `0` for a lead
that is off. `ts` is milliseconds since 1970 (UTC), `unit_sn` the monitor. Temperatures are °F."
"""

import json

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from warehouse import Lake, Settings, vocabulary
from warehouse.errors import NotSetUp

YAML = """
name: novapulse
title: NovaPulse bedside gateway
site: Brightwater
owner: clinical engineering
is_live: true
is_device: true
cadence_minutes: 60
identifiers: hospital
zone: UTC
files:
  - kind: hour
    match: "np_*.txt"
    format: csv
    separator: "|"
    missing: ["--"]
    into: observation
    name_carries: "np_(?P<bed>[^_]+)_[0-9]{10}[.]txt"
    columns:
      device: unit_sn
      time: {sql: "TIMESTAMP '1970-01-01' + to_milliseconds(TRY_CAST(ts AS BIGINT))"}
    values: [PLS, OXI, TMP, MYST]
    sensor_off: ["0"]
"""
CODES = """code_set,code,concept,unit,label
novapulse,PLS,heart_rate,bpm,Pulse
novapulse,OXI,spo2,%,Oximetry
novapulse,TMP,temperature,°F,Skin temperature
"""
EXPORT = """unit_sn|ts|PLS|OXI|TMP|MYST
NP-7|1772359200000|81|97|98.6|4
NP-7|1772359260000|0|--|98.6|4
NP-7|1772359320000|83|184|--|5
"""
ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "e1",
    "class": {"code": "IMP"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-03-01T08:00:00Z"},
    "location": [{"location": {"display": "Ward 1 / B12"}}],
}


TWO_KINDS = """
name: twokinds
title: Numbers its rows in each file from 1
site: Brightwater
owner: laboratory
is_live: false
identifiers: hospital
zone: UTC
files:
  - kind: vitals
    match: "vitals*.csv"
    format: csv
    tables:
      - into: observation
        columns: {native_id: id, patient: who, time: at, code: {sql: "'HR'"}, value: hr}
      - into: observation
        columns: {native_id: id, patient: who, time: at, code: {sql: "'RR'"}, value: rr}
  - kind: labs
    match: "labs*.csv"
    format: csv
    into: observation
    columns: {native_id: id, patient: who, time: at, code: test, value: result}
"""
TWO_CODES = """code_set,code,concept,unit,label
twokinds,HR,heart_rate,/min,Heart rate
twokinds,RR,respiratory_rate,/min,Breathing rate
twokinds,NA,sodium,mmol/L,Sodium
"""


@pytest.fixture
def own(monkeypatch, tmp_path):
    """A folder of the hospital's own; what the process knew is forgotten before and after."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("WARDTWIN_SOURCES", str(folder))
    _forget()
    yield folder
    _forget()


def _forget():
    vocabulary.table.cache_clear()
    vocabulary.sources.cache_clear()


@pytest.fixture
def wardtwin(monkeypatch, tmp_path):
    monkeypatch.setenv("WARDTWIN_VAR", str(tmp_path / "var"))

    def run(*words) -> dict:
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout) if "--json" in words else {}

    return run


def test_rows_of_two_kinds_and_two_values_of_a_row_may_have_one_native_id(own, wardtwin, tmp_path):
    (own / "twokinds.yml").write_text(TWO_KINDS)
    (own / "source_codes.csv").write_text(TWO_CODES)
    export = tmp_path / "export"
    export.mkdir()
    (export / "vitals.csv").write_text("id,who,at,hr,rr\n1,p1,2026-03-01 08:00,80,16\n")
    (export / "labs.csv").write_text("id,who,at,test,result\n1,p2,2026-03-01 09:00,NA,140\n")
    wardtwin("init")
    assert wardtwin("ingest", export, "--json")["accepted"] == 3
    with Lake.open(Settings()).read() as con:
        assert con.execute(
            "SELECT count(DISTINCT observation_id), bool_or(is_revised) FROM clinical.observation"
        ).fetchone() == (3, False)


def test_a_source_nobody_has_seen_is_loaded_without_python(own, wardtwin, tmp_path):
    (own / "novapulse.yml").write_text(YAML)
    (own / "source_codes.csv").write_text(CODES)
    export = tmp_path / "export"
    export.mkdir()
    (export / "np_B12_2026030110.txt").write_text(EXPORT)
    (export / "Encounter.ndjson").write_text(json.dumps(ENCOUNTER))

    found = wardtwin("source", "check", export / "np_B12_2026030110.txt", "--json")
    assert (found["source"], found["passed_over"]) == ("novapulse", [])
    assert found["unknown_codes"]["listed"] == [["MYST", 3]]

    wardtwin("init")
    done = wardtwin("ingest", export, "--json")
    assert done["read"] == 1 + 1 + 10  # a stay and its place; of twelve cells two hold no value

    with Lake.open(Settings()).read() as con:
        kept = con.execute(
            "SELECT source_code, concept, round(value, 1), unit FROM clinical.observation "
            "WHERE concept IS NOT NULL ORDER BY time, source_code"
        ).fetchall()
        rules = con.execute("SELECT rules FROM quality.quarantine ORDER BY ALL").fetchall()
        batch = con.execute(
            "SELECT read, accepted, quarantined FROM ops.batch WHERE source = 'novapulse'"
        ).fetchone()
    assert kept == [
        ("OXI", "spo2", 97.0, "%"),
        ("PLS", "heart_rate", 81.0, "/min"),
        ("TMP", "temperature", 37.0, "Cel"),
        ("TMP", "temperature", 37.0, "Cel"),
        ("PLS", "heart_rate", 83.0, "/min"),
    ]
    assert rules == [("sensor_on,value_not_too_low",), ("value_not_too_high",)]
    assert batch == (10, 8, 2)


def test_a_source_of_the_hospital_replaces_ours_of_the_same_name(own):
    shipped = (vocabulary.REFERENCE / "sources/omop.yml").read_text()
    (own / "omop.yml").write_text(shipped.replace("zone: UTC", "zone: Europe/London"))
    assert vocabulary.sources()["omop"].zone == "Europe/London"
    assert next(iter(vocabulary.sources())) == "omop"


LIKE = """
like: novapulse
name: novapulse-north
title: The same gateway in the north wing
site: Brightwater North
matches: {hour: "north_*.txt"}
"""


def test_a_source_that_is_like_another_says_only_what_differs(own):
    (own / "novapulse.yml").write_text(YAML)
    (own / "novapulse-north.yml").write_text(LIKE)
    north, first = (vocabulary.sources()[name] for name in ("novapulse-north", "novapulse"))
    differs = {"name", "title", "site", "files"}
    assert north.model_dump(exclude=differs) == first.model_dump(exclude=differs)
    assert (north.site, north.files[0].match) == ("Brightwater North", ("north_*.txt",))
    assert north.files[0].values == first.files[0].values


@pytest.mark.parametrize(
    "words, told",
    [
        ("like: nowhere\n", "mine.yml is like nowhere, which is no source"),
        ("like: mine\n", "mine.yml is like mine, which is no source"),
        ("like: physionet2019-b\n", "physionet2019-b, which is no source that says its own files"),
        ("like: hl7v2\nmatches: {pages: x}\n", "mine.yml: hl7v2 has no files of the kind pages"),
        ("like: hl7v2\nmatches: {messages: 7}\n", "mine.yml is not valid: files.0.match"),
    ],
)
def test_a_source_that_is_like_nothing_known_is_told(own, words, told):
    (own / "mine.yml").write_text(words)
    with pytest.raises(NotSetUp, match=told):
        vocabulary.sources()


def test_lines_of_the_hospital_stand_beside_ours(own):
    (own / "units.csv").write_text("unit,source_unit,concept,factor,offset\n/min,per minute,,1,0\n")
    assert "per minute" in set(vocabulary.table("units")["source_unit"])
    assert "K/uL" in set(vocabulary.table("units")["source_unit"])


@pytest.mark.parametrize(
    "line, words",
    [
        ("code_set,code\nx,y\n", "must have the columns code_set, code, concept, unit, label"),
        (CODES + "novapulse,X,magic,,\n", "no concept is called magic"),
        (CODES + "monitor,MDC_RESP_RATE,spo2,%,wrong\n", "already is a line for monitor, MDC_RESP"),
        (CODES + CODES.splitlines()[1] + "\n", "already is a line for novapulse, PLS"),
    ],
)
def test_lines_that_contradict_are_told(own, line, words):
    (own / "source_codes.csv").write_text(line)
    with pytest.raises(NotSetUp, match=words):
        vocabulary.table("source_codes")


def test_a_folder_that_is_not_there_is_told(own, monkeypatch):
    monkeypatch.setenv("WARDTWIN_SOURCES", str(own / "nowhere"))
    with pytest.raises(NotSetUp, match="nowhere, which is no folder"):
        vocabulary.sources()


def test_without_a_folder_of_its_own_there_is_what_we_ship():
    assert Settings().sources is None
    assert "novapulse" not in vocabulary.sources()
