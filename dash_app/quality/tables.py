"""Tables: plain ones for some rows, grids with pages for many."""

import dash_ag_grid as dag
from dash import html

BY_KEYBOARD = {"suppressHeaderFocus": True, "tabToNextCell": {"function": "false"}}
"""Of a grid: the arrows lead from cell to cell, and Tab leads out of it."""

LINK_BY_KEYBOARD = {"cellKeyDown": ["onLinkKey(params)"]}


def table(heads: list[tuple[str, str]], rows: list[list], caption: str = "") -> html.Div:
    """A plain table: [(header, class)], cells in the same order."""
    header = html.Tr([html.Th(text, scope="col", className=kind) for text, kind in heads])
    body = [
        html.Tr([html.Td(cell, className=kind) for cell, (_, kind) in zip(row, heads, strict=True)])
        for row in rows
    ]
    parts = [html.Caption(caption, className="hidden")] * bool(caption)
    return html.Div(
        html.Table([*parts, html.Thead(header), html.Tbody(body)]), className="scrolled", tabIndex=0
    )


def grid(name: str, columns: tuple, page_rows: int, **about) -> dag.AgGrid:
    """A grid with pages of `page_rows`: [(field, header, AG Grid's own words on the column)]."""
    return dag.AgGrid(
        id=name,
        columnDefs=[{"field": field, "headerName": head} | own for field, head, own in columns],
        defaultColDef={"wrapHeaderText": True, "suppressMovable": True},
        dashGridOptions={
            "rowHeight": 32,
            "headerHeight": 48,
            "domLayout": "autoHeight",
            "pagination": True,
            "paginationPageSize": page_rows,
            "paginationPageSizeSelector": False,
            "ensureDomOrder": True,
            **BY_KEYBOARD,
        },
        style={"height": None},
        **{"className": "grid", "eventListeners": LINK_BY_KEYBOARD} | about,
    )
