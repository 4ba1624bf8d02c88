"""The gate: Great Expectations judges every batch where it lies, in DuckDB.

Its own queries of failing rows decide which are refused: there is no second reading of the rules.
"""

import threading

import great_expectations as gx
import pandas as pd
from duckdb_engine import ConnectionWrapper
from great_expectations.core.batch import Batch
from great_expectations.execution_engine import (
    SqlAlchemyExecutionEngine,
    sqlalchemy_execution_engine,
)
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.validator.validator import Validator
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from expectations import suites
from warehouse.errors import ContractBroken, Defect
from warehouse.lake import Connection, frame

WHOLE = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["line", "part"],
    "return_unexpected_index_query": True,
    "include_unexpected_rows": False,
}

# Without this, Great Expectations gives a database that lives in memory a new connection for every
# question (a private name: GX is pinned, and tests/expectations/test_gate.py would tell).
sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS += ("duckdb",)

_of_this_thread = threading.local()


def check(con: Connection, into: str) -> pd.DataFrame:
    """Judge the rows of `typed_<into>`; those that break a rule are listed in `broken_<into>`.

    `broken_<into>`: line, part, rules (in rules.csv's order, comma-separated). Returns one row per
    rule: rule, dimension, checked, failed; counts only, never values. Raises `ContractBroken` where
    a rule could not be applied at all (a column is missing): such a rule lists no rows, and must
    never let a batch through.
    """
    rules = suites.rules(into)
    con.execute("CREATE OR REPLACE TABLE failing (line BIGINT, part SMALLINT, rule VARCHAR)")
    (checked,) = con.execute(f"SELECT count(*) FROM typed_{into}").fetchone()
    failed = {}
    if checked:
        for result in _validate(con, into).results:
            failed[result.expectation_config.meta["rule"]] = _list_failing(con, result)
    _gather(con, into, rules)
    counts = [failed.get(rule, 0) for rule in rules["rule"]]
    return rules[["rule", "dimension"]].assign(checked=checked, failed=counts)


def broken(con: Connection, into: str) -> pd.DataFrame:
    """The rows of `broken_<into>`: line, part, rules."""
    return frame(con, f"FROM broken_{into} ORDER BY line, part")


def _validate(con: Connection, into: str):
    wanted = {"line", "part", *suites.columns(into)}
    found = [row[0] for row in con.execute(f"DESCRIBE typed_{into}").fetchall() if row[0] in wanted]
    con.execute(f"CREATE OR REPLACE VIEW judged AS SELECT {', '.join(found)} FROM typed_{into}")
    _open_context()
    engine = create_engine(
        "duckdb:///:memory:",
        creator=lambda: ConnectionWrapper(con.cursor()),
        poolclass=StaticPool,
        pool_reset_on_return=None,
    )
    execution = SqlAlchemyExecutionEngine(engine=engine)
    data = SqlAlchemyBatchData(execution_engine=execution, table_name="judged")
    validator = Validator(
        execution,
        expectation_suite=_suite(into),
        batches=[Batch(data=data)],
        data_context=_of_this_thread.context,
    )
    try:
        return validator.validate(result_format=WHOLE)
    finally:
        execution.close()
        engine.dispose()


def _list_failing(con: Connection, result) -> int:
    """Add the rows that a rule found to `failing`; how many they are."""
    rule = result.expectation_config.meta["rule"]
    found = result.result.get("unexpected_count")
    if found is None:
        raise ContractBroken(f"the rule {rule} could not be applied: a column it needs is missing")
    if found:
        query = result.result["unexpected_index_query"].rstrip("; \n")
        added = con.execute(
            f"INSERT INTO failing SELECT line, part, $rule FROM ({query})", {"rule": rule}
        ).fetchone()
        if added != (found,):
            raise Defect(f"the rule {rule} counts {found} rows and lists {added[0]}")
    return found


def _gather(con: Connection, into: str, rules: pd.DataFrame) -> None:
    con.register("rule_order", rules[["rule"]].assign(place=range(len(rules))))
    con.execute(
        f"CREATE OR REPLACE TABLE broken_{into} AS "
        "SELECT line, part, string_agg(rule, ',' ORDER BY place) AS rules "
        "FROM failing JOIN rule_order USING (rule) GROUP BY line, part"
    )
    con.unregister("rule_order")


def _open_context() -> None:
    """A context that lives as long as this thread; without it, progress bars are drawn."""
    if not hasattr(_of_this_thread, "context"):
        _of_this_thread.context = gx.get_context(mode="ephemeral")
        _of_this_thread.context.variables.progress_bars = {"globally": False}
        _of_this_thread.suites = {}


def _suite(into: str) -> gx.ExpectationSuite:
    """The table's suite, made once in a thread."""
    if into not in _of_this_thread.suites:
        _of_this_thread.suites[into] = suites.suite(into)
    return _of_this_thread.suites[into]
