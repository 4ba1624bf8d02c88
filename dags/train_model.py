"""### Train the model of deterioration

Weekly, and by hand: labels every patient-hour, trains on some patients and judges on others, and
stores the model with its manifest (snapshot, features, figures) under `var/models`.

**Writes** a model folder. The first model that passes its checks is promoted at once
(`automatic:first`) and everyone in `patient_now` is scored with it; any later one waits for a
person. Its figures, and the reason if there is no usable model, stand in the log, the XCom and the
event of the asset `model`.

**Safe to clear?** Yes: it trains again, on what is known now. It never replaces a promoted model.

**When it fails**

| you see | it means | do |
|---|---|---|
| green, `promoted` false with a reason | too few patients or events, or it did not pass its checks | nothing: the pages go on with NEWS2 (or the promoted model) and say so |
| no patient hours | the history was never built | trigger `rebuild_twins` with *full*, then this |
| the task ends without a message | the machine had no memory left | lower `WARDTWIN_MEMORY`; clear the task |
"""  # noqa: E501

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, dag, task

from dags.retries import OnlyPassingFaults

PATIENT_HOUR = Asset("patient_hour")
MODEL = Asset("model")


@dag(
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 3 * * 1", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["model"],
    default_args={
        "owner": "clinical-modelling",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "retry_policy": OnlyPassingFaults(),
        "execution_timeout": timedelta(hours=4),
    },
)
def train_model():
    @task(inlets=[PATIENT_HOUR], outlets=[MODEL], multiple_outputs=False)
    def train(dag_run=None, outlet_events=None) -> dict:
        """Label, train, judge, store. Returns the figures."""
        from jobs.models import train
        from warehouse import Lake

        figures = train.run(Lake.from_env(), now=dag_run.run_after)
        outlet_events[MODEL].extra = figures
        return figures

    train()


train_model()
