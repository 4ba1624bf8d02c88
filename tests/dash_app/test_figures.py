import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import dash_app
from dash_app import chart_rows, figures
from dash_app.figures import Series
from dash_app.queries import Patient
from tests.dash_app.records import NOW, ago, patients, seen
from warehouse import vocabulary

ASSETS = Path(dash_app.__file__).parent / "assets"


def drawn(*signs: tuple, alerts=(), treatments=(), scores=(), theme="light", **about):
    """The figure for measurements (concept, time, value, is_device)."""
    patient = Patient(
        patient=patients(about),
        signs=_frame(signs, ["concept", "time", "value", "is_device"]),
        scores=_frame(scores, ["score", "time", "value", "known"]),
        treatments=_frame(treatments, ["concept", "start_time", "end_time"]),
        alerts=_frame(alerts, ["cause", "level", "opened", "resolved"]),
        changes=pd.DataFrame(),
        limits=pd.DataFrame(),
        unusual=pd.DataFrame(),
        device_faults=pd.DataFrame(),
        is_synthetic=True,
    )
    return figures.signs(patient, seen(**about), theme)


def _frame(rows, columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=columns)
    times = [name for name in columns if "time" in name or name in ("opened", "resolved")]
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in times})


def trace_on(figure, row: str):
    """The traces of a row, by the row's place, but for the one that only makes the row be drawn."""
    names = [row.name for row in chart_rows.rows(1.0, 0.0)]
    axis = f"y{names.index(row) + 1}"
    axes = (axis, "y" if axis == "y1" else axis)
    return [trace for trace in figure.data if trace.yaxis in axes and trace.hoverinfo != "skip"]


def charted(concept: str, *values: float, hours: float = 4) -> list[tuple]:
    count = len(values)
    return [(concept, ago(hours=hours * (count - i)), v, False) for i, v in enumerate(values)]


def test_every_sign_has_its_row_even_without_a_measurement():
    labels = [note.text for note in drawn().layout.annotations]
    assert labels[:3] == ["Alerts<br>and treatments", "NEWS2", "Risk in 24 h<br>%"]
    assert "SpO2<br>%" in labels and len(labels) == 10


@pytest.mark.parametrize("sign", ["spo2", "heart_rate", "temperature"])
def test_the_range_of_a_row_is_the_vocabularys_for_every_patient(sign):
    concept = vocabulary.concepts().loc[sign]
    row = next(row for row in chart_rows.rows(1.0, 0.0) if row.name == sign)
    assert (row.low, row.high) == (concept["chart_low"], concept["chart_high"])


def test_a_marker_at_the_end_of_its_range_is_whole():
    figure = drawn(*charted("spo2", 100, 70))
    low, high = figure.layout[trace_on(figure, "spo2")[0].yaxis.replace("y", "yaxis")].range
    assert low < 70 and high > 100


@pytest.mark.parametrize(
    ("sign", "scale", "oxygen", "value", "points"),
    [
        ("spo2", 1, 0, 91.9, 3),
        ("spo2", 1, 0, 96, 0),
        ("spo2", np.nan, np.nan, 91, 3),
        ("spo2", 2, 0, 91, 0),
        ("spo2", 2, 0, 97, 0),
        ("spo2", 2, 2, 97, 3),
        ("spo2", 2, 2, 93.5, 1),
        ("respiratory_rate", 1, 0, 8, 3),
        ("respiratory_rate", 1, 0, 25, 3),
        ("systolic_bp", 1, 0, 230, 3),
        ("consciousness", 1, 0, 1, 3),
        ("temperature", 1, 0, 38.5, 1),
    ],
)
def test_the_bands_of_a_row_are_those_of_the_score(sign, scale, oxygen, value, points):
    bands = chart_rows.news2_bands(sign, scale, oxygen)
    assert [found for low, high, found in bands if low <= value < high] == [points]


def test_the_bands_leave_no_gap():
    for sign in ("respiratory_rate", "spo2", "systolic_bp", "heart_rate", "temperature"):
        bands = chart_rows.news2_bands(sign, 1.0, 0.0)
        assert [high for _, high, _ in bands[:-1]] == [low for low, _, _ in bands[1:]]


def test_edges_that_would_touch_are_not_both_labelled():
    bands = chart_rows.news2_bands("heart_rate", 1.0, 0.0)
    assert chart_rows.edges(bands, unit_per_pixel=0.01) == [51, 91, 41, 111, 131]
    assert chart_rows.edges(bands, unit_per_pixel=3.0) == [51, 91, 131]


def series(*minutes: float) -> Series:
    times = pd.Series([pd.Timestamp(NOW + timedelta(minutes=m)) for m in minutes])
    return Series("charted", times, pd.Series(1.0, index=times.index), times.isna())


@pytest.mark.parametrize(
    ("minutes", "breaks"),
    [
        ((0,), 0),
        ((0, 240), 0),
        ((0, 240, 480, 720), 0),
        ((0, 240, 480, 961), 1),
        ((0, 1, 2, 3, 18), 0),
        ((0, 1, 2, 3, 19), 1),
    ],
)
def test_a_line_stops_where_measurements_are_further_apart_than_usual(minutes, breaks):
    rows = figures.with_gaps(series(*minutes))
    assert rows["value"].isna().sum() == breaks
    assert rows["value"].notna().sum() == len(minutes)
    assert rows["time"].is_monotonic_increasing


def test_a_value_beyond_the_range_stands_at_the_edge_and_tells_the_truth():
    (trace,) = trace_on(drawn(*charted("heart_rate", 80, 230)), "heart_rate")
    assert list(trace.y) == [80, 200]
    assert list(trace.marker.symbol) == ["circle", "triangle-up"]
    assert trace.customdata[1] == "Heart rate 230 /min"


def test_charted_and_device_readings_are_told_apart():
    device = [("spo2", ago(minutes=m), 97.0, True) for m in (30, 20, 10)]
    traces = trace_on(drawn(*charted("spo2", 97, 84), *device), "spo2")
    assert [trace.marker.size for trace in traces] == [6, 3]
    assert "charted" in traces[0].hovertemplate and "device" in traces[1].hovertemplate


def test_a_dense_series_is_a_line_without_dots():
    device = [("spo2", ago(minutes=3 * m), 97.0, True) for m in range(300)]
    assert trace_on(drawn(*device), "spo2")[0].mode == "lines"


def test_what_is_either_or_is_drawn_in_steps():
    assert trace_on(drawn(*charted("oxygen", 0, 1)), "oxygen")[0].line.shape == "hv"


def test_a_score_of_some_signs_only_is_hollow():
    scores = [("news2", ago(hours=2), 3.0, 7.0), ("news2", ago(hours=1), 5.0, 6.0)]
    (trace,) = trace_on(drawn(scores=scores), "news2")
    assert list(trace.marker.symbol) == ["circle", "circle-open"]


def test_alerts_and_treatments_stand_above_from_when_to_when():
    figure = drawn(
        alerts=[("risk", "urgent", ago(hours=3), pd.NaT)],
        treatments=[("norepinephrine", ago(hours=5), ago(hours=2))],
    )
    alert, treatment = trace_on(figure, "flags")
    assert [pd.Timestamp(t) for t in alert.x] == [ago(hours=3), NOW]
    assert "Risk: urgent" in alert.hovertemplate
    assert "Norepinephrine" in treatment.hovertemplate


def test_time_runs_over_48_hours_and_says_its_offset():
    axis = drawn().layout.xaxis
    assert pd.Timestamp(axis.range[0]) == ago(hours=48)
    assert axis.title.text == "Time, UTC (+00:00)"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_of_charts_are_those_of_the_style_sheet(theme):
    sheet = (ASSETS / "levels.css").read_text() + (ASSETS / "page.css").read_text()
    colours = figures.LEVEL_COLOURS[theme] | figures.INK[theme]
    for name, colour in colours.items():
        found = re.findall(rf"--{name}: (#\w+);", sheet)
        assert found[("light", "dark").index(theme)] == colour
