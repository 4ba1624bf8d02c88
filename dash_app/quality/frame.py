"""What every Quality page has: the way between them, the age of the ledger, states in words."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from dash import dcc, html

from dash_app import components, queries, words
from dash_app.banners import Banner
from dash_app.feed import Feed
from dash_app.quality import queries as quality
from dash_app.quality import trends

OLD = timedelta(hours=26)
"""*Ours*: they are made at least every night."""

VIEWS = {
    "quality": ("Overview", "/quality"),
    "batches": ("Batches", "/quality/batches"),
    "refused": ("Refused rows", "/quality/refused"),
    "drift": ("Drift", "/quality/drift"),
    "coverage": ("Codes and charting", "/quality/coverage"),
}
"""Page -> what it is called, and its address."""


def page(name: str, title: str, content: list, view: str | None = None) -> html.Div:
    """The frame of a Quality page; `view` is the one to mark as current, else `name`."""
    links = [_link(key == (view or name), *about) for key, about in VIEWS.items()]
    return components.page(
        name,
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H1(title, id=f"{name}-title"),
                            html.Nav(links, className="views", **{"aria-label": "Quality"}),
                        ],
                        className="quality-head",
                    ),
                    html.Div(id=f"{name}-statement"),
                    *content,
                    components.footer(),
                ],
                className="sheet",
            )
        ],
        section="Quality",
    )


def _link(is_current: bool, title: str, href: str) -> html.A | dcc.Link:
    if is_current:
        return html.A(title, href=href, className="current", **{"aria-current": "page"})
    return dcc.Link(title, href=href)


def framed(feed: Feed, now: datetime) -> list:
    """Band and age of the ledger, as `components.frame_outputs` takes them."""
    as_of, said = _as_of(feed.ask(quality.newest), now), _of_age(feed.ask(trends.built), now)
    return components.framed(bool(feed.ask(queries.is_synthetic)), as_of, said, now)


def _of_age(built: datetime | None, now: datetime) -> list[Banner]:
    """That findings and trends are old, where they are; the ledger's own figures are not."""
    if built is None or now - built <= OLD:
        return []
    text = f"Findings and trends are {words.age(now - built)} old: they miss what came since."
    return [Banner("amber", text)]


def made(built: datetime | None, now: datetime) -> str:
    """When what is read from schema `report` was made."""
    if built is None:
        return "None has been made yet: the quality_report DAG makes them."
    return f"Made {words.moment(built)}, {words.ago(now - built)}."


def _as_of(newest: datetime | None, now: datetime) -> list:
    if newest is None:
        return []
    return [
        html.Span(f"Newest batch landed {words.moment(newest)}"),
        html.Span(words.ago(now - newest)),
    ]


def nothing_yet(feed: Feed) -> html.Div | None:
    """What there is to say while no batch has been judged; None once one has."""
    title = "Nothing to judge yet."
    if feed.snapshot() is None:
        return components.statement(title, f"For data operations: {feed.missing}.")
    if feed.ask(quality.newest) is None:
        return components.statement(
            title,
            "No export has landed so far. This page fills by itself when the first is judged.",
        )
    return None


def no_trends(built: datetime | None) -> html.Div | None:
    """What there is to say while schema `report` is empty."""
    if built is not None:
        return None
    return components.statement("No trends yet.", "The quality_report DAG makes them.")


def refused_rows(told: str, **chosen) -> dcc.Link:
    """A link to the refused rows that are chosen by source, rule or batch."""
    return dcc.Link(told, href=address("/quality/refused", **chosen))


def address(path: str, **chosen) -> str:
    """A path with what is chosen, as a query.

    >>> address("/quality/refused", rule="unit_known", source=None)
    '/quality/refused?rule=unit_known'
    """
    query = urlencode({name: value for name, value in chosen.items() if value is not None})
    return f"{path}?{query}" if query else path
