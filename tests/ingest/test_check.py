"""`wardtwin source check`: what would happen to a file, in counts, before anything is loaded."""

import json

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.ingest.check import check
from tests.conftest import NOW
from tests.ingest.conftest import lab, lab_file
from warehouse.errors import NotSetUp

HEADER = "device_id,patient,bed,time,code,value,unit,note\n"
READING = "m1,Zebedee,,2026-03-01T10:00:00+00:00,{code},{value},{unit},quiet night\n"


@pytest.fixture(autouse=True)
def no_lake(monkeypatch, tmp_path):
    monkeypatch.setenv("WARDTWIN_VAR", str(tmp_path / "var"))


@pytest.fixture
def file(tmp_path):
    def write(content: str, name="readings.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    return write


def reading(code="MDC_PULS_OXIM_SAT_O2", value=97, unit="%") -> str:
    return READING.format(code=code, value=value, unit=unit)


def test_the_owner_the_columns_and_the_counts_are_told(file):
    found = check(file(HEADER + reading()), now=NOW)
    assert (found["source"], found["kind"], found["refused_whole"]) == ("monitor", "readings", None)
    assert found["columns"] == ["device_id", "patient", "bed", "time", "code", "value", "unit"]
    assert found["passed_over"] == ["note"]
    assert (found["read"], found["rows"]) == (1, {"observation": 1})


def test_unknown_codes_are_counted_the_most_frequent_first(file):
    rows = reading(code="XYZ") + 2 * reading(code="ABC") + reading(code="Zebedee is restless")
    found = check(file(HEADER + rows), now=NOW)["unknown_codes"]
    assert found == {"listed": [["ABC", 2], ["XYZ", 1]], "others": 1, "rows_of_others": 1}


def test_unknown_units_are_counted_for_each_code(file):
    rows = 3 * reading(unit="mg/dL") + reading()
    found = check(file(HEADER + rows), now=NOW)["unknown_units"]
    assert found["listed"] == [["MDC_PULS_OXIM_SAT_O2", "mg/dL", 3]]


def test_what_each_rule_would_refuse_is_counted(file):
    lines = lab_file(lab(), lab(result_id="r2", result="900"), "too,few", lab(patient_id=""))
    found = check(file(lines, "labs.csv"), "demo-lab", now=NOW)
    assert found["rules"] == {"patient_present": 1, "row_readable": 1, "value_not_too_high": 1}
    assert (found["read"], found["refused"]) == (4, 3)


def test_a_file_that_would_be_refused_whole_says_why(file):
    found = check(file(lab_file(lab()).replace("test", "tset"), "labs.csv"), "demo-lab", now=NOW)
    assert "no column 'test'" in found["refused_whole"]
    assert "columns" not in found


def test_of_a_file_that_nobody_knows_the_nearest_sources_and_what_they_miss_are_told(file):
    header = HEADER.replace("code", "sign")
    found = check(file(header + reading()), now=NOW)
    assert found["source"] is None
    nearest = found["nearest"][0]
    assert (nearest["source"], nearest["missing"]) == ("monitor", ["code"])


def test_a_file_that_a_source_does_not_read_says_why(file):
    found = check(file("subject_id,icd_code\n1,2\n", "hosp/diagnoses_icd.csv"), now=NOW)
    assert found["ignored_by"] == {
        "mimic-iv": "coded for billing after discharge, without a time",
    }


def test_no_other_cell_of_the_file_is_told(file):
    rows = reading(value="quite low") + reading(code="Zebedee is restless") + "Zebedee,one\n"
    found = check(file(HEADER + rows), now=NOW)
    assert not any(word in json.dumps(found) for word in ("Zebedee", "quiet", "quite low", "m1"))


def test_data_in_place_of_a_lost_header_are_not_told(file):
    found = check(file("Zebedee,97\nZebedee,98\n", "labs.csv"), "demo-lab", now=NOW)
    assert "Zebedee" not in json.dumps(found)


def test_nothing_is_kept(file, tmp_path):
    check(file(HEADER + reading()), now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["readings.csv"]


def test_a_name_that_the_source_does_not_know_is_told_its_patterns(file):
    with pytest.raises(NotSetUp, match=r"patterns are: labs\*\.csv\*"):
        check(file("x"), "demo-lab", now=NOW)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotSetUp, match="not a file"):
        check(tmp_path, now=NOW)


def test_the_command_prints_one_json_object_and_fails_where_the_file_would(file):
    path = file(HEADER + reading())
    done = CliRunner().invoke(app, ["source", "check", str(path), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["source"]) == (0, "monitor")
    broken = file("a,b\n1,2\n", "nobody.csv")
    assert CliRunner().invoke(app, ["source", "check", str(broken)]).exit_code == 4


def test_every_source_is_listed_with_what_it_promised():
    done = CliRunner().invoke(app, ["source", "list", "--json"])
    found = {source["name"]: source for source in json.loads(done.stdout)["sources"]}
    assert found["monitor"]["cadence_minutes"] == 1
    assert found["mimic-iv"]["on"] is True
    plain = CliRunner().invoke(app, ["source", "list"]).stdout
    assert "name: omop; site: not stated; owner: data operations; on: True; zone: UTC" in plain


def test_a_real_export_is_checked_before_it_is_loaded(real_data):
    path = real_data("monitor-numerics") / "s00001-2896-10-10-00-31n.csv"
    found = check(path, now=NOW)
    assert (found["source"], found["read"]) == ("monitor-numerics", 14_008)
    assert found["rules"]["sensor_on"] == found["refused"] == 6603
