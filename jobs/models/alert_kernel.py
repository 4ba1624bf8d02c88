"""The compiled part: when alarms open an alert. Rows of a patient stand together, by time."""

import numpy as np

from jobs.twins.compiled import compiled

GAP = 1.5
"""Hours. A longer gap between two rows of a patient ends their alert: nobody was watching."""


@compiled
def alerts(patient, time, is_alarm, snooze):
    """Of each row, whether an alert opens in it, and whether one is open: bool [rows] both.

    An alert opens at an alarm if none is open and the last one opened `snooze` hours ago or more.
    It stays open while alarm follows alarm. All arrays [rows]; time in hours.
    """
    opened, is_open = np.zeros(len(time), np.bool_), np.zeros(len(time), np.bool_)
    standing, until = False, -np.inf
    for i in range(len(time)):
        if i == 0 or patient[i] != patient[i - 1]:
            standing, until = False, -np.inf
        elif time[i] - time[i - 1] > GAP:
            standing = False
        if not is_alarm[i]:
            standing = False
        elif not standing and time[i] >= until:
            standing, opened[i], until = True, True, time[i] + snooze
        is_open[i] = standing
    return opened, is_open
