"""For `wardtwin bench ingest`: the same suite by Great Expectations' own pandas engine."""

import great_expectations as gx

from expectations import suites
from warehouse.lake import Connection, frame

WRONG_EVERY = 1000


def make_up(con: Connection, rows: int) -> None:
    """Fill `typed_observation` with made-up values, one in a thousand of them impossible."""
    flags = [
        f"true AS {rule.column}"
        for rule in suites.rules("observation").itertuples()
        if rule.expectation == "is_true"
    ]
    con.execute(
        f"""
        CREATE TABLE typed_observation AS
        SELECT
            i AS line, CAST(0 AS SMALLINT) AS part, '8867-4' AS source_code,
            make_timestamptz(1772000000000000 + i) AS time,
            make_timestamptz(1772000000000000 + i) AS arrived,
            make_timestamptz(1772003600000000 + i) AS latest_time,
            CASE WHEN i % {WRONG_EVERY} = 0 THEN 999.0 ELSE 60.0 + i % 60 END AS value,
            10.0 AS plausible_low, 300.0 AS plausible_high, {", ".join(flags)}
        FROM range({int(rows)}) AS made(i)
        """
    )


def check(con: Connection) -> int:
    """Judge the rows as a frame; how many failed. Making the frame is not part of the work."""
    rows = frame(con, "FROM typed_observation")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("batch")
    definition = asset.add_batch_definition_whole_dataframe("whole")
    batch = definition.get_batch(batch_parameters={"dataframe": rows})
    found = batch.validate(suites.suite("observation"), result_format="COMPLETE")
    return sum(result.result["unexpected_count"] for result in found.results)
