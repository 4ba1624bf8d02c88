"""From a field of a twin back to the raw rows: which values it counts, and where each stands."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from jobs.ingest.batch import judge
from jobs.ingest.landing import restored
from jobs.twins import as_of, past
from jobs.twins.changes import counting
from warehouse import Lake, vocabulary
from warehouse.archive import Archive
from warehouse.lake import frame

PLACE = ["observation_id", "batch_id", "line", "part"]


def field(lake: Lake, patient_id: int, name: str, at: datetime, batch_no: int) -> pd.DataFrame:
    """The values that a twin's field counts at an instant, as known after a batch.

    Columns: those of `as_of.observations`, then source, batch_id, and line and part within the
    landed file, as the archive holds it. A row that a decision let in has the decision's batch,
    and no line.
    """
    with past.after(lake, [patient_id], batch_no) as con:
        values = counting(as_of.observations(con, patient_id, at), name, at)
    with lake.read() as con:
        con.register("asked", pd.DataFrame({"batch_no": values["batch_no"].unique()}))
        batches = frame(
            con, "SELECT batch_no, batch_id, source, kind FROM ops.batch SEMI JOIN asked "
            "USING (batch_no)",
        )  # fmt: skip
        con.unregister("asked")
    found = values.merge(batches, "left", on="batch_no")
    read = batches[batches["source"].isin(vocabulary.sources())]
    places = [_places(lake, batch_id, values) for batch_id in read["batch_id"]]
    nowhere = pd.DataFrame(columns=PLACE)
    return found.merge(pd.concat([nowhere, *places]), "left", on=["observation_id", "batch_id"])


def _places(lake: Lake, batch_id: str, values: pd.DataFrame) -> pd.DataFrame:
    """Where these values stand in one archived file, which is read once more."""
    archive = Archive(lake.settings.archive, lake.keys)
    with TemporaryDirectory(dir=lake.settings.var, prefix=".traced-") as folder:
        landed = restored(archive, archive.sidecar(batch_id), Path(folder))
        if landed.file.format == "decision":
            return pd.DataFrame(columns=PLACE)
        with closing(judge(lake, landed)) as judged:
            judged.con.register("asked", values[["observation_id"]])
            return frame(
                judged.con,
                "SELECT observation_id, ? AS batch_id, line, part FROM accepted_observation "
                "SEMI JOIN asked USING (observation_id)",
                [batch_id],
            )
