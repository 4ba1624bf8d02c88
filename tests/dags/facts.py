"""Loads dags/ as Airflow's DAG processor does, prints what it finds: `python -m tests.dags.facts`.

A program of its own, because importing Airflow writes a configuration and changes logging.
"""

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowSkipException

from dags.retries import OnlyPassingFaults

HEAVY = ("duckdb", "great_expectations", "numba", "pandas", "pyarrow", "sklearn", "xgboost")
OURS = ("jobs", "warehouse", "expectations", "dash_app")


def main() -> None:
    bag = DagBag(Path(__file__).parents[2] / "dags")
    facts = {
        "errors": bag.import_errors,
        "loaded": sorted({name.split(".")[0] for name in sys.modules} & {*HEAVY, *OURS}),
        "dags": {dag_id: of_dag(dag) for dag_id, dag in bag.dags.items()},
    }
    print(json.dumps(facts | {"decisions": decisions(), "without_a_server": pull_of(bag)}))


def of_dag(dag) -> dict:
    return {
        "doc": dag.doc_md,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(dag.timetable).__name__,
        "cron": dag.timetable.expression,
        "params": {name: of_param(dag.params.get_param(name)) for name in dag.params},
        "tasks": {task.task_id: of_task(task) for task in dag.tasks},
    }


def of_param(param) -> dict:
    return param.schema | {"description": param.description}


def of_task(task) -> dict:
    return {
        "owner": task.owner,
        "retries": task.retries,
        "retry_policy": type(task.retry_policy).__name__,
        "outlets": [asset.name for asset in task.outlets],
        "at_once": task.max_active_tis_per_dag,
        "defers": getattr(task, "deferrable", False) or task.start_from_trigger,
    }


def pull_of(bag: DagBag) -> str:
    """Why `pull_fhir` is skipped where no source has a FHIR server."""
    try:
        return str(bag.dags["pull_fhir"].get_task("servers").python_callable())
    except AirflowSkipException as skipped:
        return str(skipped)


def decisions() -> dict[str, str]:
    """What the retry policy decides about each kind of failure."""
    from warehouse import errors

    kinds = [errors.StoreUnavailable, errors.ContractBroken, errors.NotSetUp, OSError]
    policy = OnlyPassingFaults()
    return {kind.__name__: policy.evaluate(kind("why"), 1, 2).action.value for kind in kinds}


if __name__ == "__main__":
    main()
