"""Data Docs of the last batches, built apart from the hot path from the counts that were kept.

No patient's value can be in them: the ledger and the results hold none.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import great_expectations as gx

from expectations import pages
from warehouse import Lake, Settings, vocabulary
from warehouse.errors import NotSetUp
from warehouse.lake import frame, sql
from warehouse.locks import file_lock

DIGESTS = "digests.json"
"""Page -> digest of all that it shows; a page whose digest is still the same is kept."""


def address(settings: Settings, batch_id: str) -> str:
    """Where a person reads the page of a batch, once it is built (the pages serve it)."""
    return f"{settings.pages_url}/docs/{pages.path(batch_id)}"


def build(lake: Lake, folder: Path, *, runs: int = 50) -> dict:
    """Bring the site in `folder` up to date: an index, the rules, the last `runs` batches.

    `folder` is a link to one of two folders beside it. The other one is filled and the link then
    turned, so that a reader sees the old site or the new one. Returns the number of `pages` of
    batches, how many of them were `built` now, and the `folder`.
    """
    if folder.exists() and not folder.is_symlink():
        raise NotSetUp(f"{folder} is something else than a built site: move it away")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with file_lock(folder.with_suffix(".lock"), "Data Docs", lake.settings.lock_timeout):
        site = _site(lake, runs)
        shown = _digests(folder)
        new = [page for page, (digest, _) in site.items() if shown.get(page) != digest]
        if new:
            _turn(folder, _fill(_side(folder), folder, site, new))
    built = sum(page.startswith(pages.BATCHES) for page in new)
    return {"pages": len(site) - 2, "built": built, "folder": str(folder)}


def _site(lake: Lake, runs: int) -> dict[str, tuple[str, Callable[[], str]]]:
    """Page -> the digest of what it shows, and what makes it."""
    with lake.read() as con:
        batches = frame(con, sql("recent_batches"), {"runs": runs})
        results = frame(con, sql("recent_results"), {"runs": runs})
    code = _code()
    site = {
        "index.html": (_digest(code, batches.to_csv()), partial(pages.index, batches)),
        "rules.html": (code, pages.rules),
    }
    for batch in batches.itertuples(index=False):
        judged = results[results["batch_no"] == batch.batch_no]
        digest = _digest(code, repr(batch), judged.to_csv(index=False))
        site[pages.path(batch.batch_id)] = (digest, partial(pages.batch, batch, judged))
    return site


def _code() -> str:
    """The digest of what all pages are made with: a new version makes them anew."""
    made_with = [pages.HERE / name for name in ("pages.py", "site.j2", "site.css")]
    made_with.append(vocabulary.REFERENCE / "rules.csv")
    return _digest(gx.__version__, *(path.read_text() for path in made_with))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _digests(folder: Path) -> dict[str, str]:
    """Of the pages that are there."""
    path = folder / DIGESTS
    found = json.loads(path.read_text()) if path.exists() else {}
    return {page: digest for page, digest in found.items() if (folder / page).exists()}


def _side(folder: Path) -> Path:
    """The one of the two folders that nobody reads, empty."""
    first, second = (folder.with_name(f".{folder.name}.{n}") for n in (1, 2))
    side = second if folder.resolve() == first.resolve() else first
    shutil.rmtree(side, ignore_errors=True)
    side.mkdir()
    return side


def _fill(side: Path, folder: Path, site: dict, new: list[str]) -> Path:
    """Write the whole site: new pages are made, the others copied."""
    for page, (_, make) in site.items():
        path = side / page
        path.parent.mkdir(exist_ok=True)
        if page in new:
            path.write_text(make())
        else:
            shutil.copyfile(folder / page, path)
    digests = {page: digest for page, (digest, _) in site.items()}
    (side / DIGESTS).write_text(json.dumps(digests))
    return side


def _turn(folder: Path, side: Path) -> None:
    """Let the link point to the filled folder, in one step."""
    link = folder.with_name(f".{folder.name}.link")
    link.unlink(missing_ok=True)
    link.symlink_to(side.name)
    link.replace(folder)
