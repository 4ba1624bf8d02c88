"""Where the data live and what the words mean."""

from warehouse.lake import Lake
from warehouse.settings import Settings

__all__ = ["Lake", "Settings"]
