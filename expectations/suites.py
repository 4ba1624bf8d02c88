"""One suite per table, made from `reference/rules.csv`: a rule is a line a clinician can read."""

from functools import cache

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe

from warehouse import vocabulary


@cache
def rules(into: str) -> pd.DataFrame:
    """The rules of one table, a row each, as `rules.csv` has them."""
    table = vocabulary.table("rules")
    return table[table["into_table"] == into].reset_index(drop=True)


def columns(into: str) -> list[str]:
    """The columns that the rules of one table look at."""
    named = pd.concat([rules(into)["column"], rules(into)["other"]])
    return [column for column in named.unique() if column]


def suite(into: str) -> gx.ExpectationSuite:
    """The suite that judges rows for one table, in bulk and in micro-batches alike."""
    expectations = [_expectation(rule) for rule in rules(into).itertuples()]
    return gx.ExpectationSuite(name=into, expectations=expectations)


def _expectation(rule) -> gxe.Expectation:
    """A rule's expectation; it carries the rule's name, by which its verdict is known."""
    told = {
        "meta": {"rule": rule.rule, "dimension": rule.dimension},
        "description": rule.meaning,
    }
    match rule.expectation:
        case "not_null":
            return gxe.ExpectColumnValuesToNotBeNull(column=rule.column, **told)
        case "is_true":
            return gxe.ExpectColumnValuesToBeInSet(column=rule.column, value_set=[True], **told)
        case "not_before":
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=rule.column, column_B=rule.other, or_equal=True,
                ignore_row_if="either_value_is_missing", **told,
            )  # fmt: skip
    raise ValueError(f"rules.csv: no expectation is called {rule.expectation!r}")
