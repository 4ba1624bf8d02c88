import json

import numpy as np
import pandas as pd
import pytest

from jobs.alerts import levels
from jobs.models import features, predict, reasons, registry
from jobs.models.manifest import Calibration
from jobs.models.registry import Model
from tests.conftest import undone
from tests.models.records import NOW, Records
from warehouse.errors import ModelUnusable
from warehouse.lake import frame


@pytest.fixture
def con(hospital):
    """A transaction on the ward that is never committed."""
    with undone(hospital) as con:
        yield con


def count(con, table):
    return con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def with_calibration(model, **changed):
    calibration = model.manifest.calibration.model_copy(update=changed)
    return Model(model.manifest.model_copy(update={"calibration": calibration}), model.booster)


def test_every_twin_gets_one_prediction_with_a_level(model, twins):
    found = predict.score(model, twins)
    assert list(found["patient_id"]) == list(twins["patient_id"])
    assert list(found["time"]) == list(twins["time"])
    assert found["risk"].between(0, 1).all()
    assert list(found["level"]) == list(levels.risk_level(found["risk"]))
    assert set(found["model_id"]) == {model.model_id}
    assert set(found["feature_set"]) == {features.feature_set(features.names())}


def test_risk_rises_with_margin(model, twins):
    found = predict.score(model, twins).sort_values("margin")
    assert (found["risk"].diff().dropna() >= 0).all()


def test_a_patient_scored_alone_has_the_same_risk_to_the_bit(model, twins):
    everyone = predict.score(model, twins)
    for place in (0, 57, 119):
        alone = predict.score(model, twins.iloc[[place]])
        pd.testing.assert_series_equal(alone.iloc[0], everyone.iloc[place], check_names=False)


def test_no_twins_have_no_predictions(model, twins):
    found = predict.score(model, twins.iloc[:0])
    assert found.empty
    assert {"patient_id", "risk", "level", "margin", "reasons"} <= set(found)


def test_contributions_and_bias_add_up_to_the_margin(model, twins):
    matrix = features.matrix(twins, "time", model.manifest.features)
    added = reasons.contributions(model, matrix).sum(axis=1)
    assert added == pytest.approx(predict.score(model, twins)["margin"].to_numpy(), abs=1e-4)


def test_reasons_are_given_for_those_whom_someone_will_look_at(model, twins):
    found = predict.score(model, twins)
    worst = levels.worst(found["level"], levels.news2_level(twins))
    assert (found["reasons"].notna() == (worst != "routine")).all()
    assert found["reasons"].notna().any() and found["reasons"].isna().any()


def test_only_the_gravest_are_explained_when_there_are_too_many(model, twins, monkeypatch):
    monkeypatch.setattr(predict, "MOST_EXPLAINED", 5)
    found = predict.score(model, twins)
    explained = found[found["reasons"].notna()]
    assert len(explained) == 5
    assert set(explained["level"]) == {"emergency"}


def test_reasons_come_heaviest_first_and_at_most_five(model, twins):
    for text in predict.score(model, twins)["reasons"].dropna():
        weights = [abs(reason["contribution"]) for reason in json.loads(text)]
        assert weights == sorted(weights, reverse=True)
        assert 1 <= len(weights) <= 5


def test_a_reason_has_value_unit_time_contribution_and_words(model, twins):
    text = predict.score(model, twins).sort_values("risk")["reasons"].dropna().iloc[-1]
    by_concept = {reason["concept"]: reason for reason in json.loads(text)}
    rate = by_concept["respiratory_rate"]
    assert set(rate) == {"concept", "value", "unit", "time", "contribution", "words"}
    assert (rate["unit"], rate["time"]) == ("/min", "2026-03-02T04:55:00+00:00")
    assert rate["contribution"] > 0
    assert rate["words"].startswith(f"respiratory rate {rate['value']:.0f} /min, up from 16")


def test_a_risk_that_is_not_a_number_is_refused(model, twins):
    with pytest.raises(ModelUnusable, match="not numbers"):
        predict.score(with_calibration(model, intercept=np.nan), twins)


def test_the_very_same_risk_for_different_patients_is_refused(model, twins):
    with pytest.raises(ModelUnusable, match="very same risk"):
        predict.score(with_calibration(model, slope=0.0), twins)


def test_the_very_same_risk_for_patients_alike_is_not_refused(model, twins):
    alike = pd.concat([twins.iloc[[0]]] * 60, ignore_index=True)
    assert predict.score(model, alike)["risk"].nunique() == 1


def test_a_twin_that_lacks_a_feature_is_refused(model, twins):
    with pytest.raises(ModelUnusable, match="spo2_last"):
        predict.score(model, twins.drop(columns="spo2_last"))


def test_the_same_prediction_is_not_added_twice(con, model, twins):
    before = count(con, "model.prediction")
    predict.append(con, model, twins, batch_no=9)
    predict.append(con, model, twins, batch_no=9)
    assert count(con, "model.prediction") == before + len(twins)


def test_in_critical_care_there_is_nothing_left_to_predict(con, model, twins):
    records = Records(con, first=10_000)
    records.place(start=20, patient=1, encounter=1)
    records.place(start=20, end=25, patient=2, encounter=2)
    records.treatment("norepinephrine", start=20, patient=3, encounter=3)
    records.treatment("dobutamine", start=20, patient=4, encounter=4)
    found = predict.append(con, model, twins[twins["patient_id"] <= 4], batch_no=9)
    assert list(found["patient_id"]) == [2, 4]


def test_another_batch_adds_its_own_predictions(con, model, twins):
    before = count(con, "model.prediction")
    for batch_no in (9, 10):
        predict.append(con, model, twins.iloc[:3], batch_no)
    assert count(con, "model.prediction") == before + 6


def test_what_is_appended_is_what_is_stored(con, model, twins):
    returned = predict.append(con, model, twins, batch_no=9)
    stored = frame(con, "SELECT * FROM model.prediction WHERE batch_no = 9 ORDER BY patient_id")
    pd.testing.assert_frame_equal(stored, returned[stored.columns], check_dtype=False)


def test_appending_nothing_adds_nothing(con, model, twins):
    before = count(con, "model.prediction")
    assert predict.append(con, model, twins.iloc[:0], batch_no=9).empty
    assert count(con, "model.prediction") == before


def test_running_for_everyone_twice_is_running_once(hospital):
    def tables():
        with hospital.read() as con:
            return [count(con, t) for t in ("model.prediction", "alert.alert", "alert.transition")]

    before = tables()
    assert predict.run_all(hospital) == {
        "predictions": 120,
        "opened": 0,
        "raised": 0,
        "resolved": 0,
    }
    assert tables() == before


def test_without_a_model_running_for_everyone_says_so(lake):
    with pytest.raises(ModelUnusable, match="wardtwin train"):
        predict.run_all(lake)


def test_running_for_an_empty_ward_does_nothing(hospital, lake):
    models, keys = hospital.settings.models, hospital.keys
    manifest = registry.manifests(models, keys)[0]
    trees = (models / manifest.model_id / "model.ubj").read_bytes()
    registry.store(lake.settings.models, lake.keys, trees, manifest)
    registry.promote(lake.settings.models, lake.keys, manifest.model_id, promoted_by="a", at=NOW)
    assert predict.run_all(lake)["predictions"] == 0


def test_calibration_is_a_straight_line_on_the_log_odds(model, twins):
    line = Calibration(slope=2.0, intercept=-1.0)
    changed = Model(model.manifest.model_copy(update={"calibration": line}), model.booster)
    found = predict.score(changed, twins)
    log_odds = np.log(found["risk"] / (1 - found["risk"]))
    assert log_odds.to_numpy() == pytest.approx(2 * found["margin"].to_numpy() - 1)
