"""The limits of trends and anomalies: `reference/anomaly_limits.csv`."""

from functools import cache

from warehouse import vocabulary


def limit(name: str) -> float:
    """One limit by its name."""
    return _limits()[name]


@cache
def _limits() -> dict[str, float]:
    table = vocabulary.table("anomaly_limits")
    return dict(zip(table["name"], table["value"].astype(float), strict=True))
