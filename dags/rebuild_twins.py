"""### Rebuild the hourly history of the twins

Nightly, five minutes before midnight: computes `patient_hour` for that UTC day (its last hour is
23:00), by patient bucket on Dask (`WARDTWIN_DASK`, else threads), from one snapshot.

**Writes** the rows of `twin.patient_hour` of that day, or all of them with *full*; rows of
`twin.patient_now` only where the stored one is not newer; then the whole of `twin.anomaly`: what is
unusual for each patient, by detectors that are fitted anew. No alert comes of it.

**Safe to clear?** Always: the same data give the same rows. **Backfill** by date:
`airflow backfill create --dag-id rebuild_twins --from-date 2026-11-01 --to-date 2026-11-07`, or
*Trigger > Backfill*.

**Full** is for after a change of features, units or codes, and for the first history.

**When it fails**

| you see | it means | do |
|---|---|---|
| `waited ... for the lake's write lock` | another process writes for long | nothing: it is tried again |
| the task ends without a message | the machine had no memory left | lower `WARDTWIN_MEMORY`, or give Dask more workers; clear the task |
"""  # noqa: E501

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, Param, dag, task

from dags.retries import OnlyPassingFaults

OBSERVATION = Asset("observation")
PATIENT_HOUR = Asset("patient_hour")


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("55 23 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["twins"],
    default_args={
        "owner": "data-operations",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(hours=2),
    },
    params={
        "day": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Day (UTC)",
            description="Empty: the day of the run.",
        ),
        "full": Param(
            False, type="boolean", title="Full", description="All days, whatever stands above."
        ),
    },
)
def rebuild_twins():
    @task(inlets=[OBSERVATION], outlets=[PATIENT_HOUR], multiple_outputs=False)
    def rebuild(params=None, dag_run=None, outlet_events=None) -> dict:
        """Rebuild one day, or everything. Returns the counts."""
        from datetime import date

        from jobs.twins import patient_hour
        from warehouse import Lake

        ran = dag_run.logical_date or dag_run.run_after
        day = date.fromisoformat(params["day"]) if params["day"] else ran.date()
        counts = patient_hour.rebuild(Lake.from_env(), day=None if params["full"] else day)
        outlet_events[PATIENT_HOUR].extra = counts
        return counts

    @task(multiple_outputs=False)
    def anomalies() -> dict:
        """Judge every patient's twin anew. Returns the counts."""
        from jobs.anomalies import run
        from warehouse import Lake

        return run.run(Lake.from_env())

    rebuild() >> anomalies()


rebuild_twins()
