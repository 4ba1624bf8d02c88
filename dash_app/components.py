"""Pieces of a page: band, header, banners, badges, states in words."""

from datetime import datetime, timedelta

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dash_app import words
from dash_app.banners import Banner

TICK_MS = 2000

ACKNOWLEDGEMENT = (
    "NEWS2: Royal College of Physicians, National Early Warning Score 2, 2017. "
    "Supports clinical judgement; makes no diagnosis."
)


def shell(pages) -> dmc.MantineProvider:
    """What stays while pages come and go."""
    return dmc.MantineProvider(
        html.Div(
            [
                html.A("Skip to the content", href="#main", className="skip"),
                html.Div(id="lost", hidden=True, className="banner banner-red", role="alert"),
                html.Div(id="failure", role="alert"),
                pages,
                dcc.Location(id="address", refresh="callback-nav"),
            ],
            className="shell",
        ),
        defaultColorScheme="auto",
    )


SECTIONS = {"Ward": "/", "Devices": "/devices", "Quality": "/quality"}


def page(name: str, content: list, section: str = "Ward") -> html.Div:
    """The frame of the page `name`, which belongs to `section`; `frame_outputs` fill it.

    Every page has a frame of its own: Dash calls a callback as soon as one of its inputs is
    there, so that a timer shared by pages would ask for pages that are not shown.
    """
    return html.Div(
        [
            html.Div(id=f"{name}-synthetic"),
            html.Header(
                [
                    dcc.Link("Wardtwin", href="/", className="brand"),
                    _sections(section),
                    html.Div(id=f"{name}-as-of", className="as-of"),
                    _theme_switch(name),
                ],
                className="bar",
            ),
            html.Div(id=f"{name}-banners", role="status"),
            html.Main(content, id="main", tabIndex=-1, className=name),
            dcc.Interval(id=f"{name}-tick", interval=TICK_MS),
            dcc.Store(id=f"{name}-heard"),
        ],
        className="page",
    )


def _sections(current: str) -> html.Nav:
    links = [
        dcc.Link(title, href=href, className="current" if title == current else "")
        for title, href in SECTIONS.items()
    ]
    return html.Nav(links, className="sections", **{"aria-label": "Sections"})


def _theme_switch(name: str) -> dmc.ColorSchemeToggle:
    return dmc.ColorSchemeToggle(
        id=f"{name}-theme",
        lightIcon="◐",
        darkIcon="◑",
        variant="subtle",
        color="gray",
        size=32,
        **{"aria-label": "Switch between light and dark"},
    )


def frame_outputs(name: str) -> list[Output]:
    """Where a page's callback puts what `framed` returns."""
    return [
        Output(f"{name}-synthetic", "children"),
        Output(f"{name}-as-of", "children"),
        Output(f"{name}-banners", "children"),
        Output(f"{name}-heard", "data"),
        Output("failure", "children", allow_duplicate=True),
    ]


def register(app: Dash, name: str) -> None:
    """An answer from the server takes away what assets/watch.js says when there is none."""
    app.clientside_callback(
        ClientsideFunction("watch", "answered"),
        Output("lost", "hidden", allow_duplicate=True),
        Input(f"{name}-heard", "data"),
        prevent_initial_call=True,
    )


def framed(is_synthetic: bool, as_of: list, banners: list[Banner], now: datetime) -> list:
    """Band, age of the data, banners; the time says that the server was heard, at all."""
    band = html.Div("Synthetic patients", className="band") if is_synthetic else None
    return [band, as_of, [_banner(said) for said in banners], now.isoformat(), None]


def as_of(newest: datetime | None, now: datetime, limit: timedelta) -> list:
    """`Data as of 14:05 +00:00 · 40 s ago ● live`; without live data, nothing to be late."""
    if newest is None:
        return []
    age = now - newest
    told = words.clock(newest) if age < timedelta(hours=12) else words.moment(newest)
    mark = ("●", "live") if age <= limit else ("○", "not live")
    return [
        html.Span(f"Data as of {told}"),
        html.Span(words.ago(age)),
        html.Span([html.Span(mark[0], **{"aria-hidden": "true"}), f" {mark[1]}"]),
    ]


def _banner(said: Banner) -> html.Div:
    return html.Div(said.text, className=f"banner banner-{said.tone}")


def level(name: str) -> html.Span:
    """Shape, colour and word of a level; never one without the others."""
    return html.Span([shape(name), words.LEVELS[name]], className="level")


def shape(name: str) -> html.Span:
    return html.Span(className=f"shape shape-{name}", **{"aria-hidden": "true"})


def statement(title: str, *told: str | dcc.Link) -> html.Div:
    """A state of a page in words: nothing there yet, not known, failed."""
    return html.Div([html.H1(title), *(html.P(line) for line in told)], className="statement")


def failure(reference: str) -> html.Div:
    """What happened, what it means for patients, what to do next, a reference."""
    text = (
        "This page could not be brought up to date. What it shows may not be the patients' "
        "present state: look at the patients and their charts. It tries again by itself; if "
        f"this stays, give data operations the reference {reference}."
    )
    return html.Div(text, className="banner banner-red")


def footer(*told: str) -> html.Footer:
    return html.Footer([html.Span(line) for line in (*told, ACKNOWLEDGEMENT)], className="foot")
