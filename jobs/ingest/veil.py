"""What people may have written anywhere leaves a batch as ciphertext: free text, odd codes, units.

The catalog keeps the extremes of text columns in clear.
"""

import pandas as pd

from warehouse.keys import Keys
from warehouse.lake import Connection

VEILED = ("source_code", "source_unit")
"""Text as it stands where it looks like a code or a unit, else as ciphertext."""

SEALED = ("source_text",)
"""Always ciphertext (a BLOB)."""


def prepare(con: Connection, into: str, keys: Keys) -> None:
    """Make `veil_<table>_<column>` (text, hidden) of each such column of `typed_<table>`.

    And the view `accepted_<table>`: the rows that `broken_<table>` does not list, veiled.
    """
    columns = _columns(con, into)
    for column in columns:
        hide = keys.veil if column in VEILED else keys.encrypt
        texts = [row[0] for row in con.execute(
            f"SELECT DISTINCT {column} FROM typed_{into} WHERE {column} IS NOT NULL"
        ).fetchall()]  # fmt: skip
        hidden = {text: hide(text) for text in texts}
        changed = {text: value for text, value in hidden.items() if value != text}
        pairs = pd.DataFrame({"text": list(changed), "hidden": list(changed.values())})
        kind = "VARCHAR" if column in VEILED else "BLOB"
        con.register("pairs", pairs.astype(object))
        con.execute(
            f"CREATE OR REPLACE TABLE veil_{into}_{column} AS "
            f"SELECT CAST(text AS VARCHAR) AS text, CAST(hidden AS {kind}) AS hidden FROM pairs"
        )
        con.unregister("pairs")
    con.execute(f"CREATE OR REPLACE VIEW accepted_{into} AS {_accepted(into, columns)}")


def _accepted(into: str, columns: list[str]) -> str:
    hidden = [
        f"coalesce(v_{c}.hidden, t.{c}) AS {c}" if c in VEILED else f"v_{c}.hidden AS {c}"
        for c in columns
    ]
    replaced = f"REPLACE ({', '.join(hidden)})" if hidden else ""
    joins = " ".join(f"LEFT JOIN veil_{into}_{c} AS v_{c} ON v_{c}.text = t.{c}" for c in columns)
    return (
        f"SELECT t.* {replaced} FROM typed_{into} AS t {joins} "
        f"ANTI JOIN broken_{into} AS b ON t.line = b.line AND t.part = b.part"
    )


def _columns(con: Connection, into: str) -> list[str]:
    found = {row[0] for row in con.execute(f"DESCRIBE typed_{into}").fetchall()}
    return [column for column in (*VEILED, *SEALED) if column in found]
