from datetime import timedelta

import pandas as pd
import pytest

from dash_app.quality import queries
from dash_app.quality.queries import Filter
from tests.dash_app.records import NOW, ago


def days(ledger, *failed: int, read: int = 10_000, rule: str = "value_not_too_high") -> None:
    """A batch a day, the last one today; each with so many rows refused, the rows left out."""
    for place, count in enumerate(failed):
        landed = ago(days=len(failed) - 1 - place)
        ledger.batch(landed, read=read)
        ledger._judged(rule, read, count)


def rates(ledger, by="rule", span="30 days", source=None) -> pd.DataFrame:
    found = queries.pass_rates(ledger.lake, by, span, source)
    return found[found["name"].str.contains("high")] if by == "rule" else found


USUAL = [9, 11, 10, 8, 12, 10, 9, 11, 10, 9, 12, 10, 11, 9]


def test_a_source_stands_with_its_last_batch_and_two_weeks_of_counts(ledger):
    ledger.source(cadence_minutes=60.0)
    ledger.batch(ago(days=10), failed={"unit_known": 2})
    ledger.batch(ago(hours=2), failed={"unit_known": 10}, unmapped=3)
    ledger.batch(NOW, state="refused", reason="ask for it again", read=0)
    (row,) = queries.sources(ledger.lake).itertuples()
    assert (row.last_landed, row.cadence_minutes) == (NOW, 60)
    assert (row.refused_now, row.refused_before, row.unmapped_now) == (10, 2, 3)
    assert (row.read_now, row.kept_now, row.refused_files_now) == (100, 90, 1)
    assert (round(row.passed_now, 3), round(row.passed_before, 3)) == (0.9, 0.98)


def test_the_usual_gap_is_the_median_between_batches(ledger):
    for minutes in (0, 30, 60, 90, 600):
        ledger.batch(ago(minutes=minutes))
    (row,) = queries.sources(ledger.lake).itertuples()
    assert row.usual_minutes == 30


def test_a_source_that_fell_silent_a_month_ago_still_has_its_card(ledger):
    ledger.batch(ago(days=40), "demo-ehr")
    ledger.batch(NOW, "history")
    found = queries.sources(ledger.lake).set_index("source")
    assert found.loc["demo-ehr", "read_now"] == 0
    assert pd.isna(found.loc["demo-ehr", "passed_now"])


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("source", ["demo-ehr", "history"]),
        ("table", ["observation"]),
        ("rule", ["observation · unit_known"]),
        ("dimension", ["validity"]),
    ],
)
def test_pass_rates_are_told_apart_by_source_table_rule_or_dimension(ledger, by, names):
    ledger.batch(NOW, "demo-ehr", failed={"unit_known": 5})
    ledger.batch(NOW, "history")
    found = queries.pass_rates(ledger.lake, by, "30 days", None)
    assert found["name"].tolist() == names
    assert found["checked"].sum() == 200 and found["failed"].sum() == 5


def test_the_pass_rates_of_one_source_know_no_other(ledger):
    ledger.batch(NOW, "demo-ehr", failed={"unit_known": 5})
    ledger.batch(NOW, "history")
    assert rates(ledger, "table", source="history")["passed"].tolist() == [1.0]


def test_a_usual_day_lies_within_its_limits(ledger):
    days(ledger, *USUAL)
    found = rates(ledger)
    assert not found["is_below"].any()
    assert (found["low"] < found["passed"]).all() and (found["passed"] <= found["high"]).all()


def test_the_first_bad_day_is_below_and_so_are_those_after_it(ledger):
    days(ledger, *USUAL, 300, 310, 290)
    assert rates(ledger)["is_below"].tolist() == [False] * 14 + [True] * 3


def test_a_bad_stretch_does_not_widen_the_limits_that_it_is_held_against(ledger):
    days(ledger, *USUAL, 300, 310, 290)
    assert rates(ledger)["low"].min() > 0.997


def test_days_that_differ_by_more_than_chance_are_usual_here(ledger):
    days(ledger, *[40, 160, 60, 140, 50, 150, 70, 130, 45, 155, 65, 135])
    assert not rates(ledger)["is_below"].any()


def test_one_refused_row_in_a_month_is_no_signal(ledger):
    days(ledger, *[0] * 20, 1, 0, 0)
    assert not rates(ledger)["is_below"].any()


def test_a_rule_that_never_failed_and_now_does_is_below(ledger):
    days(ledger, *[0] * 20, 50, 60)
    assert rates(ledger)["is_below"].sum() == 2


def test_few_points_have_no_limits(ledger):
    days(ledger, 10, 10, 10, 500)
    found = rates(ledger)
    assert found["low"].isna().all() and not found["is_below"].any()


def test_two_days_are_told_by_the_hour(ledger):
    for hours in range(60):
        ledger.batch(ago(hours=hours))
    assert len(queries.pass_rates(ledger.lake, "table", "48 hours", None)) == 48


def test_the_rules_that_refuse_most_come_first_and_those_that_refuse_nothing_never(ledger):
    ledger.batch(ago(hours=3), failed={"value_not_too_high": 2})
    ledger.batch(NOW, failed={"value_not_too_high": 1, "place_known": 9})
    ledger.batch(NOW, "history", failed={"place_known": 0})
    found = queries.failing_rules(ledger.lake, "30 days", None)
    assert found["rule"].tolist() == ["place_known", "value_not_too_high"]
    assert found["failed"].tolist() == [9, 3]
    assert found["sources"].tolist() == [1, 1]
    assert found["first_seen"].tolist() == [NOW, ago(hours=3)]


def test_batches_come_newest_first_and_of_one_source_when_asked(ledger):
    first = ledger.batch(ago(hours=1))
    ledger.batch(NOW, "history")
    assert queries.batches(ledger.lake, None)["batch_no"].tolist() == [first + 1, first]
    assert queries.batches(ledger.lake, "demo-ehr")["batch_no"].tolist() == [first]


def test_a_batch_is_told_with_every_rule_that_saw_it(ledger):
    number = ledger.batch(failed={"place_known": 4})
    found, results = queries.batch(ledger.lake, number)
    assert found["quarantined"].tolist() == [4]
    assert results["rule"].tolist() == ["place_known", "unit_known"]


def test_a_batch_nobody_knows_has_no_row(ledger):
    assert queries.batch(ledger.lake, 77)[0].empty


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (Filter(), 6),
        (Filter(source="demo-ehr"), 5),
        (Filter(rule="place_known"), 3),
        (Filter(source="history", rule="place_known"), 1),
        (Filter(batch=1), 5),
        (Filter(batch=9), 0),
    ],
)
def test_refused_rows_are_chosen_by_source_rule_and_batch(ledger, chosen, count):
    ledger.batch(failed={"unit_known": 3, "place_known": 2})
    ledger.batch(NOW, "history", failed={"place_known": 1})
    assert queries.refused_count(ledger.lake, chosen) == count
    assert len(queries.refused(ledger.lake, chosen, 0, 100)) == count


def test_a_row_that_broke_two_rules_is_found_by_either_and_not_by_a_part_of_a_name(ledger):
    ledger.batch(failed={"unit_known,place_known": 1})
    found = [Filter(rule=rule) for rule in ("unit_known", "place_known", "unit")]
    assert [queries.refused_count(ledger.lake, chosen) for chosen in found] == [1, 1, 0]
    assert queries.refused_rules(ledger.lake, None, None)["rows"].tolist() == [1, 1]


def test_refused_rows_come_in_pages_that_do_not_overlap(ledger):
    ledger.batch(failed={"unit_known": 7})
    pages = [queries.refused(ledger.lake, Filter(), skip, 3) for skip in (0, 3, 6)]
    assert [line for page in pages for line in page["line"]] == [1, 2, 3, 4, 5, 6, 7]


def test_a_rejected_row_waits_for_no_decision_any_more(ledger):
    number = ledger.batch(failed={"unit_known": 2})
    ledger.decide(number, 1, "reject", "rejected")
    ledger.decide(number, 2, "release", "still refused")
    assert queries.refused(ledger.lake, Filter(), 0, 10)["line"].tolist() == [2]
    assert queries.refused_count(ledger.lake, Filter()) == 1
    assert queries.refused_rules(ledger.lake, None, None)["rows"].tolist() == [1]


def test_a_decision_on_many_rows_is_told_once_with_what_came_of_it(ledger):
    number = ledger.batch(failed={"unit_known": 3})
    for line, outcome in [(1, "accepted"), (2, "accepted"), (3, "still refused")]:
        ledger.decide(number, line, "fix", outcome, changed="unit")
    (row,) = queries.applied(ledger.lake).itertuples()
    assert (row.rows, row.accepted, row.still_refused) == (3, 2, 1)
    assert (row.decided_by, row.reason, row.changed) == ("Ada Quality", "seen", "unit")


def test_what_people_decide_is_no_source_that_could_be_late(ledger):
    ledger.batch(NOW, "decisions", kind="quarantine")
    assert queries.sources(ledger.lake).empty


def test_what_a_refused_row_holds_stays_in_the_lake(ledger):
    ledger.batch(failed={"unit_known": 1})
    found = queries.refused(ledger.lake, Filter(), 0, 10)
    assert "refused_row" not in found
    assert queries.columns_of(ledger.lake, Filter()) == ["patient", "code", "value", "unit"]


def test_without_a_refused_row_no_column_is_known(ledger):
    assert queries.columns_of(ledger.lake, Filter()) == []


def test_before_any_batch_there_is_nothing(ledger):
    assert queries.sources(ledger.lake).empty
    assert queries.pass_rates(ledger.lake, "rule", "48 hours", None).empty
    assert queries.failing_rules(ledger.lake, "30 days", None).empty


def test_time_is_that_of_landing_and_not_of_a_clock(ledger):
    """A ledger that ended years ago still has its last 30 days."""
    for day in range(3):
        ledger.batch(NOW - timedelta(days=3000 + day))
    assert len(queries.pass_rates(ledger.lake, "table", "30 days", None)) == 3
