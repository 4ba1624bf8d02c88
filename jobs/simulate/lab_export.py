"""Laboratory results as the laboratory's CSV has them (sources/demo-lab.yml), in SI units."""

import pandas as pd

from jobs.simulate import coding, dirt, laboratory, parameters
from jobs.simulate.chance import RECORDS
from jobs.simulate.world import Hospital, Stay

COLUMNS = ["result_id", "patient_id", "encounter_id", "collected", "resulted"]
COLUMNS += ["test", "result", "unit"]
"""What is exported; rows also carry `known` (`resulted`, seconds since 1970)."""

SPOILT = 0.0015
"""Share of samples that give a word instead of a number."""


def results(hospital: Hospital) -> pd.DataFrame:
    """All results of all stays, in order of their issue."""
    parts = [rows for stay in hospital.stays if len(rows := _rows(hospital, stay))]
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["known", "result_id"], kind="stable", ignore_index=True)


def _rows(hospital: Hospital, stay: Stay) -> pd.DataFrame:
    found, person = laboratory.results(stay), stay.course.person
    codes = [coding.codes("demo-lab", concept)[0] for concept in found["concept"]]
    known = hospital.seconds(found["issued"].to_numpy(dtype=float))
    collected = hospital.seconds(found["time"].to_numpy(dtype=float))
    rows = pd.DataFrame(
        {
            "result_id": [f"{person.encounter_id}-r{n}" for n in range(len(found))],
            "patient_id": person.patient_id,
            "encounter_id": person.encounter_id,
            "collected": _naive(collected),
            "resulted": _naive(known),
            "test": [code.code for code in codes],
            "result": _as_printed(found, [code.unit for code in codes]),
            "unit": [code.unit for code in codes],
            "known": known,
        }
    )
    return _spoil(dirt.soil(rows, stay.stream(RECORDS, 3), code="test", value="result"), stay)


def _as_printed(found: pd.DataFrame, units: list[str]) -> list[float]:
    """In the laboratory's unit, to the digits it reports."""
    digits = parameters.labs()["digits"]
    triples = zip(found["concept"], found["value"], units, strict=True)
    return [
        round(float(coding.in_unit(value, concept, unit)), int(digits[concept]))
        for concept, value, unit in triples
    ]


def _spoil(rows: pd.DataFrame, stay: Stay) -> pd.DataFrame:
    """Some samples cannot be measured; the laboratory says so where the number should be."""
    spoilt = stay.stream(RECORDS, 4).random(len(rows)) < SPOILT
    text = rows["result"].map("{:g}".format)
    return rows.assign(result=text.mask(spoilt, "haemolysed"))


def _naive(seconds) -> list[str]:
    """Times in UTC without an offset: the source's YAML names the zone."""
    return [str(stamp).replace("T", " ") for stamp in seconds.astype("datetime64[s]")]
