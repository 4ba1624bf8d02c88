"""The compiled part of the twins: the latest value and the statistics of trailing windows.

Every function works on the readings of one concept, sorted by (patient, time, observation_id).
The readings of one patient are the rows first..last; a row counts at an instant t if
time <= t and arrived <= t < superseded. All times are int64 microseconds since 1970, UTC.

Each figure comes from the rows of its own window alone, in order, on one thread, with nothing
carried from one instant to the next: the same bits however the work is cut. Values and times are
taken relative to the first row of the window, and squares are summed about the mean, so that
equal values have a spread of exactly 0.
"""

import numpy as np

from jobs.twins.compiled import compiled

HOUR = 3_600_000_000
STATISTICS = ("n", "mean", "min", "max", "sd", "slope")


@compiled
def latest(time, arrived, superseded, first, last, instant, hours):
    """The row of the latest value within (instant - hours, instant], or -1; ties: the last row.

    `first`, `last` and `instant` are int64 [instants]; the answer too.
    """
    row = np.full(len(instant), -1)
    for i in range(len(instant)):
        t = instant[i]
        newest = first[i] + np.searchsorted(time[first[i] : last[i]], t, side="right") - 1
        for j in range(newest, first[i] - 1, -1):
            if time[j] <= t - hours * HOUR:
                break
            if arrived[j] <= t < superseded[j]:
                row[i] = j
                break
    return row


@compiled
def window_statistics(time, arrived, superseded, value, first, last, instant, hours):
    """STATISTICS over (instant - hours[w], instant]: float64 [windows, statistics, instants].

    sd is the sample's (2 values or more), slope by least squares, per hour (2 times or more).
    """
    out = np.empty((len(hours), len(STATISTICS), len(instant)))
    for i in range(len(instant)):
        t = instant[i]
        times = time[first[i] : last[i]]
        end = first[i] + np.searchsorted(times, t, side="right")
        for w in range(len(hours)):
            start = first[i] + np.searchsorted(times, t - hours[w] * HOUR, side="right")
            out[w, :, i] = _summarise(time, arrived, superseded, value, start, end, t)
    return out


@compiled
def _summarise(time, arrived, superseded, value, start, end, t):
    n, low, high, sum_x, sum_y, origin = 0, np.inf, -np.inf, 0.0, 0.0, start
    for j in range(start, end):
        if arrived[j] <= t < superseded[j]:
            origin = j if n == 0 else origin
            n += 1
            low, high = min(low, value[j]), max(high, value[j])
            sum_x += time[j] - time[origin]
            sum_y += value[j] - value[origin]
    if n == 0:
        return 0.0, np.nan, np.nan, np.nan, np.nan, np.nan
    mean_x, mean_y, sxx, sxy, syy = sum_x / n, sum_y / n, 0.0, 0.0, 0.0
    for j in range(origin, end):
        if arrived[j] <= t < superseded[j]:
            x = time[j] - time[origin] - mean_x
            y = value[j] - value[origin] - mean_y
            sxx, sxy, syy = sxx + x * x, sxy + x * y, syy + y * y
    sd = np.sqrt(syy / (n - 1)) if n > 1 else np.nan
    slope = sxy / sxx * HOUR if sxx > 0 else np.nan
    return n, value[origin] + mean_y, low, high, sd, slope


@compiled
def highest_rate(start, stop, arrived, superseded, rate, first, last, instant, hours):
    """The highest rate in force within (instant - hours, instant], as known then; 0 without any.

    Courses first[i]..last[i] are in order of start.
    """
    out = np.zeros(len(instant))
    for i in range(len(instant)):
        t = instant[i]
        for j in range(first[i], last[i]):
            is_known = arrived[j] <= t < superseded[j]
            if is_known and start[j] <= t and stop[j] > t - hours * HOUR:
                out[i] = max(out[i], rate[j])
    return out


@compiled
def lowest_ratios(
    time, arrived, superseded, value, first, last,
    below_time, below_arrived, below_superseded, below, below_first, below_last,
    start, stop, course_arrived, course_superseded, rate, course_first, course_last,
    instant, hours, within,
):  # fmt: skip
    """The lowest value / below of (instant - hours, instant]: outside courses, and inside them.

    `below` is the latest known of its readings that is at most `within` hours older than the
    value; NaN where there is no ratio. All as known at the instant: float64 [2, instants].
    """
    out = np.full((2, len(instant)), np.nan)
    for i in range(len(instant)):
        t = instant[i]
        for j in range(first[i], last[i]):
            is_known = arrived[j] <= t < superseded[j]
            if not is_known or time[j] > t or time[j] <= t - hours * HOUR:
                continue
            beside = np.nan
            for k in range(below_first[i], below_last[i]):
                is_near = time[j] - within * HOUR <= below_time[k] <= time[j]
                if is_near and below_arrived[k] <= t < below_superseded[k]:
                    beside = below[k]
            inside = 0
            for k in range(course_first[i], course_last[i]):
                is_in = start[k] <= time[j] < stop[k]
                if is_in and course_arrived[k] <= t < course_superseded[k]:
                    inside = 1
            out[inside, i] = np.fmin(out[inside, i], value[j] / beside)
    return out


@compiled
def lowest_sum(
    time, arrived, superseded, value, first, last,
    time_b, arrived_b, superseded_b, value_b, first_b, last_b,
    time_c, arrived_c, superseded_c, value_c, first_c, last_c,
    instant, hours,
):  # fmt: skip
    """The lowest sum of three values of the very same time within (instant - hours, instant]."""
    out = np.full(len(instant), np.nan)
    for i in range(len(instant)):
        t = instant[i]
        for j in range(first[i], last[i]):
            is_known = arrived[j] <= t < superseded[j]
            if is_known and t - hours * HOUR < time[j] <= t:
                b = _known_at(
                    time_b, arrived_b, superseded_b, value_b, first_b[i], last_b[i], time[j], t
                )
                c = _known_at(
                    time_c, arrived_c, superseded_c, value_c, first_c[i], last_c[i], time[j], t
                )
                out[i] = np.fmin(out[i], value[j] + b + c)
    return out


@compiled
def _known_at(time, arrived, superseded, value, first, last, wanted, t):
    """The last value of exactly this time that is known at t, or NaN."""
    found = np.nan
    for j in range(first + np.searchsorted(time[first:last], wanted), last):
        if time[j] != wanted:
            break
        if arrived[j] <= t < superseded[j]:
            found = value[j]
    return found
