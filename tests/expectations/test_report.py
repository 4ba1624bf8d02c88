"""The month's report: what stands in it, and what never does."""

import re
from datetime import date

import pandas as pd
import pytest

from expectations import report, trends
from expectations.findings import all as findings
from expectations.report import Month
from tests.expectations.made_up import add, batch, landing, ledger, observations, results, source
from warehouse.errors import NotSetUp
from warehouse.lake import insert

MARCH = Month.named("2026-03")


def build(lake) -> None:
    with lake.read() as con:
        nobody = pd.DataFrame({"patient_id": pd.Series(dtype="int64"), "hour": landing(0)})
        tables = trends.made(con, landing(40), nobody.head(0))
        tables |= findings.found(con, tables, landing(40))
        tables["built"] = trends.newest(con, landing(40))
    with lake.write("report") as con:
        trends.replace(con, tables)


@pytest.fixture
def month(lake):
    """Thirty days: two rows a day are refused; from the tenth day on glucose is 18-fold."""
    source(lake, title="Laboratory <of> the hospital")
    days = range(30)
    ledger(lake, *(batch(day + 1, day, accepted=98, quarantined=2) for day in days))
    add(lake, "quality.expectation_result", *(results(day + 1, 2) for day in days))
    for day in days:
        values = [(90 + n) * (1 if day < 10 else 18) for n in range(8)]
        add(lake, "clinical.observation", observations(values, day + 1, day))
    build(lake)
    return lake


@pytest.fixture
def page(month, tmp_path) -> str:
    report.write(month, MARCH, tmp_path / "report.html")
    return (tmp_path / "report.html").read_text()


def summary(lake) -> dict:
    with lake.read() as con:
        return report.summary(con, MARCH)


def sign(lake, digest: str) -> None:
    row = {
        "decision_id": "d1",
        "period": "2026-03",
        "data_hash": digest,
        "who": lake.keys.veil("Q. Reader"),
        "time": landing(31),
        "decision": "approved",
        "saw": "{}",
        "batch_no": 1,
    }
    with lake.write("sign") as con:
        insert(con, "quality.sign_off", pd.DataFrame([row]))


def test_a_month_has_its_days():
    assert (Month.named("2026-02").first, Month.named("2026-02").last) == (
        date(2026, 2, 1),
        date(2026, 2, 28),
    )


def test_what_is_no_month_is_refused():
    with pytest.raises(NotSetUp, match="2026-11"):
        Month.named("November")


def test_a_report_without_tables_says_what_to_run(lake, tmp_path):
    with pytest.raises(NotSetUp, match="wardtwin quality build"):
        report.write(lake, MARCH, tmp_path / "report.html")


def test_the_finding_and_its_first_bad_batch_stand_in_it(page):
    assert "Unit switched · open" in page
    assert "glucose is 18" in page
    assert "batch 11" in page


def test_a_rule_stands_in_it_with_its_meaning(page):
    assert "the value of a mapped code is missing or cannot be read" in page


def test_a_chart_is_drawn_for_each_source(page):
    assert page.count("<svg") == 1
    assert page.count("<circle") + page.count('class="below"') == 30


def test_it_needs_nothing_else_and_runs_nothing(page):
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|https?://|@import", page)


def test_texts_are_escaped(page):
    assert "Laboratory &lt;of&gt; the hospital" in page


def test_synthetic_patients_are_called_so(page):
    assert "Synthetic patients" in page


def test_the_counts_are_those_of_the_ledger(month):
    told = summary(month)
    assert (told["batches"], told["read"], told["quarantined"]) == (30, 3000, 60)
    assert told["read"] == told["accepted"] + told["quarantined"] + told["duplicate"]


def test_the_hash_is_the_same_as_long_as_the_data_are(month):
    assert summary(month) == summary(month)


CHANGES = [
    "UPDATE clinical.observation SET value = value + 1 WHERE batch_no = 3",
    "DELETE FROM clinical.observation WHERE batch_no = 3",
    "UPDATE quality.expectation_result SET failed = 3 WHERE batch_no = 3",
    "UPDATE ops.batch SET state = 'refused' WHERE batch_no = 3",
    "INSERT INTO quality.quarantine SELECT batch_id, 1, 0, source, kind, 'observation', "
    "'value_readable', 'x'::BLOB, landed, batch_no FROM ops.batch WHERE batch_no = 3",
    "INSERT INTO quality.decision SELECT 'd2', batch_id, line, part, 'reject', rules, 'rejected', "
    "NULL, NULL, 'x'::BLOB, 'x'::BLOB, now(), 40 FROM quality.quarantine",
    "INSERT INTO clinical.observation BY NAME SELECT * REPLACE (NULL AS value, true AS is_revised, "
    "31 AS batch_no) FROM clinical.observation WHERE batch_no = 3",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_sign_off_is_void_once_a_row_has_changed(month, tmp_path, change):
    ledger(month, batch(31, 35))
    refuse(month, 1)
    sign(month, summary(month)["data_hash"])
    report.write(month, MARCH, tmp_path / "before.html")
    with month.write("change") as con:
        con.execute(change)
    report.write(month, MARCH, tmp_path / "after.html")
    assert "void: the data" not in (tmp_path / "before.html").read_text()
    assert "void: the data have changed since" in (tmp_path / "after.html").read_text()


def refuse(lake, line: int, day: int = 1) -> None:
    """A refused row of the batch that landed on that day of March."""
    with lake.write("refused") as con:
        con.execute(
            "INSERT INTO quality.quarantine SELECT batch_id, $line, 0, source, kind, "
            "'observation', 'value_readable', 'x'::BLOB, landed, batch_no "
            "FROM ops.batch WHERE batch_no = $day",
            {"line": line, "day": day},
        )


def test_rows_that_wait_are_those_of_the_month_that_nobody_rejected(month):
    ledger(month, batch(31, 35))
    for line, day in [(1, 2), (2, 2), (1, 31)]:
        refuse(month, line, day)
    with month.write("reject") as con:
        con.execute(
            "INSERT INTO quality.decision SELECT 'd2', batch_id, line, part, 'reject', rules, "
            "'rejected', NULL, NULL, 'x'::BLOB, 'x'::BLOB, now(), 40 FROM quality.quarantine "
            "WHERE line = 2"
        )
    (row,) = trends.shown(month, "quarantine", MARCH.first, MARCH.last).itertuples()
    assert (row.waiting, row.newest) == (1, landing(1))


def test_a_batch_of_the_next_month_leaves_a_sign_off_alone(month):
    before = summary(month)["data_hash"]
    ledger(month, batch(31, 35))
    add(month, "clinical.observation", observations([90], 31, 35))
    assert summary(month)["data_hash"] == before
