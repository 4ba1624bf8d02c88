"""What one would write instead: each makes hourly features of a Parquet file of readings.

A program of its own, for an environment of its own (`make bench-peers`):
`python peers.py NAME READINGS TARGET PATIENTS` prints {"hours", "seconds", "peak_mb"} for that many
patients. Per sign and hour: last value and time, n, mean, min, max and sd over 1, 6 and 24 h, the
slope over 24 h, the change from the day's mean. None of them minds when a value was known.
"""

import json
import resource
import sys
import time
from pathlib import Path

WINDOWS = (1, 6, 24)


def polars_hourly(source: Path, target: Path, patients: int) -> int:
    """The best form found: sums of each hour on a padded grid, then sums of those over windows."""
    import polars as pl

    rows = pl.scan_parquet(source).filter(pl.col("patient") < patients)
    rows = rows.with_columns(
        hour=(pl.col("time").dt.offset_by("-1us").dt.truncate("1h").dt.offset_by("1h"))
    ).collect()
    grid = (
        rows.group_by("patient")
        .agg(first=pl.col("hour").min(), last=pl.col("hour").max())
        .with_columns(hour=pl.datetime_ranges("first", "last", "1h"))
        .select("patient", "hour")
        .explode("hour")
        .sort("patient", "hour")
    )
    origin = rows["hour"].min()
    columns = [grid]
    for (sign,), readings in rows.group_by("concept", maintain_order=True):
        x = (pl.col("time") - origin).dt.total_microseconds() / 3.6e9
        value = pl.col("value")
        hourly = (
            readings.sort("patient", "time")
            .group_by("patient", "hour", maintain_order=True)
            .agg(
                n=pl.len(), y=value.sum(), yy=(value * value).sum(), low=value.min(),
                high=value.max(), last=value.last(), at=pl.col("time").last(),
                x=x.sum(), xx=(x * x).sum(), xy=(x * value).sum(),
            )
        )  # fmt: skip
        padded = grid.join(hourly, on=["patient", "hour"], how="left", maintain_order="left")
        columns.append(padded.select(_polars_features(pl, sign)))
    pl.concat(columns, how="horizontal").write_parquet(target)
    return len(grid)


def _polars_features(pl, sign: str) -> list:
    """Expressions over one sign's padded hours."""

    def total(name, hours):
        return pl.col(name).fill_null(0).rolling_sum(hours, min_samples=1).over("patient")

    found = [
        pl.col("last").forward_fill().over("patient").alias(f"{sign}_last"),
        pl.col("at").forward_fill().over("patient").alias(f"{sign}_time"),
    ]
    for hours in WINDOWS:
        n, y, yy = total("n", hours), total("y", hours), total("yy", hours)
        low = pl.col("low").rolling_min(hours, min_samples=1).over("patient")
        high = pl.col("high").rolling_max(hours, min_samples=1).over("patient")
        spread = ((yy - y * y / n) / (n - 1)).sqrt()
        found += [
            n.alias(f"{sign}_n_{hours}h"), (y / n).alias(f"{sign}_mean_{hours}h"),
            low.alias(f"{sign}_min_{hours}h"), high.alias(f"{sign}_max_{hours}h"),
            spread.alias(f"{sign}_sd_{hours}h"),
        ]  # fmt: skip
    n, x, y = total("n", 24), total("x", 24), total("y", 24)
    slope = (total("xy", 24) - x * y / n) / (total("xx", 24) - x * x / n)
    change = pl.col("last").forward_fill().over("patient") - y / n
    return [*found, slope.alias(f"{sign}_slope_24h"), change.alias(f"{sign}_change")]


def polars_rolling(source: Path, target: Path, patients: int) -> int:
    """`rolling` as it is documented, at every reading, then the last one of each hour."""
    import polars as pl

    rows = pl.scan_parquet(source).filter(pl.col("patient") < patients).collect()
    hours = rows.select("patient", hour=pl.col("time").dt.truncate("1h").dt.offset_by("1h"))
    grid = hours.unique().sort("hour")
    for (sign,), readings in rows.group_by("concept", maintain_order=True):
        readings, value = readings.sort("time"), pl.col("value")
        for hours_back in WINDOWS:
            found = readings.rolling("time", period=f"{hours_back}h", group_by="patient").agg(
                value.last().alias(f"{sign}_last_{hours_back}h"),
                value.count().alias(f"{sign}_n_{hours_back}h"),
                value.mean().alias(f"{sign}_mean_{hours_back}h"),
                value.min().alias(f"{sign}_min_{hours_back}h"),
                value.max().alias(f"{sign}_max_{hours_back}h"),
                value.std().alias(f"{sign}_sd_{hours_back}h"),
            )
            grid = grid.join_asof(
                found.sort("time"), left_on="hour", right_on="time", by="patient"
            ).drop("time", strict=False)
    grid.write_parquet(target)
    return len(grid)


def pandas_rolling(source: Path, target: Path, patients: int) -> int:
    """`groupby.rolling` of pandas, at every reading, then the last one of each hour."""
    import pandas as pd

    rows = pd.read_parquet(source, filters=[("patient", "<", patients)]).sort_values("time")
    hour = rows["time"].dt.floor("h") + pd.Timedelta(hours=1)
    grid = rows[["patient"]].assign(hour=hour).drop_duplicates().sort_values("hour")
    for sign, readings in rows.groupby("concept", sort=False):
        by_time = readings.set_index("time").groupby("patient")["value"]
        for hours in WINDOWS:
            found = by_time.rolling(f"{hours}h").agg(["count", "mean", "min", "max", "std"])
            found.columns = [f"{sign}_{name}_{hours}h" for name in found.columns]
            found = found.reset_index().sort_values("time")
            grid = pd.merge_asof(grid, found, left_on="hour", right_on="time", by="patient")
            grid = grid.drop(columns="time")
    grid.to_parquet(target)
    return len(grid)


def main(name: str, source: str, target: str, patients: str) -> None:
    begun = time.perf_counter()
    hours = globals()[name](Path(source), Path(target), int(patients))
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"hours": hours, "seconds": seconds, "peak_mb": round(peak)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
