"""Instants that people type."""

from datetime import UTC, datetime


def utc(given: datetime) -> datetime:
    """What was typed, taken as UTC."""
    return given.replace(tzinfo=UTC)
