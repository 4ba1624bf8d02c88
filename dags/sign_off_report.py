"""### Sign the month's validation report

On the first of each month, and by hand with a form: writes a month's validation report, and waits
for a person of the quality team to approve or reject it (*Required Actions*, in the run or in all).

**Writes** `var/reports/validation-<month>.html`, and a decision that `release_quarantine` takes in:
who answered what and when, the counts, the data's hash. A later change of that month voids it.

**Safe to clear?** Yes: clearing `prepare` asks again. An answer that was given stays on record.

**When it fails**

| you see | it means | do |
|---|---|---|
| `approve` waits | nobody has answered yet, or within a second: Airflow loses that and asks again | open the report, then answer; after twice 30 days the run fails |
| `... is no month` | the form's month is not written like 2026-11 | trigger it again |
"""  # noqa: E501

from datetime import timedelta

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import CronTriggerTimetable, Param, dag, task

from dags.retries import OnlyPassingFaults


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 6 1 * *", timezone="UTC"),
    catchup=False,
    max_active_runs=12,  # while one month waits for its person, another can be signed
    tags=["quality"],
    default_args={
        "owner": "quality-team",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(minutes=30),
    },
    params={"month": Param("", type="string", title="Month", description="2026-11, or the last.")},
)
def sign_off_report():
    @task(multiple_outputs=False, max_active_tis_per_dag=1)
    def prepare(params=None, dag_run=None) -> dict:
        """Write the report. Returns its month, the hash of its data, its counts, the question."""
        from jobs.validation import sign_off
        from warehouse import Lake

        return sign_off.prepare(Lake.from_env(), params["month"], now=dag_run.run_after)

    approve = HITLOperator(
        task_id="approve",
        subject="Validation report {{ ti.xcom_pull(task_ids='prepare')['period'] }}",
        body="{{ ti.xcom_pull(task_ids='prepare')['question'] }}",
        options=["Approve", "Reject"],  # an ApprovalOperator would skip `record` on a rejection
        response_timeout=timedelta(days=30),
    )

    @task
    def record(ti=None) -> dict:
        """Land the answer as a decision file. Returns the month, the hash and the answer."""
        from jobs.validation import sign_off
        from warehouse import Lake

        return sign_off.answer(Lake.from_env(), *ti.xcom_pull(task_ids=["prepare", "approve"]))

    prepare() >> approve >> record()


sign_off_report()
