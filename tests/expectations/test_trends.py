"""What the tables of the reports hold, and what the questions asked of them answer."""

from datetime import date, timedelta

import pandas as pd
import pytest

from expectations import trends
from tests.expectations.made_up import (
    add,
    batch,
    landing,
    ledger,
    observations,
    results,
    source,
)
from warehouse.lake import frame

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
NOBODY = pd.DataFrame(
    {"patient_id": pd.Series(dtype="int64"), "hour": pd.Series(dtype="M8[us, UTC]")}
)


def build(lake, until=None, labels=NOBODY) -> dict[str, pd.DataFrame]:
    with lake.read() as con:
        tables = trends.made(con, until or landing(40), labels)
    with lake.write("report") as con:
        trends.replace(con, tables)
    return tables


def stays(ward: str, patients: list[int], day: int, hours: float = 12) -> pd.DataFrame:
    """Each of these patients in the ward for that long before the day's landing."""
    start = landing(day) - timedelta(hours=6)
    return pd.DataFrame(
        {
            "location_id": [10_000 * day + patient for patient in patients],
            "patient_id": patients,
            "ward": ward,
            "kind": "ward",
            "start_time": start,
            "end_time": start + timedelta(hours=hours),
            "arrived": start,
            "batch_no": 1,
            "is_retracted": False,
        }
    )


def test_a_day_sums_its_batches_and_names_the_first_that_failed(lake):
    source(lake)
    ledger(lake, batch(1, 0), batch(2, 0.1), batch(3, 0.2), batch(4, 1))
    add(lake, "quality.expectation_result", *map(results, (1, 2, 3, 4), (0, 5, 1, 0)))
    daily = build(lake)["daily"]
    assert list(daily["checked"]) == [300, 100]
    assert list(daily["failed"]) == [6, 0]
    assert daily["first_failed_batch_no"].tolist() == [2, pd.NA]


def test_what_lands_later_is_not_in_a_report_of_before(lake):
    source(lake)
    ledger(lake, batch(1, 0), batch(2, 5))
    add(lake, "clinical.observation", observations([5.0], 1, 0), observations([5.0], 2, 5))
    tables = build(lake, until=landing(3))
    assert list(tables["volume"]["last_batch_no"]) == [1]
    assert list(tables["signal"]["last_batch_no"]) == [1]


def test_built_twice_is_built_once(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    add(lake, "clinical.observation", observations([5.0, 6.0], 1, 0))
    build(lake)
    build(lake)
    with lake.read() as con:
        assert frame(con, "SELECT sum(n) AS n FROM report.signal")["n"].tolist() == [2]


def test_a_patient_counts_once_a_day_with_the_median(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    rows = observations([90, 100, 200, 100], 1, 0, patient_id=[1, 1, 1, 2])
    add(lake, "clinical.observation", rows)
    (cell,) = build(lake)["signal"].itertuples()
    assert (cell.n, cell.patients, cell.mean) == (4, 2, 100.0)
    assert (list(cell.bins), list(cell.counts)) == ([460], [2])


def test_a_bin_is_one_per_cent_wide(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    add(lake, "clinical.observation", observations([100, 100.4, 102, 0], 1, 0))
    (cell,) = build(lake)["signal"].itertuples()
    assert (list(cell.bins), list(cell.counts)) == ([-1000, 460, 462], [1, 2, 1])


def test_a_value_taken_back_is_missing(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    add(lake, "clinical.observation", observations([100, None], 1, 0))
    (cell,) = build(lake)["signal"].itertuples()
    assert (cell.n, cell.missing, cell.patients) == (2, 1, 1)


def test_a_device_has_the_firmware_of_that_time(lake):
    source(lake, "demo-monitor")
    ledger(lake, batch(1, 0, "demo-monitor"), batch(2, 9, "demo-monitor"))
    versions = pd.DataFrame(
        {
            "device_id": [7, 7, 7],
            "source": "demo-monitor",
            "kind": "monitor",
            "model": "Vista",
            "firmware": [None, "1.4", "2.0"],
            "arrived": [None, landing(-1), landing(5)],
            "batch_no": 1,
        }
    )
    add(lake, "clinical.device", versions)
    rows = [
        observations([97], number, day, "spo2", device_id=7) for number, day in [(1, 0), (2, 9)]
    ]
    add(lake, "clinical.observation", *rows)
    assert list(build(lake)["signal"]["firmware"]) == ["Vista 1.4", "Vista 2.0"]


def test_a_reading_belongs_to_the_ward_of_its_time(lake):
    source(lake)
    ledger(lake, batch(1, 0), batch(2, 1))
    add(lake, "clinical.location", stays("Ward A", [1], 0), stays("Ward B", [1], 1))
    rows = [observations([97], number, day, patient_id=1) for number, day in [(1, 0), (2, 1)]]
    add(lake, "clinical.observation", *rows)
    assert list(build(lake)["signal"]["ward"]) == ["Ward A", "Ward B"]


def test_who_lay_in_the_ward_and_was_not_measured_is_missing(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    add(lake, "clinical.location", stays("Ward A", [1, 2, 3, 4, 5], 0))
    rows = observations([97, 97, 97, 97], 1, 0, patient_id=[1, 1, 2, 3])
    add(lake, "clinical.observation", rows)
    build(lake)
    (row,) = trends.shown(lake, "missingness", *MARCH).itertuples()
    assert (row.patient_days, row.measured_days, row.readings) == (5, 3, 4)
    assert row.missing_share == pytest.approx(0.4)
    assert row.per_patient_day == pytest.approx(4 / 5 * 24 / 12)


def test_fewer_than_five_patients_of_a_ward_are_not_shown(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    add(lake, "clinical.location", stays("Ward A", [1, 2, 3, 4], 0))
    add(lake, "clinical.observation", observations([97], 1, 0, patient_id=1))
    assert len(build(lake)["charting"]) == 1
    assert trends.shown(lake, "missingness", *MARCH).empty


def test_codes_that_nobody_mapped_are_listed_with_their_unit(lake):
    source(lake)
    ledger(lake, batch(1, 0), batch(2, 1))
    for number in (1, 2):
        rows = observations([1, 2, 3], number, number, None, source_code="ZZ", source_unit="mg")
        add(lake, "clinical.observation", rows)
    build(lake)
    (row,) = trends.shown(lake, "unmapped", *MARCH).itertuples()
    assert (row.code, row.unit, row.n, row.first_batch_no) == ("ZZ", "mg", 6, 1)
    assert row.patients == 6


def test_codes_and_units_of_few_patients_are_counted_and_not_named(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    for code, unit in [("MRN-1", "mg"), ("MRN-2", None), ("MRN-2", "B7")]:
        rows = observations([1, 2], 1, 0, None, source_code=code, source_unit=unit)
        add(lake, "clinical.observation", rows)
    build(lake)
    (row,) = trends.shown(lake, "unmapped", *MARCH).itertuples()
    assert (row.code, row.codes, row.n) == ("(3 codes of fewer than 5 patients)", 3, 6)
    assert pd.isna(row.unit) and pd.isna(row.patients)


def test_the_same_data_give_the_same_bits_whatever_order_they_lie_in(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    values = [0.1 * n for n in range(1, 2000)]
    add(lake, "clinical.observation", observations(values, 1, 0))
    (before,) = build(lake)["signal"]["mean"]
    with lake.write("another order") as con:
        con.execute("CREATE TEMP TABLE kept AS FROM clinical.observation ORDER BY hash(value)")
        con.execute("DELETE FROM clinical.observation")
        con.execute("INSERT INTO clinical.observation FROM kept")
    assert build(lake)["signal"]["mean"].tolist() == [before]


def test_the_funnel_adds_up(lake):
    source(lake)
    ledger(lake, batch(1, 0, accepted=90, quarantined=7, duplicate=3), batch(2, 1, state="refused",
           read=0, accepted=0))  # fmt: skip
    add(lake, "clinical.observation", observations([90] * 6, 1, 0))
    (row,) = build(lake)["funnel"].itertuples()
    assert (row.files, row.refused_files) == (2, 1)
    assert row.read == row.accepted + row.quarantined + row.duplicate
    assert (row.used, row.patients, row.twin_hours) == (6, 6, 0)


@pytest.fixture
def judged(lake):
    """Thirty days of 1,000 rows; 20 a day are refused, and on the 20th day 80."""
    source(lake)
    ledger(lake, *(batch(day + 1, day, read=1000, quarantined=_refused(day)) for day in range(30)))
    rows = (results(day + 1, _refused(day), 1000) for day in range(30))
    add(lake, "quality.expectation_result", *rows)
    build(lake)
    return lake


def _refused(day: int) -> int:
    return 80 if day == 20 else 20 + day % 3


def test_a_source_that_never_sent_has_a_score_card_too(judged):
    source(judged, "demo-ehr")
    card = trends.shown(judged, "score_card", *MARCH).set_index("source")
    assert card.loc["demo-ehr", "batches"] == 0
    assert pd.isna(card.loc["demo-ehr", "pass_rate"])
    assert card.loc["demo-lab", "pass_rate"] == pytest.approx(1 - 688 / 30_000)


def test_the_rule_that_refuses_most_stands_first(judged):
    (rule,) = trends.shown(judged, "top_rules", *MARCH).itertuples()
    assert (rule.rule, rule.failed, rule.first_failed_batch_no) == ("value_readable", 688, 1)


QUERIES = ("missingness", "drift", "findings", "quarantine", "funnel", "sign_offs", "built")


@pytest.mark.parametrize("query", QUERIES)
def test_an_empty_lake_answers_every_question(lake, query):
    assert trends.shown(lake, query, *MARCH).empty


def test_a_distribution_is_by_day_and_bin(lake):
    source(lake)
    ledger(lake, batch(1, 0))
    add(lake, "clinical.observation", observations([100] * 5, 1, 0), observations([100] * 4, 1, 3))
    build(lake)
    given = {"source": "demo-lab", "concept": "glucose"}
    (row,) = trends.shown(lake, "distribution", *MARCH, **given).itertuples()
    assert (row.bin, row.patients, round(row.value)) == (460, 5, 100)
