"""The lake as a MEDS dataset: what is told of a patient, in which words, and what is not."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import microbatch
from jobs.export import meds
from jobs.ingest.landing import import_folder
from tests.conftest import NOW
from tests.export.conftest import events
from tests.twins.conftest import PATIENT, at
from warehouse import vocabulary
from warehouse.errors import WardtwinError
from warehouse.lake import insert

TOLD_BY_CONCEPT = ["numeric", "coded", "vasopressor", "inotrope", "ventilation", "support"]


def test_a_stay_is_told_in_the_terms_of_meds(register, admit, observe, record, exported):
    register(sex="female", birth_year=1950)
    admit("08:00", "20:00")
    record("location", ward="4B", kind="ward", start_time="08:30")
    record("location", kind="discharged", start_time="20:00")
    observe("heart_rate", 72.5, "10:00")
    record("condition", source_code="I50.9", time="12:00")
    assert exported() == [
        (None, "GENDER//F", None, None),
        ("00:00", "MEDS_BIRTH", None, None),
        ("08:00", "HOSPITAL_ADMISSION//IMP", None, None),
        ("08:30", "TRANSFER_TO//ward//4B", None, None),
        ("10:00", "LOINC//8867-4///min", 72.5, None),
        ("12:00", "DIAGNOSIS//I50.9", None, None),
        ("20:00", "HOSPITAL_DISCHARGE//IMP", None, None),
        ("20:00", "TRANSFER_TO//discharge//UNK", None, None),
    ]


def test_a_birth_is_the_first_of_january_of_its_year(register, con, tmp_path):
    register(sex=None, birth_year=1950)
    meds.write(con, tmp_path / "out")
    (event,) = pq.read_table(tmp_path / "out" / "data" / "train" / "0.parquet").to_pylist()
    assert (event["code"], f"{event['time']:%Y-%m-%d %H:%M}") == ("MEDS_BIRTH", "1950-01-01 00:00")


def test_a_death_is_told_once(record, exported):
    record("encounter", source="s", site="s", start_time="08:00", death_time="18:00")
    record("patient", source="s", death_time="18:00")
    assert ("18:00", "MEDS_DEATH", None, None) in exported()
    assert [event[1] for event in exported()].count("MEDS_DEATH") == 1


def test_an_icu_stay_is_told_beside_its_hospital_stay(admit, exported):
    admit("08:00", encounter=8)
    admit("09:00", "11:00", encounter=9, part_of=8)
    codes = [event[:2] for event in exported()]
    assert codes == [
        ("08:00", "HOSPITAL_ADMISSION//IMP"),
        ("09:00", "ICU_ADMISSION//IMP"),
        ("11:00", "ICU_DISCHARGE//IMP"),
    ]


def test_treatments_have_a_course_or_a_moment(record, exported):
    given = {"source_code": "x", "start_time": "08:00"}
    record("treatment", concept="norepinephrine", dose=0.1, source_unit="ug/kg/min", **given)
    record("treatment", concept="invasive_ventilation", end_time="10:00", **given)
    record("treatment", **(given | {"source_code": "paracetamol"}))
    assert exported() == [
        ("08:00", "INFUSION_START//norepinephrine//ug/kg/min", pytest.approx(0.1), None),
        ("08:00", "MEDICATION//paracetamol", None, None),
        ("08:00", "PROCEDURE//START//invasive_ventilation", None, None),
        ("10:00", "PROCEDURE//END//invasive_ventilation", None, None),
    ]


def test_what_is_one_of_a_class_keeps_its_own_code(record, exported):
    record("treatment", source_code="225879", concept="antibiotic", start_time="08:00")
    record("treatment", source_code="225401", concept="culture", start_time="08:00")
    assert [event[1] for event in exported()] == ["MEDICATION//225879", "PROCEDURE//225401"]


def test_orders_are_no_treatments(record, exported):
    record("treatment", source_code="paracetamol", start_time="08:00", is_order=True)
    assert exported() == []


def test_a_coded_value_has_its_number_and_its_letter(observe, exported):
    observe("consciousness", 2, "10:00")
    assert exported() == [("10:00", "LOINC//67775-7//{state}", 2.0, "V")]


def test_a_sign_without_loinc_has_our_own_name(observe, exported):
    observe("spo2_scale", 2, "10:00")
    assert exported() == [("10:00", "WARDTWIN//spo2_scale//{scale}", 2.0, None)]


def test_an_unmapped_code_keeps_its_sources_name_and_number(observe, exported):
    told = {"source": "demo-lab", "source_code": "AMY", "source_value": 55.0, "source_unit": "U/L"}
    observe(None, None, "10:00", **told)
    assert exported() == [("10:00", "DEMO-LAB//AMY//U/L", 55.0, None)]


def test_a_text_that_nobody_mapped_is_not_told(observe, exported):
    observe(None, None, "10:00", source_text=b"ciphertext")
    assert exported() == []


def test_the_newest_version_of_a_value_is_told_alone(observe, exported):
    number = observe("spo2", 91, "10:00")
    observe("spo2", 94, "10:00", arrived="11:00", observation_id=number)
    assert exported() == [("10:00", "LOINC//59408-5//%", 94.0, None)]


def test_what_was_taken_back_is_not_told(observe, record, exported):
    number = observe("spo2", 91, "10:00")
    observe("spo2", None, "10:00", arrived="11:00", observation_id=number)
    record("condition", source_code="I50.9", time="12:00", condition_id=5)
    taken_back = {"is_retracted": True, "arrived": "13:00"}
    record("condition", source_code="I50.9", time="12:00", condition_id=5, **taken_back)
    assert exported() == []


def test_as_of_tells_what_was_known_then(observe, admit, exported):
    admit("08:00")
    admit("08:00", "20:00", arrived="20:00")
    number = observe("spo2", 91, "10:00")
    observe("spo2", 94, "10:00", arrived="12:00", observation_id=number)
    observe("heart_rate", 72, "10:30", arrived="12:00")
    assert [event[1:3] for event in exported(at("11:00"))] == [
        ("HOSPITAL_ADMISSION//IMP", None),
        ("LOINC//59408-5//%", 91.0),
    ]
    assert len(exported(at("21:00"))) == 4


def test_two_numbers_of_one_person_are_one_subject(observe, con, exported):
    observe("spo2", 97, "10:00")
    observe("spo2", 96, "11:00", patient_id=5)
    for number in (5, PATIENT):
        person = pa.table({"patient_id": [number], "person_id": [PATIENT]})
        insert(con, "clinical.person", person)
    assert [event[2] for event in exported()] == [97.0, 96.0]
    assert exported(patient=5) == []


def test_each_subject_is_in_one_file_of_their_split(observe, con, tmp_path, monkeypatch):
    monkeypatch.setattr(meds, "SUBJECTS_AT_ONCE", 2)
    for patient in (10, 20, 30, 48, 59):
        observe("spo2", 97, "10:00", patient_id=patient)
    counts = meds.write(con, tmp_path / "out")
    data = tmp_path / "out" / "data"
    found = {
        str(path.relative_to(data)): pq.read_table(path)["subject_id"].to_pylist()
        for path in data.glob("*/*.parquet")
    }
    assert found == {
        "train/0.parquet": [10, 20],
        "train/1.parquet": [30],
        "tuning/0.parquet": [48],
        "held_out/0.parquet": [59],
    }
    assert counts == {"files": 4, "events": 5, "codes": 1, "subjects": 5}


def test_the_metadata_tell_splits_codes_and_state(observe, con, tmp_path):
    observe("spo2", 97, "10:00")
    meds.write(con, tmp_path / "out", at("12:00"))
    metadata = tmp_path / "out" / "metadata"
    assert pq.read_table(metadata / "subject_splits.parquet").to_pylist() == [
        {"subject_id": PATIENT, "split": "train"}
    ]
    assert pq.read_table(metadata / "codes.parquet").to_pylist() == [
        {
            "code": "LOINC//59408-5//%",
            "description": "Oxygen saturation by pulse oximetry",
            "parent_codes": ["LOINC/59408-5"],
        }
    ]
    about = json.loads((metadata / "dataset.json").read_text())
    assert about["dataset_version"] == "batch 0, known at 2026-03-01T12:00:00+00:00"
    assert about["meds_version"] == "0.4.1"


def test_equal_rows_give_equal_bytes(observe, register, con, tmp_path):
    register()
    for minute in range(10, 50):
        observe("spo2", 97 - minute % 7, f"10:{minute}", patient_id=minute)
    made = []
    for name in ("a", "b"):
        meds.write(con, tmp_path / name)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        made.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert made[0] == made[1]


def test_a_folder_that_holds_something_is_left_alone(con, tmp_path):
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(WardtwinError, match="not an empty folder"):
        meds.write(con, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_empty_lake_is_an_empty_dataset(con, tmp_path):
    assert meds.write(con, tmp_path / "out")["events"] == 0
    assert (tmp_path / "out" / "metadata" / "codes.parquet").exists()


def test_what_an_export_calls_a_concept_is_known_where_it_is_landed():
    concepts = vocabulary.concepts().query("kind in @TOLD_BY_CONCEPT").reset_index()
    names = concepts["loinc"].where(concepts["loinc"] != "", concepts["name"])
    codes = vocabulary.table("source_codes").query("code_set == 'mimic-iv'")
    meant = dict(zip(codes["code"], codes["concept"], strict=True))
    assert {name: meant.get(name) for name in names} == dict(
        zip(names, concepts["name"], strict=True)
    )


def test_an_export_can_be_landed_and_exported_again(
    register, admit, observe, record, con, lake, settings, tmp_path
):
    register()
    admit("08:00", "20:00")
    record("location", ward="4B", kind="icu", start_time="08:30")
    record("treatment", source_code="x", concept="norepinephrine", start_time="09:00")
    ventilated = {"concept": "invasive_ventilation", "end_time": "11:00"}
    record("treatment", source_code="x", start_time="09:30", **ventilated)
    record("condition", source_code="I50.9", time="12:00")
    for concept, value in {"temperature": 36.6, "consciousness": 1, "spo2_scale": 2}.items():
        observe(concept, value, "10:00")
    meds.write(con, tmp_path / "first")
    import_folder(settings, tmp_path / "first")
    microbatch.drain(lake, now=NOW)
    with lake.read() as again:
        meds.write(again, tmp_path / "second")
    first, second = (
        [event[1:] for event in events(tmp_path / name)] for name in ("first", "second")
    )
    assert first == second
    assert len(first) == 12
