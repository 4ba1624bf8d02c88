"""The gate: what is refused, by which rule, and what is told about it."""

import random
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pandas as pd
import pytest

from expectations import suites
from tests.conftest import NOW
from tests.expectations.conftest import GOOD, breaking, judge, readings, rows
from warehouse.errors import ContractBroken


def refused(frame: pd.DataFrame, into: str = "observation") -> dict[int, str]:
    """The rules that each refused row broke."""
    return judge(frame, into).refused.to_dict()


def test_only_impossible_saturations_are_refused():
    possible, impossible = [84, 20, 100], [184, 100.1, 19.9, -1, None]
    assert list(refused(readings(*possible, *impossible))) == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("into", GOOD)
def test_a_good_row_breaks_no_rule(into):
    assert refused(rows(into, {}), into) == {}


@pytest.mark.parametrize("into", GOOD)
def test_a_row_that_breaks_a_rule_is_refused_by_it_alone(into):
    rules = suites.rules(into)
    broken = [breaking(rule) for rule in rules.itertuples()]
    frame = rows(into, {}, *broken, {})
    assert refused(frame, into) == dict(enumerate(rules["rule"], start=1))


@pytest.mark.parametrize(
    "into, column",
    [(into, column) for into in GOOD for column in suites.rules(into)["column"].unique()],
)
def test_a_missing_column_stops_the_batch_and_names_a_rule_that_needs_it(into, column):
    with pytest.raises(ContractBroken) as stopped:
        judge(rows(into, {}).drop(columns=column), into)
    named = re.search(r"the rule (\w+) could not be applied", str(stopped.value))[1]
    needs = suites.rules(into).set_index("rule").loc[named]
    assert column in (needs["column"], needs["other"])


@pytest.mark.parametrize("into", GOOD)
def test_an_empty_batch_passes_with_zero_counts(into):
    found = judge(rows(into, {}).head(0), into)
    assert len(found.refused) == 0
    assert list(found.results["rule"]) == list(suites.rules(into)["rule"])
    assert not found.results[["checked", "failed"]].to_numpy().any()


def test_a_row_that_breaks_two_rules_lists_both_in_the_order_of_rules_csv():
    frame = rows("observation", {"value": 184.0, "has_zone": False})
    assert refused(frame) == {0: "time_has_zone,value_not_too_high"}


def test_refused_rows_are_told_by_the_index_of_the_frame():
    frame = readings(84, 184, 97, -1).set_axis([40, 30, 20, 10])
    assert list(refused(frame).items()) == [(10, "value_not_too_low"), (30, "value_not_too_high")]


def test_equal_rows_are_refused_each():
    assert len(refused(readings(184, 184, 184))) == 3


def test_a_batch_of_bad_rows_alone_is_refused_whole():
    assert len(refused(readings(*[None] * 300))) == 300


def test_the_rows_are_not_changed():
    frame = readings(84, 184, None)
    before = frame.copy()
    judge(frame, "observation")
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("into", GOOD)
def test_a_comparison_with_something_missing_refuses_nothing(into):
    """Missing stays missing: whether it may be missing is for another rule to say."""
    rules = suites.rules(into).query("expectation == 'not_before'")
    missing = [{column: None} for column in {*rules["column"], *rules["other"]}]
    broken = ",".join(refused(rows(into, {}, *missing), into).values())
    assert not set(rules["rule"]) & set(broken.split(","))


def test_a_value_at_its_limit_is_kept():
    frame = rows("observation", {"time": NOW, "latest_time": NOW})
    assert refused(frame) == {}


def random_row(chance: random.Random) -> dict:
    """A good observation, but for one column in ten: wrong, missing or strange."""
    strange = {
        "value": [None, -1.0, 20.0, 100.0, 184.0],
        "plausible_low": [None],
        "plausible_high": [None],
        "time": [None, NOW + timedelta(hours=2)],
        "latest_time": [None, NOW - timedelta(hours=1)],
        "arrived": [None],
        "source_code": [None],
    }
    flags = {
        column: [False] for column in GOOD["observation"] if column.startswith(("is_", "has_"))
    }
    return {
        column: chance.choice(choices) if chance.random() < 0.1 else GOOD["observation"][column]
        for column, choices in (strange | flags).items()
    }


def random_rows(count: int, seed: int = 1) -> list[dict]:
    chance = random.Random(seed)
    return [GOOD["observation"] | random_row(chance) for _ in range(count)]


def rules_broken(row: dict) -> str:
    """The rules, once more, as anybody would write them down."""
    is_broken = {
        "not_null": lambda one, other: one is None,
        "is_true": lambda one, other: not one,
        "not_before": lambda one, other: None not in (one, other) and one < other,
    }
    return ",".join(
        rule.rule
        for rule in suites.rules("observation").itertuples()
        if is_broken[rule.expectation](row[rule.column], row.get(rule.other))
    )


def test_ten_thousand_random_rows_are_judged_as_plain_python_judges_them():
    drawn = random_rows(10_000)
    expected = {number: broken for number, row in enumerate(drawn) if (broken := rules_broken(row))}
    assert 1_000 < len(expected) < 9_000
    assert refused(pd.DataFrame(drawn)) == expected


@pytest.mark.parametrize("size", [1, 7, 20])
def test_a_batch_is_judged_as_its_rows_are_in_micro_batches(size):
    frame = pd.DataFrame(random_rows(20))
    whole = judge(frame, "observation")
    parts = [
        judge(frame.iloc[first : first + size], "observation")
        for first in range(0, len(frame), size)
    ]
    assert pd.concat([part.refused for part in parts]).to_dict() == whole.refused.to_dict()
    counts = sum(part.results[["checked", "failed"]] for part in parts)
    pd.testing.assert_frame_equal(counts, whole.results[["checked", "failed"]])


def test_threads_judge_apart():
    frames = [readings(*[84] * n, 184) for n in range(1, 5)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(refused, frames))
    assert [list(rows) for rows in found] == [[1], [2], [3], [4]]


def test_results_count_what_each_rule_saw_and_refused():
    results = judge(readings(84, 184, 190, -1, None), "observation").results
    assert set(results["checked"]) == {5}
    failed = results.set_index("rule")["failed"]
    assert failed[failed > 0].to_dict() == {
        "value_readable": 1,
        "value_not_too_low": 1,
        "value_not_too_high": 2,
    }


def test_results_hold_counts_and_never_a_value():
    frame = rows("observation", {"source_code": None}, {"value": 184.0, "is_unit_known": False})
    frame = frame.assign(source_text="Zebedee Quartermain", patient_id=8150000042)
    found = judge(frame, "observation")
    assert list(found.results) == ["rule", "dimension", "checked", "failed"]
    assert found.results["failed"].sum() == 3
    for told in (found.results.to_csv(), found.refused.to_csv()):
        assert not re.search("Quartermain|8150000042|184", told)


def test_a_message_of_the_gate_holds_no_value():
    frame = readings(184).assign(source_text="Zebedee Quartermain").drop(columns="time")
    with pytest.raises(ContractBroken) as stopped:
        judge(frame, "observation")
    assert not re.search("Quartermain|184", str(stopped.value))


def test_judging_calls_no_other_machine(monkeypatch):
    def fail(*_):
        raise AssertionError("something was to be sent")

    monkeypatch.setattr(socket.socket, "connect", fail)
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert len(refused(readings(84, 184))) == 1
