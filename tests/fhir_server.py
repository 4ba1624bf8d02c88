"""A small FHIR server for tests: search by type and `_lastUpdated`, pages, faults on demand."""

import json
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class FhirServer(ThreadingHTTPServer):
    """`resources` is what it holds. `faults`: what the next answers are instead, such as
    (503, {"Retry-After": "0"}). `on_page(n)` is called before page n of a search is sent. `also` is
    said in every Bundle."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.resources: list[dict] = []
        self.faults: list[tuple[int, dict]] = []
        self.asked: list[dict] = []
        self.on_page = lambda page: None
        self.also: dict = {}
        self.next_base = self.url

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/fhir"

    def found(self, kind: str, query: dict) -> list[dict]:
        since = query.get("_lastUpdated", [""])[0].removeprefix("ge")
        found = [r for r in self.resources if r["resourceType"] == kind]
        return [r for r in found if not since or changed(r) >= datetime.fromisoformat(since)]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        self.server.asked.append({"query": query, "token": self.headers.get("Authorization")})
        if self.server.faults:
            self.answer(*self.server.faults.pop(0), {})
            return
        kind, page = address.path.rsplit("/", 1)[-1], int(query.get("page", ["1"])[0])
        self.server.on_page(page)
        found, size = self.server.found(kind, query), int(query["_count"][0])
        here = found[(page - 1) * size : page * size]
        bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in here]}
        if page * size < len(found):
            asked = address.query.removesuffix(f"&page={page}")
            url = f"{self.server.next_base}/{kind}?{asked}&page={page + 1}"
            bundle["link"] = [{"relation": "next", "url": url}]
        self.answer(200, {}, bundle | self.server.also)

    def answer(self, status: int, headers: dict, content: dict):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *words):
        """Tests are quiet."""


def changed(resource: dict) -> datetime:
    return datetime.fromisoformat(resource["meta"]["lastUpdated"])


def start() -> FhirServer:
    server = FhirServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
