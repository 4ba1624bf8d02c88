import json
import os
import signal
import subprocess
import sys
import threading

import httpx
import pytest
import yaml

from jobs import fhir_pages, fhir_pull, microbatch
from jobs.ingest.landing import pending
from tests import fhir_server
from tests.conftest import NOW, ROOT
from tests.ingest.conftest import observation
from warehouse import vocabulary
from warehouse.errors import NotSetUp, StoreUnavailable
from warehouse.source import Source


@pytest.fixture
def server():
    server = fhir_server.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def source(server) -> Source:
    """The source `fhir`, with a server of three resources a page."""
    rest = {"url": server.url, "types": ["Observation"], "page_size": 3}
    return Source.model_validate(
        vocabulary.sources()["fhir"].model_dump(exclude={"rest"}) | {"rest": rest}
    )


@pytest.fixture
def own(monkeypatch, tmp_path):
    """Write a source of the hospital's own, like `fhir`, with a server."""
    monkeypatch.setenv("WARDTWIN_SOURCES", str(tmp_path))
    vocabulary.sources.cache_clear()
    like = yaml.safe_load((vocabulary.REFERENCE / "sources" / "fhir.yml").read_text())
    rest = {"rest": {"url": "https://fhir.example.org/r4", "types": ["Patient"]}}

    def write(name: str, **given) -> None:
        text = yaml.safe_dump(like | rest | {"name": name} | given)
        (tmp_path / f"{name}.yml").write_text(text)

    yield write
    vocabulary.sources.cache_clear()


def reading(number: int, minute: int | None = None, **given) -> dict:
    """Observation `number`, which the server learned in this minute."""
    at = f"2026-03-01T09:{number if minute is None else minute:02}:00+00:00"
    times = {"meta": {"lastUpdated": at}, "issued": at}
    return observation(id=f"o{number}", **times, **given)


def landed(settings) -> list[str]:
    """The ids in the files that lie in landing, in order of the files' names."""
    found = sorted(landed.path for landed in pending(settings))
    return [json.loads(line)["id"] for path in found for line in path.read_text().splitlines()]


def rows(lake) -> int:
    with lake.read() as con:
        return con.execute("SELECT count(*) FROM clinical.observation").fetchone()[0]


def test_every_page_is_landed_in_one_file(settings, server, source):
    server.resources = [reading(n) for n in range(7)]
    assert fhir_pull.run(settings, source, NOW) == {"Observation": 7}
    assert landed(settings) == [f"o{n}" for n in range(7)]
    assert len(pending(settings)) == 1


def test_the_next_pull_asks_for_what_changed_since_with_an_overlap(settings, server, source):
    server.resources = [reading(10)]
    fhir_pull.run(settings, source, NOW)
    fhir_pull.run(settings, source, NOW)
    assert "_lastUpdated" not in server.asked[0]["query"]
    assert server.asked[1]["query"]["_lastUpdated"] == ["ge2026-03-01T09:05:00+00:00"]


def asked_since(server) -> str:
    """What the last search asked for."""
    (since,) = server.asked[-1]["query"]["_lastUpdated"]
    return since


@pytest.fixture
def clock(monkeypatch):
    """Set what the server tells as its time: an HTTP date, or nothing at all."""

    def tell(date: str | None) -> None:
        monkeypatch.setattr(fhir_server.Handler, "date_time_string", lambda _: date)
        if date is None:
            quiet = fhir_server.Handler.send_response_only
            monkeypatch.setattr(fhir_server.Handler, "send_response", quiet)

    return tell


@pytest.mark.parametrize(
    "date, since",
    [
        ("Sun, 01 Mar 2026 09:30:00 GMT", "ge2026-03-01T09:25:00+00:00"),
        ("Sun, 01 Mar 2026 09:30:00 -0000", "ge2026-03-01T09:25:00+00:00"),
        ("half past nine", "ge2026-03-01T11:55:00+00:00"),
        (None, "ge2026-03-01T11:55:00+00:00"),
    ],
)
def test_a_resource_of_the_future_hides_none_that_follows(
    settings, server, source, clock, date, since
):
    """The watermark stays with the server's clock, or with ours where it tells none."""
    clock(date)
    server.resources = [reading(1) | {"meta": {"lastUpdated": "2999-01-01T00:00:00+00:00"}}]
    fhir_pull.run(settings, source, NOW)
    fhir_pull.run(settings, source, NOW)
    assert asked_since(server) == since


def test_a_watermark_of_the_future_is_drawn_back(settings, server, source):
    (settings.var / "pull").mkdir(parents=True)
    kept = {"Observation": {"watermark": "2999-01-01T00:00:00+00:00", "digest": ""}}
    (settings.var / "pull" / "fhir.json").write_text(json.dumps(kept))
    server.resources = [reading(1, 59)]
    server.resources[0]["meta"]["lastUpdated"] = "2026-03-01T11:59:00+00:00"
    assert fhir_pull.run(settings, source, NOW) == {"Observation": 1}
    fhir_pull.run(settings, source, NOW)
    assert asked_since(server) == "ge2026-03-01T11:55:00+00:00"


@pytest.mark.parametrize("meta", [None, [], {"lastUpdated": None}, {"lastUpdated": 7}])
def test_a_resource_that_does_not_tell_its_time_is_landed(settings, server, source, meta):
    server.resources = [reading(1) | {"meta": meta}]
    assert fhir_pull.run(settings, source, NOW) == {"Observation": 1}


@pytest.mark.parametrize(
    "odd, words",
    [
        ({"entry": None}, "`entry` is no list"),
        ({"entry": {}}, "`entry` is no list"),
        ({"entry": [None]}, "`entry` is no list"),
        ({"link": None}, "`link` is no list"),
        ({"link": ["next"]}, "`link` is no list"),
        ({"link": [{"relation": "next"}]}, "without its url"),
        ({"link": [{"relation": "next", "url": None}]}, "without its url"),
        ({"link": [{"relation": "next", "url": "http://server:port/"}]}, "no url"),
    ],
)
def test_an_answer_of_another_shape_says_what_is_wrong(settings, server, source, odd, words):
    server.also = odd
    with pytest.raises(NotSetUp, match=words):
        fhir_pull.run(settings, source, NOW)
    assert landed(settings) == []


@pytest.mark.parametrize("entry", [{}, {"resource": None}, {"resource": "x"}, {"search": {}}])
def test_an_entry_without_a_resource_is_passed_over(settings, server, source, entry):
    server.also = {"entry": [entry, {"resource": reading(1)}]}
    assert fhir_pull.run(settings, source, NOW) == {"Observation": 1}


def test_pages_that_lead_in_a_circle_end_the_pull(settings, server, source):
    server.resources = [reading(1)]
    again = f"{server.url}/Observation?_count=3"
    server.also = {"link": [{"relation": "next", "url": again}]}
    with pytest.raises(NotSetUp, match="circle"):
        fhir_pull.run(settings, source, NOW)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "asked, seconds",
    [
        ("7", 7),
        ("Sun, 01 Mar 2026 09:30:20 GMT", 20),
        ("Sun, 01 Mar 2026 09:00:00 GMT", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_a_server_may_ask_for_seconds_or_name_a_time(asked, seconds):
    told = {"Retry-After": asked, "Date": "Sun, 01 Mar 2026 09:30:00 GMT"}
    assert fhir_pages.asked_wait(httpx.Response(503, headers=told)) == seconds


def test_nothing_new_lands_nothing(settings, server, source):
    server.resources = [reading(10)]
    fhir_pull.run(settings, source, NOW)
    for landed_file in pending(settings):
        landed_file.path.unlink()
    fhir_pull.run(settings, source, NOW)
    server.resources = []
    fhir_pull.run(settings, source, NOW)
    assert landed(settings) == []
    assert not list(settings.landing.rglob("*.part"))


def test_what_came_late_within_the_overlap_is_not_missed_and_nothing_doubled(
    settings, lake, server, source
):
    server.resources = [reading(10)]
    fhir_pull.run(settings, source, NOW)
    server.resources += [reading(8), reading(12)]
    fhir_pull.run(settings, source, NOW)
    microbatch.drain(lake, now=NOW)
    assert rows(lake) == 3


def test_a_corrected_resource_comes_again_as_a_new_version(settings, lake, server, source):
    server.resources = [reading(10)]
    fhir_pull.run(settings, source, NOW)
    server.resources = [reading(10, 30, status="corrected", valueQuantity={"value": 75})]
    fhir_pull.run(settings, source, NOW)
    microbatch.drain(lake, now=NOW)
    assert rows(lake) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_again(settings, server, source, status):
    server.resources = [reading(n) for n in range(4)]
    server.faults = [(status, {"Retry-After": "0"})] * 3
    assert fhir_pull.run(settings, source, NOW) == {"Observation": 4}
    assert len(server.asked) == 5


def test_a_server_that_stays_busy_ends_the_pull_and_moves_nothing(settings, server, source):
    server.resources = [reading(1)]
    server.faults = [(503, {"Retry-After": "0"})] * fhir_pages.ATTEMPTS
    with pytest.raises(StoreUnavailable, match="503"):
        fhir_pull.run(settings, source, NOW)
    assert landed(settings) == []
    assert fhir_pull.run(settings, source, NOW) == {"Observation": 1}


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_a_server_that_refuses_is_told_at_once(settings, server, source, status):
    server.faults = [(status, {})]
    with pytest.raises(NotSetUp, match=str(status)):
        fhir_pull.run(settings, source, NOW)
    assert len(server.asked) == 1


def test_a_fault_on_the_second_page_leaves_neither_gap_nor_double(settings, lake, server, source):
    server.resources = [reading(n) for n in range(7)]

    def fail_once(page: int) -> None:
        if page == 2:
            server.on_page = lambda page: None
            server.faults = [(503, {"Retry-After": "0"})] * fhir_pages.ATTEMPTS
            raise ConnectionResetError

    server.on_page = fail_once
    server.handle_error = lambda *_: None
    with pytest.raises(StoreUnavailable):
        fhir_pull.run(settings, source, NOW)
    assert landed(settings) == []
    server.faults = []
    fhir_pull.run(settings, source, NOW)
    microbatch.drain(lake, now=NOW)
    assert rows(lake) == 7


PULL = """
import sys
from datetime import UTC, datetime
from jobs import fhir_pull
from warehouse import Settings
from warehouse.source import Source
fhir_pull.run(Settings(var=sys.argv[1]), Source.model_validate_json(sys.argv[2]),
    now=datetime(2026, 3, 1, tzinfo=UTC))
"""


def test_killed_on_the_second_page_and_resumed_is_as_if_never_killed(
    settings, lake, server, source
):
    server.resources = [reading(n) for n in range(7)]
    reached, release = threading.Event(), threading.Event()

    def hold(page: int) -> None:
        if page == 2:
            reached.set()
            release.wait(60)

    server.on_page = hold
    given = [str(settings.var), source.model_dump_json()]
    process = subprocess.Popen([sys.executable, "-c", PULL, *given], cwd=ROOT)
    try:
        assert reached.wait(60)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        release.set()
    assert landed(settings) == []
    server.on_page = lambda page: None
    fhir_pull.run(settings, source, NOW)
    microbatch.drain(lake, now=NOW)
    assert rows(lake) == 7


def test_killed_between_landing_and_the_watermark_doubles_nothing(settings, lake, server, source):
    server.resources = [reading(n) for n in range(4)]
    fhir_pull.run(settings, source, NOW)
    microbatch.drain(lake, now=NOW)
    (settings.var / "pull" / "fhir.json").unlink()
    fhir_pull.run(settings, source, NOW)
    assert microbatch.drain(lake, now=NOW)["read"] == 0
    assert rows(lake) == 4


def with_rest(source: Source, **given) -> Source:
    return source.model_copy(update={"rest": source.rest.model_copy(update=given)})


@pytest.mark.parametrize("is_file", [False, True])
def test_the_token_comes_from_the_environment_or_a_mounted_file(
    settings, server, source, monkeypatch, tmp_path, is_file
):
    (tmp_path / "token").write_text("t0ken\n")
    name, value = ("T_FILE", str(tmp_path / "token")) if is_file else ("T", "t0ken")
    monkeypatch.setenv(name, value)
    fhir_pull.run(settings, with_rest(source, token_variable="T"), NOW)
    assert server.asked[0]["token"] == "Bearer t0ken"


def test_a_missing_token_is_told_before_anything_is_asked(settings, server, source):
    with pytest.raises(NotSetUp, match="nor T_FILE"):
        fhir_pull.run(settings, with_rest(source, token_variable="T"), NOW)
    assert server.asked == []


def test_a_next_page_on_another_server_is_not_asked_for(settings, server, source):
    server.resources = [reading(n) for n in range(4)]
    server.next_base = "http://127.0.0.1:9/fhir"
    with pytest.raises(NotSetUp, match="another server"):
        fhir_pull.run(settings, source, NOW)


def test_a_source_without_a_server_says_so(settings):
    with pytest.raises(NotSetUp, match="no FHIR server"):
        fhir_pull.run(settings, vocabulary.sources()["fhir"], NOW)


def test_no_source_has_a_server_unless_a_hospital_names_one():
    assert fhir_pull.sources() == []


def test_the_sources_with_a_server_are_those_that_are_on(own):
    own("medical")
    own("surgical")
    own("closed", is_on=False)
    assert fhir_pull.sources() == ["medical", "surgical"]


def test_a_type_that_the_source_does_not_read_is_refused(settings, server, source):
    server.resources = [{"resourceType": "Claim", "id": "c", "meta": {}}]
    with pytest.raises(NotSetUp, match="kind Claim"):
        fhir_pull.run(settings, with_rest(source, types=["Claim"]), NOW)


@pytest.mark.parametrize("url", ["http://fhir.example.org/r4", "ftp://fhir.example.org", ""])
def test_patient_data_travel_by_https_only(url):
    given = vocabulary.sources()["fhir"].model_dump(exclude={"rest"})
    with pytest.raises(ValueError, match="https"):
        Source.model_validate(given | {"rest": {"url": url, "types": ["Patient"]}})
