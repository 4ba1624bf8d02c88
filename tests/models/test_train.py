import json

import pytest

from jobs.models import features, registry, train
from tests.models.records import NOW, Records, at, ward
from warehouse.lake import frame


@pytest.fixture
def rows(hospital):
    def read(query):
        with hospital.read() as con:
            return frame(con, query)

    return read


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_model_is_promoted_automatically(hospital):
    pointer = registry.promoted(hospital.settings.models, hospital.keys)
    assert (pointer.promoted_by, pointer.at) == ("automatic:first", NOW)


def test_the_model_is_better_than_chance_and_not_too_good(model):
    assert 0.6 < model.manifest.metrics["auroc"] < 0.97
    assert 0.5 < model.manifest.metrics["auroc_news2"] < 0.97


def test_training_again_on_the_same_data_gives_the_same_model_and_changes_nothing(hospital):
    before = files(hospital.settings.models), hospital.snapshot()
    again = train.run(hospital, now=NOW.replace(year=2027))
    assert (files(hospital.settings.models), hospital.snapshot()) == before
    assert not again["promoted"]
    assert again["model_id"] == registry.promoted(hospital.settings.models, hospital.keys).model_id


def test_the_same_data_in_another_hospital_give_the_same_trees(hospital, model, lake):
    with lake.write("the same ward") as con:
        ward(con)
    assert train.run(lake, now=NOW)["model_id"] == model.model_id
    again = registry.champion(lake.settings.models, lake.keys)
    assert again.manifest.sha256 == model.manifest.sha256


def test_promotion_scores_every_patient_and_opens_alerts(rows):
    assert rows("SELECT count(DISTINCT patient_id) AS n FROM model.prediction")["n"][0] == 120
    assert rows("SELECT count(*) AS n FROM alert.alert WHERE cause = 'risk'")["n"][0] > 0


def test_a_prediction_belongs_to_the_batch_of_its_twin(rows):
    assert set(rows("SELECT batch_no FROM model.prediction")["batch_no"]) == {7}


def test_the_manifest_says_what_the_model_was_made_from(hospital, model):
    manifest = model.manifest
    assert manifest.features == features.names()
    assert (manifest.rows, manifest.patients) == (3600, 120)
    assert sum(manifest.split["patients"]) == 120
    assert manifest.snapshot <= hospital.snapshot()
    assert manifest.created == NOW
    assert manifest.code_version == train.code_version()


def test_the_summary_is_plain_json(hospital):
    assert json.loads(json.dumps(train.run(hospital, now=NOW), allow_nan=False))


def test_a_later_model_waits_for_a_person(lake):
    with lake.write("a ward") as con:
        ward(con)
    first = train.run(lake, now=NOW)
    with lake.write("more patients") as con:
        Records(con).hours(*range(30), patient=500, encounter=500)
        Records(con).stay(end=100, patient=500, encounter=500)
    later = train.run(lake, now=NOW)
    assert first["model_id"] != later["model_id"]
    assert not later["promoted"]
    assert first["model_id"] in later["reason"]
    assert registry.promoted(lake.settings.models, lake.keys).model_id == first["model_id"]


@pytest.mark.parametrize(
    "sick_share, reason",
    [(0.0, "no patient-hour of 600"), (0.2, "too few patients")],
)
def test_what_cannot_be_learned_makes_no_model_and_says_why(sick_share, reason, lake):
    with lake.write("a ward") as con:
        ward(con, patients=20, sick_share=sick_share, seed=3)
    found = train.run(lake, now=NOW)
    assert found["reason"].startswith(reason)
    assert [found[name] for name in ("model_id", "auroc", "auroc_news2", "auprc", "brier")] == [
        None
    ] * 5
    assert not lake.settings.models.exists()


def test_an_empty_lake_makes_no_model(lake):
    found = train.run(lake, now=NOW)
    assert (found["model_id"], found["rows"]) == (None, 0)
    assert found["reason"].startswith("no hours at risk")


def test_a_model_that_knows_the_answer_is_kept_but_not_promoted(lake):
    """A sign that is measured only once somebody has called the ICU: a leak, not foresight."""
    with lake.write("a ward with a leak") as con:
        ward(con)
        con.execute(
            "UPDATE twin.patient_hour SET lactate_last = 9 WHERE hour >= ? "
            "AND patient_id IN (SELECT patient_id FROM clinical.location)",
            [at(6)],
        )
    found = train.run(lake, now=NOW)
    assert not found["promoted"]
    assert found["reason"].endswith("leak?")
    assert registry.promoted(lake.settings.models, lake.keys) is None
    assert registry.find(lake.settings.models, lake.keys, found["model_id"]) is not None
