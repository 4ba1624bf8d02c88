"""The pages of the Data Docs: Great Expectations' own blocks and view, fed with counts.

Its page frame and its index fetch styles, scripts and a logo from other hosts, so both are ours:
`site.j2` and `site.css` hold all that a page needs. GX's view escapes nothing; what is text here
is escaped here.
"""

from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path

import pandas as pd
from great_expectations import expectations as gxe
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.render import (
    RenderedComponentContent,
    RenderedDocumentContent,
    RenderedHeaderContent,
    RenderedSectionContent,
    RenderedTableContent,
    TextContent,
)
from great_expectations.render.renderer.content_block import (
    ValidationResultsTableContentBlockRenderer,
)
from great_expectations.render.view import DefaultJinjaPageView

from expectations import suites
from warehouse import vocabulary

HERE = Path(__file__).parent
COUNTS = ("read", "accepted", "quarantined", "duplicate", "unmapped")
RULE = ["Rule", "Dimension", "A row is refused where"]
BATCHES = "batches/"
PASSED = '<span class="text-success">✓ passed</span>'
ROWS_REFUSED = '<span class="text-danger">✕ rows refused</span>'
FILE_REFUSED = '<span class="text-danger">✕ file refused</span>'


def index(batches: pd.DataFrame) -> str:
    """All batches as they come: passed or not, what they are, their counts, a link to each."""
    if batches.empty:
        return _page("Batches", [_section([TextContent(["No batch has been taken in yet."])])])
    header = ["Status", "Batch", "Source", "Kind", "Landed", *_numbers(*map(str.title, COUNTS))]
    table = [_index_row(batch) for batch in batches.itertuples()]
    return _page("Batches", [_section([_table(table, header)])])


def rules() -> str:
    """What must hold: the rules of every table, in the words of rules.csv."""
    tables = vocabulary.table("rules")["into_table"].unique()
    return _page("Rules", [_section(_rules_of(into)) for into in tables])


def batch(batch, results: pd.DataFrame) -> str:
    """One batch: its row of the ledger, then for each table what every rule saw and refused.

    `results`: into_table, rule, dimension, checked, failed.
    """
    sections = [_section([_ledger(batch), *_refusal(batch)])]
    for into, judged in results.groupby("into_table"):
        sections.append(_section([_summary(into, judged), _judged(into, judged)]))
    return _page(f"Batch {batch.batch_id}", sections, root="../")


def path(batch_id: str) -> str:
    """Where a batch's page lies, seen from the index."""
    return f"{BATCHES}{batch_id}.html"


def _index_row(batch) -> list[str]:
    link = f'<a href="{path(batch.batch_id)}">{batch.batch_id[:12]}</a>'
    counts = _numbers(*(getattr(batch, name) for name in COUNTS))
    return [_status(batch), link, _source(batch), escape(batch.kind), _time(batch.landed), *counts]


def _rules_of(into: str) -> list[RenderedComponentContent]:
    table = suites.rules(into)[["rule", "dimension", "meaning"]].map(escape)
    return [_header(into, f"{len(table)} rules"), _table(table.to_numpy().tolist(), RULE)]


def _ledger(batch) -> RenderedTableContent:
    file_name = "not kept" if pd.isna(batch.file_name) else escape(batch.file_name)
    said = {
        "Status": _status(batch),
        "Source": _source(batch),
        "Kind": escape(batch.kind),
        "File name": file_name,
        "Landed": _time(batch.landed),
        "Taken in": _time(batch.processed),
    }
    return _table([*said.items(), *((n.title(), f"{getattr(batch, n):,}") for n in COUNTS)])


def _refusal(batch) -> list[TextContent]:
    """Why is not told here: a reason may quote the file's header."""
    if batch.state == "committed":
        return []
    return [TextContent(["No row was judged. The log of the task that took it in says why."])]


def _summary(into: str, judged: pd.DataFrame) -> RenderedHeaderContent:
    rows, rules, broken = judged["checked"].max(), len(judged), sum(judged["failed"] > 0)
    return _header(
        into, f"As it came in: {rows:,} rows, {rules} rules; {broken} of the rules refused rows"
    )


def _judged(into: str, judged: pd.DataFrame) -> RenderedTableContent:
    """One row per rule, in rules.csv's order: GX's own cells, and the rule's name."""
    known = {held.meta["rule"]: held for held in suites.suite(into).expectations}
    places = {rule: place for place, rule in enumerate(known)}
    rows = sorted(judged.itertuples(), key=lambda row: places.get(row.rule, len(places)))
    results = [_result(row, known.get(row.rule) or _outside(row.rule)) for row in rows]
    block = ValidationResultsTableContentBlockRenderer.render(results)
    cells = [
        [_word(row.failed), row.rule, row.dimension, meaning, *_numbers(row.checked, row.failed)]
        for row, (_, meaning, _) in zip(rows, block.table, strict=True)
    ]
    return _table(cells, ["Status", *RULE, *_numbers("Checked", "Refused")])


def _result(row, expectation: gxe.Expectation) -> ExpectationValidationResult:
    """GX's result, put together again from the counts that were kept of it."""
    counts = {
        "element_count": row.checked,
        "unexpected_count": row.failed,
        "unexpected_percent": 100 * row.failed / max(row.checked, 1),
    }
    config = expectation.configuration
    config.description = escape(config.description)
    return ExpectationValidationResult(
        success=row.failed == 0, expectation_config=config, result=counts
    )


def _outside(rule: str) -> gxe.Expectation:
    """A rule that no suite holds: the readers', or one that rules.csv had when it was applied."""
    meanings = {"row_readable": "the line is no row of this kind of file"}
    meaning = meanings.get(rule, "rules.csv no longer has this rule")
    return gxe.ExpectColumnValuesToNotBeNull(column="line", description=meaning)


def _status(batch) -> str:
    if batch.state == "refused":
        return FILE_REFUSED
    return _word(batch.quarantined)


def _word(refused: int) -> str:
    """GX's own mark is a coloured icon of a font from another host."""
    return ROWS_REFUSED if refused else PASSED


def _source(batch) -> str:
    return escape(batch.title) + (" (synthetic patients)" if batch.is_synthetic else "")


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} +00:00"


def _numbers(*cells: int | str) -> list[str]:
    """Cells of numbers, and their headings, to the right."""
    texts = [cell if isinstance(cell, str) else f"{cell:,}" for cell in cells]
    return [f'<span class="number">{text}</span>' for text in texts]


def _header(header: str, subheader: str) -> RenderedHeaderContent:
    return RenderedHeaderContent(header=header, subheader=subheader)


def _table(table: list, header: list[str] | None = None) -> RenderedTableContent:
    return RenderedTableContent(table=table, header_row=header)


def _section(blocks: list[RenderedComponentContent]) -> RenderedSectionContent:
    return RenderedSectionContent(content_blocks=blocks)


def _page(title: str, sections: list[RenderedSectionContent], root: str = "") -> str:
    """`root`: the way from the page to the folder of the index."""
    document = RenderedDocumentContent(sections, page_title=title)
    return _view().render(document, template="site.j2", root=root)


@cache
def _view() -> DefaultJinjaPageView:
    """GX's view; it compiles its templates once."""
    return DefaultJinjaPageView(custom_styles_directory=HERE, custom_views_directory=HERE)
