"""The clinical vocabulary: `reference/*.csv` as frames, its YAMLs as sources and outcomes."""

from functools import cache
from pathlib import Path
from typing import Literal

import pandas as pd
import yaml
from pydantic import ValidationError

from warehouse.errors import NotSetUp
from warehouse.outcome import Outcome
from warehouse.settings import Settings
from warehouse.source import File as File
from warehouse.source import Source

REFERENCE = Path(__file__).parent / "reference"

KEYS = {
    "source_codes": ["code_set", "code"],
    "source_values": ["code_set", "concept", "text"],
    "source_locations": ["code_set", "name"],
    "units": ["unit", "source_unit", "concept"],
}
"""The tables to which a hospital adds lines of its own (`WARDTWIN_SOURCES`): what each is about."""


@cache
def table(name: str) -> pd.DataFrame:
    """One CSV as a frame, and the hospital's own lines where it may have some."""
    shipped = _csv(REFERENCE / f"{name}.csv")
    own = _own_folder()
    if name not in KEYS or own is None or not (own / f"{name}.csv").exists():
        return shipped
    return _with_own(shipped, own / f"{name}.csv", KEYS[name])


def _own_folder() -> Path | None:
    own = Settings().sources
    if own is not None and not own.is_dir():
        raise NotSetUp(f"WARDTWIN_SOURCES names {own}, which is no folder")
    return own


def _csv(path: Path) -> pd.DataFrame:
    """Text as it stands: the lab code "NA" is sodium, not a missing value."""
    return pd.read_csv(path, keep_default_na=False, na_values={}, dtype=str)


def _with_own(shipped: pd.DataFrame, path: Path, keys: list[str]) -> pd.DataFrame:
    """Both; `NotSetUp` where the hospital's lines contradict ours, or mean no known concept."""
    own = _csv(path)
    if list(own) != list(shipped):
        raise NotSetUp(f"{path.name} must have the columns {', '.join(shipped)}")
    if "concept" in own and (
        unknown := set(own["concept"]) - {"", *_csv(REFERENCE / "concepts.csv")["name"]}
    ):
        raise NotSetUp(f"{path.name}: no concept is called {', '.join(sorted(unknown))}")
    both = pd.concat([shipped, own], ignore_index=True)
    if len(twice := both[both.duplicated(keys)]):
        first = ", ".join(twice.iloc[0][keys])
        raise NotSetUp(f"{path.name}: there already is a line for {first}; take one of them out")
    return both


@cache
def concepts() -> pd.DataFrame:
    """One row per concept, by name; limits, hours and decimals as numbers."""
    frame = table("concepts").set_index("name")
    numbers = ["plausible_low", "plausible_high", "usual_low", "usual_high"]
    numbers += ["valid_hours", "decimals"]
    numbers += ["chart_low", "chart_high"]
    return frame.assign(**{column: pd.to_numeric(frame[column]) for column in numbers})


def twin_concepts(needs: Literal["full", "last"]) -> list[str]:
    """The concepts whose twins carry all features (`full`), or only the latest value (`last`)."""
    frame = concepts()
    return list(frame.index[frame["features"] == needs])


@cache
def features() -> pd.DataFrame:
    """One row per feature of a concept: name, window_hours, statistic, needs, meaning."""
    return table("features").astype({"window_hours": int})


@cache
def feature_columns() -> dict[str, str]:
    """Column name and SQL type of every concept feature, in the order of the twin tables."""
    columns, of_full = {}, twin_concepts("full")
    told = list(features()[["name", "statistic", "needs"]].itertuples(index=False))
    for concept in of_full + twin_concepts("last"):
        for name, statistic, needs in told:
            if needs == "last" or concept in of_full:
                columns[f"{concept}_{name}"] = "TIMESTAMPTZ" if statistic == "time" else "FLOAT"
    return columns


@cache
def derived_columns() -> dict[str, str]:
    """Column name and SQL type of every value that is worked out from several signs."""
    return dict.fromkeys(table("derived")["name"], "FLOAT")


@cache
def twin_columns() -> dict[str, str]:
    """Column name and SQL type of all that a twin tells: features, derived values, scores."""
    scores = dict.fromkeys(table("scores")["name"], "FLOAT")
    return feature_columns() | derived_columns() | scores


@cache
def sources() -> dict[str, Source]:
    """Every source by name; the hospital's own come first, and replace ours of the same name.

    A YAML may say what it is `like`, and only what differs; `matches` gives the patterns of its
    files by their kind. Raises `NotSetUp`, naming the file and the field, for a faulty YAML.
    """
    found = [_source(path) for folder in _source_folders() for path in sorted(folder.glob("*.yml"))]
    named: dict[str, Source] = {}
    for source in found:
        named.setdefault(source.name, source)
    return named


def _source_folders() -> list[Path]:
    own = _own_folder()
    return [*([own] if own else []), REFERENCE / "sources"]


def _source(path: Path) -> Source:
    try:
        return Source.model_validate(_said(path))
    except ValidationError as error:
        raise NotSetUp(f"the source {path.name} is not valid: {_faults(error)}") from None


def _said(path: Path) -> dict:
    """A source's YAML, whole: with what the one that it is like says."""
    said = yaml.safe_load(path.read_text())
    if not isinstance(said, dict) or "like" not in said:
        return said
    like, matches = said.pop("like"), said.pop("matches", {})
    named = [folder / f"{like}.yml" for folder in _source_folders()]
    found = [yaml.safe_load(each.read_text()) for each in named if each.exists() and each != path]
    if not found or "files" not in found[0]:
        raise NotSetUp(f"{path.name} is like {like}, which is no source that says its own files")
    files = {file["kind"]: file for file in found[0]["files"]}
    if unknown := matches.keys() - files.keys():
        raise NotSetUp(f"{path.name}: {like} has no files of the kind {', '.join(sorted(unknown))}")
    files |= {kind: files[kind] | {"match": match} for kind, match in matches.items()}
    return found[0] | {"files": list(files.values())} | said


@cache
def outcomes() -> dict[str, Path]:
    """The YAML of every outcome by name; the hospital's own replace ours of the same name."""
    folders = [REFERENCE / "outcomes"]
    if own := _own_folder():
        folders.append(own / "outcomes")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yml"))}


def outcome(name: str) -> Outcome:
    """One outcome. `NotSetUp` for no such name, or naming the file and field of a faulty YAML."""
    if name not in outcomes():
        known = ", ".join(outcomes())
        raise NotSetUp(f"no outcome is called {name!r}; the outcomes are: {known}")
    path = outcomes()[name]
    try:
        said = yaml.safe_load(path.read_text())
        found = Outcome.model_validate(said | {"name": name} if isinstance(said, dict) else said)
    except yaml.YAMLError as error:
        raise NotSetUp(f"the outcome {path.name} is no YAML: {error}") from None
    except ValidationError as error:
        raise NotSetUp(f"the outcome {path.name} is not valid: {_faults(error)}") from None
    _check_words(found, path)
    return found


def _check_words(outcome: Outcome, path: Path) -> None:
    """`NotSetUp` where a predicate means a concept or a kind that concepts.csv does not know."""
    known = concepts()
    for name, predicate in outcome.predicates.items():
        where = f"the outcome {path.name} is not valid: predicates.{name}"
        if predicate.concept and predicate.concept not in known.index:
            raise NotSetUp(f"{where}.concept: {predicate.concept} is no name in concepts.csv")
        if unknown := set(predicate.treatment) - {*known.index, *known["kind"]}:
            told = ", ".join(sorted(unknown))
            raise NotSetUp(f"{where}.treatment: {told} is no name and no kind in concepts.csv")


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{_where(fault['loc'])}: {fault['msg']}" for fault in error.errors())


def _where(location: tuple) -> str:
    return ".".join(str(step) for step in location) or "file"
