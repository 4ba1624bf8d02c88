"""`wardtwin mllp`."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from warehouse import Settings, vocabulary
from warehouse.errors import NotSetUp


def mllp(
    port: Annotated[int, typer.Option(help="TCP port; 0 takes a free one and tells it.")] = 2575,
    host: Annotated[str, typer.Option(help="Address; MLLP has no login and no cipher.")] = (
        "127.0.0.1"
    ),
    source: Annotated[str, typer.Option(help="Whose landing folder gets the messages.")] = "hl7v2",
    connections: Annotated[int, typer.Option(help="How many senders at once.")] = 100,
    megabytes: Annotated[int, typer.Option(help="The longest message that is taken.")] = 16,
    idle: Annotated[float, typer.Option(help="Seconds until a silent sender is let go.")] = 300,
    every: Annotated[float, typer.Option(help="Seconds between landed files.")] = 5,
) -> None:
    """Listen for HL7 v2 messages; each is acknowledged when it is safe on disk."""
    from jobs.mllp.listener import Limits, listen
    from jobs.mllp.spool import Spool

    _check(source)
    limits = Limits(connections, megabytes << 20, idle, every)
    counts = listen(
        Spool(Settings().landing / source), limits, host, port,
        clock=lambda: datetime.now(UTC),
        ready=lambda port: print(json.dumps({"port": port}), flush=True),
    )  # fmt: skip
    print(json.dumps(counts))


def _check(source: str) -> None:
    """A source that reads HL7 v2 from any file name, or `NotSetUp`."""
    known = [
        each.name
        for each in vocabulary.sources().values()
        if any(file.format == "hl7v2" for file in each.files)
    ]
    if source not in known:
        raise NotSetUp(f"no source {source!r} takes HL7 v2; those that do: {', '.join(known)}")
