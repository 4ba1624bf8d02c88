"""The limits beyond which something is a finding: `reference/quality_limits.csv`."""

from functools import cache

from warehouse import vocabulary


@cache
def limits() -> dict[str, float]:
    """Value by name; what each means stands beside it in the CSV."""
    table = vocabulary.table("quality_limits")
    return dict(zip(table["name"], table["value"].astype(float), strict=True))
