"""The proposal: for which layer a file seems to be, and which column seems to fill which field.

Told by the columns' names, by the file's name, and by how such a file was read before. It is
shown to a person, who settles it; nothing is loaded by a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from layers.catalog import Layer, find, layers
from layers.errors import NotFoundError
from layers.intake import remembered
from layers.intake.matching import match
from layers.intake.words import field_words

_COMMON = ("id", "name", "name_en", "region", "source", "source_date")
_NAMED_POINTS = 2.0
_ENOUGH_POINTS = 2.0
_SHOWN = 5
_FITS = {
    "Point": "POINT", "MultiPoint": "POINT",
    "LineString": "LINESTRING", "MultiLineString": "LINESTRING",
    "Polygon": "MULTIPOLYGON", "MultiPolygon": "MULTIPOLYGON",
}  # fmt: skip
_NOT_BY_FILE = ("incident",)  # incidents are reported, not imported unasked


@dataclass(frozen=True)
class Proposal:
    """For which layer, which column for each field, and what was settled before.

    `fields` also holds the columns that say where (`lon` and `lat`, or `wkt`). `candidates` are
    the layers whose fields most columns fit, best first, as `(layer, points)`.
    """

    layer: str | None
    fields: Mapping[str, str]
    source_remembered: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    candidates: tuple[tuple[str, float], ...] = ()


def propose(
    session: Session,
    columns: Sequence[str],
    *,
    file_name: str,
    geometry_type: str | None = None,
    place: Mapping[str, str] | None = None,
    layer: str | None = None,
    source: str | None = None,
    titles: Sequence[Mapping[str, str]] = (),
) -> Proposal:
    """Return the proposal for a file with these columns.

    Parameters
    ----------
    geometry_type
        What its shapes are (`Point`, `Polygon|MultiPolygon`, ...); None where it has none.
    place
        Columns that say where: `lon` and `lat`, or `wkt`.
    layer, source
        What the person said already.
    titles
        Catalogues of texts: words for columns and layers.
    """
    place = dict(place or {})
    rest = [name for name in columns if name not in place.values()]
    name = remembered.source_name(file_name, source)
    known = remembered.recall(session, columns, name=name, layer=layer)
    if known is not None and _exists(session, known.layer):
        named = known.settings.get("fields")
        fields = named or _named(session, known.layer, rest, titles) | place
        return Proposal(known.layer, fields, True, known.settings)
    ranked = _ranked(session, rest, geometry_type, file_name, titles)
    chosen = layer or _clear(ranked)
    if chosen is None:
        return Proposal(None, place, candidates=tuple(ranked[:_SHOWN]))
    fields = _named(session, chosen, rest, titles) | place
    return Proposal(find(chosen, session).name, fields, candidates=tuple(ranked[:_SHOWN]))


def _named(
    session: Session, layer: str, columns: Sequence[str], titles: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Return the columns that a layer's fields are named after."""
    found = find(layer, session)
    return match(columns, found, titles=field_words(titles, found))


def _exists(session: Session, layer: str) -> bool:
    try:
        find(layer, session)
    except NotFoundError:
        return False
    return True


def _ranked(
    session: Session,
    columns: Sequence[str],
    geometry_type: str | None,
    file_name: str,
    titles: Sequence[Mapping[str, str]],
) -> list[tuple[str, float]]:
    """Return the layers that the columns fit, with their points, best first."""
    points = []
    for layer in layers(session):
        if layer.name in _NOT_BY_FILE or not _shape_fits(layer, geometry_type):
            continue
        fields = match(columns, layer, titles=field_words(titles, layer))
        own = sum(name not in _COMMON for name in fields)
        scored = own + _NAMED_POINTS * _is_named(layer, file_name, titles)
        if scored:
            points.append((layer.name, scored))
    return sorted(points, key=lambda each: -each[1])


def _shape_fits(layer: Layer, geometry_type: str | None) -> bool:
    """Tell whether a layer takes shapes of these types; a file without shapes fits every layer."""
    kinds = {_FITS.get(kind, "GEOMETRY") for kind in (geometry_type or "").split("|") if kind}
    return layer.geometry_type == "GEOMETRY" or kinds <= {layer.geometry_type}


def _is_named(layer: Layer, file_name: str, titles: Sequence[Mapping[str, str]]) -> bool:
    """Tell whether a file is called by the layer's name or title."""
    called = file_name.lower().replace("-", "_").replace(" ", "_")
    words = [layer.name, *(text.get(f"layer.{layer.name}", "").lower() for text in titles)]
    return any(word and word.replace(" ", "_") in called for word in words)


def _clear(ranked: Sequence[tuple[str, float]]) -> str | None:
    """Return the layer that plainly fits best, or None where a person must say."""
    if not ranked or ranked[0][1] < _ENOUGH_POINTS:
        return None
    if len(ranked) > 1 and ranked[1][1] == ranked[0][1]:
        return None
    return ranked[0][0]
