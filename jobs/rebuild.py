"""The lake made anew from its archive: the landed files are the last truth."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs import microbatch
from jobs.ingest.landing import restored
from jobs.log import log
from jobs.twins import patient_hour
from warehouse import Lake, Settings
from warehouse.archive import Archive
from warehouse.digest import digests
from warehouse.errors import NotSetUp, WardtwinError

SCHEMAS = ("ops", "clinical", "quality", "twin")
"""What must be equal afterwards. Predictions and alerts follow the model of the day."""

FOLLOW_THE_DAY = {"twin.anomaly"}
"""Not compared, as predictions are not: it follows the day's refit."""


def from_archive(settings: Settings, *, report: Callable[[int, int], None]) -> dict:
    """Put the old lake aside, process every archived file in order, rebuild the twins, compare.

    Returns {batches, equal: {table: bool}}. Raises `WardtwinError` where a table differs.
    """
    before = _digests(settings)
    _put_aside(settings)
    lake = Lake.create(settings)
    archive = Archive(settings.archive, lake.keys)
    sidecars = archive.sidecars()
    with TemporaryDirectory(dir=settings.var, prefix=".restored-") as folder:
        for done, sidecar in enumerate(sidecars, start=1):
            _process(lake, archive, sidecar, Path(folder))
            report(done, len(sidecars))
    patient_hour.rebuild(lake)
    after = _digests(settings)
    equal = {table: after[table] == before[table] for table in after} if before else {}
    if differing := [table for table, same in equal.items() if not same]:
        raise WardtwinError(
            f"the rebuilt lake differs in {', '.join(differing)}; the old one is kept beside it: "
            "compare them before you delete either"
        )
    log.info("rebuilt from archive", batches=len(sidecars), compared=len(equal))
    return {"batches": len(sidecars), "equal": equal}


def _process(lake: Lake, archive: Archive, sidecar: dict, folder: Path) -> None:
    """Restore one file beside landing, and let it take the same way as on its first day."""
    landed = restored(archive, sidecar, folder)
    microbatch.process(lake, landed, now=datetime.fromisoformat(sidecar["processed"]))


def _digests(settings: Settings) -> dict[str, str]:
    """The digests of a lake that opens; nothing of one that does not, or is of another version."""
    try:
        lake = Lake.open(settings)
    except NotSetUp:
        return {}
    with lake.read() as con:
        found = digests(con, SCHEMAS)
    return {table: digest for table, digest in found.items() if table not in FOLLOW_THE_DAY}


def _put_aside(settings: Settings) -> None:
    if not settings.catalog_uri.startswith("sqlite:"):
        raise NotSetUp(
            "a PostgreSQL catalog is not put aside by this command: point WARDTWIN_CATALOG at an "
            "empty database and WARDTWIN_LAKE_DATA at an empty folder, and run it there"
        )
    lake = Path(settings.catalog_uri.removeprefix("sqlite:")).parent
    aside = lake.with_name(f"{lake.name}.before-rebuild")
    if aside.exists():
        raise NotSetUp(f"{aside} is there from an earlier rebuild: delete it when it is not needed")
    if lake.exists():
        shutil.move(lake, aside)
