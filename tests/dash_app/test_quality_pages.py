import json
from datetime import timedelta

import pytest

from tests.dash_app.asking import ask, client_of, text
from tests.dash_app.records import NOW, ago
from warehouse import decisions


@pytest.fixture
def client(ledger):
    """A browser's requests to pages on the lake of `ledger`."""
    return client_of(ledger.lake.settings)


@pytest.fixture(autouse=True)
def no_decisions(emptied_lake):
    """The lake is shared; what one test has landed is not there for the next."""
    yield
    for path in (emptied_lake.settings.landing / "decisions").glob("*"):
        path.unlink()


OVERVIEW = {"quality-by": "rule", "quality-span": "30 days"}
FORM = {"refused-scope": "selected", "refused-by": "Ada Quality", "refused-reason": "seen"}


def overview(client, **about) -> dict:
    values = {name.replace("_", "-"): value for name, value in about.items()}
    return ask(client, "quality-chart.figure", **OVERVIEW | values)["response"]


def refused(client, **about) -> dict:
    values = {f"refused-{name}": value for name, value in about.items()}
    return ask(client, "refused-pending.children", **values)["response"]


def rows(client, start=0, end=50, **about) -> dict:
    values = {f"refused-{name}": value for name, value in about.items()}
    asked = {"refused-grid": {"startRow": start, "endRow": end}}
    answer = ask(client, "refused-grid.getRowsResponse", **values | asked)
    return answer["response"]["refused-grid"]["getRowsResponse"]


def land(client, selected=(), **about) -> str:
    values = {f"refused-{name}": value for name, value in about.items()}
    about = FORM | values | {"refused-land": 1, "refused-grid": list(selected)}
    return ask(client, "refused-said.children", **about)["response"]["refused-said"]["children"]


@pytest.mark.parametrize("output", ["quality-chart.figure", "batches-grid.rowData"])
def test_before_any_batch_the_pages_say_so_in_words(client, output):
    assert "Nothing to judge yet." in text(ask(client, output, **OVERVIEW))


@pytest.mark.parametrize("output", ["quality-chart.figure", "refused-pending.children"])
def test_before_there_is_a_lake_they_say_what_to_run(settings, output):
    assert "wardtwin init" in text(ask(client_of(settings), output, **OVERVIEW))


def test_the_overview_tells_sources_rules_and_their_meaning(client, ledger):
    ledger.source(cadence_minutes=60.0)
    ledger.batch(ago(minutes=20), failed={"value_not_too_high": 7})
    answer = text(overview(client))
    for said in ["20 min ago", "on time: promised every 60 min", "value not too high"]:
        assert said in answer
    assert "the value is higher than a living patient's can be" in answer
    assert "/quality/refused?rule=value_not_too_high" in answer


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "on time"), (2, "late"), (4, "silent")],
)
def test_a_source_is_held_against_the_cadence_it_promised(client, ledger, hours, said):
    ledger.source(cadence_minutes=60.0)
    ledger.batch(ago(hours=hours))
    assert f"{said}: promised every 60 min" in text(overview(client))


def test_without_a_promise_it_is_held_against_its_own_gaps(client, ledger):
    ledger.source()
    for minutes in (100, 130, 160):
        ledger.batch(ago(minutes=minutes))
    assert "silent: usually every 30 min" in text(overview(client))


def test_an_historical_source_is_never_late(client, ledger):
    ledger.source("history", cadence_minutes=60.0)
    ledger.batch(ago(days=9), "history")
    assert "historical: nothing more is expected" in text(overview(client))


def test_a_share_that_has_grown_is_marked(client, ledger):
    ledger.batch(ago(days=9), failed={"unit_known": 1})
    ledger.batch(NOW, failed={"unit_known": 9})
    assert "▲ 9.00 %, before 1.00 %" in text(overview(client))


def test_the_page_of_one_source_shows_no_other(client, ledger):
    ledger.batch(NOW, "demo-ehr", failed={"unit_known": 1})
    ledger.batch(NOW, "history", failed={"place_known": 1})
    answer = text(overview(client, quality_source="demo-ehr"))
    assert "unit known" in answer and "place known" not in answer


def test_a_source_nobody_knows_is_told_in_words(client, ledger):
    ledger.batch()
    assert "This source is not known here." in text(overview(client, quality_source="demo-hr"))


def test_the_body_is_sent_again_only_when_the_minute_or_the_choice_is_another(client, ledger):
    ledger.batch()
    shown = overview(client)["quality-shown"]["data"]
    assert "quality-chart" not in overview(client, quality_shown=shown)
    assert "quality-chart" in overview(client, quality_shown=shown, quality_span="48 hours")


def test_batches_are_listed_with_what_became_of_their_rows(client, ledger):
    ledger.batch(read=2000, failed={"unit_known": 5})
    ledger.batch(state="refused", reason="ask for it again", read=0)
    found = ask(client, "batches-grid.rowData")["response"]["batches-grid"]["rowData"]
    assert [row["state"] for row in found] == ["refused whole", "committed"]
    told = [found[1][name] for name in ("read", "quarantined", "share")]
    assert told == ["2,000", "5", "0.25 %"]


def test_a_batch_tells_its_counts_and_what_each_rule_refused(client, ledger):
    number = ledger.batch(failed={"place_known": 4})
    answer = text(ask(client, "batch-facts.children", **{"batch-no": str(number)}))
    assert "100 rows read = 96 kept + 4 refused + 0 duplicate." in answer
    assert "no known patient or occupied bed" in answer
    assert f"/quality/refused?batch={number}&rule=place_known" in answer


def test_a_file_that_was_refused_whole_says_why(client, ledger):
    number = ledger.batch(state="refused", reason="no column 'patient': ask again", read=0)
    answer = text(ask(client, "batch-facts.children", **{"batch-no": str(number)}))
    assert "Refused whole: no column 'patient': ask again" in answer


@pytest.mark.parametrize("address", ["77", "x", "-1", str(2**64), None])
def test_a_batch_nobody_knows_is_told_in_words(client, ledger, address):
    ledger.batch()
    answer = text(ask(client, "batch-facts.children", **{"batch-no": address}))
    assert "This batch is not known here." in answer


def test_refused_rows_say_where_they_stood_and_why_and_nothing_they_held(client, ledger):
    ledger.batch(failed={"unit_known": 2})
    ledger.batch(failed={"place_known": 1})
    found = rows(client, rule="unit_known")
    assert found["rowCount"] == 2
    assert found["rowData"][0]["line"] == 1
    assert "the unit is not in units.csv" in found["rowData"][0]["why"]
    shown = json.dumps([found, refused(client)])
    assert "Brown" not in shown and "999" not in shown


def test_refused_rows_are_sent_a_page_at_a_time(client, ledger):
    ledger.batch(failed={"unit_known": 7})
    assert [row["line"] for row in rows(client, 5, 10)["rowData"]] == [6, 7]


def test_the_rules_to_choose_from_are_those_of_the_source(client, ledger):
    ledger.batch(NOW, "demo-ehr", failed={"unit_known": 2})
    ledger.batch(NOW, "history", failed={"place_known": 1})
    answer = refused(client, source="demo-ehr")
    assert answer["refused-rule"]["data"] == [{"value": "unit_known", "label": "unit known (2)"}]
    assert "2 refused rows waiting for a decision." in text(answer)


def test_a_decision_on_selected_rows_is_landed_and_waits(client, ledger):
    ledger.batch(failed={"unit_known": 3})
    selected = rows(client)["rowData"][:2]
    assert "Landed on 2 rows" in land(client, selected, action="release")
    found = decisions.pending(ledger.lake.settings, "quarantine")
    assert [(line["line"], line["action"], line["by"]) for line in found] == [
        (1, "release", "Ada Quality"),
        (2, "release", "Ada Quality"),
    ]
    assert [row["decision"] for row in rows(client)["rowData"]] == ["Release", "Release", ""]
    assert "Ada Quality" in text(refused(client))


def test_a_decision_can_be_on_all_rows_that_match(client, ledger):
    ledger.batch(failed={"unit_known": 3, "place_known": 2})
    assert "Landed on 3 rows" in land(client, action="reject", scope="matching", rule="unit_known")
    assert len(decisions.pending(ledger.lake.settings, "quarantine")) == 3


def test_a_fix_names_its_columns_and_the_page_never_shows_their_new_text(client, ledger):
    ledger.batch(failed={"unit_known": 1})
    said = land(client, rows(client)["rowData"], action="fix", changes="unit: [degF]\nvalue:")
    assert "Landed on 1 row;" in said
    (line,) = decisions.pending(ledger.lake.settings, "quarantine")
    assert line["changes"] == {"unit": "[degF]", "value": None}
    answer = text(refused(client))
    assert "Fix: unit, value" in answer and "degF" not in answer


def test_a_decision_that_was_applied_is_told_with_what_came_of_it(client, ledger):
    number = ledger.batch(failed={"unit_known": 2})
    ledger.decide(number, 1)
    ledger.decide(number, 2, outcome="still refused")
    answer = text(refused(client))
    assert "1 accepted, 1 still refused" in answer and "Ada Quality" in answer


def test_a_rule_that_a_person_may_overrule_says_so(client, ledger):
    ledger.batch(failed={"unit_known": 1, "value_not_too_high": 1})
    found = {row["line"]: row["why"] for row in rows(client)["rowData"]}
    assert "overruled" not in found[1] and "(may be overruled)" in found[101]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"action": None}, "nothing is decided"),
        ({"by": None}, "give your name"),
        ({"reason": " "}, "give a reason"),
        ({"selected": []}, "no row is chosen"),
        ({"action": "fix"}, "at least one change"),
        ({"action": "fix", "changes": "bed: 4"}, "no column 'bed'"),
        ({"action": "fix", "changes": "unit"}, "write column: text"),
    ],
)
def test_an_incomplete_decision_lands_nothing_and_says_what_is_missing(client, ledger, about, said):
    ledger.batch(failed={"unit_known": 1})
    about = {"selected": rows(client)["rowData"], "action": "release"} | about
    assert said in land(client, **about)
    assert decisions.pending(ledger.lake.settings, "quarantine") == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/quality", "quality"),
        ("/quality/demo-ehr", "quality"),
        ("/quality/batches", "batches"),
        ("/quality/batch/5", "batch"),
        ("/quality/refused", "refused"),
    ],
)
def test_every_address_leads_to_its_page(client, address, shown):
    assert f'"{shown}-tick"' in layout_of(client, address)


def layout_of(client, address: str) -> str:
    """The layout that an address shows."""
    callbacks = client.get("/_dash-dependencies").json
    found = next(one for one in callbacks if "_pages_content" in one["output"])
    given = {"pathname": address, "search": ""}
    body = {
        "output": found["output"],
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [one | {"value": given[one["property"]]} for one in found["inputs"]],
        "state": [],
        "changedPropIds": [],
    }
    return text(client.post("/_dash-update-component", json=body).json)


def test_the_age_of_the_ledger_is_told(ledger):
    ledger.batch(ago(minutes=30))
    client = client_of(ledger.lake.settings, clock=lambda: NOW + timedelta(minutes=10))
    answer = text(overview(client))
    assert "Newest batch landed 1 Mar 2026 11:30 +00:00" in answer and "40 min ago" in answer
