"""### Ask FHIR servers for what is new

Every 15 minutes, five before `ingest_ehr`: asks the FHIR server of each source whose YAML names one
(`rest`) for what has changed since the last time, one mapped task a source. The YAML holds the
address, the types and the name of the variable with the token; no form does. Where no YAML names a
server, nothing is asked and its tasks show as *skipped*.

**Writes** a file for each resource type into `var/landing/<source>`, then the watermark in
`var/pull`; `ingest_ehr` takes the files in. Each `pull` task shows in its log and its XCom how many
resources of each type came.

**Safe to clear?** Always: what comes a second time is a duplicate.

**When it fails**

| you see | it means | do |
|---|---|---|
| `the FHIR server answered ... 6 times` | it is busy, or nothing gets through to it | nothing: it is tried again; if it stays, see whether the machine that runs the tasks may reach it |
| `the FHIR server answered 401` (403, 404) | token, address or a type is wrong | mend the YAML or the token; clear the task |
| `neither ... nor ..._FILE is set` | Airflow has no token for that server | give the scheduler the variable, restart it; clear the task |
| `servers` is red | a YAML of yours is faulty | the last line of its log names file and field; mend it, clear the task |
| a task ended after four hours | the first pull of a large server | pause this DAG, run `wardtwin pull SOURCE` once by hand, go on |
"""  # noqa: E501

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.retries import OnlyPassingFaults


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("10-59/15 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["ehr", "ingest"],
    default_args={
        "owner": "data-operations",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(hours=4),
    },
)
def pull_fhir():
    @task
    def servers() -> list[str]:
        """List the sources that have a FHIR server."""
        from jobs import fhir_pull

        if not (found := fhir_pull.sources()):
            raise AirflowSkipException("no source's YAML names a FHIR server")
        return found

    @task(multiple_outputs=False, map_index_template="{{ task.op_kwargs['source'] }}")
    def pull(source: str, dag_run=None) -> dict:
        """Land what is new on one server. Returns how many resources of each type came."""
        from jobs import fhir_pull
        from jobs.ingest.landing import source_named
        from warehouse import Settings

        return fhir_pull.run(Settings(), source_named(source), now=dag_run.run_after)

    pull.expand(source=servers())


pull_fhir()
