"""The tables: one .sql file each, `schema/<schema>/<table>.sql`; views end in `_current`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from warehouse import vocabulary

VERSION = 7
"""Bumped with every change of a table; the lake is then rebuilt from its archive."""

HERE = Path(__file__).parent
SCHEMAS = ("ops", "clinical", "quality", "twin", "model", "alert", "report")


def tables(name: str) -> list[str]:
    """The tables of one schema, in alphabetical order; no views."""
    files = sorted((HERE / name).glob("*.sql"))
    return [file.stem for file in files if not file.stem.endswith("_current")]


def all_tables(schemas: Iterable[str] = SCHEMAS) -> list[str]:
    """Every table of these schemas as `schema.table`."""
    return [f"{name}.{table}" for name in schemas for table in tables(name)]


def statements() -> Iterator[str]:
    """Everything that makes an empty lake, in order; harmless where it exists already."""
    for name in SCHEMAS:
        yield f"CREATE SCHEMA IF NOT EXISTS {name}"
        for file in sorted((HERE / name).glob("*.sql"), key=_views_last):
            text = file.read_text().replace("-- {columns}", _twin_columns())
            yield from (part for part in text.split(";\n") if part.strip())


def _views_last(file: Path) -> tuple[bool, str]:
    """In alphabetical order, since a view may read one before it."""
    return file.stem.endswith("_current"), file.stem


def plain_statements() -> Iterator[str]:
    """The same tables for plain DuckDB, which is not told how they are cut."""
    return (text for text in statements() if not text.lstrip().startswith("ALTER"))


def view(name: str) -> str:
    """The statement that makes one view, such as clinical.encounter_current."""
    return (HERE / f"{name.replace('.', '/')}.sql").read_text()


def _twin_columns() -> str:
    """What features.csv, derived.csv and scores.csv span, as it stands in CREATE TABLE."""
    columns = vocabulary.twin_columns()
    return "\n".join(f"    {name} {kind}," for name, kind in columns.items()).lstrip()
