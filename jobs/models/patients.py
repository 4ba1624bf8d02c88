"""Which rows are whose. Rows of a patient stand together, in order of time."""

import numpy as np


def starts(patient_id: np.ndarray) -> np.ndarray:
    """The first row of each patient, int64 [patients]. ValueError if a patient's rows are apart."""
    is_first = np.ones(len(patient_id), dtype=bool)
    is_first[1:] = patient_id[1:] != patient_id[:-1]
    found = np.flatnonzero(is_first)
    if len(np.unique(patient_id)) != len(found):
        raise ValueError("the rows of a patient must stand together: sort by patient_id and time")
    return found


def numbers(patient_id: np.ndarray) -> np.ndarray:
    """0, 1, 2 ... for each row's patient, in order of patient_id, wherever their rows stand."""
    return np.unique(patient_id, return_inverse=True)[1]


def same_length(*arrays: np.ndarray) -> None:
    """ValueError unless all have as many rows."""
    if len({len(array) for array in arrays}) > 1:
        raise ValueError(f"not one row each: {[len(array) for array in arrays]}")


def binary(name: str, values: np.ndarray) -> np.ndarray:
    """The values as bool. ValueError if one is neither 0 nor 1: a blank is not a 0."""
    values = np.asarray(values)
    wrong = int(np.sum(~((values == 0) | (values == 1))))
    if wrong:
        raise ValueError(f"{name} is neither 0 nor 1 in {wrong} of {len(values)} rows")
    return values == 1


def numeric(name: str, values: np.ndarray) -> np.ndarray:
    """The values as float. ValueError if one is missing or infinite."""
    values = np.asarray(values, dtype=float)
    wrong = int(np.sum(~np.isfinite(values)))
    if wrong:
        raise ValueError(f"{name} is not a number in {wrong} of {len(values)} rows")
    return values
