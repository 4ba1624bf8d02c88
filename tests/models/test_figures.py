import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    roc_auc_score,
)

from jobs.models import figures, matched, trees
from tests.models import judged_rows
from tests.models.judged_rows import one

ROWS = judged_rows.some(patients=120)


def both(*patients: pd.DataFrame) -> pd.DataFrame:
    numbered = (rows.assign(patient_id=number) for number, rows in enumerate(patients))
    return pd.concat(numbered, ignore_index=True)


def alerts(rows: pd.DataFrame, is_alarm: pd.Series) -> list[int]:
    """The rows in which an alert opens: an alarm that follows none."""
    follows = (rows["patient_id"].diff() == 0) & (rows["time"].diff() <= 1.5)
    return [
        row
        for row in range(len(rows))
        if is_alarm[row] and not (follows[row] and is_alarm[row - 1])
    ]


def test_the_figures_of_patient_hours_are_those_of_scikit_learn():
    found = figures.of(ROWS, 0.3)
    label, risk, news2 = ROWS["label"], ROWS["risk"], ROWS["news2"].fillna(-1)
    assert found["auroc"] == pytest.approx(roc_auc_score(label, risk))
    assert found["auprc"] == pytest.approx(average_precision_score(label, risk))
    assert found["auroc_news2"] == pytest.approx(roc_auc_score(label, news2))
    assert found["auprc_news2"] == pytest.approx(average_precision_score(label, news2))
    assert found["auroc_difference"] == found["auroc"] - found["auroc_news2"]
    assert found["brier"] == pytest.approx(brier_score_loss(label, risk))
    odds = np.log(risk / (1 - risk)).to_numpy()
    line = found["calibration_slope"], found["calibration_intercept"]
    assert line == pytest.approx(trees.platt(odds, label.to_numpy()), abs=1e-3)


def test_the_figures_at_a_threshold_are_those_of_the_four_fields():
    tn, fp, fn, tp = confusion_matrix(ROWS["label"], ROWS["risk"] >= 0.3).ravel()
    found = figures.of(ROWS, 0.3)["at_threshold"]
    assert found["hour_sensitivity"] == tp / (tp + fn)
    assert found["hour_specificity"] == tn / (tn + fp)
    assert found["hour_ppv"] == tp / (tp + fp)
    assert found["hour_nne"] == (tp + fp) / tp


def test_alerts_are_counted_as_they_open():
    opened = alerts(ROWS, ROWS["risk"] >= 0.3)
    found = figures.of(ROWS, 0.3)["at_threshold"]
    assert found["alerts"] == len(opened)
    assert found["alerts_per_100_patient_days"] == pytest.approx(
        100 * len(opened) / (len(ROWS) / 24)
    )
    assert found["alert_ppv"] == pytest.approx(ROWS.loc[opened, "label"].mean())


def test_counts_by_hand():
    rows = both(one("0900990", "0000111"), one("0090", "0000"), one("0000", "0011"))
    found = figures.of(rows, 0.9)
    counts = [found[name] for name in ("rows", "positives", "patients", "patients_with_event")]
    assert counts == [15, 5, 3, 2]
    at = found["at_threshold"]
    assert (at["hour_sensitivity"], at["hour_ppv"]) == (2 / 5, 2 / 4)
    assert (at["alerts"], at["alert_ppv"], at["alert_nne"]) == (3, 1 / 3, 3)
    assert (at["patient_sensitivity"], at["patient_ppv"]) == (1 / 2, 1 / 2)


def test_the_lead_is_from_the_first_alarm_within_the_horizon():
    """An alarm long before, outside the horizon, is no warning of this event."""
    rows = both(one("9000090", "0001111"), one("0990", "1111"), one("00", "11"))
    assert figures.of(rows, 0.9)["at_threshold"]["lead_hours"] == np.median([2, 3])
    without = rows.drop(columns="event")
    assert figures.of(without, 0.9)["at_threshold"]["lead_hours"] is None


def test_each_event_of_a_patient_has_its_own_lead():
    rows = both(one("0099", "0011")).assign(event=[np.nan, np.nan, 3.0, 9.0])
    assert figures.of(rows, 0.9)["at_threshold"]["lead_hours"] == np.median([1, 6])


def test_a_gap_ends_an_alert():
    rows = one("9999", "0000")
    assert figures.of(rows, 0.9)["at_threshold"]["alerts"] == 1
    apart = rows.assign(time=[0.0, 1.0, 5.0, 6.0])
    assert figures.of(apart, 0.9)["at_threshold"]["alerts"] == 2


def test_the_model_is_held_against_news2_at_the_same_sensitivity():
    for points in (5, 7):
        found = figures.of(ROWS, 0.3)["matched"][f"news2_{points}"]
        wanted = (ROWS["news2"] >= points)[ROWS["label"] == 1].mean()
        positive = ROWS["risk"][ROWS["label"] == 1]
        tried = [low for low in ROWS["risk"].unique() if (positive >= low).mean() >= wanted]
        assert found["threshold"] == max(tried)
        assert found["news2"]["hour_sensitivity"] == pytest.approx(wanted)
        assert found["news2"]["alerts"] == len(alerts(ROWS, ROWS["news2"] >= points))
        assert found["model"]["hour_sensitivity"] >= found["news2"]["hour_sensitivity"]
        assert found["model"] == {
            name: value
            for name, value in figures.of(ROWS, max(tried))["at_threshold"].items()
            if name != "threshold"
        }


def test_the_difference_from_news2_has_an_interval():
    point = figures.of(ROWS, 0.3)["matched"]["news2_5"]
    found = matched.intervals(ROWS, resamples=50)["news2_5"]
    for part in ("model", "news2", "difference"):
        low, high = found[part]["hour_ppv"]
        assert low < point[part]["hour_ppv"] < high
    ppv = [point[part]["hour_ppv"] for part in ("model", "news2")]
    assert point["difference"]["hour_ppv"] == ppv[0] - ppv[1]
    nothing = matched.intervals(one("0440", "0011"), resamples=2)
    assert nothing == {"news2_5": None, "news2_7": None}


def test_without_rows_there_are_no_figures():
    found = figures.of(ROWS.head(0), 0.3)
    assert (found["rows"], found["auroc"], found["brier"]) == (0, None, None)
    assert found["at_threshold"]["hour_sensitivity"] is None
    limits = figures.intervals(ROWS.head(0), 0.3, resamples=2)
    assert set(limits) >= {"auroc", "hour_ppv"}
    assert limits["auroc"] is limits["hour_ppv"] is None


def test_without_any_news2_nothing_is_compared():
    found = figures.of(ROWS.drop(columns="news2"), 0.3)
    none = ("auroc_news2", "auprc_news2", "auroc_difference", "patient_auroc_news2")
    assert [found[name] for name in none] == [None] * 4
    assert found["news2_rows"] == 0
    assert found["matched"] == {"news2_5": None, "news2_7": None}
    assert found["auroc"] == figures.of(ROWS, 0.3)["auroc"]


def test_where_news2_finds_nothing_there_is_no_match():
    assert figures.of(one("0440", "0011"), 0.9)["matched"] == {"news2_5": None, "news2_7": None}


def test_by_patient_the_highest_risk_counts():
    by_patient = ROWS.fillna({"news2": -1}).groupby("patient_id")[["label", "risk", "news2"]].max()
    found = figures.of(ROWS, 0.3)
    expected = roc_auc_score(by_patient["label"], by_patient["risk"])
    assert found["patient_auroc"] == pytest.approx(expected)
    expected = roc_auc_score(by_patient["label"], by_patient["news2"])
    assert found["patient_auroc_news2"] == pytest.approx(expected)


def test_with_one_class_what_cannot_be_computed_is_none():
    found = figures.of(one("0123", "0000"), 0.3)
    none = ("auroc", "auprc", "auroc_difference", "calibration_slope", "patient_auroc")
    assert [found[name] for name in none] == [None] * 5
    at = found["at_threshold"]
    assert (at["hour_sensitivity"], at["hour_nne"], at["hour_ppv"]) == (None, None, 0)


def test_the_order_of_patients_changes_nothing():
    turned = pd.concat([own for _, own in list(ROWS.groupby("patient_id"))[::-1]])
    first, second = figures.of(ROWS, 0.3), figures.of(turned, 0.3)
    for name in ("auroc", "auprc", "patient_auroc", "at_threshold", "matched"):
        assert first[name] == second[name]
    first, second = (figures.intervals(rows, 0.3, resamples=20) for rows in (ROWS, turned))
    assert first["auroc"] == second["auroc"]
    assert first["calibration_slope"] == pytest.approx(second["calibration_slope"])


def test_the_intervals_are_those_of_copying_the_drawn_patients():
    rows = judged_rows.some(patients=20)
    found = figures.intervals(rows, 0.3, resamples=15, seed=3)
    random, each = np.random.default_rng(3), []
    by_patient = [own for _, own in rows.groupby("patient_id")]
    for _ in range(15):
        drawn = sorted(random.integers(20, size=20))
        again = figures.of(both(*(by_patient[place] for place in drawn)), 0.3)
        each.append(again | again["at_threshold"])
    for name, limits in found.items():
        expected = np.quantile([one[name] for one in each], [0.025, 0.975])
        assert limits == pytest.approx(tuple(expected), rel=1e-6), name


def test_patients_are_drawn_and_not_hours():
    """Twice the same hours of the same patients tell no more than once."""
    doubled = pd.concat(
        [ROWS.assign(hour=2 * ROWS["time"]), ROWS.assign(hour=2 * ROWS["time"] + 1)]
    )
    doubled = doubled.assign(time=doubled["hour"]).sort_values(["patient_id", "time"])
    once = figures.intervals(ROWS, 0.3, resamples=50)["auroc"]
    assert figures.intervals(doubled, 0.3, resamples=50)["auroc"] == pytest.approx(once)


def test_a_group_has_the_figures_of_its_rows():
    told = figures.subgroups(ROWS, ["ward"], 0.3)
    assert [(row["column"], row["group"]) for row in told] == [("ward", "a"), ("ward", "b")]
    own = figures.of(ROWS[ROWS["ward"] == "b"], 0.3)
    assert told[1]["auroc"] == own["auroc"]
    assert told[1]["hour_ppv"] == own["at_threshold"]["hour_ppv"]
    assert told[1]["patients"] == own["patients"]


def test_small_groups_tell_nothing():
    nine = ROWS[ROWS["patient_id"].isin(ROWS["patient_id"].unique()[:9])]
    well = ROWS[~ROWS["patient_id"].isin(ROWS["patient_id"][ROWS["label"] == 1])]
    groups = [
        nine.assign(group="nine", patient_id=nine["patient_id"] + 10_000),
        well.assign(group="well", patient_id=well["patient_id"] + 20_000),
        ROWS.assign(group=None),
    ]
    told = {row["group"]: row for row in figures.subgroups(pd.concat(groups), ["group"], 0.3)}
    assert told["nine"].pop("patients") == told["nine"].pop("events") == "<10"
    assert told["well"].pop("patients") == well["patient_id"].nunique()
    assert told["well"].pop("events") == "<10"
    for name in ("nine", "well"):
        shown = {key: value for key, value in told[name].items() if value is not None}
        assert shown == {"column": "group", "group": name}
    assert told["unknown"]["auroc"] == figures.of(ROWS, 0.3)["auroc"]


@pytest.mark.parametrize(
    "change, said",
    [
        ({"risk": np.nan}, "risk is not a number in 3 of 3"),
        ({"label": np.nan}, "label is neither 0 nor 1 in 3 of 3"),
        ({"patient_id": [1, 2, 1]}, "stand together"),
        ({"time": [2.0, 1.0, 3.0]}, "in order of time"),
    ],
)
def test_rows_that_cannot_be_judged_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        figures.of(one("123", "001").assign(**change), 0.3)
