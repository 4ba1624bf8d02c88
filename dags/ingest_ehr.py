"""### Take in what the hospital's systems have exported

Every 15 minutes: lists the complete files under `var/landing/<source>/` of all sources that are no
devices, and takes them in one after the other, each in a transaction of its own.

**Writes** the ledger row, the rows kept, the quarantine, twins, predictions and alerts of each
file, all or nothing. Each `ingest` task shows its counts in its log, its XCom and the event of the
asset `observation`: `read = accepted + quarantined + duplicate`.

**Safe to clear?** Always: a file in the ledger is skipped.

**When it fails**

| you see | it means | do |
|---|---|---|
| one red `ingest` task | its file breaks its source's contract; the others are in | read the last line of its log; have the file sent again, or mend the source's YAML and trigger this DAG with the batch id in the form |
| `waited ... for the lake's write lock` | another process writes for long | nothing: it is tried again; then end the process it names |
| `pending` is red | the lake or its key is missing | run `wardtwin doctor` |

A file that changed within the last two seconds waits for the next run. At most 1,000 files a run.
"""  # noqa: E501

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, Param, dag, task
from airflow.sdk.exceptions import AirflowFailException

from dags.retries import OnlyPassingFaults

OBSERVATION = Asset("observation")
FILES_PER_RUN = 1000  # Airflow maps a task at most 1,024 times


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/15 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["ehr", "ingest"],
    default_args={
        "owner": "data-operations",
        "retries": 2,
        "retry_delay": timedelta(seconds=30),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(minutes=30),
    },
    params={
        "retry": Param(
            "",
            type="string",
            title="Refused batch to try again",
            description="Its batch id, from the failed task or the ledger. Empty: none.",
        )
    },
)
def ingest_ehr():
    @task
    def pending(params=None) -> list[dict]:
        """List what waits, in order; a refused batch named in the form is put back first."""
        from jobs import microbatch
        from jobs.ingest import landing
        from warehouse import Lake

        lake = Lake.from_env()
        if params["retry"]:
            microbatch.retry(lake, params["retry"])
        waiting = landing.pending(lake.settings, landing.feeds(is_device=False))
        return [
            {"batch_id": file.batch_id, "source": file.source.name}
            for file in waiting[:FILES_PER_RUN]
        ]

    @task(
        outlets=[OBSERVATION],
        max_active_tis_per_dag=1,
        multiple_outputs=False,
        map_index_template=(
            "{{ task.op_kwargs['batch']['source'] }} {{ task.op_kwargs['batch']['batch_id'][:8] }}"
        ),
    )
    def ingest(batch: dict, dag_run=None, outlet_events=None) -> dict:
        """Take in one file. Returns its counts, and nothing else of it."""
        from expectations import docs
        from jobs import microbatch
        from warehouse import Lake

        lake = Lake.from_env()
        done = microbatch.process_batch(lake, batch["batch_id"], now=dag_run.run_after)
        if done["state"] == "refused":
            raise AirflowFailException(done["reason"])
        counts = {name: value for name, value in done.items() if isinstance(value, int)}
        told = {"data_docs": docs.address(lake.settings, batch["batch_id"])}
        print(f"what each rule saw and refused: {told['data_docs']}")
        outlet_events[OBSERVATION].extra = batch | counts | told
        return counts

    ingest.expand(batch=pending())


ingest_ehr()
