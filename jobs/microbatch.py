"""Landing to alert for what has just arrived: one file, one transaction, all or nothing."""

import os
import traceback
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd

from jobs import decisions
from jobs.alerts import lifecycle
from jobs.ingest import ledger, rows, waiting
from jobs.ingest.batch import Judged, judge
from jobs.ingest.landing import Landed, pending
from jobs.ingest.rows import Added
from jobs.log import log
from jobs.models import predict, registry
from jobs.twins import device_faults, device_now, patient_hour, patient_now
from warehouse import Lake, schema
from warehouse.archive import Archive
from warehouse.decisions import FOLDER
from warehouse.errors import ContractBroken, Defect, ModelUnusable, NotSetUp, WardtwinError
from warehouse.lake import Connection
from warehouse.vocabulary import Source

TOTALS = (
    "read",
    "accepted",
    "quarantined",
    "duplicate",
    "unmapped",
    "twins",
    "predictions",
)


def drain(lake: Lake, *, now: datetime, sources: list[str] | None = None) -> dict:
    """Process everything pending, in order. A refused file fails the run after the others."""
    done, defects = [], []
    for landed in pending(lake.settings, sources):
        try:
            done.append(process(lake, landed, now=now))
        except Defect as defect:
            defects.append(defect)
    refused = [counts for counts in done if counts["state"] == "refused"]
    totals = {name: sum(counts[name] for counts in done) for name in TOTALS}
    totals |= {"alerts_opened": sum(counts["alerts"] for counts in done)}
    totals |= {"batches": len(done), "refused": len(refused)}
    log.info("drained", **totals)
    if defects:
        raise defects[0]
    if refused:
        raise ContractBroken("\n".join(counts["reason"] for counts in refused))
    return totals


def drain_decisions(lake: Lake, *, now: datetime) -> dict:
    """Take in every decision that has landed: they land whole, so none needs to settle."""
    at_once = Lake.open(lake.settings.model_copy(update={"settle_seconds": 0.0}))
    return drain(at_once, now=now, sources=[FOLDER])


def process_batch(lake: Lake, batch_id: str, *, now: datetime) -> dict:
    """Process the pending file that has this batch id; nothing where it is done already."""
    for landed in pending(lake.settings):
        if landed.path.exists() and landed.batch_id == batch_id:
            return process(lake, landed, now=now)
    with lake.read() as con:
        state = ledger.state_of(con, batch_id)
    if state is None:
        raise NotSetUp(f"no file in landing has the batch id {batch_id}: land it again")
    return _nothing(batch_id, state)


def process(lake: Lake, landed: Landed, *, now: datetime) -> dict:
    """One file: judge it, then ledger, rows, quarantine, twins, predictions, alerts in one go.

    Returns counts and the batch's state; a refused file is in the ledger, and out of the way.
    """
    batch_id = landed.batch_id
    with lake.read() as con:
        state = ledger.state_of(con, batch_id)
    if state is None:
        counts = _judge_and_commit(lake, landed, batch_id, now)
    else:
        counts = _nothing(batch_id, state)
    landed.remove()
    log.info("batch", **{name: value for name, value in counts.items() if name != "reason"})
    return counts


def retry(lake: Lake, batch_id: str) -> str:
    """Put a refused file back into landing, to be judged anew; returns its source."""
    archive = Archive(lake.settings.archive, lake.keys)
    with lake.write(f"retry {batch_id[:12]}") as con:
        if ledger.state_of(con, batch_id) != "refused":
            raise NotSetUp(f"no refused batch has the id {batch_id}")
        noted = archive.sidecar(batch_id)
        path = lake.settings.landing / noted["source"] / noted["name"]
        if path.exists():
            raise NotSetUp(f"a file of the same name waits in {noted['source']}: take it in first")
        archive.restore(batch_id, path)
        landed = datetime.fromisoformat(noted["landed"]).timestamp()
        os.utime(path, (landed, landed))
        con.execute("DELETE FROM ops.batch WHERE batch_id = ?", [batch_id])
    return noted["source"]


def _judge_and_commit(lake: Lake, landed: Landed, batch_id: str, now: datetime) -> dict:
    """All of it; a fault that nobody foresaw is told without its words, which may hold values."""
    try:
        return _judged_and_committed(lake, landed, batch_id, now)
    except WardtwinError:
        raise
    except Exception as fault:
        at = traceback.extract_tb(fault.__traceback__)[-1]
        raise Defect(
            f"{landed.source.name} {batch_id[:12]}: {type(fault).__name__} at "
            f"{Path(at.filename).name}:{at.lineno}; the file stays in landing: tell the maintainers"
        ) from None


def _judged_and_committed(lake: Lake, landed: Landed, batch_id: str, now: datetime) -> dict:
    archive = Archive(lake.settings.archive, lake.keys)
    archive.store(batch_id, landed.path)
    with ExitStack() as held:
        try:
            commit, reason = _ready(lake, landed, held), None
        except ContractBroken as broken:
            commit, reason = None, f"{landed.source.name} {batch_id[:12]}: {broken}"
        with lake.write(f"batch {batch_id[:12]} of {landed.source.name}") as con:
            if state := ledger.state_of(con, batch_id):
                return _nothing(batch_id, state)
            batch = _describe(landed, batch_id, now, ledger.next_number(con), reason)
            added = commit(con, batch=batch) if commit else []
            ledger.register_source(con, landed.source)
            ledger.enter(con, batch)
            added += waiting.release(con, lake, landed.source, added, batch["batch_no"])
            if landed.file.format == "decision" and added:
                patient_hour.replay(con, batch["batch_no"])
            counts = react(con, lake, added, batch["batch_no"])
            archive.note(batch_id, _sidecar(landed, batch))
    return batch | counts


def _ready(lake: Lake, landed: Landed, held: ExitStack) -> Callable[..., list[Added]]:
    """Read and judge; what is left is for the transaction: (con, batch) -> the rows it added."""
    if landed.file.format == "decision":
        return partial(decisions.apply, lake=lake, lines=decisions.read(landed.path))
    judged = held.enter_context(closing(judge(lake, landed)))
    return partial(commit, lake=lake, source=landed.source, judged=judged)


def commit(
    con: Connection, *, lake: Lake, source: Source, judged: Judged, batch: dict
) -> list[Added]:
    """The rows of one judged file; returns what was added. `batch` gets its counts."""
    number = batch["batch_no"]
    rows.add_identities(con, judged.identities, source, number, lake.keys)
    added = [rows.add(con, into, judged, source, number) for into in judged.tables]
    ledger.quarantine(con, judged.refused(), batch, lake.keys)
    ledger.keep_results(con, judged.results, number)
    accepted = sum(of_table.rows for of_table in added)
    batch |= {
        "read": judged.read,
        "accepted": accepted,
        "quarantined": judged.quarantined,
        "duplicate": judged.read - judged.quarantined - accepted,
        "unmapped": sum(of_table.unmapped for of_table in added),
    }
    return added


def react(con: Connection, lake: Lake, changed: list[Added], batch_no: int) -> dict:
    """Twins, predictions and alerts of every patient and device that new rows are about."""
    if not any(of_table.rows for of_table in changed):
        return {"twins": 0, "predictions": 0, "alerts": 0}
    patients = sorted({patient for added in changed for patient in added.patients})
    devices = {device for added in changed for device in added.devices}
    told_of = {device for added in changed if added.into == "device" for device in added.devices}
    device_now.update(con, [*devices, *device_faults.update(con, batch_no, told_of)])
    twins = patient_now.update(con, patients, batch_no)
    if any(of_table.into == "link" and of_table.rows for of_table in changed):
        patient_hour.replay(con, batch_no)
    try:
        model = registry.champion(lake.settings.models, lake.keys)
        predictions = predict.append(con, model, twins, batch_no)
    except ModelUnusable as unusable:
        log.warning("model unusable, NEWS2 alone", reason=str(unusable))
        predictions = pd.DataFrame(columns=["patient_id", "level", "reasons"])
    alerts = lifecycle.update(con, twins, predictions, batch_no)
    return {
        "twins": len(twins),
        "predictions": len(predictions),
        "alerts": alerts["opened"],
    }


def _describe(landed: Landed, batch_id: str, now: datetime, number: int, reason: str | None):
    """The ledger's row for this file, before its rows are counted."""
    return {
        "batch_no": number,
        "batch_id": batch_id,
        "source": landed.source.name,
        "kind": landed.file.kind,
        "file_name": landed.name if landed.source.has_safe_file_names else None,
        "bytes": landed.path.stat().st_size,
        "landed": landed.landed,
        "processed": now,
        "state": "committed" if reason is None else "refused",
        "reason": reason,
    } | dict.fromkeys(ledger.COUNTS, 0)


def _sidecar(landed: Landed, batch: dict) -> dict:
    return {
        "batch_id": batch["batch_id"],
        "batch_no": batch["batch_no"],
        "source": batch["source"],
        "name": landed.name,
        "landed": landed.landed.isoformat(),
        "processed": batch["processed"].isoformat(),
        "schema_version": schema.VERSION,
    }


def _nothing(batch_id: str, state: str) -> dict:
    """The counts of a batch that is in the ledger already: nothing was done."""
    reason = f"{batch_id[:12]}: refused before; try it again with `wardtwin ingest --retry`"
    return {
        "batch_id": batch_id,
        "state": state,
        "reason": reason if state == "refused" else None,
    } | (dict.fromkeys((*TOTALS, "alerts"), 0))
