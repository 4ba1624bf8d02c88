"""Made-up files to measure with; the same arguments write the same bytes. All synthetic."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from warehouse.lake import quote, scratch

START = datetime(2026, 3, 1)
SIGNS = [
    ("8867-4", "Heart rate", "/min", 60, 120, 0),
    ("9279-1", "Respiratory rate", "/min", 10, 25, 0),
    ("59408-5", "Oxygen saturation", "%", 88, 100, 0),
    ("8480-6", "Systolic blood pressure", "mm[Hg]", 100, 160, 0),
    ("8462-4", "Diastolic blood pressure", "mm[Hg]", 50, 90, 0),
    ("8310-5", "Body temperature", "Cel", 36, 39, 1),
]
"""LOINC, name, UCUM unit, lowest and highest value, decimals."""

ITEMS = [(220045, "bpm", 60, 120), (220210, "insp/min", 10, 25), (220277, "%", 88, 100)]


def observations(path: Path, count: int, seed: int = 1) -> Path:
    """FHIR Observations in NDJSON, every tenth with two components; about 600 B a value."""
    with path.open("w") as file:
        file.writelines(json.dumps(line) + "\n" for line in _observations(count, seed))
    return path


def chartevents(path: Path, count: int, seed: int = 1) -> Path:
    """MIMIC-IV chartevents in its official columns, every cell filled."""
    items = ", ".join(f"({turn}, {', '.join(map(repr, item))})" for turn, item in enumerate(ITEMS))
    with closing(scratch()) as con:
        con.execute(
            f"""
            COPY (
                SELECT
                    n % 5000 AS subject_id, 10000 + n % 5000 AS hadm_id,
                    20000 + n % 5000 AS stay_id, 7 AS caregiver_id,
                    TIMESTAMP '{START}' + to_seconds(n // 5000 * 600 + n % 5000) AS charttime,
                    charttime AS storetime, item AS itemid,
                    low + CAST(hash(n, {int(seed)}) % (high - low + 1) AS INTEGER) AS value,
                    value AS valuenum, unit AS valueuom, 0 AS warning
                FROM range({int(count)}) AS rows(n)
                JOIN (VALUES {items}) AS items(turn, item, unit, low, high)
                    ON turn = n % {len(ITEMS)}
            ) TO {quote(str(path))} (HEADER)
            """
        )
    return path


def results(path: Path, count: int, seed: int = 1) -> Path:
    """HL7 v2 ORU^R01 messages of six results each, about 800 B a message."""
    chance = random.Random(seed)
    with path.open("w", newline="") as file:
        file.writelines(_message(number, chance) for number in range(count))
    return path


def _observations(count: int, seed: int) -> Iterator[dict]:
    chance = random.Random(seed)
    for number in range(count):
        time = (START + timedelta(seconds=number)).isoformat() + "+00:00"
        yield {
            "resourceType": "Observation",
            "id": f"o{number}",
            "meta": {"lastUpdated": time},
            "status": "final",
            "subject": {"reference": f"Patient/p{number % 5000}"},
            "encounter": {"reference": f"Encounter/e{number % 5000}"},
            "effectiveDateTime": time,
            "issued": time,
            "category": [{"coding": [{"code": "vital-signs", "display": "Vital signs"}]}],
        } | (_panel(chance) if number % 10 == 0 else _value(SIGNS[number % 3], chance))


def _panel(chance: random.Random) -> dict:
    pressures = [_value(SIGNS[number], chance) for number in (3, 4)]
    return {"code": _code("85354-9", "Blood pressure panel"), "component": pressures}


def _value(sign: tuple, chance: random.Random) -> dict:
    code, name, unit, low, high, decimals = sign
    quantity = {"value": round(chance.uniform(low, high), decimals), "unit": unit, "code": unit}
    quantity["system"] = "http://unitsofmeasure.org"
    return {"code": _code(code, name), "valueQuantity": quantity}


def _code(code: str, name: str) -> dict:
    return {"coding": [{"system": "http://loinc.org", "code": code, "display": name}], "text": name}


def _message(number: int, chance: random.Random) -> str:
    time = f"{START + timedelta(seconds=number):%Y%m%d%H%M%S}"
    lines = [
        f"MSH|^~\\&|MON|W4|WT|H|{time}+0000||ORU^R01^ORU_R01|M{number}|P|2.6",
        f"PID|1||{number % 5000}^^^H^MR||Do\\T\\e^Jane||19600101|F",
        f"PV1|1|I|4B^^{number % 30}||||||||||||||||E{number % 5000}",
        f"OBR|1||F{number}|VITALS^Vital signs^L|||{time}",
    ]
    for place, (code, name, unit, low, high, decimals) in enumerate(SIGNS, start=1):
        value = round(chance.uniform(low, high), decimals)
        lines.append(f"OBX|{place}|NM|{code}^{name}^LN|1|{value}|{unit}^{unit}^UCUM|||||F|||{time}")
    return "\r".join(lines) + "\r"
