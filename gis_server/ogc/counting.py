"""How many features match on all pages."""

from __future__ import annotations

from typing import Any

from gis_server.auth import scope
from gis_server.ogc.asking import ItemsAsked
from gis_server.state import db, state
from layers import catalog
from layers import query as ask
from layers.layer import Layer
from layers.query import Area
from layers.query import page as pages
from layers.query.page import Page


def matched(
    layer: Layer, page: Page, query: ItemsAsked, *, area: Area, tree: Any, whole: bool
) -> int | None:
    """Return how many features of the reader's regions match; None where counting is too dear.

    A whole layer is counted once a revision, a filter up to 10,000 features.
    """
    if whole:
        return _whole(layer)
    if page.total is not None or query.cursor is None:
        return page.total
    wanted = pages.conditions_of(layer, scope(), filter=tree, area=area)
    return pages.total_of(db(), layer, wanted, None, None)


def _whole(layer: Layer) -> int:
    """Return the number of a layer's features in the reader's regions, as the catalogue has it."""
    known = state().counts
    key = (layer.name, None if layer.access == "open" else scope().regions)
    revision, number = known.get(key, (-1, 0))
    present = catalog.revisions(db(), [layer.name])[layer.name]
    if revision != present or present == 0:
        number = ask.count(db(), layer, scope=scope())
        known[key] = (present, number)
    return number
