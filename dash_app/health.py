"""Whether the process lives, whether it can serve, what it runs. Counts and versions only."""

from importlib.metadata import PackageNotFoundError, version

from flask import Flask

from dash_app import queries
from dash_app.feed import Feed
from warehouse import schema
from warehouse.errors import WardtwinError


def register(server: Flask, feed: Feed) -> None:
    """`/healthz`, `/readyz` and `/version`.

    Old data do not make the app unready: a page that says how old they are is worth more than none.
    """

    @server.get("/healthz")
    def healthz():
        return {"state": "alive"}

    @server.get("/readyz")
    def readyz():
        try:
            snapshot = feed.snapshot()
        except WardtwinError as error:
            return {"state": "not ready", "reason": str(error)}, 503
        if snapshot is None:
            return {"state": "not ready", "reason": feed.missing}, 503
        return {"state": "ready", "snapshot": snapshot}

    @server.get("/version")
    def versions():
        return {
            "code": _code(),
            "schema": schema.VERSION,
            "snapshot": feed.snapshot(),
            "model": feed.ask(queries.newest_model),
        }


def _code() -> str:
    try:
        return version("wardtwin")
    except PackageNotFoundError:
        return "not installed"
