"""HTTP to services on this machine, without any proxy."""

import json
import socket
import urllib.error
import urllib.request

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_fixed

from warehouse.errors import WardtwinError

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def json_of(method: str, url: str, body: dict | None = None, token: str = "") -> dict:
    """Send a request, return the JSON of its answer."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        return _answer(request)
    except (urllib.error.URLError, TimeoutError) as error:
        raise WardtwinError(f"{method} {url} failed: {error}") from None


def _is_servers(fault: BaseException) -> bool:
    """Airflow on SQLite answers 500 where another of its processes holds the lock for too long."""
    return isinstance(fault, urllib.error.HTTPError) and fault.code >= 500


@retry(
    retry=retry_if_exception(_is_servers),
    stop=stop_after_attempt(5),
    wait=wait_fixed(1),
    reraise=True,
)
def _answer(request: urllib.request.Request) -> dict:
    with _direct.open(request, timeout=30) as answer:
        return json.load(answer)


def try_json(url: str) -> dict | None:
    """The JSON at an address; nothing while it does not answer."""
    try:
        return json_of("GET", url)
    except WardtwinError:
        return None


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody uses at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
