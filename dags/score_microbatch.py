"""### Score what the bedside devices have just sent

Every minute: takes in every complete file of the device sources, one transaction per file: judged,
twins renewed, risk predicted, alerts opened, raised or resolved.

**Writes** ledger, observations, quarantine, `patient_now`, predictions and alerts of each file, all
or nothing. The counts stand in the log, the XCom and the event of the asset `observation`. A minute
in which nothing had arrived shows as *skipped*.

**Safe to clear?** Always: a file in the ledger is skipped, and a run looks at what waits now.

**When it fails**

| you see | it means | do |
|---|---|---|
| `... refused` | a file breaks its source's contract; all others of the run are in | read the log's last line: it names source and batch; have it sent again, or `wardtwin ingest --retry BATCH` |
| `waited ... for the lake's write lock` | another process writes for long | nothing: the next minute does the work; if it stays, end the process it names |
| runs longer than a minute | more arrives than is worked off | nothing is lost, the page says how old its data are; look for a rebuild running beside it |
"""  # noqa: E501

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.retries import OnlyPassingFaults

OBSERVATION = Asset("observation")


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("* * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["devices", "ingest"],
    default_args={
        "owner": "data-operations",
        "retries": 1,
        "retry_delay": timedelta(seconds=10),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(minutes=30),
    },
)
def score_microbatch():
    @task(outlets=[OBSERVATION], multiple_outputs=False)
    def score(dag_run=None, outlet_events=None) -> dict:
        """Work off the device files that wait. Returns the counts of all together."""
        from jobs import microbatch
        from jobs.ingest import landing
        from warehouse import Lake

        devices = landing.feeds(is_device=True)
        counts = microbatch.drain(Lake.from_env(), now=dag_run.run_after, sources=devices)
        if not counts["batches"]:
            raise AirflowSkipException("no device file waits")
        outlet_events[OBSERVATION].extra = counts
        return counts

    score()


score_microbatch()
