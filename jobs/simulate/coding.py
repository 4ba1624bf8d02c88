"""How the hospital's exports name and measure things: the vocabulary, read backwards."""

from dataclasses import dataclass
from functools import cache

from warehouse import vocabulary


@dataclass(frozen=True)
class Code:
    """One code of an export and the unit it comes in."""

    code: str
    unit: str
    label: str


@cache
def codes(code_set: str, concept: str) -> tuple[Code, ...]:
    """The codes of one concept in a code set, in the order of source_codes.csv."""
    table = vocabulary.table("source_codes")
    rows = table[(table["code_set"] == code_set) & (table["concept"] == concept)]
    return tuple(Code(row.code, row.unit, row.label) for row in rows.itertuples())


@cache
def _conversion(concept: str, source_unit: str) -> tuple[float, float]:
    """factor, offset: value = sent * factor + offset."""
    table = vocabulary.table("units")
    unit = vocabulary.concepts().loc[concept, "unit"]
    fits = (table["unit"] == unit) & (table["source_unit"] == source_unit)
    rows = table[fits & table["concept"].isin(["", concept])]
    row = rows.iloc[0]
    return float(row["factor"]), float(row["offset"])


def in_unit(value, concept: str, source_unit: str):
    """A value (number or array) in the concept's unit, as it is sent in `source_unit`."""
    factor, offset = _conversion(concept, source_unit)
    return (value - offset) / factor


@cache
def words(concept: str, value: int) -> tuple[str, ...]:
    """The texts and codes that mean one value of a coded concept (source_values.csv)."""
    table = vocabulary.table("source_values")
    rows = table[(table["concept"] == concept) & (table["value"] == str(value))]
    return tuple(rows["text"])
