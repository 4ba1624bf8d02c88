"""What a clinical lead does, in a real browser, on the real server."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.dash_app import browsing
from tests.dash_app.records import Records
from warehouse import Lake, Settings

pytestmark = pytest.mark.chromium

SICK = {"spo2": 84.0, "respiratory_rate": 28.0, "oxygen": 1.0}
SOON = 20_000  # ms; the page looks every two seconds


def just_now() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=20)


@pytest.fixture(scope="module")
def ward(tmp_path_factory) -> Records:
    """Three patients: one sick with an open alert, one calm, one long silent."""
    records = Records(Lake.create(Settings(var=tmp_path_factory.mktemp("var"))))
    start, time = datetime.now(UTC) - timedelta(days=2), just_now()
    sick = records.admit("1", start_time=start, twin={"time": time, **SICK})
    records.alert(sick, "news2_total", ("opened", "emergency", time - timedelta(hours=8)))
    for minutes in range(0, 600, 20):
        records.predict(sick, 0.4, time - timedelta(minutes=minutes))
    records.observe(sick, "spo2", 97.0, time - timedelta(hours=1))
    records.observe(sick, "spo2", 84.0, time, device_id=5)
    records.admit("2", name="Zoe Calm", start_time=start, twin={"time": time})
    records.admit("3", start_time=start, twin={"time": time - timedelta(hours=30)})
    return records


@pytest.fixture(scope="module")
def url(ward):
    with browsing.served(ward.lake.settings.var, stale_minutes=60) as url:
        yield url


def lane(page: Page, word: str):
    return page.locator(".lane", has_text=word)


def row(page: Page, bed: str):
    return page.locator(".ag-row", has=page.get_by_text(bed, exact=True))


def test_the_ward_answers_who_how_bad_which_way_why_and_what_is_open(page, url):
    page.goto(url)
    sick = row(page, "Bed 1")
    for said in ("Emergency", "A. B.", "(72 F)", "40 %", "SpO2 84 % on oxygen", "open 8 h"):
        expect(sick).to_contain_text(said, timeout=SOON)
    expect(sick.locator(".sparkline")).to_be_visible()
    expect(page.get_by_text("Synthetic patients")).to_be_visible()
    expect(page.get_by_text("Data as of")).to_be_visible()


def test_calm_patients_are_counted_and_shown_when_asked_for(page, url):
    page.goto(url)
    expect(lane(page, "Routine")).to_contain_text("1", timeout=SOON)
    expect(row(page, "Bed 2")).to_have_count(0)
    lane(page, "Routine").click()
    expect(row(page, "Bed 2")).to_contain_text("Z. C.")
    lane(page, "No current score").click()
    expect(row(page, "Bed 3")).to_contain_text("no sign recent enough")


def test_the_keyboard_leads_from_the_list_to_the_patient(page, url):
    page.goto(url)
    expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#ward-choice")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bed 1")).to_be_visible(timeout=SOON)
    expect(page.locator("main.patient")).to_be_focused()


def test_a_lane_opens_with_the_keyboard_too(page, url):
    page.goto(url)
    expect(lane(page, "Emergency")).to_be_visible(timeout=SOON)
    page.locator("#ward-choice").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "Bed 1")).to_have_count(0)


def test_a_click_opens_the_patient_and_back_returns_to_the_ward(page, url):
    page.goto(url)
    row(page, "Bed 1").get_by_text("Emergency").click(timeout=SOON)
    expect(page.get_by_role("heading", name="Bed 1")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="← Ward 4B").click()
    expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
    expect(page.locator("#ward-choice")).to_have_value("Ward 4B")


def test_the_patient_page_shows_the_score_the_risk_the_chart_and_the_alert(page, url, ward):
    page.goto(f"{url}/patient/{ward.lake.keys.identifier('patient', 'demo', '1')}")
    expect(page.locator(".cards")).to_contain_text("all seven signs known", timeout=SOON)
    expect(page.locator(".cards")).to_contain_text("40 %")
    expect(page.locator(".chart .point").first).to_be_visible(timeout=SOON)
    expect(page.locator("#patient-alerts")).to_contain_text("open 8 h")
    page.get_by_text("View as table").click()
    expect(page.locator("#patient-table")).to_contain_text("charted", timeout=SOON)


def test_an_unknown_patient_is_told_in_words(page, url):
    page.goto(f"{url}/patient/77")
    expect(page.get_by_text("This patient is not known here.")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="To the ward").click()
    expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)


def test_an_address_that_leads_nowhere_is_told_in_words(page, url):
    page.goto(f"{url}/nowhere")
    expect(page.get_by_text("There is no such page.")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Synthetic patients")).to_be_visible(timeout=SOON)


def test_a_new_batch_moves_the_page_by_itself(page, url, ward):
    page.goto(url)
    expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
    time = just_now()
    arrived = ward.admit("4", start_time=time, twin={"time": time, "spo2": 91.0})
    expect(row(page, "Bed 4")).to_contain_text("Watch", timeout=SOON)
    ward.measure(arrived, time=just_now(), **SICK)
    expect(row(page, "Bed 4")).to_contain_text("Emergency", timeout=SOON)


def test_rows_wait_while_the_list_is_being_read(page, url, ward):
    time = just_now()
    arrived = ward.admit("5", start_time=time, twin={"time": time, "spo2": 91.0})
    page.goto(url)
    reading = row(page, "Bed 5")
    expect(reading).to_contain_text("Watch", timeout=SOON)
    place = reading.bounding_box()["y"]
    ward.measure(arrived, time=just_now(), **SICK)
    for step in range(100):
        page.mouse.move(700 + step, place + 20)
        page.wait_for_timeout(200)
        if "Emergency" in reading.inner_text():
            break
    expect(reading).to_contain_text("Emergency")
    assert reading.bounding_box()["y"] == place
    expect(page.get_by_text("Patients have changed places")).to_be_visible()
    expect(page.get_by_text("Patients have changed places")).to_have_count(0, timeout=SOON)
    assert reading.bounding_box()["y"] < place


@pytest.mark.parametrize(
    ("scheme", "background"), [("light", "rgb(245, 246, 248)"), ("dark", "rgb(18, 22, 27)")]
)
def test_the_theme_follows_the_machine(browser, url, scheme, background):
    with browsing.window(browser, color_scheme=scheme) as page:
        page.goto(url)
        expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
        expect(page.locator("body")).to_have_css("background-color", background)


def test_the_theme_can_be_switched_and_is_all_that_the_browser_keeps(page, url):
    page.goto(url)
    expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
    page.get_by_label("Switch between light and dark").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(18, 22, 27)")
    page.reload()
    expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
    expect(page.locator("body")).to_have_css("background-color", "rgb(18, 22, 27)")
    kept = page.evaluate("[Object.entries(localStorage), Object.entries(sessionStorage)]")
    assert kept == [[["mantine-color-scheme-value", "dark"]], []]


def test_a_page_that_hears_nothing_from_its_server_says_so(browser, ward):
    with browsing.served(ward.lake.settings.var) as url:
        page = browser.new_page()
        page.goto(url)
        expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("No answer from the server")).to_be_visible(timeout=30_000)
    page.close()


def test_pages_opened_before_there_is_a_lake_fill_by_themselves(browser, tmp_path):
    with browsing.served(tmp_path) as url, browsing.window(browser) as page:
        page.goto(url)
        expect(page.get_by_text("No patients yet.")).to_be_visible(timeout=SOON)
        records = Records(Lake.create(Settings(var=tmp_path)))
        records.admit("1", start_time=just_now(), twin={"time": just_now(), **SICK})
        expect(row(page, "Bed 1")).to_be_visible(timeout=SOON)
