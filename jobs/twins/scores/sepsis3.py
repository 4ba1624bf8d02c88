"""Onset of Sepsis-3 (Singer et al. and Seymour et al., JAMA 2016;315), from sepsis3.csv.

Seen from afterwards: a culture may follow the antibiotic, and the suspicion the organ failure.
It is an outcome to learn from, never a feature.
"""

from typing import Literal

import pandas as pd

from jobs.twins.scores import bands

KEYS = ["patient_id", "suspected"]


def sepsis3(
    antibiotics: pd.DataFrame,
    cultures: pd.DataFrame,
    sofa: pd.DataFrame,
    baseline: Literal["lowest", "zero"] = "lowest",
) -> pd.DataFrame:
    """One row per patient who met the criteria, of the first suspicion with a rise.

    `antibiotics` (starts), `cultures` (taken): patient_id, time. `sofa`, hourly: patient_id,
    time, sofa_total. Found: patient_id, suspected, onset, sofa_baseline, sofa_total. The onset is
    the first hour within 48 hours before to 24 hours after the suspicion whose total is at least
    2 above the baseline: the lowest of those hours so far (as ricu), or `zero` (as mimic-code:
    nobody was ill before). Hours without a total are passed over. Totals of more known parts may
    rise for that alone; both packages count an unknown part as 0, with the same effect.
    Raises `ValueError` for another `baseline`.
    """
    if baseline not in ("lowest", "zero"):
        raise ValueError(f"no baseline is called {baseline!r}; there are lowest, zero")
    totals = sofa[["patient_id", "time", "sofa_total"]].dropna()
    hours = suspicions(antibiotics, cultures).merge(totals, on="patient_id")
    hours = hours[_holds("sofa_hours_after_suspicion", hours["time"] - hours["suspected"])]
    hours = hours.sort_values([*KEYS, "time"])
    lowest = hours.groupby(KEYS)["sofa_total"].cummin()
    hours["sofa_baseline"] = lowest if baseline == "lowest" else 0.0
    rise = (hours["sofa_total"] - hours["sofa_baseline"]).to_numpy(float)
    risen = hours[bands.points("sepsis3", "sofa_rise", rise) == 1].rename(columns={"time": "onset"})
    columns = [*KEYS, "onset", "sofa_baseline", "sofa_total"]
    return risen.drop_duplicates("patient_id")[columns].reset_index(drop=True)


def suspicions(antibiotics: pd.DataFrame, cultures: pd.DataFrame) -> pd.DataFrame:
    """Each time a patient was suspected of an infection: patient_id, suspected.

    An antibiotic within 72 hours after a culture, or a culture within 24 hours after an
    antibiotic; suspected since the earlier of the two.
    """
    drug, culture = (frame[["patient_id", "time"]] for frame in (antibiotics, cultures))
    both = drug.merge(culture, on="patient_id", suffixes=("", "_culture"))
    after = both["time"] - both["time_culture"]
    is_pair = _holds("antibiotic_hours_after_culture", after)
    is_pair |= _holds("culture_hours_after_antibiotic", -after)
    earlier = both["time"].where(after <= pd.Timedelta(0), both["time_culture"])
    return both.assign(suspected=earlier).loc[is_pair, KEYS].drop_duplicates()


def _holds(parameter: str, span: pd.Series) -> pd.Series:
    hours = (span / pd.Timedelta(hours=1)).to_numpy(float)
    return pd.Series(bands.points("sepsis3", parameter, hours) == 1, index=span.index)
