"""A patient's NEWS2 and newest risk as FHIR R4: Observation and RiskAssessment in a Bundle.

NEWS2 and its parts have the SNOMED CT codes of UK Core (news2_codes.csv).
"""

import json
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import pandas as pd

from warehouse import vocabulary
from warehouse.errors import NotSetUp
from warehouse.lake import Connection, frame

SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
UNKNOWN = {"coding": [{"system": f"{TERMINOLOGY}/data-absent-reason", "code": "unknown"}]}
HORIZON = timedelta(hours=24)

LATEST = "SELECT * FROM {} WHERE patient_id = ? ORDER BY time DESC, batch_no DESC LIMIT 1"


def bundle(con: Connection, patient_id: int) -> dict:
    """What is known now, as a Bundle (collection); no risk where none was ever given.

    `NotSetUp` if the patient has no twin.
    """
    twin = frame(con, LATEST.format("twin.patient_now"), [patient_id])
    if twin.empty:
        raise NotSetUp(f"there is no twin of patient {patient_id}")
    score = _news2(twin.iloc[0])
    risks = frame(con, LATEST.format("model.prediction"), [patient_id])
    resources = [score, *(_risk(risk, score) for _, risk in risks.iterrows())]
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _news2(twin: pd.Series) -> dict:
    """The total with its parts. While a part is missing it is a lower bound, and says so (>=)."""
    codes = vocabulary.table("news2_codes")
    scale = f"{twin['news2_scale']:.0f}"
    codes = codes[codes["spo2_scale"].isin(["", scale])].set_index("part")
    is_whole = twin["news2_known"] == len(codes) - 1
    about = {"id": _id("news2", twin), "status": "final"} | _about(twin)
    if pd.notna(twin["encounter_id"]):
        about["encounter"] = {"reference": f"Encounter/{twin['encounter_id']}"}
    return {
        "resourceType": "Observation",
        **about,
        "category": [_concept(f"{TERMINOLOGY}/observation-category", "survey", "Survey")],
        "code": _code(codes.loc["total"]),
        "effectiveDateTime": twin["time"].isoformat(),
        **_points(twin["news2_total"], is_whole),
        "component": [
            {"code": _code(code), **_points(twin[f"news2_{part}"])}
            for part, code in codes.drop(index="total").iterrows()
        ],
    }


def _risk(risk: pd.Series, score: dict) -> dict:
    period = {"start": risk["time"].isoformat(), "end": (risk["time"] + HORIZON).isoformat()}
    prediction = {
        "outcome": {"text": "Deterioration: intensive care, vasopressor, ventilation or death"},
        "probabilityDecimal": risk["risk"],
        "qualitativeRisk": {"text": risk["level"]},
        "whenPeriod": period,
    }
    reasons = json.loads(risk["reasons"]) if isinstance(risk["reasons"], str) else []
    if reasons:
        prediction["rationale"] = "; ".join(reason["words"] for reason in reasons)
    return {
        "resourceType": "RiskAssessment",
        "id": _id("risk", risk),
        "status": "final",
        **_about(risk),
        "method": {"text": f"model {risk['model_id']}"},
        "occurrenceDateTime": risk["time"].isoformat(),
        "basis": [{"reference": f"urn:uuid:{score['id']}"}],
        "prediction": [prediction],
    }


def _id(kind: str, row: pd.Series) -> str:
    """The same for the same patient, instant and batch."""
    told = f"{kind}:{row['patient_id']}:{row['time'].isoformat()}:{row['batch_no']}"
    return str(uuid5(NAMESPACE_URL, f"urn:wardtwin:{told}"))


def _about(row: pd.Series) -> dict:
    return {"subject": {"reference": f"Patient/{row['patient_id']}"}}


def _code(row: pd.Series) -> dict:
    return _concept(SNOMED, row["snomed"], row["display"])


def _concept(system: str, code: str, display: str) -> dict:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _points(points: float, is_whole: bool = True) -> dict:
    if pd.isna(points):
        return {"dataAbsentReason": UNKNOWN}
    quantity = {"value": int(points), "unit": "{score}", "system": UCUM, "code": "{score}"}
    return {"valueQuantity": quantity | ({} if is_whole else {"comparator": ">="})}
