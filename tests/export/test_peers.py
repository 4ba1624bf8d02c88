"""What others' packages make of an export, in their own environment (`make interop-peers`)."""

import json
import os
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from jobs.export import fhir, meds
from jobs.twins import patient_now
from tests.conftest import ROOT, absent
from tests.twins.conftest import PATIENT, at
from warehouse.lake import insert

pytestmark = pytest.mark.slow

BIN = ROOT / ".venv-interop" / "bin"
PROGRAM = Path(__file__).with_name("peers.py")

MORTALITY = """
predicates:
  admission: {code: {regex: "^HOSPITAL_ADMISSION//.*"}}
  discharge: {code: {regex: "^HOSPITAL_DISCHARGE//.*"}}
  death: {code: MEDS_DEATH}
  discharge_or_death: {expr: "or(discharge, death)"}
trigger: admission
windows:
  input:
    start: null
    end: trigger + 2h
    start_inclusive: true
    end_inclusive: true
    index_timestamp: end
  target:
    start: input.end
    end: start -> discharge_or_death
    start_inclusive: false
    end_inclusive: true
    label: death
"""
"""In-hospital mortality, two hours after admission."""

AGGREGATES = "static/present,code/count,value/count,value/sum,value/sum_sqd,value/min,value/max"
"""All but static/first: no static event has a number."""


@pytest.fixture
def peer():
    """Run a command of the peers' environment; what it says where it fails is the reason."""
    if not (BIN / "python").exists():
        absent("interop", "the packages that read exports are not there: make interop-peers")

    def run(*command: object) -> subprocess.CompletedProcess:
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        given = {"capture_output": True, "text": True, "timeout": 300, "check": False}
        name, *rest = map(str, command)
        environment = {"PATH": path, "HOME": os.environ.get("HOME", "/")}
        return subprocess.run([BIN / name, *rest], env=environment, **given)

    return run


@pytest.fixture
def dataset(con, register, admit, observe, record, tmp_path):
    """Six patients' hours, one of whom dies; two subjects in each split."""
    for number, patient in enumerate((10, 20, 18, 28, 19, 29)):
        register(patient=patient, sex="male" if number % 2 else "female")
        admit("08:00", "20:00", encounter=patient, patient=patient)
        record("location", patient_id=patient, kind="ward", ward="4B", start_time="08:00")
        for hour in range(9, 19):
            observe("spo2", 97 - number, f"{hour:02}:00", patient_id=patient)
            observe("heart_rate", 70 + hour, f"{hour:02}:00", patient_id=patient)
    record("patient", patient_id=20, source="s", death_time="20:00", arrived="20:00")
    meds.write(con, tmp_path / "meds")
    return tmp_path / "meds"


def well(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_standards_own_package_accepts_every_file(peer, dataset):
    well(peer("python", PROGRAM, "meds", dataset))


def test_and_would_refuse_a_file_with_another_type(peer, dataset):
    path = dataset / "data" / "train" / "0.parquet"
    table = pq.read_table(path)
    numbers = table["numeric_value"].cast("float64")
    pq.write_table(table.set_column(3, "numeric_value", numbers), path)
    done = peer("python", PROGRAM, "meds", dataset)
    assert "SchemaValidationError" in done.stderr


def test_aces_finds_each_admission_and_who_died(peer, dataset, tmp_path):
    (tmp_path / "mortality.yaml").write_text(MORTALITY)
    for split in ("train", "tuning", "held_out"):
        data = [f"data.path={dataset}/data/{split}/0.parquet", "data.standard=meds"]
        cohort = [f"cohort_dir={tmp_path}", "cohort_name=mortality"]
        out = tmp_path / f"{split}.parquet"
        well(peer("aces-cli", *data, *cohort, f"output_filepath={out}"))
    labels = pd.concat([pq.read_table(path).to_pandas() for path in tmp_path.glob("*.parquet")])
    assert set(labels["prediction_time"]) == {pd.Timestamp("2026-03-01 10:00")}
    assert sorted(labels["subject_id"]) == [10, 18, 19, 20, 28, 29]
    assert list(labels.loc[labels["boolean_value"], "subject_id"]) == [20]


def test_meds_tab_makes_its_table_of_every_file(peer, dataset, tmp_path):
    given = [f"input_dir={dataset}/data", f"output_dir={tmp_path}/tab", "do_overwrite=False"]
    some = ["tabularization.min_code_inclusion_count=1", "tabularization.window_sizes=[6h,full]"]
    some += [f"tabularization.aggs=[{AGGREGATES}]"]
    well(peer("meds-tab-describe", *given))
    well(peer("meds-tab-tabularize-static", *given, *some))
    well(peer("meds-tab-tabularize-time-series", *given, *some))
    made = {path.relative_to(tmp_path / "tab") for path in (tmp_path / "tab").rglob("*.npz")}
    for split in ("train", "tuning", "held_out"):
        for table in ("none/static/present", "6h/code/count", "full/value/max"):
            assert Path(f"tabularize/{split}/0/{table}.npz") in made


def test_fhir_resources_reads_the_bundle(peer, con, observe, tmp_path):
    observe("spo2", 93, "10:00")
    patient_now.update(con, [PATIENT], batch_no=3)
    risk = {"patient_id": PATIENT, "time": at("10:00"), "batch_no": 3, "model_id": "m"}
    risk |= {"feature_set": "f", "risk": 0.31, "level": "urgent", "margin": 0.0}
    insert(con, "model.prediction", pd.DataFrame([risk | {"reasons": '[{"words": "SpO2"}]'}]))
    (tmp_path / "bundle.json").write_text(json.dumps(fhir.bundle(con, PATIENT)))
    well(peer("python", PROGRAM, "fhir", tmp_path / "bundle.json"))
