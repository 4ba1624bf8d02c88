"""### Sign the month's validation report

On the first of each month, and by hand with a form: writes the validation report of a month, and
waits for a person of the quality team to approve or reject it (*Required actions* in this run).

**Writes** `var/reports/validation-<month>.html`, and the answer as a decision file that
`release_quarantine` takes in with the next run: who, when, approved or rejected, the hash of the
month's data and the counts that stood there. The report calls a sign-off *void* once a row of that
month has changed.

**Safe to clear?** Yes: clearing `prepare` writes the report anew and asks again. An answer that was
given stays on record.

**When it fails**

| you see | it means | do |
|---|---|---|
| `approve` waits | nobody has answered yet | open the report, then answer; after 30 days the run fails |
| `... is no month` | the form's month is not written like 2026-11 | trigger it again |
| `approved` is skipped | the report was rejected | read `record`: the rejection is on record |
"""  # noqa: E501

from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import CronTriggerTimetable, Param, dag, task

from dags.retries import OnlyPassingFaults

SEEN = """{% for name, value in ti.xcom_pull(task_ids='prepare').items() %}
- {{ name }}: {{ value }}
{% endfor %}"""
MONTH = Param("", type="string", title="Month", description="Such as 2026-11. Empty: the last one.")


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 6 1 * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["quality"],
    default_args={
        "owner": "quality-team",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": OnlyPassingFaults(),
    },
    params={"month": MONTH},
)
def sign_off_report():
    @task(multiple_outputs=False, execution_timeout=timedelta(minutes=30))
    def prepare(params=None, dag_run=None) -> dict:
        """Write the report. Returns its month, the hash of its data, and its counts."""
        from jobs.validation import sign_off
        from warehouse import Lake

        return sign_off.prepare(Lake.from_env(), params["month"], now=dag_run.run_after)

    approve = ApprovalOperator(
        task_id="approve",
        subject="Validation report {{ ti.xcom_pull(task_ids='prepare')['period'] }}",
        body=f"You sign that you have seen these counts, of data of this hash:\n{SEEN}",
        response_timeout=timedelta(days=30),
    )

    @task(trigger_rule="none_failed", execution_timeout=timedelta(minutes=10))
    def record(ti=None) -> dict:
        """Land the answer as a decision file. Returns the month, the hash and the answer."""
        from jobs.validation import sign_off
        from warehouse import Lake

        prepared, answered = (ti.xcom_pull(task_ids=task_id) for task_id in ("prepare", "approve"))
        return sign_off.answer(Lake.from_env(), prepared, answered)

    # A rejection skips what follows directly: `approved` alone, so that `record` hears of both.
    prepare() >> approve >> EmptyOperator(task_id="approved") >> record()


sign_off_report()
