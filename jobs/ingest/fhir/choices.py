"""SQL for what FHIR leaves open: which coding of several, which unit, whose id in a reference."""

from functools import cache

from warehouse import vocabulary
from warehouse.lake import quote

UCUM = "http://unitsofmeasure.org"


def code(concept: str, known: str) -> str:
    """The code of a CodeableConcept: one that is `known`, else of a system in code_systems.csv,
    else the first. `concept` is an SQL expression, `known` an SQL list of codes."""
    codings = f"{concept}.coding"
    return (
        f"CASE WHEN len({codings}) < 2 THEN {codings}[1].code ELSE coalesce("
        f"list_filter({codings}, lambda c: c.code IN {known})[1].code, "
        f'list_filter({codings}, lambda c: c."system" IN {_systems()})[1].code, '
        f"list_filter({codings}, lambda c: c.code IS NOT NULL)[1].code) END"
    )


def value(concept: str, known: str) -> str:
    """What a CodeableConcept says: a code or text that is `known` (lower case), else the first."""
    said = f'list_append(list_transform({concept}.coding, lambda c: c.code), {concept}."text")'
    return (
        f"CASE WHEN {concept} IS NOT NULL THEN coalesce("
        f"list_filter({said}, lambda t: lower(trim(t)) IN {known})[1], "
        f"list_filter({said}, lambda t: t IS NOT NULL)[1]) END"
    )


def unit(quantity: str) -> str:
    """A Quantity's code where it is UCUM; a code of another system is not a unit's name."""
    return (
        f"CASE WHEN {quantity}.\"system\" = '{UCUM}' THEN coalesce({quantity}.code, "
        f"{quantity}.unit) ELSE coalesce({quantity}.unit, {quantity}.code) END"
    )


def native_id(field: str, kind: str) -> str:
    """The id in a Reference to a resource of this kind: `Patient/1`, `urn:uuid:1`, a whole URL,
    with a version or without. Conditional (`Patient?identifier=...`) and contained references,
    and references to other kinds, name no id: empty."""
    reference = f"{field}.reference"
    return (
        f"CASE WHEN starts_with({reference}, '{kind}/') THEN split_part({reference}, '/', 2) "
        f"WHEN starts_with({reference}, 'urn:uuid:') THEN split_part({reference}, ':', 3) "
        f"ELSE regexp_extract({reference}, '(?:^urn:oid:|/{kind}/)([^/?#|]+)', 1) END"
    )


@cache
def known_codes(code_set: str) -> str:
    """The codes that source_codes.csv has for a source, as an SQL list."""
    table = vocabulary.table("source_codes")
    return _list(table.loc[table["code_set"] == code_set, "code"])


@cache
def known_values(code_set: str) -> str:
    """The words for coded values that source_values.csv has for a source, as an SQL list."""
    table = vocabulary.table("source_values")
    return _list(table.loc[table["code_set"].isin(["", code_set]), "text"])


@cache
def _systems() -> str:
    return _list(vocabulary.table("code_systems")["system"])


def _list(texts) -> str:
    return "(" + ", ".join(quote(text) for text in sorted({*texts, ""})) + ")"
