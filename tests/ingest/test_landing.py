import os
import time

import pyarrow
import pyarrow.parquet
import pytest

from jobs.ingest import landing
from warehouse import vocabulary
from warehouse.errors import NotSetUp

HEADER = "device_id,patient,bed,time,code,value,unit\n"


def names(settings, sources=None) -> list[str]:
    return [found.name for found in landing.pending(settings, sources)]


def test_files_come_in_order_of_landing_source_and_name(settings, land):
    for age, (source, name) in [
        (30, ("demo-lab", "labs_2.csv")),
        (30, ("demo-lab", "labs_1.csv")),
        (60, ("demo-monitor", "m.csv")),
        (30, ("demo-ehr", "Patient.ndjson")),
    ]:
        os.utime(land(source, name, "x"), (1_700_000_000 - age,) * 2)
    assert names(settings) == ["m.csv", "Patient.ndjson", "labs_1.csv", "labs_2.csv"]


@pytest.mark.parametrize("name", [".labs.csv", "labs.csv.part", "labs.csv.tmp"])
def test_an_unfinished_name_is_not_there_yet(settings, land, name):
    land("demo-lab", name, "x")
    assert names(settings) == []


def test_a_file_still_being_written_is_not_there_yet(settings, land):
    path = land("demo-lab", "labs.csv", "x")
    patient = settings.model_copy(update={"settle_seconds": 2.0})
    assert names(patient) == []
    os.utime(path, (time.time() - 3,) * 2)
    assert names(patient) == ["labs.csv"]


def test_a_link_is_never_followed(settings, land, tmp_path):
    (tmp_path / "outside.csv").write_text("x")
    land("demo-lab", "labs_a.csv", "x").with_name("labs_b.csv").symlink_to(tmp_path / "outside.csv")
    assert names(settings) == ["labs_a.csv"]


def test_only_the_sources_asked_for_are_listed(settings, land):
    land("demo-lab", "labs.csv", "x")
    land("demo-monitor", "m.csv", "x")
    assert names(settings, ["demo-monitor"]) == ["m.csv"]


def test_an_unknown_source_is_named_with_those_that_exist(settings):
    with pytest.raises(NotSetUp, match="mimic-iv"):
        landing.pending(settings, ["nowhere"])


def ids(settings) -> set[str]:
    return {found.batch_id for found in landing.pending(settings)}


def test_the_same_bytes_under_another_name_are_the_same_batch(settings, land):
    land("demo-lab", "labs_1.csv", "x")
    land("demo-lab", "labs_2.csv", "x")
    assert len(ids(settings)) == 1


def test_the_same_bytes_from_two_beds_are_two_batches(settings, land):
    land("monitor", "bed_12.csv", "x")
    land("monitor", "bed_13.csv", "x")
    assert len(ids(settings)) == 2


def test_the_name_of_an_archive_tells_nothing_its_members_names_do(settings, land):
    land("physionet2019-a", "psv_1.tar.gz", "x")
    land("physionet2019-a", "psv_2.tar.gz", "x")
    assert len(ids(settings)) == 1


def test_the_same_bytes_of_two_sources_are_two_batches(settings, land):
    land("monitor", "m.csv", "x")
    land("demo-monitor", "m.csv", "x")
    assert len(ids(settings)) == 2


def test_an_export_is_copied_and_what_no_source_knows_is_named(settings, tmp_path):
    export = tmp_path / "export"
    for name in ("hosp/patients.csv", "readings.csv", "notes.csv", "read me.txt"):
        (export / name).parent.mkdir(parents=True, exist_ok=True)
        (export / name).write_text(HEADER if name == "readings.csv" else "a,b\n1,2\n")
    found = landing.import_folder(settings, export)
    assert found["copied"] == {
        "mimic-iv": ["hosp/patients.csv"],
        "monitor": ["readings.csv"],
    }
    assert found["ignored"] == ["notes.csv", "read me.txt"]
    assert (export / "hosp/patients.csv").exists()


def test_a_folder_that_is_not_there_is_named(settings, tmp_path):
    with pytest.raises(NotSetUp, match="nowhere"):
        landing.import_folder(settings, tmp_path / "nowhere")


def test_a_file_that_lost_a_column_still_goes_to_the_source_that_names_its_path(settings, tmp_path):
    (tmp_path / "export/hosp").mkdir(parents=True)
    (tmp_path / "export/hosp/patients.csv").write_text("subject_id,gender\n1,F\n")
    found = landing.import_folder(settings, tmp_path / "export")
    assert found["copied"] == {"mimic-iv": ["hosp/patients.csv"]}


def test_of_two_sources_with_the_same_file_name_the_columns_decide(settings, tmp_path):
    table = {"RecordID_file": [1], "Time": ["00:00"], "Parameter": ["HR"], "Value": [80.0]}
    pyarrow.parquet.write_table(pyarrow.table(table), tmp_path / "set_a.parquet")
    found = landing.import_folder(settings, tmp_path)
    assert found["copied"] == {"physionet2012": ["set_a.parquet"]}


def test_files_of_a_source_that_is_off_are_not_looked_for(settings, land, monkeypatch):
    land("demo-lab", "labs.csv", "x")
    off = vocabulary.sources()["demo-lab"].model_copy(update={"is_on": False})
    monkeypatch.setitem(vocabulary.sources(), "demo-lab", off)
    assert names(settings) == []
    assert "demo-lab" not in landing.feeds(is_device=False)
