"""The blast radius of one row: what it touched, or would have changed had it been let in.

The twins of every instant it bears on are made with it and without it, in a transaction that is
undone; what differs is told, with the predictions and the alerts that hang on it.
"""

from collections.abc import Callable
from contextlib import suppress

import pandas as pd
import pyarrow as pa

from jobs.alerts import levels
from jobs.ingest.rows import Added
from jobs.models import predict, registry
from jobs.quarantine.decide import apply
from jobs.twins import patient_hour
from jobs.twins.twin import twins
from warehouse import Lake
from warehouse.errors import ModelUnusable, NotSetUp
from warehouse.lake import Connection, frame, sql

TRIAL = -1
"""The batch number of a change that is never committed."""


class _UndoneError(Exception):
    """Raised when the trial's transaction has told what it was made for."""


def of_refused(
    lake: Lake, batch_id: str, line: int, part: int, changes: dict | None = None
) -> dict:
    """What would differ had the refused row been let in, as it is or with changes.

    Returns {patients, instants, first, last, fields: {column: instants}, predictions,
    predictions_changed, largest_change_of_risk, levels_changed, alerts}; `outcome` says whether
    the row would pass at all. Counts only.
    """
    said = {"kind": "quarantine", "action": "fix" if changes else "release", "changes": changes}
    said |= {"batch_id": batch_id, "line": line, "part": part, "by": "trial", "reason": "trial"}
    decision = said | {"at": "2000-01-01T00:00:00+00:00"}

    let_in: list[Added] = []

    def change(con: Connection) -> None:
        applied, added = apply(con, lake, {"trial": decision}, TRIAL)
        if not applied:
            raise NotSetUp(f"no row {line}.{part} of batch {batch_id[:12]} is in quarantine")
        let_in.extend(added)

    found = _difference(lake, change)
    passes = any(added.rows for added in let_in)
    return {"outcome": "accepted" if passes else "still refused or a duplicate"} | found


def of_observation(lake: Lake, observation_id: int) -> dict:
    """What differs for an accepted value being there; the same keys as `of_refused`."""

    def take_out(con: Connection) -> None:
        con.execute(
            "UPDATE clinical.observation SET batch_no = ? WHERE observation_id = ?",
            [TRIAL, observation_id],
        )

    def forget(con: Connection) -> None:
        con.execute("DELETE FROM clinical.observation WHERE batch_no = ?", [TRIAL])

    return _difference(lake, take_out, forget)


def _difference(
    lake: Lake, change: Callable[[Connection], None], then: Callable | None = None
) -> dict:
    """Make the change, ask which instants it bears on, make their twins, undo; compare."""
    changed: dict[str, pa.Table] = {}
    with suppress(_UndoneError), lake.write("a trial, undone") as con:
        change(con)
        con.register("touched", patient_hour.spans(con, TRIAL))
        instants = con.execute(sql("touched_instants")).to_arrow_table()
        if then:
            then(con)
        changed |= {"instants": instants, "twins": twins(con, instants)}
        raise _UndoneError
    with lake.read() as con:
        present = twins(con, changed["instants"])
        con.register("instants", changed["instants"])
        counts = frame(con, sql("touched_outcomes")).iloc[0].to_dict()
    return _compared(lake, present.to_pandas(), changed["twins"].to_pandas(), counts)


def _compared(lake: Lake, present: pd.DataFrame, changed: pd.DataFrame, counts: dict) -> dict:
    """Which columns differ at how many instants; how risk and level would have been."""
    same = (present == changed) | (present.isna() & changed.isna())
    fields = {name: int(number) for name, number in (~same).sum().items() if number}
    touched = ~same.all(axis=1)
    times = present.loc[touched, "time"]
    found = {
        "patients": int(present["patient_id"].nunique()),
        "instants": int(touched.sum()),
        "first": times.min().isoformat() if len(times) else None,
        "last": times.max().isoformat() if len(times) else None,
        "fields": fields,
    }
    return found | _risks(lake, present[touched], changed[touched]) | counts


def _risks(lake: Lake, present: pd.DataFrame, changed: pd.DataFrame) -> dict:
    """By the champion: how far the risk moves, and at how many instants the level does."""
    here, there = levels.news2_level(present), levels.news2_level(changed)
    largest = None
    with suppress(ModelUnusable):
        model = registry.champion(lake.settings.models, lake.keys)
        before, after = predict.score(model, present), predict.score(model, changed)
        largest = float((before["risk"] - after["risk"]).abs().max()) if len(before) else None
        here = levels.worst(here.reset_index(drop=True), before["level"])
        there = levels.worst(there.reset_index(drop=True), after["level"])
    differs = here.to_numpy() != there.to_numpy()
    return {"largest_change_of_risk": largest, "levels_changed": int(differs.sum())}
