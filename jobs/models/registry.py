"""Models on disk: trees as UBJ, a signed manifest beside them, a pointer to the one in use.

    models/<model_id>/model.ubj, manifest.json      models/champion.json

Nothing is loaded before its manifest's signature, its size, its hash and its features are checked;
nothing is ever unpickled.
"""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import xgboost as xgb
from pydantic import ValidationError

from jobs.models import features, signed
from jobs.models.manifest import Champion, Manifest
from warehouse.errors import ModelUnusable
from warehouse.keys import Keys

MOST_BYTES = 64 * 2**20
"""A model of ours has less than 1 MB; what is larger than this is none."""


@dataclass(frozen=True)
class Model:
    """A verified model, ready to score."""

    manifest: Manifest
    booster: xgb.Booster

    @property
    def model_id(self) -> str:
        return self.manifest.model_id


def champion(models: Path, keys: Keys) -> Model:
    """The promoted model, verified; loaded once per process. `ModelUnusable` says what is wrong."""
    pointer = promoted(models, keys)
    if pointer is None:
        raise ModelUnusable("no model has been promoted yet: run `wardtwin train`")
    return load(models, keys, pointer.model_id)


def load(models: Path, keys: Keys, model_id: str) -> Model:
    """A stored model, verified, promoted or not. `ModelUnusable` says what is wrong."""
    folder = models / model_id
    return _load(folder, _key(keys), _stamps(folder))


def promoted(models: Path, keys: Keys) -> Champion | None:
    """The pointer to the champion; None while there is none."""
    path = models / "champion.json"
    if not path.exists():
        return None
    return _parsed(Champion, signed.read(path, _key(keys)))


def manifests(models: Path, keys: Keys) -> list[Manifest]:
    """The manifests of the stored models, the newest last; what cannot be trusted is left out."""
    found = []
    for folder in models.iterdir() if models.exists() else []:
        try:
            found.append(_manifest(folder, _key(keys)))
        except ModelUnusable:
            continue
    return sorted(found, key=lambda manifest: (manifest.created, manifest.model_id))


def find(models: Path, keys: Keys, model_id: str) -> Manifest | None:
    """The manifest of a stored model whose trees are whole; None if there is no such."""
    for manifest in manifests(models, keys):
        if manifest.model_id == model_id and _trees(models / model_id, manifest):
            return manifest
    return None


def store(models: Path, keys: Keys, trees: bytes, manifest: Manifest) -> None:
    """Put a model beside the others, all of it or nothing; it is not promoted."""
    part, final = models / f".{manifest.model_id}.part", models / manifest.model_id
    for leftover in (part, final):
        shutil.rmtree(leftover, ignore_errors=True)
    part.mkdir(parents=True)
    (part / "model.ubj").write_bytes(trees)
    signed.write(part / "manifest.json", manifest.model_dump(mode="json"), _key(keys))
    part.rename(final)


def promote(models: Path, keys: Keys, model_id: str, *, promoted_by: str, at: datetime) -> None:
    """Put a stored model to use, from the next prediction on; `promoted_by` says who decided."""
    if find(models, keys, model_id) is None:
        raise ModelUnusable(f"no whole model {model_id} is stored: see `wardtwin model list`")
    pointer = Champion(model_id=model_id, promoted_by=promoted_by, at=at)
    signed.write(models / "champion.json", pointer.model_dump(mode="json"), _key(keys))


@lru_cache(maxsize=2)
def _load(folder: Path, key: bytes, stamps: tuple) -> Model:
    """Verify, then load; `stamps` (times and sizes of the files) tells when to do it again."""
    manifest = _manifest(folder, key)
    _check_features(manifest)
    trees = _trees(folder, manifest)
    if trees is None:
        raise ModelUnusable(f"model {folder.name} is not whole: its trees were lost or changed")
    booster = xgb.Booster()
    try:
        booster.load_model(bytearray(trees))
    except xgb.core.XGBoostError:
        raise ModelUnusable(f"model {folder.name} cannot be read by this XGBoost") from None
    booster.set_param({"nthread": 1})
    return Model(manifest, booster)


def _stamps(folder: Path) -> tuple:
    found = [path.stat() for path in sorted(folder.glob("*"))]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)


def _manifest(folder: Path, key: bytes) -> Manifest:
    manifest = _parsed(Manifest, signed.read(folder / "manifest.json", key))
    if manifest.model_id != folder.name:
        raise ModelUnusable(f"the manifest in {folder.name} is that of another model")
    return manifest


def _parsed(kind, document: dict):
    try:
        return kind.model_validate(document)
    except ValidationError:
        raise ModelUnusable(
            f"the model's {kind.__name__.lower()} was written by another version of Wardtwin: "
            "run `wardtwin train` and promote the new model"
        ) from None


def _trees(folder: Path, manifest: Manifest) -> bytes | None:
    """The bytes of the trees, if they are those that were stored."""
    path = folder / "model.ubj"
    if not path.exists() or path.stat().st_size > MOST_BYTES:
        return None
    trees = path.read_bytes()
    return trees if hashlib.sha256(trees).hexdigest() == manifest.sha256 else None


def _check_features(manifest: Manifest) -> None:
    unknown = [name for name in manifest.features if name not in features.groups()]
    if unknown or manifest.feature_set != features.feature_set(manifest.features):
        raise ModelUnusable(
            f"model {manifest.model_id} wants features that today's vocabulary does not have "
            f"({', '.join(unknown[:3]) or 'in another order'}): run `wardtwin train`"
        )


def _key(keys: Keys) -> bytes:
    return keys.sub_key("model")
