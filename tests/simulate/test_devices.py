"""A fleet of monitors with failures in it."""

import numpy as np
import pyarrow.compute as pc

from jobs.simulate import device_faults
from jobs.simulate.device_faults import LONG, SHORT, SIGNALS
from jobs.simulate.devices import fleet


def test_a_device_is_the_same_however_many_others_there_are():
    alone, among = fleet(1, range(3, 4), 2), fleet(1, range(1, 5), 2)
    ids = pc.is_in(among.observations["observation_id"], alone.observations["observation_id"])
    assert among.observations.filter(ids).equals(alone.observations.combine_chunks())


def test_a_minute_tells_one_set_and_other_seeds_other_values():
    found = fleet(1, range(1, 2), 1).observations
    assert 4 * 1440 < len(found) < 5.5 * 1440
    assert not found["value"].equals(fleet(2, range(1, 2), 1).observations["value"])


def test_every_class_can_be_planted_and_spoils_readings():
    kinds = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        values = np.round(rng.normal(80, 3, (30 * 1440, len(SIGNALS))))
        values[:, 7:] = np.nan
        kinds |= {planted.kind for planted in device_faults.plant(values, np.zeros(43200), rng, 30)}
    assert kinds == {*SHORT, *LONG, "update"}


def test_short_histories_have_no_failures_of_weeks():
    planted = fleet(1, range(1, 5), 3).planted
    assert len(planted) and not set(planted["class"]) & set(LONG)
