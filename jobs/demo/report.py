"""What a demo has shown, as one JSON object, and what of it is not as it must be."""

from datetime import datetime

from jobs.ingest import ledger
from jobs.models import registry
from warehouse import Lake
from warehouse.errors import ModelUnusable
from warehouse.lake import frame, sql

MODEL_FIGURES = ("model_id", "promoted", "auroc", "auroc_news2", "auprc", "brier", "reason")


def of_lake(lake: Lake) -> dict:
    """Counts of everything in the lake, at one snapshot."""
    with lake.read() as con:
        [counts] = con.execute(sql("lake_counts")).to_arrow_table().to_pylist()
        sources = frame(con, sql("batch_counts")).set_index("source")
    return {"sources": sources.to_dict("index"), **counts}


def of_model(figures: dict | None) -> dict:
    """The figures of the training run; null where they could not be computed."""
    return {name: (figures or {}).get(name) for name in MODEL_FIGURES}


def faults(report: dict, lake: Lake, sources: list[str], live_since: datetime | None) -> list[str]:
    """One sentence for each condition that does not hold.

    `sources` are those whose files were landed; `live_since` is when the live ward began.
    """
    with lake.read() as con:
        unreconciled = ledger.unreconciled(con)
    found = [f"{unreconciled} batches are unreconciled"] if unreconciled else []
    for name in sources:
        if not report["sources"].get(name, {}).get("accepted"):
            found.append(f"source {name} accepted nothing")
    for dag_id, state in report["dags"].items():
        if state != "success":
            found.append(f"a run of the DAG {dag_id} did not succeed: {state}")
    if not report["twin_hours"]:
        found.append("there are no twin hours")
    if report["synthetic"]:
        found += _missing_on_synthetic(report, lake)
    if live_since and not _live_batches(lake, live_since):
        found.append("nothing that the live ward wrote was taken in")
    return found


def _live_batches(lake: Lake, since: datetime) -> int:
    """How many files of live sources that landed after `since` are in the ledger."""
    with lake.read() as con:
        found = con.execute(
            "SELECT count(*) FROM ops.batch JOIN ops.source USING (source) "
            "WHERE is_live AND state = 'committed' AND landed > ?",
            [since],
        )
        return found.fetchone()[0]


def _missing_on_synthetic(report: dict, lake: Lake) -> list[str]:
    """Invented patients fall ill enough for a model and for alerts."""
    found = [] if report["alerts"] else ["there is no alert"]
    try:
        registry.champion(lake.settings.models, lake.keys)
    except ModelUnusable as unusable:
        found.append(f"there is no usable model: {unusable}")
    return found
