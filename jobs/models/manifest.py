"""What is written down about a model, and which one is in use."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Calibration(Document):
    """risk = 1 / (1 + exp(-(slope * margin + intercept)))"""

    method: Literal["platt"] = "platt"
    slope: float
    intercept: float


class Manifest(Document):
    """Everything about a model but its trees. Who promoted it stands in `Champion`."""

    model_id: str
    created: datetime
    snapshot: int
    features: list[str]
    feature_set: str
    parameters: dict
    code_version: str
    rows: int
    patients: int
    positives: int
    """Of the rows (patient-hours at risk), those followed by deterioration."""
    split: dict
    """The seed, and of each fold how many patients, and how many of them deteriorated."""
    metrics: dict
    """Cross-validated by patient; null where not computable."""
    objection: str
    """Why it may not be promoted by itself; empty if it passed its checks."""
    calibration: Calibration
    sha256: str
    """Of model.ubj."""


class Champion(Document):
    """Which model is in use, and who decided so."""

    model_id: str
    promoted_by: str
    at: datetime
