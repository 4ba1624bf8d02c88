import pytest

from dash_app.quality import trends
from tests.dash_app.asking import ask, client_of, text
from tests.dash_app.ledger import (
    DAY,
    charted,
    drift,
    finding,
    funnel,
    sign_off,
    signal,
    unmapped,
)
from tests.dash_app.records import NOW, ago
from warehouse.keys import VEILED


@pytest.fixture
def client(ledger):
    """A browser's requests to pages on a lake with one batch."""
    ledger.batch()
    return client_of(ledger.lake.settings)


def overview(client, source=None) -> str:
    values = {"quality-by": "source", "quality-span": "30 days", "quality-source": source}
    return text(ask(client, "quality-chart.figure", **values))


def coverage(client) -> dict:
    return ask(client, "coverage-funnel.children")["response"]


def drifting(client, choice=None) -> dict:
    return ask(client, "drift-chart.figure", **{"drift-choice": choice})["response"]


def test_a_finding_is_one_sentence_with_its_source_its_beginning_and_its_first_bad_batch(
    client, ledger
):
    ledger.built(finding=[finding(first_batch_no=7, began=ago(days=2))])
    answer = overview(client)
    for said in [
        "1 open finding",
        "Unit switched: ",
        "Temperature rose by 2.7.",
        "first bad batch",
    ]:
        assert said in answer
    assert "since 27 Feb 2026 12:00 +00:00" in answer and "/quality/batch/7" in answer
    assert "/quality/drift?source=demo-ehr&concept=temperature" in answer


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("unit_switch", "Unit switched"),
        ("silent_source", "Source silent"),
        ("firmware_bias", "Firmware bias"),
        ("code_renamed", "Code renamed"),
        ("duplicate_feed", "Sent twice"),
    ],
)
def test_each_planted_fault_is_named_at_the_top(client, ledger, kind, title):
    ledger.built(finding=[finding(kind=kind)])
    assert f"{title}: " in overview(client)


def test_the_batch_of_a_silence_is_the_last_one_before_it(client, ledger):
    ledger.built(finding=[finding(kind="silent_source", concept=None)])
    answer = overview(client)
    assert "last batch before it" in answer and "first bad batch" not in answer


def test_a_finding_about_a_ward_needs_no_source(client, ledger):
    row = finding(kind="missing_charting", source=None, ward="4B", first_batch_no=None)
    ledger.built(finding=[row])
    assert "Charting fell: " in overview(client)


def test_closed_findings_are_folded_away(client, ledger):
    ledger.built(finding=[finding(state="closed", ended=NOW)])
    answer = overview(client)
    assert "No open finding" in answer and "1 closed: Unit switched" in answer
    assert "until 1 Mar 2026 12:00 +00:00" in answer


def test_the_page_of_one_source_shows_its_own_findings(client, ledger):
    ledger.built(finding=[finding(source="history", finding_id=2), finding()])
    assert "1 open finding" in overview(client, "demo-ehr")


def test_before_findings_are_made_the_page_says_so_and_shows_the_rest(client):
    answer = overview(client)
    assert "None has been made yet" in answer and "1 Mar 2026 12:00" in answer


@pytest.mark.parametrize(("hours", "is_told"), [(20, False), (50, True)])
def test_old_findings_are_said_to_be_old(client, ledger, hours, is_told):
    ledger.built(ago(hours=hours))
    assert ("Findings and trends are 2 days old" in overview(client)) is is_told


def test_a_sign_off_tells_who_when_and_what_they_saw(client, ledger):
    ledger.write("quality.sign_off", sign_off())
    answer = overview(client)
    for said in ["2026-02", "approved", "ada", "refused rows 2,000", "data abababababab…"]:
        assert said in answer


@pytest.mark.parametrize(
    ("hashes", "said"),
    [([], "not held against the data yet"), (["ab" * 32], "stands"), (["cd" * 32], "void")],
)
def test_a_sign_off_is_void_once_the_data_are_others(client, ledger, hashes, said):
    ledger.write("quality.sign_off", sign_off())
    ledger.built(signed=[{"period": "2026-02", "data_hash": found} for found in hashes])
    assert said in overview(client).split("Sign-offs")[1]


@pytest.mark.parametrize("output", ["coverage-funnel.children", "drift-chart.figure"])
def test_before_trends_are_made_the_pages_say_who_makes_them(client, output):
    assert "The quality_report DAG makes them." in text(ask(client, output))


def test_codes_that_nobody_mapped_are_counted_and_text_that_is_no_code_is_not_shown(client, ledger):
    veiled = ledger.lake.keys.veil("Anna Brown asked")
    assert veiled.startswith(VEILED)
    ledger.built(unmapped=[unmapped(), unmapped(code=veiled), unmapped(code="MRN-1", patients=3)])
    answer = text(coverage(client))
    assert "3 codes not mapped" in answer and "HR-NEW" in answer and "5,400" in answer
    assert "(text, not shown)" in answer and "fewer than 5" in answer
    assert "(1 codes of fewer than 5 patients)" in answer and "MRN" not in answer
    assert VEILED not in answer and "Brown" not in answer


def test_a_ward_that_measures_half_as_often_comes_first_and_is_marked(client, ledger):
    day = NOW.date()
    rows = [charted(day=day - n * DAY, concept="spo2") for n in range(14)]
    rows += [charted(day=day - n * DAY, readings=40 if n < 7 else 120) for n in range(14)]
    ledger.built(charting=rows)
    first, second = coverage(client)["coverage-charting"]["rowData"]
    assert (first["concept"], first["often"], first["often_before"]) == (
        "Temperature",
        "2.0",
        "6.0",
    )
    assert (first["note"], second["note"]) == ("▼ fell by half", "")


def test_a_week_and_the_week_before_share_no_day(ledger):
    day = NOW.date()
    ledger.built(charting=[charted(day=day - n * DAY) for n in range(20)])
    (row,) = trends.charting(ledger.lake).itertuples()
    assert (row.patient_days_now, row.patient_days_before) == (140, 140)


def test_a_ward_that_has_just_opened_has_no_week_before(client, ledger):
    ledger.built(charting=[charted()])
    (row,) = coverage(client)["coverage-charting"]["rowData"]
    assert (row["often"], row["often_before"], row["note"]) == ("6.0", "—", "")


def test_the_funnel_tells_how_many_rows_reached_the_twins(client, ledger):
    ledger.built(funnel=[funnel()])
    answer = text(coverage(client))
    for said in ["1,000 rows, 100 %", "980 rows, 98.00 %", "930 rows", "700 rows, 70.00 %"]:
        assert said in answer
    assert "1 file refused whole. 12 patients, 11 with a twin" in answer


def test_what_has_drifted_comes_first_with_its_first_bad_batch(client, ledger):
    firmware = {"grouped_by": "firmware", "name": "PulseBand 2.1", "concept": "spo2"}
    bad = drift(**firmware, psi=0.9, ks=0.5, ratio=0.97, is_drift=True, first_batch_no=7)
    ledger.built(drift=[drift(), bad])
    first, second = drifting(client)["drift-grid"]["rowData"]
    assert (first["state"], first["group"]) == ("◆ drifted", "firmware PulseBand 2.1")
    assert (first["psi"], first["batch_no"]) == ("0.90", 7)
    assert (second["state"], second["batch_no"]) == ("as before", None)


def test_the_days_shown_first_are_those_of_what_has_drifted(client, ledger):
    ledger.built(drift=[drift(), drift(concept="spo2", is_drift=True, psi=0.9)])
    assert drifting(client)["drift-choice"]["value"] == "demo-ehr · SpO2"
    asked = drifting(client, "demo-ehr · Temperature")
    assert asked["drift-choice"]["value"] == "demo-ehr · Temperature"


def test_a_day_is_told_by_its_middle_and_its_tenths(ledger):
    day = NOW.date()
    ledger.built(signal=[signal(day, (36.0, 2), (37.0, 6), (39.0, 2))])
    (row,) = trends.daily(ledger.lake, "demo-ehr", "temperature").itertuples()
    assert row.patients == 10
    assert (row.low, row.middle, row.high) == pytest.approx((36, 37, 39), rel=0.02)


def test_a_day_of_fewer_than_five_patients_is_left_out(ledger):
    ledger.built(signal=[signal(NOW.date(), (36.0, 4))])
    assert trends.daily(ledger.lake, "demo-ehr", "temperature").empty


def test_the_days_have_their_unit_and_a_table(client, ledger):
    days = [signal(NOW.date() - n * DAY, (37.0, 10)) for n in range(3)]
    ledger.built(drift=[drift()], signal=days)
    answer = drifting(client)
    assert answer["drift-chart"]["figure"]["layout"]["yaxis"]["title"]["text"] == "Temperature °C"
    table = answer["drift-table"]["rowData"]
    assert [row["day"] for row in table] == ["2026-03-01", "2026-02-28", "2026-02-27"]
    assert table[0]["middle"].endswith("°C") and table[0]["patients"] == "10"


def test_without_enough_days_nothing_is_held_against_anything(client, ledger):
    ledger.built()
    answer = drifting(client)
    assert "There are not enough days yet." in text(answer)
    assert answer["drift-grid"]["rowData"] == []


def test_the_body_is_sent_again_when_trends_are_made_anew(ledger):
    ledger.batch()
    client = client_of(ledger.lake.settings)
    ledger.built(ago(hours=1), funnel=[funnel()])
    shown = {"coverage-shown": coverage(client)["coverage-shown"]["data"]}
    again = ask(client, "coverage-funnel.children", **shown)["response"]
    assert "coverage-funnel" not in again
    with ledger.lake.write("made anew") as con:
        con.execute("UPDATE report.built SET until = ?", [NOW])
    again = ask(client, "coverage-funnel.children", **shown)["response"]
    assert "coverage-funnel" in again
