"""### Apply what people decided on refused rows

Every five minutes: takes in the decisions that the Quality page and `wardtwin quarantine` have
landed. With the form: decides at once on all rows of a batch that broke a rule.

**Writes** the rows let in (with their twins, predictions, alerts, and the patient-hours they bear
on), the quarantine, the ledger of the batch they came with, `quality.decision`. Each file of
decisions is a batch; a run without any shows as *skipped*.

**Safe to clear?** Always: a decision is applied once. A form's decision is dated by its run.

**When it fails**

| you see | it means | do |
|---|---|---|
| `has no such row in quarantine` | the form names no refused row | look at the Quality page for batch and rule |
| `decision_applies` in the ledger | the row was decided on before, or the line is none | nothing: the others of the file count |
| `waited ... for the lake's write lock` | another process writes for long | nothing: it is tried again |
"""  # noqa: E501

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.retries import OnlyPassingFaults

OBSERVATION = Asset("observation")


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/5 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["quality", "ingest"],
    default_args={
        "owner": "quality-team",
        "retries": 1,
        "retry_delay": timedelta(seconds=30),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(minutes=30),
    },
    params={
        "action": Param(
            "release",
            type="string",
            enum=["release", "reject"],
            title="Decision",
            description="To fix a row, use the Quality page.",
        ),
        "batch": Param("", type="string", title="Batch", description="Empty: only what landed."),
        "rule": Param("", type="string", title="Rule", description="All rows that broke it."),
        "by": Param("", type="string", title="Who decides", description="Your name."),
        "reason": Param("", type="string", title="Why", description="Nothing of a patient."),
    },
)
def release_quarantine():
    @task(outlets=[OBSERVATION], multiple_outputs=False)
    def apply(params=None, dag_run=None, outlet_events=None) -> dict:
        """Land the form's decision, take in all that waits. Returns the counts."""
        from jobs.quarantine import console
        from warehouse import Lake

        counts = console.from_form(Lake.from_env(), dict(params), now=dag_run.run_after)
        if not counts["batches"]:
            raise AirflowSkipException("no decision waits")
        outlet_events[OBSERVATION].extra = counts
        return counts

    apply()


release_quarantine()
