"""What someone of a quality team does, in a real browser, on the real server."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.dash_app import browsing
from tests.dash_app.ledger import Ledger
from warehouse import Lake, Settings, decisions

pytestmark = pytest.mark.chromium

SOON = 20_000  # ms


@pytest.fixture(scope="module")
def ledger(tmp_path_factory) -> Ledger:
    """Ten days of one source; on the last of them rows are refused."""
    ledger = Ledger(Lake.create(Settings(var=tmp_path_factory.mktemp("var"))))
    ledger.source(cadence_minutes=1440.0)
    now = datetime.now(UTC)
    for day in range(10, 0, -1):
        ledger.batch(now - timedelta(days=day))
    ledger.batch(now - timedelta(hours=1), failed={"value_not_too_high": 30, "unit_known": 2})
    return ledger


@pytest.fixture(scope="module")
def url(ledger):
    with browsing.served(ledger.lake.settings.var) as url:
        yield url


def test_from_the_ward_to_a_rule_to_its_rows_to_a_decision_that_has_landed(page, url, ledger):
    page.goto(url)
    page.get_by_role("link", name="Quality", exact=True).click()
    expect(page.locator("#quality-chart .point").first).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="unit known").click()
    expect(page.get_by_text("2 refused rows waiting for a decision.")).to_be_visible(timeout=SOON)
    page.locator("#refused-grid .ag-row .ag-checkbox-input").first.check(timeout=SOON)
    expect(page.get_by_text("1 row selected above")).to_be_visible(timeout=SOON)
    page.get_by_label("Release: judge").check()
    page.get_by_role("button", name="Land the decision").click()
    expect(page.get_by_text("Nothing was landed")).to_contain_text("give your name", timeout=SOON)
    page.get_by_label("Your name").fill("Ada Quality")
    page.get_by_label("Reason").fill("the unit is known now")
    page.get_by_role("button", name="Land the decision").click()
    expect(page.get_by_text("Landed on 1 row;")).to_be_visible(timeout=SOON)
    (line,) = decisions.pending(ledger.lake.settings, "quarantine")
    assert (line["action"], line["line"], line["by"]) == ("release", 1, "Ada Quality")
    expect(page.locator("#refused-pending")).to_contain_text("Ada Quality", timeout=SOON)
    expect(page.locator("#refused-grid")).to_contain_text("Release", timeout=SOON)


def test_another_choice_shows_other_rows_and_keeps_none_selected(page, url):
    page.goto(f"{url}/quality/refused?rule=unit_known")
    page.locator("#refused-grid .ag-row .ag-checkbox-input").first.check(timeout=SOON)
    expect(page.get_by_text("1 row selected above")).to_be_visible(timeout=SOON)
    page.locator("#refused-rule").click()
    page.get_by_role("option", name="value not too high (30)").click()
    expect(page.get_by_text("30 refused rows waiting for a decision.")).to_be_visible(timeout=SOON)
    expect(page.locator("#refused-grid")).to_contain_text("higher than a living", timeout=SOON)
    expect(page.get_by_text("0 rows selected above")).to_be_visible()


def test_the_keyboard_leads_from_the_batches_to_one_and_to_its_rows(page, url):
    page.goto(f"{url}/quality/batches")
    expect(page.locator("#batches-grid .ag-row")).to_have_count(11, timeout=SOON)
    page.locator("#batches-grid .ag-row").first.locator(".ag-cell").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Batch 11")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="value not too high").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Batch 11 only")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("30 refused rows waiting for a decision.")).to_be_visible(timeout=SOON)


def test_the_keyboard_leads_through_the_refused_rows_and_out_of_them(page, url):
    page.goto(f"{url}/quality/refused?rule=value_not_too_high")
    expect(page.locator("#refused-grid .ag-row").first).to_contain_text("11", timeout=SOON)
    page.locator("#refused-rule").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#refused-grid :focus")).to_have_count(1, timeout=SOON)
    for key in ("ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("1 row selected above")).to_be_visible(timeout=SOON)
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.ag-root-wrapper')") is None
    page.locator("#refused-rule").focus()
    for key in ("Tab", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Batch 11")).to_be_visible(timeout=SOON)


def test_the_chart_has_a_table(page, url):
    page.goto(f"{url}/quality/demo-ehr")
    expect(page.locator("#quality-chart .point").first).to_be_visible(timeout=SOON)
    page.get_by_text("View as table").click()
    expect(page.locator("#quality-table .ag-row").first).to_contain_text("below", timeout=SOON)


@pytest.mark.parametrize("width", [600, 1440])
@pytest.mark.parametrize("address", ["/quality", "/quality/batches", "/quality/refused"])
def test_no_page_is_wider_than_the_window(page, url, address, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{url}{address}")
    expect(page.locator(".card").first).to_be_visible(timeout=SOON)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
