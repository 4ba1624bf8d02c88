"""A person's word on who is who, landed as a file like every other decision.

`<landing>/decisions/identity-<time>-<digest>.csv`: patient_id, into_id (pseudonyms), is_linked, by,
reason, at. It is judged and taken in as any export is; the newest word on two numbers counts.
"""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from warehouse import decisions
from warehouse.errors import DecisionIncomplete, NotSetUp
from warehouse.lake import Lake

COLUMNS = ("patient_id", "into_id", "is_linked", "by", "reason", "at")


def land(
    lake: Lake,
    patient_id: int,
    into_id: int,
    *,
    is_linked: bool,
    by: str,
    reason: str,
    at: datetime,
) -> Path:
    """Land one decision. Raises `NotSetUp` where a pseudonym is nobody's, or is not linked."""
    if not by.strip() or not reason.strip():
        raise DecisionIncomplete("the decision has no name or no reason: give both")
    _check(lake, patient_id, into_id, is_linked)
    said = [patient_id, into_id, str(is_linked).lower(), by, reason, at.astimezone(UTC).isoformat()]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, said])
    return decisions.write(lake.settings, "identity", text.getvalue().encode(), at, "csv")


def _check(lake: Lake, patient_id: int, into_id: int, is_linked: bool) -> None:
    both = [patient_id, into_id]
    with lake.read() as con:
        (known,) = con.execute(
            "SELECT count(DISTINCT id) FROM clinical.identity "
            "WHERE kind = 'patient' AND id IN (?, ?)",
            both,
        ).fetchone()
        (linked,) = con.execute(
            "SELECT count(*) FROM clinical.link WHERE list_sort([patient_id, into_id]) "
            "= list_sort(CAST([?, ?] AS BIGINT[]))",
            both,
        ).fetchone()
    if known < 2:
        raise NotSetUp("one of the two is no known patient: `wardtwin identity list` tells who is")
    if not is_linked and not linked:
        raise NotSetUp("nobody has linked these two: `wardtwin identity list` tells who is")
