"""### Build the quality team's reports

Every 15 minutes, off the hot path: makes the tables of trends, drift and findings anew, and brings
Great Expectations' Data Docs of the last 50 batches up to date, from the counts that the gate kept.
It takes in no data and judges none.

**Writes** schema `report`, which the Quality pages and the monthly report show, and `var/docs`: open
`/docs/` on the pages. A page for each batch (its row of the ledger, what each rule saw and refused),
an index, and the rules in words. Counts only, never a patient's value.
Pages of batches that have not changed are kept; `built` in the log, the XCom and the event of the
asset `data_docs` tells how many are new.

**Safe to clear?** Always: the same batches give the same pages, and a reader sees the old site
until the new one is complete.

**When it fails**

| you see | it means | do |
|---|---|---|
| `waited ... for the lake's write lock` | another run still builds the pages | nothing: it is tried again |
| `... is something else than a built site` | somebody put a folder of their own at `var/docs` | move it away; clear the task |
| `no lake at ...` | the lake or its key is missing | run `wardtwin doctor` |
"""  # noqa: E501

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, dag, task

from dags.retries import OnlyPassingFaults

OBSERVATION = Asset("observation")
DATA_DOCS = Asset("data_docs")


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/15 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["quality"],
    default_args={
        "owner": "quality-team",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(minutes=10),
    },
)
def quality_report():
    @task(inlets=[OBSERVATION], multiple_outputs=False)
    def tables(dag_run=None) -> dict:
        """Make trends, drift and findings anew. Returns the rows per table."""
        from jobs.validation import build
        from warehouse import Lake

        return build.run(Lake.from_env(), now=dag_run.run_after)

    @task(inlets=[OBSERVATION], outlets=[DATA_DOCS], multiple_outputs=False)
    def build(outlet_events=None) -> dict:
        """Bring the pages up to date. Returns how many there are and how many are new."""
        from expectations import docs
        from warehouse import Lake

        lake = Lake.from_env()
        counts = docs.build(lake, lake.settings.var / "docs")
        outlet_events[DATA_DOCS].extra = counts
        return counts

    tables()
    build()


quality_report()
