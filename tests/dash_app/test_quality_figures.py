import doctest

import pandas as pd
import pytest

from dash_app.quality import cards, decide, figures, frame, terms
from tests.dash_app.records import ago


def rates(**names: list[float]) -> pd.DataFrame:
    """Rows of sql/pass_rates.sql: name -> shares passed, a day each; usual is 0.98 to 1."""
    rows = [
        {"name": name, "time": ago(days=len(shares) - place), "passed": passed}
        | {"checked": 1000, "failed": round(1000 * (1 - passed)), "centre": 0.99}
        | {"low": 0.98, "high": 1.0, "is_below": passed < 0.98}
        for name, shares in names.items()
        for place, passed in enumerate(shares)
    ]
    return pd.DataFrame(rows).assign(time=lambda rows: pd.to_datetime(rows["time"], utc=True))


def points(figure) -> list:
    return [trace for trace in figure.data if trace.mode == "lines+markers"]


@pytest.mark.parametrize("module", [terms, frame, decide])
def test_the_examples_in_the_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_what_lies_outside_comes_first_and_then_what_refused_most():
    found = rates(calm=[0.999, 0.999], busy=[0.981, 0.981], bad=[0.999, 0.97])
    assert figures.shown(found) == ["bad", "busy", "calm"]


def test_only_so_many_rows_are_drawn():
    found = rates(**{f"rule {number}": [0.99] for number in range(30)})
    assert len(points(figures.pass_rates(found, "light"))) == figures.MOST_ROWS


def test_a_point_below_its_limits_has_another_shape_and_not_only_another_colour():
    (trace,) = points(figures.pass_rates(rates(bad=[0.99, 0.97]), "light"))
    assert list(trace.marker.symbol) == ["circle", "diamond"]
    assert len(set(trace.marker.color)) == 2


def test_a_point_tells_its_share_its_counts_and_what_is_usual():
    (trace,) = points(figures.pass_rates(rates(bad=[0.97]), "light"))
    assert trace.customdata[0] == ("97.00 % passed, 30 of 1,000 checks failed; usual from 98.00 %")


def test_without_limits_nothing_is_called_usual():
    found = rates(few=[0.97]).assign(low=float("nan"), high=float("nan"), is_below=False)
    (trace,) = points(figures.pass_rates(found, "dark"))
    assert "usual" not in trace.customdata[0]


def test_a_row_reaches_from_its_lowest_point_or_limit_to_all():
    figure = figures.pass_rates(rates(bad=[0.99, 0.95], good=[0.99, 0.99]), "light")
    assert figure.layout.yaxis.ticktext == ("95.00 %", "100 %")
    assert figure.layout.yaxis2.ticktext == ("98.00 %", "100 %")


def test_a_row_says_in_words_how_many_points_lie_below():
    figure = figures.pass_rates(rates(bad=[0.99, 0.95, 0.96]), "light")
    assert "◆ 2 below the usual range" in figure.layout.annotations[0].text


def test_a_rule_is_named_with_its_table():
    figure = figures.pass_rates(rates(**{"observation · unit_known": [0.99]}), "light")
    assert "unit known" in figure.layout.annotations[0].text
    assert "observation" in figure.layout.annotations[0].text


def test_nothing_to_draw_is_an_empty_chart():
    assert not figures.pass_rates(rates(one=[0.9]).head(0), "light").data


@pytest.mark.parametrize(
    ("now", "before", "grown"),
    [
        (0.05, 0.01, True),
        (0.05, 0.04, False),
        (0.004, 0.0001, False),
        (0.05, 0.0, True),
        (0.05, None, False),
        (None, 0.01, False),
    ],
)
def test_a_share_is_marked_when_it_is_large_and_twice_that_of_the_week_before(now, before, grown):
    assert cards.has_grown(now, before) is grown


def test_a_rule_that_only_a_reader_knows_has_a_meaning_too():
    assert terms.meaning("observation", "row_readable") == "the line is no row of this kind of file"
