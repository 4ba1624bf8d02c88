import numpy as np
import pandas as pd
import pytest

from jobs.alerts import levels


@pytest.mark.parametrize(
    "total, highest, level",
    [
        (0, 0, "routine"),
        (4, 2, "routine"),
        (3, 3, "watch"),
        (4, 3, "watch"),
        (5, 1, "urgent"),
        (6, 3, "urgent"),
        (7, 2, "emergency"),
        (20, 3, "emergency"),
        (np.nan, np.nan, "routine"),
    ],
)
def test_news2_reaches_the_levels_of_the_escalation_chart(total, highest, level):
    twins = pd.DataFrame({"news2_total": [total], "news2_highest": [highest]}, dtype="float32")
    assert list(levels.news2_level(twins)) == [level]


@pytest.mark.parametrize(
    "risk, level",
    [
        (0.0, "routine"),
        (0.0999, "routine"),
        (0.10, "watch"),
        (0.2499, "watch"),
        (0.25, "urgent"),
        (0.50, "emergency"),
        (1.0, "emergency"),
    ],
)
def test_a_risk_reaches_the_level_of_its_band(risk, level):
    assert list(levels.risk_level(pd.Series([risk]))) == [level]


def test_the_worst_of_two_levels_is_taken_row_by_row():
    news2 = pd.Series(["routine", "emergency", "watch"], index=[7, 8, 9])
    risk = pd.Series(["urgent", "watch", "watch"], index=[7, 8, 9])
    assert levels.worst(news2, risk).to_dict() == {7: "urgent", 8: "emergency", 9: "watch"}


def test_no_rows_have_no_levels():
    assert levels.risk_level(pd.Series([], dtype=float)).empty
