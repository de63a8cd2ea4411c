"""Rasters of a site (栅格): terrain, fuel, people, images, grids; kept in the database."""

from layers.rasters.card import card
from layers.rasters.register import add, listed, one, remove, shown, shows
from layers.rasters.tiles import Block, block
from layers.rasters.told import Told

__all__ = ["Block", "Told", "add", "block", "card", "listed", "one", "remove", "shown", "shows"]
