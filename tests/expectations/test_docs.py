"""Data Docs: a page for each recent batch, from counts alone, that asks no other machine."""

import re
from contextlib import closing
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from expectations import docs
from jobs.ingest import ledger
from jobs.ingest.batch import judge
from jobs.ingest.landing import pending
from tests.conftest import CHROMIUM, NOW
from tests.expectations.conftest import judge as judge_rows
from tests.expectations.conftest import readings
from warehouse import Lake, Settings, vocabulary
from warehouse.errors import ContractBroken, NotSetUp

PLANTED = re.compile(rb"Zebedee|Quartermain|MRN-8150042")


@pytest.fixture(scope="module")
def one_lake(tmp_path_factory) -> Lake:
    return Lake.create(Settings(var=tmp_path_factory.mktemp("one") / "var"))


@pytest.fixture
def lake(one_lake) -> Lake:
    """A lake in which nothing has been taken in yet."""
    with one_lake.write("test") as con:
        con.execute("DELETE FROM ops.batch")
        con.execute("DELETE FROM quality.expectation_result")
    return one_lake


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "site" / "docs"


@cache
def results(*values: float) -> pd.DataFrame:
    """What the gate says of readings of these values."""
    return judge_rows(readings(*values)).results


@pytest.fixture
def build(lake, folder):
    return lambda runs=50: docs.build(lake, folder, runs=runs)


@pytest.fixture
def record(lake):
    """Put a batch and what the rules made of it into the ledger; returns its id."""

    def put(judged=None, **given) -> str:
        judged = results(97, 84) if judged is None else judged
        with lake.write("test") as con:
            number = ledger.next_number(con)
            batch = {
                "batch_no": number,
                "batch_id": f"{number:064x}",
                "source": "mimic-iv",
                "kind": "labevents",
                "file_name": None,
                "bytes": 1,
                "landed": NOW,
                "processed": NOW,
                "state": "committed",
                "reason": None,
            }
            batch |= dict.fromkeys(ledger.COUNTS, 0) | given
            ledger.register_source(con, vocabulary.sources()[batch["source"]])
            ledger.enter(con, batch)
            ledger.keep_results(con, judged.assign(into_table="observation"), number)
        return batch["batch_id"]

    return put


@pytest.fixture
def page(build, folder):
    """Build, and give the words of one batch's page."""

    def read(batch_id: str) -> str:
        build()
        return words(folder / f"batches/{batch_id}.html")

    return read


def words(path: Path) -> str:
    html = re.sub(r"<style>.*?</style>", "", path.read_text(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def pages(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*.html")}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {page: (folder / page).read_bytes() for page in pages(folder)}


class Addresses(HTMLParser):
    """Everything that a page names by address: (tag, address)."""

    def __init__(self, path: Path):
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        named = ("src", "href", "srcset", "data", "action", "poster", "background")
        self.found += [(tag, address) for name, address in attrs if name in named]


def test_an_empty_lake_has_an_index_that_says_so(build, folder):
    assert build() == {"pages": 0, "built": 0, "folder": str(folder)}
    assert "No batch has been taken in yet." in words(folder / "index.html")


def test_the_index_links_every_batch_newest_first(build, folder, record):
    batches = [record() for _ in range(3)]
    assert build() == {"pages": 3, "built": 3, "folder": str(folder)}
    links = [address for _, address in Addresses(folder / "index.html").found]
    assert links[-3:] == [f"batches/{batch_id}.html" for batch_id in reversed(batches)]


def test_every_link_leads_to_a_page(build, folder, record):
    record()
    build()
    for path in folder.rglob("*.html"):
        for _, address in Addresses(path).found:
            assert (path.parent / address).is_file()


def test_no_page_loads_anything(build, folder, record):
    """No style, script, font or image, from another host or this one: all is in the page."""
    record()
    build()
    for path in folder.rglob("*.html"):
        assert {tag for tag, _ in Addresses(path).found} == {"a"}
        assert not re.search(r"//|url\(|@import|<script", path.read_text())


def test_a_page_tells_what_the_ledger_says(page, record):
    batch_id = record(kind="labevents", read=1234, accepted=1200, quarantined=30, duplicate=4)
    found = page(batch_id)
    for said in (
        batch_id,
        "MIMIC-IV relational CSV export",
        "labevents",
        "2026-03-01 12:00:00 +00:00",
    ):
        assert said in found
    assert "Read 1,234 Accepted 1,200 Quarantined 30 Duplicate 4 Unmapped 0" in found


def test_a_page_tells_what_each_rule_means_saw_and_refused(page, record):
    found = page(record(results(97, 184, 184, 84)))
    meaning = "the value is higher than a living patient's can be"
    assert f"✕ rows refused value_not_too_high plausibility {meaning}" in found
    assert "2 unexpected values found. 50% of 4 total rows." in found
    for rule in vocabulary.table("rules").query("into_table == 'observation'")["rule"]:
        assert rule in found


@pytest.mark.parametrize(
    "given, status",
    [
        ({}, "✓ passed"),
        ({"quarantined": 1}, "✕ rows refused"),
        ({"state": "refused"}, "✕ file refused"),
    ],
)
def test_a_batch_passes_or_not_in_a_shape_and_a_word(page, folder, record, given, status):
    assert f"Status {status} Source" in page(record(**given))
    assert status in words(folder / "index.html")


def test_a_file_name_is_shown_where_it_was_kept(page, record):
    assert "File name labs.csv" in page(record(file_name="labs.csv"))
    assert "File name not kept" in page(record())


def test_what_a_sender_wrote_is_text_and_no_markup(page, record):
    assert "File name <b>labs</b>.csv" in page(record(file_name="<b>labs</b>.csv"))


def test_a_rule_outside_the_suites_is_told_too(page, record):
    outside = {"dimension": "validity", "checked": 3, "failed": 1}
    judged = pd.DataFrame([{"rule": rule} | outside for rule in ("row_readable", "of_old")])
    found = page(record(judged))
    assert "row_readable validity the line is no row of this kind of file" in found
    assert "of_old validity rules.csv no longer has this rule" in found


def test_synthetic_patients_are_said_to_be(page, record):
    assert "(synthetic patients)" in page(record(source="demo-lab"))


def test_the_rules_are_told_in_words(build, folder):
    build()
    found = words(folder / "rules.html")
    for rule in vocabulary.table("rules").itertuples():
        assert f"{rule.rule} {rule.dimension}" in found


def test_only_the_last_runs_are_kept(build, folder, record):
    batches = [record() for _ in range(5)]
    build()
    assert build(runs=2)["pages"] == 2
    assert pages(folder / "batches") == {f"{batch_id}.html" for batch_id in batches[-2:]}


def test_run_twice_is_run_once(build, folder, record):
    record()
    build()
    site, before = folder.resolve(), bytes_of(folder)
    assert build()["built"] == 0
    assert (folder.resolve(), bytes_of(folder)) == (site, before)


def test_only_new_batches_are_built(build, folder, record):
    record()
    build()
    before = bytes_of(folder / "batches")
    record()
    assert build() == {"pages": 2, "built": 1, "folder": str(folder)}
    assert before.items() <= bytes_of(folder / "batches").items()


def test_built_one_by_one_or_at_once_the_pages_are_the_same(lake, build, folder, record, tmp_path):
    for _ in range(3):
        record()
        build()
    docs.build(lake, tmp_path / "at-once")
    assert bytes_of(tmp_path / "at-once") == bytes_of(folder)


def test_a_batch_whose_rows_were_released_is_built_anew(lake, build, folder, record):
    batch_id = record(read=2, quarantined=2)
    build()
    with lake.write("test") as con:
        con.execute("UPDATE ops.batch SET quarantined = 0, accepted = 2")
    assert build()["built"] == 1
    assert "✓ passed" in words(folder / f"batches/{batch_id}.html")


def test_a_page_that_was_lost_is_built_again(build, folder, record):
    batch_id = record()
    build()
    (folder / f"batches/{batch_id}.html").unlink()
    assert build()["built"] == 1


def test_a_reader_keeps_the_old_site_while_the_new_one_is_built(build, folder, record):
    record()
    build()
    old, before = folder.resolve(), bytes_of(folder)
    record()
    build()
    assert folder.resolve() != old
    assert bytes_of(old) == before


def test_what_a_killed_build_left_is_not_shown(build, folder, record):
    record()
    build()
    (side,) = {folder.with_name(".docs.1"), folder.with_name(".docs.2")} - {folder.resolve()}
    side.mkdir(exist_ok=True)
    (side / "half.html").write_text("half a page")
    record()
    build()
    assert "half.html" not in pages(folder)
    assert len(pages(folder / "batches")) == 2


def test_a_folder_of_something_else_is_left_alone(build, folder):
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(NotSetUp, match="move it away"):
        build()
    assert (folder / "thesis.txt").read_text() == "mine"


def test_nothing_of_a_patient_is_in_the_pages(lake, settings, land, record, build, folder):
    header = "result_id,patient_id,encounter_id,collected,resulted,test,result,unit"
    good = "r1,MRN-8150042,e1,2026-03-01 08:00:00,2026-03-01 09:00:00,NA,140,mmol/L"
    refused = "r2,MRN-8150042,e1,2026-03-01 08:00:00,2026-03-01 09:00:00,NA,Quartermain,mmol/L"
    unreadable = "Zebedee Quartermain,MRN-8150042"
    land("demo-lab", "labs-Zebedee.csv", "\n".join([header, good, refused, unreadable]) + "\n")
    land("demo-lab", "labs-Quartermain.csv", f"{good}\n{good}\n")
    for landed in pending(settings):
        try:
            with closing(judge(lake, landed)) as judged:
                record(judged.results, source="demo-lab", read=judged.read, quarantined=2)
        except ContractBroken as broken:
            record(source="demo-lab", state="refused", reason=str(broken))
    assert build()["built"] == 2
    for path in folder.parent.rglob("*"):
        assert not PLANTED.search(str(path).encode())
        assert path.is_dir() or not PLANTED.search(path.read_bytes())


@pytest.mark.chromium
def test_a_browser_shows_the_site_and_asks_nobody(build, folder, record):
    from playwright.sync_api import sync_playwright

    record(results(97, 184), quarantined=1)
    build()
    asked, complaints = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown = browser.new_page()
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("console", lambda message: complaints.append(message.text))
        shown.goto((folder / "index.html").as_uri())
        shown.locator("td a").click()
        assert shown.get_by_text("the value is higher than a living patient's can be").is_visible()
        browser.close()
    assert [address for address in asked if not address.startswith("file:")] == complaints == []
