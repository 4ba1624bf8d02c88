"""Structured logs to stderr, results to stdout; counts and pseudonyms only."""

import json
import logging
import sys

import pandas as pd
import structlog

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(default=str),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
)

log = structlog.get_logger()


def say(found: dict, as_json: bool) -> None:
    """A command's result, to stdout: a line per entry, or one JSON object."""
    if as_json:
        print(json.dumps(found, default=str))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")


def say_rows(rows: pd.DataFrame) -> None:
    """One JSON object per row, without what is not known; numbers to their last digit."""
    for row in rows.to_dict("records"):
        say({name: value for name, value in row.items() if not pd.isna(value)}, as_json=True)
