"""The given sources' real records: every file finds its owner, every row is accounted for."""

from contextlib import closing
from datetime import datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from jobs.ingest import batch, landing
from warehouse import vocabulary


@pytest.fixture
def taken(settings, judges, real_data):
    """Import one folder and judge its files; returns {(source, kind): what was found}.

    What was found: rows read and refused, rows of each table, and rules with what they refused.
    """

    def take(folder: str, only: str = "*") -> dict:
        landing.import_folder(settings, real_data(folder))
        found = [file for file in landing.pending(settings) if fnmatch(file.name, only)]
        return {(file.source.name, file.file.kind): _found(judges, file) for file in found}

    return take


@pytest.fixture
def judged(settings, judges):
    """Import a folder and judge its one file of this kind."""

    def judge(folder: Path, kind: str):
        landing.import_folder(settings, folder)
        (file,) = [file for file in landing.pending(settings) if file.file.kind == kind]
        return closing(batch.judge(judges, file))

    return judge


def _found(lake, landed) -> dict:
    with closing(batch.judge(lake, landed)) as judged:
        count = "SELECT count(*) FROM typed_{}"
        tables = {t: judged.con.execute(count.format(t)).fetchone()[0] for t in judged.tables}
        rules = judged.results.query("failed > 0").set_index("rule")["failed"].to_dict()
        return {"read": judged.read, "refused": judged.quarantined} | tables | {"rules": rules}


@pytest.mark.parametrize(
    "folder, owners",
    [
        (
            "physionet2019",
            {
                "physionet2019-a": ["psv_sample_200.tar.gz", "set_a.parquet"],
                "physionet2019-b": ["set_b_sample.parquet"],
            },
        ),
        (
            "physionet2012",
            {"physionet2012": ["outcomes_a.txt", "set_a.parquet", "txt_sample_200.tar.gz"]},
        ),
        ("monitor-numerics", {"monitor-numerics": ["s00001-2896-10-10-00-31n.csv"]}),
        ("mimic-iv-demo/meds", {"meds": ["mimic_iv_demo_meds_events.parquet"]}),
    ],
)
def test_each_file_of_a_folder_finds_its_source(settings, real_data, folder, owners):
    assert landing.import_folder(settings, real_data(folder)) == {"copied": owners, "ignored": []}


def test_challenge_2019_in_its_original_form_is_read_whole(taken):
    found = taken("physionet2019", "psv*")["physionet2019-a", "hours-psv"]
    assert (found["patient"], found["encounter"], found["location"]) == (200, 200, 200)
    assert found["read"] == found["observation"] + 600
    assert found["rules"] == {"systolic_over_diastolic": 2, "mean_between": 33}


def test_the_dirt_of_hospital_b_is_refused_rule_by_rule(taken):
    found = taken("physionet2019", "set_b*")["physionet2019-b", "hours"]
    assert (found["patient"], found["encounter"], found["observation"]) == (209, 209, 57_140)
    assert found["rules"] == {
        "systolic_over_diastolic": 2,
        "mean_between": 8,
        "value_not_too_low": 133,  # 131 times ionised calcium in mmol/L, FiO2 of 5 and 20 %
        "value_not_too_high": 3,  # FiO2 of 200 %, a breathing rate of 100
    }


@pytest.mark.slow
def test_all_of_hospital_a_is_read(taken):
    found = taken("physionet2019", "set_a*")["physionet2019-a", "hours"]
    assert (found["patient"], found["observation"]) == (16_308, 5_088_057)


@pytest.mark.slow
def test_challenge_2012_is_read_row_by_row(taken):
    found = taken("physionet2012", "set_a*")["physionet2012", "stays"]
    assert (found["patient"], found["encounter"], found["location"]) == (4000, 4000, 4000)
    assert found["observation"] == 1_757_980 - 4 * 4000  # RecordID, Gender, Age, ICUType
    assert found["rules"]["value_not_too_low"] >= 2497  # heart rate 0, -17.8 °C, weight -1
    assert found["rules"]["value_not_too_high"] >= 90  # pH 735


def test_challenge_2012_in_its_original_form_gives_the_same_stays(taken):
    found = taken("physionet2012", "txt*")["physionet2012", "stays-txt"]
    assert (found["patient"], found["encounter"], found["location"]) == (200, 200, 200)


def test_minus_one_is_no_weight_no_height_and_no_sex(judged, real_data):
    with judged(real_data("physionet2012"), "stays-txt") as stays:
        taken = stays.con.execute(
            "SELECT count(*) FROM typed_observation ANTI JOIN broken_observation "
            "USING (line, part) WHERE source_value = -1"
        ).fetchone()
        sexes = stays.con.execute("SELECT DISTINCT sex FROM typed_patient").fetchall()
    assert taken == (0,)
    assert {sex for (sex,) in sexes} <= {"female", "male", "unknown"}


def test_the_outcomes_of_2012_are_554_deaths(judged, real_data):
    with judged(real_data("physionet2012"), "outcomes") as outcomes:
        found = outcomes.con.execute(
            "SELECT count(*), count(death_time), count(*) FILTER (end_time IS NULL), "
            "min(death_time - start_time), min(end_time - start_time) FROM typed_encounter"
        ).fetchone()
        told = outcomes.con.execute(
            "SELECT source_code, concept, count(*), sum(source_value) FROM typed_observation "
            "GROUP BY ALL"
        ).fetchall()
    assert found == (4000, 554, 60, timedelta(days=2), timedelta(days=2))  # 60 lengths are unknown
    assert told == [("In-hospital_death", None, 4000, 554)]


def test_a_zero_of_the_monitor_is_a_sensor_that_is_off_and_is_refused_as_such(taken):
    found = taken("monitor-numerics")["monitor-numerics", "minutes"]
    assert found["read"] == found["observation"] == 7 * 1936 + 3 * 152
    assert found["rules"]["sensor_on"] == found["refused"] == 6603


def test_a_breathing_rate_of_zero_is_no_apnoea_where_zero_means_off(judged, real_data):
    """It is a plausible rate: no range would have refused it, and NEWS2 would have given 3."""
    with judged(real_data("monitor-numerics"), "minutes") as minutes:
        rules = minutes.con.execute(
            "SELECT b.rules, count(*) FROM broken_observation AS b JOIN typed_observation AS t "
            "USING (line, part) WHERE t.source_code = 'RESP' GROUP BY ALL"
        ).fetchall()
    assert rules == [("sensor_on", 45)]


@pytest.mark.slow
def test_every_event_in_meds_form_is_accounted_for(taken):
    found = taken("mimic-iv-demo/meds")["meds", "demo-events"]
    assert found["read"] + 100 + 20_404 == 916_166  # GENDER and INFUSION_END are parts of others
    assert (found["patient"], found["encounter"]) == (100 + 31, 275 + 275)  # born, died; in, out
    assert (found["location"], found["condition"]) == (1190, 4506)
    assert found["rules"]["has_happened"] == 2486 + 908  # drugs that were not given


def test_meds_of_any_hospital_is_read_by_its_standard_columns(judged, tmp_path):
    events = {
        "subject_id": [1, 1, 1, 1],
        "time": [None, *(datetime(2026, 3, 1, hour) for hour in (8, 9, 10))],
        "code": ["GENDER//F", "HOSPITAL_ADMISSION//EW", "LAB//220045//bpm", "LAB//50912//mg/dL"],
        "numeric_value": [None, None, 88.0, 1.5],
    }
    (tmp_path / "data").mkdir()
    pyarrow.parquet.write_table(pyarrow.table(events), tmp_path / "data/0.parquet")
    with judged(tmp_path, "events") as read:
        found = read.con.execute(
            "SELECT concept, value, unit FROM typed_observation ORDER BY concept"
        ).fetchall()
        assert read.quarantined == 0
    assert found == [("creatinine", 1.5, "mg/dL"), ("heart_rate", 88.0, "/min")]


MIMIC = {
    "patients": 100,
    "admissions": 275,
    "transfers": 1190,
    "icustays": 140,
    "labevents": 107_727,
    "chartevents": 668_862,
    "inputevents": 20_404,
    "outputevents": 9362,
    "procedureevents": 1468,
    "emar": 35_835,
    "prescriptions": 18_087,
}


@pytest.mark.slow
def test_every_row_of_mimic_is_read(taken):
    found = taken("mimic-iv-demo")
    assert {kind: counts["read"] for (_, kind), counts in found.items()} == MIMIC


def test_every_file_of_mimic_is_read_or_ignored_with_a_reason(settings, real_data):
    found = landing.import_folder(settings, real_data("mimic-iv-demo"))
    assert list(found["copied"]) == ["mimic-iv"]
    source = vocabulary.sources()["mimic-iv"]
    no_rows = {"LICENSE.txt", "README.txt", "SHA256SUMS.txt"}
    unknown = [name for name in found["ignored"] if not landing.is_ignored(source, name)]
    assert set(unknown) == no_rows


def test_every_file_that_a_source_ignores_says_why():
    for source in vocabulary.sources().values():
        assert all(len(why) > 10 for why in source.ignored.values()), source.name
