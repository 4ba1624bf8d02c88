"""`wardtwin evaluate`: whole patients are left out, and what is printed is what was computed."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from jobs.models import recipes, study
from jobs.models.recipes import Recipe
from tests.models.records import at
from warehouse import vocabulary
from warehouse.errors import NotSetUp
from warehouse.lake import insert

WARD = ["s"]
QUICK = Recipe(rounds=20, seeds=1, trees={"min_child_weight": 5.0})


@pytest.fixture(scope="module")
def told(hospital):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(recipes, "recipe", lambda outcome: QUICK)
        return study.run(hospital, "deterioration_24h", WARD, WARD, resamples=30)


def test_the_same_source_twice_is_cross_validated(told):
    assert told["is_cross_validated"]
    assert 0.6 < told["figures"]["auroc"] < 0.97
    low, high = told["intervals"]["auroc"]
    assert low < told["figures"]["auroc"] < high


def test_all_of_it_is_json_and_the_attrition_adds_up(told):
    assert json.loads(json.dumps(told)) is not None
    steps = told["attrition"]
    for before, after in pairwise(steps):
        assert before["hours"] - after["hours_left_out"] == after["hours"]
    assert steps[-1]["hours"] == told["figures"]["rows"]


def test_a_person_is_told_each_figure_with_its_interval(told):
    said = study.told(told)
    assert said["auroc"].startswith(f"{told['figures']['auroc']:.4f} (")


def test_no_patient_is_judged_by_trees_that_have_seen_them():
    """Labels that are chance, and a column that names the patient: only a leak can foretell."""
    random = np.random.default_rng(3)
    patient = np.repeat(np.arange(200), 10)
    label = np.repeat(random.integers(0, 2, 200), 10)
    rows = study.Rows(
        pd.DataFrame({"patient_id": patient, "time": np.tile(np.arange(10.0), 200)}).assign(
            label=label, news2=0.0
        ),
        patient.astype(np.float32).reshape(-1, 1),
        pd.DataFrame(),
    )
    deep = Recipe(rounds=50, seeds=1, trees={"min_child_weight": 1.0, "max_depth": 8})
    margin, _ = study._left_out(rows, deep)
    assert roc_auc_score(label, margin) < 0.65


def test_an_unknown_outcome_or_source_says_so(hospital):
    with pytest.raises(NotSetUp, match="nonsense"):
        study.run(hospital, "nonsense", WARD, WARD, resamples=2)
    with pytest.raises(NotSetUp, match="no hour of elsewhere is labelled"):
        study.run(hospital, "deterioration_24h", ["elsewhere"], WARD, resamples=2)


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_recipe_names_columns_of_the_twin_and_no_outcome(name):
    found = recipes.columns(recipes.recipe(name))
    known = {*recipes.CONTEXT, *vocabulary.twin_columns()}
    assert set(found) <= known and len(set(found)) == len(found)
    assert name in vocabulary.outcomes()


def test_statistics_are_told_apart_by_their_whole_name():
    found = recipes.columns(Recipe(statistics=("n_24h",), scores=False))
    signs = [column for column in found if column not in recipes.CONTEXT]
    assert signs and all(column.endswith("_n_24h") for column in signs)


def test_two_days_are_one_window(con):
    """Of a sign with 3 values of mean 10 on the second day and 1 of 20 on the first."""
    rows = pd.DataFrame({"patient_id": [1, 1], "hour": [at(24), at(48)], "bucket": 0})
    rows["spo2_n_24h"], rows["spo2_mean_24h"] = [1, 3], [20.0, 10.0]
    rows["spo2_min_24h"], rows["spo2_max_24h"] = [20.0, 8.0], [20.0, 12.0]
    insert(con, "twin.patient_hour", rows)
    con.register("labelled", pd.DataFrame({"patient_id": [1], "hour": [at(48)]}))
    found = study._two_days(con)[0].reshape(5, -1)
    place = recipes.of_signs(("n_24h",)).index("spo2_n_24h")
    assert found[:, place].tolist() == [4, 12.5, 8, 20, -10]
