"""Great Expectations on a small frame of counts and bounds, such as one row per day."""

import great_expectations as gx
import pandas as pd
from great_expectations.expectations import Expectation

WHOLE = {"result_format": "COMPLETE", "include_unexpected_rows": False}


def failing_rows(rows: pd.DataFrame, rules: list[Expectation]) -> set:
    """The index of every row that breaks one of the rules."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("counts").add_dataframe_asset("counts")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": rows})
    results = batch.validate(gx.ExpectationSuite("counts", rules), result_format=WHOLE).results
    return {index for result in results for index in result.result["unexpected_index_list"] or []}
