"""What alarms bring. Counted per patient first, so that resampled patients need no recount.

An alarm is an hour at or above the threshold. Alarms in a row are one alert.
"""

import numpy as np

COUNTED = (
    "hours",
    "positive_hours",
    "open_hours",
    "right_hours",
    "alerts",
    "right_alerts",
    "patients",
    "events",
    "alarmed",
    "foretold",
)


def count(
    patient: np.ndarray, label: np.ndarray, opened: np.ndarray, is_open: np.ndarray
) -> np.ndarray:
    """int64 [patients, COUNTED]. All arrays [rows]: patient as `patients.numbers`, the rest bool.

    Right is what happens at an hour labelled 1; foretold is a patient with an alert open then.
    """
    is_right = is_open & label
    rows = (np.ones(len(label)), label, is_open, is_right, opened, opened & label)
    sums = [np.bincount(patient, row).astype(np.int64) for row in rows]
    ever = [sums[place] > 0 for place in (0, 1, 2, 3)]
    return np.column_stack([*sums, *ever]).astype(np.int64)


def rates(counted: np.ndarray) -> dict[str, float | int | None]:
    """The figures of summed counts, int64 [COUNTED]; None where there is nothing to divide by.

    hour_*: of patient-hours; an open alert is a positive test. alert_*: of alerts, right if they
    open within the horizon of an event. patient_*: of patients; right if any hour is. nne = 1/ppv:
    how many have to be evaluated for one event.
    """
    n = dict(zip(COUNTED, counted.tolist(), strict=True))
    negative_hours = n["hours"] - n["positive_hours"]
    wrong_hours = n["open_hours"] - n["right_hours"]
    return {
        "hour_sensitivity": _share(n["right_hours"], n["positive_hours"]),
        "hour_specificity": _share(negative_hours - wrong_hours, negative_hours),
        "hour_ppv": _share(n["right_hours"], n["open_hours"]),
        "hour_nne": _share(n["open_hours"], n["right_hours"]),
        "alerts": n["alerts"],
        "alerts_per_100_patient_days": _share(2400 * n["alerts"], n["hours"]),
        "alert_ppv": _share(n["right_alerts"], n["alerts"]),
        "alert_nne": _share(n["alerts"], n["right_alerts"]),
        "patient_sensitivity": _share(n["foretold"], n["events"]),
        "patient_ppv": _share(n["foretold"], n["alarmed"]),
    }


def leads(
    patient: np.ndarray, time: np.ndarray, event: np.ndarray, is_right: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of each foretold event, its patient's number and the hours from the first right hour to it.

    All arrays [rows], time and event in hours, event NaN where it is not known. Negative where the
    first came after the event.
    """
    chosen = np.flatnonzero(is_right & np.isfinite(event))
    pairs = np.column_stack([patient[chosen], event[chosen]])
    _, first = np.unique(pairs, axis=0, return_index=True)
    rows = chosen[first]
    return patient[rows], event[rows] - time[rows]


def median_lead(leads: tuple[np.ndarray, np.ndarray], count: np.ndarray) -> float | None:
    """Hours, with each patient counted `count` times; None without a foretold event."""
    patient, hours = leads
    drawn = np.repeat(hours, count[patient])
    return float(np.median(drawn)) if len(drawn) else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
