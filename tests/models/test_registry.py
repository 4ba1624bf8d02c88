import json
import random
import shutil

import pytest

from jobs.models import features, registry, signed
from tests.models.records import NOW
from warehouse.errors import ModelUnusable
from warehouse.keys import Keys


@pytest.fixture
def models(hospital, tmp_path):
    """A copy of the hospital's models, to be harmed."""
    return shutil.copytree(hospital.settings.models, tmp_path / "models")


@pytest.fixture
def folder(models, model):
    return models / model.model_id


def signed_again(path, keys, **changes):
    """The document with other words, signed with the right key: what an older version left."""
    document = signed.read(path, keys.sub_key("model")) | changes
    signed.write(path, document, keys.sub_key("model"))


def test_without_a_model_it_says_what_to_run(tmp_path, hospital):
    with pytest.raises(ModelUnusable, match="run `wardtwin train`"):
        registry.champion(tmp_path / "models", hospital.keys)


def test_a_whole_model_is_loaded_once(models, hospital):
    one = registry.champion(models, hospital.keys)
    assert registry.champion(models, hospital.keys) is one


@pytest.mark.parametrize("name", ["model.ubj", "manifest.json"])
def test_a_changed_byte_anywhere_means_that_nothing_is_loaded(name, folder, models, hospital):
    whole = (folder / name).read_bytes()
    for offset in random.Random(1).sample(range(len(whole)), 40):
        changed = bytearray(whole)
        changed[offset] ^= 0x01
        (folder / name).write_bytes(changed)
        with pytest.raises(ModelUnusable):
            registry.champion(models, hospital.keys)


@pytest.mark.parametrize("name", ["model.ubj", "manifest.json"])
@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_lost_or_empty_file_means_that_nothing_is_loaded(name, harm, folder, models, hospital):
    harm(folder / name)
    with pytest.raises(ModelUnusable):
        registry.champion(models, hospital.keys)


def test_a_truncated_model_is_not_loaded(folder, models, hospital):
    trees = (folder / "model.ubj").read_bytes()
    (folder / "model.ubj").write_bytes(trees[: len(trees) // 2])
    with pytest.raises(ModelUnusable, match="trees were lost or changed"):
        registry.champion(models, hospital.keys)


def test_a_huge_file_is_not_even_read(folder, models, hospital, monkeypatch):
    monkeypatch.setattr(registry, "MOST_BYTES", 1000)
    with pytest.raises(ModelUnusable, match="not whole"):
        registry.champion(models, hospital.keys)


def test_a_model_of_another_site_is_not_loaded(models):
    with pytest.raises(ModelUnusable, match="not signed with this site's key"):
        registry.champion(models, Keys(bytes(32)))


def test_a_changed_pointer_is_not_followed(models, hospital):
    path = models / "champion.json"
    path.write_text(path.read_text().replace("automatic:first", "somebody"))
    with pytest.raises(ModelUnusable, match=r"champion\.json was not signed"):
        registry.champion(models, hospital.keys)


@pytest.mark.parametrize(
    "changed",
    [
        lambda names: [*names, "a_sign_of_the_future"],
        lambda names: names[::-1],
        lambda names: names[:-1],
    ],
)
def test_other_features_than_todays_are_refused_before_loading(changed, folder, models, hospital):
    path = folder / "manifest.json"
    signed_again(path, hospital.keys, features=changed(features.names()))
    with pytest.raises(ModelUnusable, match="features that today's vocabulary does not have"):
        registry.champion(models, hospital.keys)


def test_a_manifest_without_calibration_is_refused(folder, models, hospital):
    signed_again(folder / "manifest.json", hospital.keys, calibration=None)
    with pytest.raises(ModelUnusable, match="another version"):
        registry.champion(models, hospital.keys)


def test_a_model_under_another_models_name_is_refused(folder, models, hospital):
    shutil.copytree(folder, models / "another")
    signed_again(models / "champion.json", hospital.keys, model_id="another")
    with pytest.raises(ModelUnusable, match="that of another model"):
        registry.champion(models, hospital.keys)


def test_a_person_promotes_a_stored_model_and_goes_back(folder, models, hospital):
    first = folder.name
    manifest = registry.find(models, hospital.keys, first)
    trees = (folder / "model.ubj").read_bytes()
    second = manifest.model_copy(update={"model_id": "f" * 16})
    registry.store(models, hospital.keys, trees, second)
    for model_id in ("f" * 16, first):
        registry.promote(models, hospital.keys, model_id, promoted_by="dr. a", at=NOW)
        assert registry.champion(models, hospital.keys).manifest.model_id == model_id


@pytest.mark.parametrize("model_id", ["nothing", "../elsewhere", ""])
def test_only_a_stored_model_can_be_promoted(model_id, models, hospital):
    with pytest.raises(ModelUnusable, match="wardtwin model list"):
        registry.promote(models, hospital.keys, model_id, promoted_by="dr. a", at=NOW)


def test_a_broken_model_cannot_be_promoted(folder, models, hospital):
    (folder / "model.ubj").write_bytes(b"not a tree")
    with pytest.raises(ModelUnusable):
        registry.promote(models, hospital.keys, folder.name, promoted_by="dr. a", at=NOW)


def test_a_half_stored_model_is_not_listed(folder, models, hospital):
    folder.rename(models / f".{folder.name}.part")
    assert registry.manifests(models, hospital.keys) == []


def test_the_list_shows_what_can_be_trusted(folder, models, hospital):
    shutil.copytree(folder, models / "copy")
    listed = registry.manifests(models, hospital.keys)
    assert [manifest.model_id for manifest in listed] == [folder.name]
    assert registry.manifests(models / "not there yet", hospital.keys) == []


def test_manifest_and_pointer_are_plain_json_without_patients(folder, models):
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["calibration"]) == {"method", "slope", "intercept"}
    assert set(json.loads((models / "champion.json").read_text())) == {
        "model_id", "promoted_by", "at", "signature",
    }  # fmt: skip
