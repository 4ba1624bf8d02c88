"""Twin rows, stays, places and treatments, put into a lake directly."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from warehouse.lake import insert

START = pd.Timestamp("2026-03-01 00:00", tz="UTC").as_unit("us")
"""Hour 0 of every test."""

NOW = datetime(2026, 3, 5, tzinfo=UTC)


def at(hours: float | None) -> pd.Timestamp | None:
    """So many hours after START."""
    return None if hours is None else START + pd.Timedelta(hours=hours)


class Records:
    """Puts clinical records into a lake; times are hours after START."""

    def __init__(self, con, first=0):
        self.con, self.count = con, first

    def hours(self, *hours, patient=1, encounter=10):
        """Twin rows without any sign, at these hours."""
        rows = {"patient_id": patient, "hour": [at(hour) for hour in hours], "bucket": patient % 16}
        self._put("twin.patient_hour", pd.DataFrame(rows | {"encounter_id": encounter}))

    def stay(self, start=0, end=None, death=None, patient=1, encounter=10, version=1, source="s"):
        times = {"start_time": at(start), "end_time": at(end), "death_time": at(death)}
        row = {"encounter_id": encounter, "patient_id": patient, "source": source, "site": "s"}
        times |= {"arrived": at(start), "batch_no": version}
        self._put("clinical.encounter", pd.DataFrame([row | times]))

    def place(self, start, end=None, kind="icu", patient=1, encounter=10):
        row = {"location_id": self._next(), "patient_id": patient, "encounter_id": encounter}
        times = {"start_time": at(start), "end_time": at(end), "arrived": at(start)}
        self._put("clinical.location", pd.DataFrame([row | times | {"kind": kind}]))

    def treatment(self, concept, start, end=None, patient=1, encounter=10):
        row = {"treatment_id": self._next(), "patient_id": patient, "encounter_id": encounter}
        times = {"start_time": at(start), "end_time": at(end), "arrived": at(start)}
        row |= {"concept": concept, "source_code": "a code"}
        self._put("clinical.treatment", pd.DataFrame([row | times]))

    def death(self, hour, patient=1, source="s"):
        row = {"patient_id": patient, "source": source, "death_time": at(hour), "arrived": at(0)}
        self._put("clinical.patient", pd.DataFrame([row]))

    def value(self, value, hour, concept=None, source_code="a code", patient=1, version_of=None):
        """A value, sent as it is; returns its id, of which `version_of` makes a newer version."""
        row = {"observation_id": version_of or self._next(), "patient_id": patient}
        row |= {"time": at(hour), "arrived": at(hour + bool(version_of))}
        row |= {"concept": concept, "value": value if concept else None, "source_value": value}
        row |= {"source_code": source_code, "is_revised": version_of is not None}
        self._put("clinical.observation", pd.DataFrame([row]))
        return row["observation_id"]

    def _put(self, table, rows):
        batch = {} if table == "twin.patient_hour" or "batch_no" in rows else {"batch_no": 1}
        insert(self.con, table, rows.assign(**batch))

    def _next(self):
        self.count += 1
        return self.count


def ward(con, patients=120, hours=30, seed=1, sick_share=0.35):
    """Twins of a ward in which the sick, whose SpO2 falls and breathing quickens, go to the ICU.

    `hours` rows of patient_hour each and one of patient_now; the signs overlap enough that no
    model can be perfect. Patients are numbered from 1.
    """
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({"patient_id": np.repeat(np.arange(1, patients + 1), hours)})
    rows["hour"] = [at(hour) for hour in range(hours)] * patients
    rows["encounter_id"] = rows["patient_id"]
    is_sick = random.random(patients) < sick_share
    illness = np.repeat(is_sick, hours) * random.random(len(rows))
    rows = rows.assign(**_signs(rows["hour"], illness, random))
    insert(con, "twin.patient_hour", rows.assign(bucket=rows["patient_id"] % 16))
    now = rows.groupby("patient_id").tail(1).rename(columns={"hour": "time"})
    insert(con, "twin.patient_now", now.assign(batch_no=7))
    records = Records(con)
    for patient in range(1, patients + 1):
        records.stay(end=hours + 70, patient=patient, encounter=patient)
    for patient in 1 + np.flatnonzero(is_sick):
        records.place(start=hours, end=hours + 70, patient=int(patient), encounter=int(patient))


def _signs(hour, illness, random):
    """SpO2 and respiratory rate with their times, trends and NEWS2 points; all else missing."""
    noise = random.normal(size=(2, len(illness)))
    spo2 = (96 - 5 * illness + 1.5 * noise[0]).clip(70, 100).round()
    rate = (16 + 8 * illness + 2 * noise[1]).round()
    points = {"news2_spo2": 1.0 * (spo2 < 96) + (spo2 < 94) + (spo2 < 92)}
    points |= {"news2_respiratory_rate": 2.0 * (rate > 20) + (rate > 24)}
    total = points["news2_spo2"] + points["news2_respiratory_rate"]
    highest = np.maximum(points["news2_spo2"], points["news2_respiratory_rate"])
    return points | {
        "age": 70.0,
        "is_female": 1.0,
        "spo2_last": spo2,
        "spo2_time": hour - pd.Timedelta("5min"),
        "spo2_mean_24h": 96.0,
        "spo2_change": spo2 - 96,
        "respiratory_rate_last": rate,
        "respiratory_rate_time": hour - pd.Timedelta("5min"),
        "respiratory_rate_min_6h": np.minimum(rate, 16),
        "respiratory_rate_max_6h": np.maximum(rate, 16),
        "news2_total": total,
        "news2_highest": highest,
        "news2_known": 2.0,
    }
