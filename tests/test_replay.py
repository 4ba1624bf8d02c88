"""What was predicted then is predicted again, whatever has landed and been corrected since."""

import os
import random
import shutil
from collections import defaultdict
from datetime import timedelta

import pandas as pd
import pytest
from typer.testing import CliRunner

from jobs import microbatch, replay, trace
from jobs.cli import app
from jobs.ingest.landing import pending
from jobs.models import registry
from jobs.simulate import daily
from jobs.twins import changes
from tests.conftest import NOW
from tests.models.conftest import hospital as hospital
from warehouse import Lake, Settings
from warehouse.lake import frame

pytestmark = pytest.mark.slow

UNTIL = NOW.replace(hour=0)
PATIENTS, WANTED = (300, 1000) if "WARDTWIN_LONG" in os.environ else (24, 24)
"""In the ward, and predictions to be made anew."""


@pytest.fixture(scope="module")
def lake(hospital, tmp_path_factory) -> Lake:
    """Three days of a synthetic ward, file by file, each twin scored; the laboratory came last.

    Then some values are corrected and some taken back, and old snapshots expire.
    """
    var = tmp_path_factory.mktemp("replayed")
    lake = Lake.create(Settings(var=var, key_file=hospital.settings.keys, settle_seconds=0))
    shutil.copytree(hospital.settings.models, lake.settings.models)
    daily.write_days(
        lake.settings.landing,
        seed=3,
        patients=PATIENTS,
        days=3,
        until=UNTIL,
        beds=6,
        has_faults=False,
    )
    landed = sorted(pending(lake.settings), key=lambda file: file.source.name == "demo-lab")
    for file in landed:
        microbatch.process(lake, file, now=NOW)
    _correct(lake)
    with lake.write("expire") as con:
        con.execute("CALL ducklake_expire_snapshots('lake', older_than => now())")
    return lake


def _correct(lake: Lake) -> None:
    """New versions of every tenth value, half of them empty, as another batch would leave them."""
    with lake.write("corrections") as con:
        (batch,) = con.execute("SELECT max(batch_no) + 1 FROM ops.batch").fetchone()
        con.execute(
            "INSERT INTO clinical.observation BY NAME "
            "SELECT * REPLACE ("
            "CASE WHEN observation_id % 20 < 10 THEN value + 7 END AS value, "
            "arrived + INTERVAL 1 MINUTE AS arrived, true AS is_revised, $batch AS batch_no) "
            "FROM clinical.observation WHERE observation_id % 10 = 0",
            {"batch": batch},
        )


@pytest.fixture(scope="module")
def predictions(lake) -> pd.DataFrame:
    with lake.read() as con:
        return frame(con, "SELECT * FROM model.prediction ORDER BY ALL")


def test_past_predictions_come_out_the_same_to_the_bit(lake, predictions):
    chosen = predictions.sample(WANTED, random_state=1)
    for batch_no, group in chosen.groupby("batch_no"):
        found = replay.run(lake, sorted(set(group["patient_id"].tolist())), int(batch_no))
        assert found.predictions["is_equal"].all()
        assert len(found.predictions) >= len(group)


def test_past_alerts_come_out_the_same(lake):
    with lake.read() as con:
        told = frame(
            con,
            "SELECT batch_no, patient_id, change FROM alert.transition "
            "JOIN alert.alert USING (alert_id) ORDER BY ALL",
        )
    assert set(told["change"]) >= {"opened", "resolved"}
    batches = defaultdict(set)
    for row in told.itertuples():
        batches[row.batch_no].add(row.patient_id)
    for batch_no in random.Random(1).sample(sorted(batches), 3):
        found = replay.run(lake, sorted(batches[batch_no]), int(batch_no))
        assert len(found.transitions) and found.transitions["is_equal"].all()


def test_the_present_answer_is_another_one(lake, predictions):
    """Else equality would prove nothing: late and corrected values do change what is known."""
    last = predictions["batch_no"].max()
    old = predictions[predictions["batch_no"] < last]
    row = old.iloc[0]
    newest = changes.between(
        lake,
        int(row["patient_id"]),
        (row["time"], int(row["batch_no"])),
        (row["time"], int(last) + 1),
    )
    assert len(newest)


def test_a_prediction_that_does_not_come_out_again_is_said(lake, predictions):
    row = predictions.iloc[-1]
    with lake.write("a forged risk") as con:
        con.execute(
            "UPDATE model.prediction SET risk = 0.999 WHERE patient_id = ? AND batch_no = ?",
            [int(row["patient_id"]), int(row["batch_no"])],
        )
    try:
        found = replay.run(lake, [int(row["patient_id"])], int(row["batch_no"]))
        assert not found.is_equal
    finally:
        with lake.write("as it was") as con:
            con.execute(
                "UPDATE model.prediction SET risk = ? WHERE patient_id = ? AND batch_no = ?",
                [row["risk"], int(row["patient_id"]), int(row["batch_no"])],
            )


def test_every_changed_field_names_the_value_that_changed_it(lake, predictions):
    row = predictions.iloc[len(predictions) // 2]
    patient, newest = int(row["patient_id"]), int(predictions["batch_no"].max()) + 1
    before = (row["time"] - timedelta(hours=3), newest)
    found = changes.between(lake, patient, before, (row["time"], newest))
    measured = found[found["field"].str.contains("_(?:last|n_1h|mean_6h)$")]
    assert len(measured)
    assert measured["change"].isin(["new", "corrected", "taken back", "aged out"]).all()
    assert (measured["arrived"] <= row["time"]).all()


def test_a_field_is_traced_to_the_line_of_the_landed_file(lake, predictions):
    row = predictions.iloc[0]
    found = trace.field(
        lake, int(row["patient_id"]), "heart_rate_mean_24h", row["time"], int(row["batch_no"])
    )
    assert len(found)
    assert found["batch_id"].notna().all()
    assert (found["line"].astype(int) >= 1).all()


def test_the_commands_say_it_to_a_person(lake, predictions, monkeypatch):
    monkeypatch.setenv("WARDTWIN_VAR", str(lake.settings.var))
    monkeypatch.setenv("WARDTWIN_KEY_FILE", str(lake.settings.keys))
    row = predictions.iloc[0]
    patient, at = str(row["patient_id"]), row["time"].strftime("%Y-%m-%dT%H:%M:%S")
    run = CliRunner().invoke
    told = run(app, ["replay", "--patient", patient, "--at", at])
    assert told.exit_code in (0, 1) and '"is_equal"' in told.stdout
    told = run(app, ["replay", "--patient", "1", "--at", at])
    assert told.exit_code == 1
    told = run(app, ["trace", "heart_rate_last", "--patient", patient, "--at", at])
    assert told.exit_code == 0


def test_a_model_that_is_not_kept_is_named(lake, predictions):
    with pytest.raises(registry.ModelUnusable):
        registry.load(lake.settings.models, lake.keys, "0" * 16)
