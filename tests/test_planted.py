"""Values planted in the input are found nowhere under var in clear once they have landed."""

import json
from pathlib import Path

import pytest

from expectations import docs
from jobs import microbatch
from jobs.ingest.landing import pending
from jobs.twins import patient_hour
from tests.conftest import NOW
from tests.ingest.conftest import lab, lab_file, ndjson, observation
from tests.ingest.test_batches import encounter, readings
from warehouse.errors import ContractBroken

NAME, SECOND_NAME = "Zebedee", "Quartermain-Plume"
MRN, VISIT, DEVICE = "MRN-88412-Q7", "VISIT-55120-X", "SERIAL-90017-K"
NOTE = "told the night nurse about his lottery win"
PLANTED = (NAME, SECOND_NAME, MRN, VISIT, DEVICE, NOTE, "Quartermain_report")


def planted_files() -> dict[str, str]:
    """Good rows, refused rows, unreadable lines and broken files, each with something planted."""
    subject = {"reference": f"Patient/{MRN}"}
    patient = {
        "resourceType": "Patient",
        "id": MRN,
        "birthDate": "1950-02-03",
        "name": [{"family": SECOND_NAME, "given": [NAME]}],
    }
    stay = encounter() | {"id": VISIT, "subject": subject}
    note = observation(
        subject=subject, code={"coding": [{"code": "11506-3"}]}, valueString=NOTE, id=f"o-{MRN}"
    )
    del note["valueQuantity"]
    coded_by_name = observation(subject=subject, code={"text": f"{NAME} {SECOND_NAME}"}, id="o2")
    return {
        "demo-ehr/Patient_Quartermain_report.ndjson": ndjson(patient, f"broken {NAME}"),
        "demo-ehr/Encounter.ndjson": ndjson(stay),
        "demo-ehr/Observation.ndjson": ndjson(note, coded_by_name),
        "demo-lab/labs_Quartermain_report.csv": lab_file(
            lab(patient_id=MRN, encounter_id=VISIT),
            lab(result_id="r2", patient_id=MRN, result=NOTE),
            lab(result_id="r3", patient_id=MRN) + f",{NAME}",
            lab(result_id="r4", patient_id=MRN, test=f"test of {NAME}", unit=SECOND_NAME),
            lab(result_id="r5", patient_id=MRN, unit=f"{NAME} {SECOND_NAME}"),
        ),
        "demo-lab/labs_headless.csv": f"r1,{MRN},{NAME}\nr2,{MRN},{NAME}\n",
        "demo-monitor/m.csv": readings({"value": 84}, {"value": 184}).replace("m1,", f"{DEVICE},"),
    }


def all_files(var: Path) -> list[Path]:
    return [path for path in var.rglob("*") if path.is_file()]


def holding(var: Path, text: str) -> list[str]:
    """The files that hold the text, as it stands or in hexadecimal (so the catalog has bytes)."""
    forms = (text.encode(), text.encode().hex().encode(), text.encode().hex().upper().encode())
    return [
        str(path.relative_to(var))
        for path in all_files(var)
        if any(form in path.read_bytes() or form.decode() in path.name for form in forms)
    ]


@pytest.fixture
def var_after_work(lake, land, capfd):
    """Everything that taking in, rebuilding and reporting leaves behind, and what was said."""
    for name, content in planted_files().items():
        source, _, file = name.partition("/")
        land(source, file, content)
    with pytest.raises(ContractBroken) as broken:
        microbatch.drain(lake, now=NOW)
    patient_hour.rebuild(lake)
    docs.build(lake, lake.settings.var / "docs")
    said = capfd.readouterr()
    log = lake.settings.var / "said.txt"
    log.write_text(said.out + said.err + str(broken.value))
    assert pending(lake.settings) == []
    return lake.settings.var


def test_planted_values_are_nowhere_in_clear(var_after_work):
    found = {text: holding(var_after_work, text) for text in PLANTED}
    assert found == {text: [] for text in PLANTED}


def test_the_search_would_find_them(var_after_work):
    (var_after_work / "leak.json").write_text(json.dumps({"who": SECOND_NAME}))
    assert holding(var_after_work, SECOND_NAME) == ["leak.json"]


def test_and_yet_they_are_all_kept(var_after_work, lake):
    with lake.read() as con:
        names = con.execute("SELECT name FROM clinical.identity WHERE name IS NOT NULL").fetchall()
        refused = con.execute("SELECT refused_row FROM quality.quarantine").fetchall()
        texts = con.execute("SELECT source_text FROM clinical.observation").fetchall()
    assert [lake.keys.decrypt(name) for (name,) in names] == [f"{NAME} {SECOND_NAME}"]
    assert any(NOTE in lake.keys.decrypt(row) for (row,) in refused)
    assert NOTE in [lake.keys.decrypt(text) for (text,) in texts]
