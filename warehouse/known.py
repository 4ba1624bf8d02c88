"""The clinical tables as they were known at an instant: `known_<table>`, for one connection."""

from datetime import datetime

from warehouse import schema
from warehouse.lake import Connection

VERSIONED = (
    *("patient", "encounter", "location", "place"),
    *("observation", "treatment", "condition"),
)
CURRENT = ("bed", "patient", "encounter", "location", "treatment", "condition")
"""In this order, since location_current reads bed_current."""


def at(con: Connection, instant: datetime | None) -> None:
    """Make the views: what had arrived by an instant (aware), or all; `getvariable('known_at')`.

    They are the schema's own, over fewer rows: known_encounter_current is the encounters in the
    versions of then. Who is one person with whom is as it is known now.
    """
    con.execute("SET VARIABLE known_at = coalesce(?::TIMESTAMPTZ, 'infinity')", [instant])
    con.execute("CREATE OR REPLACE TEMP VIEW known_person AS FROM clinical.person")
    for name in VERSIONED:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW known_{name} AS "
            f"FROM clinical.{name} WHERE arrived <= getvariable('known_at')"
        )
    for name in CURRENT:
        view = schema.view(f"clinical.{name}_current")
        con.execute(
            view.replace("CREATE VIEW IF NOT EXISTS", "CREATE OR REPLACE TEMP VIEW").replace(
                "clinical.", "known_"
            )
        )
