"""Clinical scores as published: plain functions of a frame, each with its parts."""

from jobs.twins.scores.news2 import MEASURED, PARTS, news2

__all__ = ["MEASURED", "PARTS", "news2"]
