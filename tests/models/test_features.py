import numpy as np
import pandas as pd
import pytest

from jobs.models import features
from warehouse.errors import ModelUnusable


def test_no_feature_tells_how_long_the_patient_has_been_in_hospital():
    assert "hours_in_hospital" not in features.names(with_frequency=True)


def test_how_often_a_sign_was_measured_is_left_out_unless_asked_for():
    assert not [name for name in features.names() if name.startswith("spo2_n_")]
    assert "spo2_n_6h" in features.names(with_frequency=True)


@pytest.mark.parametrize(
    "feature, about",
    [
        ("spo2_last", "spo2"),
        ("spo2_age", "spo2"),
        ("spo2_scale_last", "spo2_scale"),
        ("gcs_eye_last", "gcs_eye"),
        ("oxygen_flow_last", "oxygen_flow"),
        ("oxygen_last", "oxygen"),
        ("news2_spo2", "spo2"),
        ("news2_scale", "spo2_scale"),
        ("news2_total", "news2"),
        ("age", "age"),
        ("is_female", "sex"),
    ],
)
def test_every_feature_belongs_to_what_it_is_about(feature, about):
    assert features.groups()[feature] == about


def test_a_time_becomes_an_age_in_hours_at_the_instant(twins):
    instant = twins["time"] + pd.Timedelta("55min")
    found = features.matrix(twins.assign(time=instant), "time", ["spo2_age"])
    assert np.allclose(found, 1.0)


def test_what_is_missing_stays_missing(twins):
    found = features.matrix(twins, "time", ["lactate_last", "lactate_age", "spo2_last"])
    assert np.isnan(found[:, :2]).all()
    assert not np.isnan(found[:, 2]).any()


def test_the_columns_come_in_the_order_asked_for(twins):
    one, other = (features.matrix(twins, "time", n) for n in (["age", "spo2_last"], ["spo2_last"]))
    assert (one[:, 1] == other[:, 0]).all()
    assert one.dtype == np.float32


def test_history_and_now_give_the_same_features(hospital, twins):
    """The last hour of the history and the present twin are the same instant in this ward."""
    with hospital.read() as con:
        hours = con.execute(
            "SELECT * FROM twin.patient_hour "
            "QUALIFY hour = max(hour) OVER (PARTITION BY patient_id) ORDER BY patient_id"
        ).to_arrow_table()
    past = features.matrix(hours.to_pandas(), "hour", features.names())
    assert np.array_equal(past, features.matrix(twins, "time", features.names()), equal_nan=True)


def test_a_twin_without_a_feature_is_refused_by_name(twins):
    with pytest.raises(ModelUnusable, match="spo2_age"):
        features.matrix(twins.drop(columns="spo2_time"), "time", ["age", "spo2_age"])


def test_the_feature_set_depends_on_the_order():
    assert features.feature_set(["a", "b"]) != features.feature_set(["b", "a"])
