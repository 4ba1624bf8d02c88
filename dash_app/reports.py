"""Finished pages in files: Data Docs under /docs/, the months' reports under /reports/.

Both hold counts only. They are served as they are, by their names, and nothing beside them is.
"""

from pathlib import Path

from flask import Flask, Response, abort, redirect, send_from_directory

from warehouse import Settings

FOLDERS = ("docs", "reports")
"""Below `var`, and the beginning of the address."""


def register(server: Flask, settings: Settings) -> None:
    """`/docs/`, `/docs/batches/<batch_id>.html` and `/reports/validation-<month>.html`."""
    for name in FOLDERS:
        folder = settings.var.absolute() / name
        server.add_url_rule(f"/{name}/<path:page>", name, _serving(folder))
    server.add_url_rule("/docs/", "docs_index", lambda: redirect("/docs/index.html"))


def _serving(folder: Path):
    def serve(page: str) -> Response:
        """One HTML page below the folder; neither its address nor a link leads out of it."""
        is_hidden = any(part.startswith(".") for part in page.split("/"))
        if not page.endswith(".html") or is_hidden or _leads_out(folder, page):
            abort(404)
        return send_from_directory(folder, page)

    return serve


def _leads_out(folder: Path, page: str) -> bool:
    """Whether the file lies elsewhere once every symbolic link is followed."""
    try:
        return not (folder / page).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, a link to itself
        return True
