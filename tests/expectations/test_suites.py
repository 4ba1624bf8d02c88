"""The suites: what rules.csv says, as Great Expectations understands it."""

import pandas as pd
import pytest

from expectations import suites
from jobs.ingest import staging, voice
from tests.conftest import NOW
from tests.expectations.conftest import GOOD, RULES
from warehouse import vocabulary
from warehouse.keys import Keys
from warehouse.lake import frame, scratch

DIMENSIONS = {"completeness", "validity", "consistency", "timeliness", "plausibility"}


@pytest.mark.parametrize("into", GOOD)
def test_a_suite_holds_the_rules_of_its_table_in_their_order(into):
    held = suites.suite(into).expectations
    assert [expectation.meta["rule"] for expectation in held] == list(suites.rules(into)["rule"])


def test_every_table_that_takes_rows_has_rules():
    assert set(vocabulary.table("rules")["into_table"]) == set(staging.COLUMNS) == set(GOOD)


@pytest.mark.parametrize("into", GOOD)
def test_a_rule_has_one_name_in_its_table(into):
    assert suites.rules(into)["rule"].is_unique


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_which_dimension_it_is_of_and_what_it_means(rule):
    assert rule.dimension in DIMENSIONS
    assert rule.meaning


@pytest.mark.parametrize("rule", RULES)
def test_an_expectation_is_told_in_the_words_of_its_rule(rule):
    held = {e.meta["rule"]: e for e in suites.suite(rule.into_table).expectations}[rule.rule]
    assert (held.description, held.meta["dimension"]) == (rule.meaning, rule.dimension)


@pytest.mark.parametrize("into", GOOD)
@pytest.mark.parametrize("source", ["mimic-iv", "monitor"])
def test_a_flag_is_never_missing(into, source):
    """Great Expectations passes over a missing value, and so over a row with a missing flag."""
    source = vocabulary.sources()[source]
    places = pd.DataFrame(columns=["key", "patient_id", "encounter_id", "start_time", "end_time"])
    with scratch() as con:
        voice.prepare(con)
        staging.stage(con, into, "SELECT 1 AS line, 0 AS part", {})
        found = voice.identities(con, into, source, Keys(bytes(32)))
        voice.type_rows(con, into, source, source.files[0], NOW, found, places)
        typed = frame(con, f"FROM typed_{into}")
    rules = suites.rules(into)
    flags = typed[rules.loc[rules["expectation"] == "is_true", "column"]]
    assert flags.notna().all(axis=None)


@pytest.mark.parametrize("rule", RULES)
def test_an_expectation_reports_no_values_but_those_of_failing_rows(rule):
    """Only expectations on single rows are safe: others put values into `observed_value`."""
    assert rule.expectation in {"not_null", "is_true", "not_before"}


def test_an_unknown_expectation_is_named():
    (rule,) = RULES[0].values
    with pytest.raises(ValueError, match=r"rules\.csv: no expectation is called 'looks_nice'"):
        suites._expectation(rule._replace(expectation="looks_nice"))
