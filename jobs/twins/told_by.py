"""Which concepts and which hours a column of the twin is made of."""

from functools import cache

from jobs.twins import readings, signs
from warehouse import vocabulary


@cache
def window(column: str) -> dict[str, int]:
    """Concept -> how many hours back its values count for this column of the twin.

    Empty for a column that is made of the person or the stay.
    """
    if column.startswith("news2_"):
        return _news2(column.removeprefix("news2_"))
    for concept, hours in readings.look_back_hours().items():
        for feature in vocabulary.features().itertuples():
            if column == f"{concept}_{feature.name}":
                return {concept: int(min(feature.window_hours, hours))}
    return {}


def is_latest(column: str) -> bool:
    """Whether only the newest value in the window counts, not all of them."""
    statistics = vocabulary.features().set_index("name")["statistic"]
    name = next((n for n in statistics.index if column.endswith(f"_{n}")), None)
    return column.startswith("news2_") or statistics.get(name) in ("last", "time")


def _news2(part: str) -> dict[str, int]:
    parameters = [part] if part in signs.TOLD_BY else list(signs.TOLD_BY)
    valid = vocabulary.concepts()["valid_hours"]
    return {c: int(valid[c]) for parameter in parameters for c in signs.TOLD_BY[parameter]}
