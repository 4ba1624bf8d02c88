"""What was measured where NEWS2 gave points: what an alert shows as its reason."""

import math

import pandas as pd

from warehouse import vocabulary

GCS_PARTS = ("gcs_eye", "gcs_verbal", "gcs_motor")


def parameters() -> list[str]:
    """The seven parts of NEWS2."""
    return list(vocabulary.table("news2")["parameter"].unique())


def parameter(concept: str) -> str:
    """The part of NEWS2 that a measurement told: `gcs` tells consciousness."""
    if concept in parameters():
        return concept
    return "consciousness" if concept == "gcs" else "oxygen"


def columns() -> list[str]:
    """The twin's columns that evidence is read from."""
    concepts = {*parameters(), *_oxygen_limits(), "gcs", *GCS_PARTS}
    names = [f"{concept}_{name}" for concept in sorted(concepts) for name in ("last", "time")]
    return ["patient_id", *names, *(f"news2_{name}" for name in parameters())]


def of(twin: dict) -> list[dict]:
    """The parts with points: {concept, value, unit, time, points}, most points first.

    `twin` holds one patient's `columns()`. Where consciousness was told by a Glasgow coma scale,
    or oxygen by a flow, that is what is shown.
    """
    found = [
        _measured(twin, name) | {"points": int(twin[f"news2_{name}"])}
        for name in parameters()
        if twin[f"news2_{name}"] > 0
    ]
    return sorted(found, key=lambda part: -part["points"])


def _measured(twin: dict, name: str) -> dict:
    sayings = [saying for saying in _sayings(twin, name) if not math.isnan(saying[1])]
    if not sayings:
        return {"concept": name, "value": None, "unit": None, "time": None}
    concept, value, time = max(sayings, key=lambda saying: saying[2])
    row = vocabulary.concepts().loc[concept]
    value = round(float(value), int(row["decimals"]))
    return {"concept": concept, "value": value, "unit": row["unit"], "time": time.isoformat()}


def _sayings(twin: dict, name: str) -> list[tuple[str, float, pd.Timestamp]]:
    """Every measurement that can have told this part: concept, value, time."""
    if name == "consciousness":
        return [_latest(twin, name), _latest(twin, "gcs"), _gcs_of_parts(twin)]
    if name == "oxygen":
        limits = _oxygen_limits().items()
        return [_latest(twin, concept) for concept, limit in limits
                if twin[f"{concept}_last"] > limit]  # fmt: skip
    return [_latest(twin, name)]


def _latest(twin: dict, concept: str) -> tuple[str, float, pd.Timestamp]:
    return concept, twin[f"{concept}_last"], twin[f"{concept}_time"]


def _gcs_of_parts(twin: dict) -> tuple[str, float, pd.Timestamp]:
    total = sum(twin[f"{part}_last"] for part in GCS_PARTS)
    return "gcs", total, max(twin[f"{part}_time"] for part in GCS_PARTS)


def _oxygen_limits() -> dict[str, float]:
    """Concept -> the value above which it means supplemental oxygen."""
    table = vocabulary.table("supplemental_oxygen")
    return dict(zip(table["concept"], table["above"].astype(float), strict=True))
