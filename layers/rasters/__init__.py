"""Rasters of a site (栅格): terrain, fuel and people, kept as tiles in the database."""

from layers.rasters.register import Told, add, listed, remove
from layers.rasters.tiles import Block, block

__all__ = ["Block", "Told", "add", "block", "listed", "remove"]
