"""One search on a FHIR server, page by page: tried again where it may help, and checked."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import orjson
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from warehouse.errors import NotSetUp, StoreUnavailable
from warehouse.source import Source

ATTEMPTS = 6
LONGEST_WAIT = 60.0
"""Seconds, whatever the server asks for."""


@dataclass(frozen=True)
class Page:
    """A Bundle; `answered` is the server's clock, where it tells."""

    entries: list[dict]
    answered: datetime | None
    following: str | None

    def resources(self, kind: str) -> Iterator[dict]:
        """Those of one type: a server may add others, and what it has to say."""
        for entry in self.entries:
            resource = entry.get("resource")
            if isinstance(resource, dict) and resource.get("resourceType") == kind:
                yield resource


def pages(client: httpx.Client, source: Source, kind: str, query: dict[str, str]) -> Iterator[Page]:
    """Every page of what a search finds.

    Raises `StoreUnavailable` where the server does not answer, `NotSetUp` where it refuses, or
    answers what is no FHIR.
    """
    url, visited = httpx.URL(f"{source.rest.url}/{kind}", params=query), set()
    while url:
        visited.add(url)
        response = _get(client, source, url)
        page = _page(response, source)
        yield page
        url = _next(page, response.url, source)
        if url in visited:
            raise NotSetUp(f"{source.name}: the pages lead in a circle: have the server looked at")


def _get(client: httpx.Client, source: Source, url: httpx.URL) -> httpx.Response:
    """One answer; what may pass (429, 5xx, no connection) is tried again, as the server asks."""
    attempts = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=_wait,
        retry=retry_if_exception(_may_pass),
        reraise=True,
    )
    try:
        return attempts(lambda: client.get(url).raise_for_status())
    except httpx.HTTPError as error:
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
        told = f"{source.name}: the FHIR server answered {status or 'nothing'}"
        if _may_pass(error):
            raise StoreUnavailable(f"{told} {ATTEMPTS} times: try again later") from None
        raise NotSetUp(f"{told}: check the YAML's url and types, and the token") from None


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, httpx.TransportError)


def _wait(state: RetryCallState) -> float:
    """As many seconds as the server asks for, else twice as long each time."""
    asked = asked_wait(getattr(state.outcome.exception(), "response", None))
    if asked is not None:
        return min(asked, LONGEST_WAIT)
    return wait_exponential_jitter(multiplier=0.5, max=LONGEST_WAIT)(state)


def asked_wait(response: httpx.Response | None) -> float | None:
    """Retry-After, in seconds; a time is told by the same clock as the answer's Date."""
    if response is None:
        return None
    asked = response.headers.get("Retry-After", "")
    if asked.isdecimal():
        return float(asked)
    until, answered = _http_time(asked), _http_time(response.headers.get("Date"))
    return max((until - answered).total_seconds(), 0.0) if until and answered else None


def _page(response: httpx.Response, source: Source) -> Page:
    try:
        bundle = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        bundle = None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise NotSetUp(f"{source.name}: the answer is no FHIR Bundle: check the YAML's url")
    entries, links = (_objects(bundle, name, source) for name in ("entry", "link"))
    following = [link.get("url") for link in links if link.get("relation") == "next"]
    if not all(isinstance(url, str) and url for url in following):
        raise NotSetUp(f"{source.name}: a next page without its url: have the server looked at")
    answered = _http_time(response.headers.get("Date"))
    return Page(entries, answered, next(iter(following), None))


def _objects(bundle: dict, name: str, source: Source) -> list[dict]:
    """A list of the Bundle, which may be left out."""
    found = bundle.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise NotSetUp(
            f"{source.name}: the Bundle's `{name}` is no list of objects: have the server looked at"
        )
    return found


def _next(page: Page, asked: httpx.URL, source: Source) -> httpx.URL | None:
    """The link to the next page; never to another server, which would be given our token."""
    if page.following is None:
        return None
    try:
        url = asked.join(page.following)
    except httpx.InvalidURL:
        raise NotSetUp(f"{source.name}: the next page has no url: have it looked at") from None
    if (url.scheme, url.host, url.port) != (asked.scheme, asked.host, asked.port):
        raise NotSetUp(f"{source.name}: the next page lies on another server: check the YAML's url")
    return url


def client_of(source: Source) -> httpx.Client:
    """With the token that the source's YAML names."""
    headers = {"Accept": "application/fhir+json"}
    if token := _token(source.rest.token_variable):
        headers["Authorization"] = f"Bearer {token}"
    return httpx.Client(headers=headers, timeout=60)


def _token(variable: str) -> str:
    if not variable:
        return ""
    if path := os.environ.get(f"{variable}_FILE"):
        return Path(path).read_text().strip()
    if token := os.environ.get(variable):
        return token
    raise NotSetUp(f"neither {variable} nor {variable}_FILE is set: the FHIR server wants a token")


def _http_time(text: str | None) -> datetime | None:
    """A time of an HTTP header, such as Date; None for what is none."""
    try:
        found = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def fhir_time(text: str | None) -> datetime | None:
    """A FHIR instant; None for what is none."""
    try:
        found = datetime.fromisoformat(text or "")
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None
