"""The Dash app: pages, headers, health. Nothing is read before a page asks."""

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import dash
from dash import Dash, set_props
from flask import Flask, Response, request

from dash_app import components, health, reports
from dash_app.feed import Feed
from dash_app.pages import (
    batch,
    batches,
    coverage,
    devices,
    drift,
    not_found,
    patient,
    quality,
    refused,
    ward,
)
from warehouse import Settings

log = logging.getLogger("wardtwin.dash")

PAGES = {
    "ward": ward,
    "patient": patient,
    "devices": devices,
    "quality": quality,
    "batches": batches,
    "batch": batch,
    "refused": refused,
    "drift": drift,
    "coverage": coverage,
    "not-found": not_found,
}
"""Name, as its ids begin, -> layout and callbacks."""

ADDRESSES = {
    "ward": ({"path": "/"}, ward),
    "patient": ({"path_template": "/patient/<patient_id>"}, patient),
    "devices": ({"path": "/devices"}, devices),
    "quality": ({"path": "/quality"}, quality),
    "quality_batches": ({"path": "/quality/batches"}, batches),
    "quality_refused": ({"path": "/quality/refused"}, refused),
    "quality_drift": ({"path": "/quality/drift"}, drift),
    "quality_coverage": ({"path": "/quality/coverage"}, coverage),
    "quality_batch": ({"path_template": "/quality/batch/<batch_no>"}, batch),
    "quality_of_source": ({"path_template": "/quality/<source>"}, quality),
}
"""In the order in which an address is looked for: a source is what is nothing else."""

CACHEABLE = ("/_dash-component-suites/", "/assets/")
"""Program text, named by its version; everything else may hold patient data."""

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' {hashes}; connect-src 'self'; "
    # Mantine and AG Grid write their styles at run time.
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def create_server() -> Flask:
    """What gunicorn serves: `gunicorn 'dash_app.app:create_server()'`."""
    return create_app(Settings()).server


def create_app(settings: Settings, clock: Callable[[], datetime] | None = None) -> Dash:
    """The app; `clock` tells the time that ages are held against (the server's, in UTC)."""
    app = Dash(
        __name__,
        use_pages=True,
        pages_folder="",
        include_pages_meta=False,
        serve_locally=True,
        title="Wardtwin",
        update_title=None,
        on_error=_failed,
    )
    feed = Feed(settings)
    clock = clock or (lambda: datetime.now(UTC))
    for order, (name, (address, page)) in enumerate(ADDRESSES.items()):
        dash.register_page(name, order=order, title="Wardtwin", layout=page.layout, **address)
    dash.register_page("not_found_404", title="Wardtwin", layout=not_found.layout)
    app.layout = components.shell(dash.page_container)
    app.index_string = app.index_string.replace("<html>", '<html lang="en">')
    for name, page in PAGES.items():
        components.register(app, name)
        page.register(app, feed, clock)
    health.register(app.server, feed)
    reports.register(app.server, settings)
    _protect(app)
    return app


def _failed(error: Exception) -> None:
    """Say so on the page; the log names the place, never a value."""
    reference = uuid4().hex[:8]
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "page failed, reference %s: %s at %s:%s",
        reference,
        type(error).__name__,
        Path(place.filename).name,
        place.lineno,
    )
    set_props("failure", {"children": components.failure(reference)})


def _protect(app: Dash) -> None:
    def policy() -> str:
        """Of the inline scripts that there are by now: Dash writes some during its first answer."""
        return CONTENT_POLICY.format(hashes=" ".join(app.csp_hashes()))

    @app.server.after_request
    def headers(response: Response) -> Response:
        if not request.path.startswith(CACHEABLE):
            response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = policy()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
