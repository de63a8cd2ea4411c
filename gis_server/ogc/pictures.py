"""What is offered as images: the rasters of the site, and map services of others."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gis_server.auth import scope
from gis_server.state import commit, config, db
from gis_server.views.raster_tiles import MADE_AT_ONCE_PX
from layers import rasters
from layers.errors import NotFoundError
from layers.rasters import cog
from layers.rasters.kinds import KINDS
from layers.rasters.values import value_at
from tiles import raster as raster_tiles
from tiles.plate import Draw
from tiles.raster_style import drawing

RASTER = "raster-"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One layer of images.

    Attributes
    ----------
    bounds
        west, south, east, north in degrees.
    styles
        Their names, the usual one first.
    smooth
        Whether colours may be averaged: those of classes may not.
    mark
        What changes when the images do.
    draw
        By a style, what gives its Web Mercator tiles.
    value
        By lon, lat, what the raster says there; None where there are only colours.
    """

    id: str
    title: str
    attribution: str
    bounds: tuple[float, float, float, float]
    minzoom: int
    maxzoom: int
    styles: tuple[str, ...]
    smooth: bool
    mark: str
    draw: Callable[[str], Draw]
    value: Callable[[float, float], Mapping[str, Any]] | None = field(default=None)


def pictures() -> list[Picture]:
    """Return every layer of images that the one who asks may see."""
    return [_raster(card) for card in rasters.shown(db(), scope())]


def picture(name: str) -> Picture:
    """Return the layer of images of that name.

    Raises
    ------
    NotFoundError
        There is none, or none for the one who asks.
    """
    if name.startswith(RASTER):
        with suppress(ValueError, NotFoundError):
            number = uuid.UUID(name.removeprefix(RASTER))
            return _raster(rasters.card(rasters.one(db(), number, scope())))
    known = ", ".join(each.id for each in pictures())[:400] or "-"
    raise NotFoundError(
        f"there is no layer {name[:80]!r}", code="no_picture", got=name[:80], wanted=known,
        field="layer",
    )  # fmt: skip


def _raster(card: Mapping[str, Any]) -> Picture:
    number = uuid.UUID(card["id"])
    west, south, east, north = card["bounds"]
    kind = KINDS[card["kind"]]
    when = (card["taken_at"] or "")[:10]
    return Picture(
        id=f"{RASTER}{card['id']}",
        title=" ".join(part for part in (card["name"], when) if part),
        attribution=card["attribution"],
        bounds=(west, south, east, north),
        minzoom=card["minzoom"],
        maxzoom=card["maxzoom"],
        styles=tuple(style["name"] for style in card["styles"]),
        smooth=not kind.classes,
        mark=card["revision"],
        draw=lambda style: _drawn(number, style),
        value=None if kind.image else lambda lon, lat: _value(number, lon, lat),
    )


def _drawn(number: uuid.UUID, style: str) -> Draw:
    row = rasters.one(db(), number, scope())
    drawn = drawing(row, style=style)
    file = cog.file_of(db(), row, config().rasters_dir, most_pixels=MADE_AT_ONCE_PX)
    commit()  # drawing needs no connection: it is free for others meanwhile
    return lambda z, x, y: raster_tiles.png(file, row, z, x, y, drawn=drawn)


def _value(number: uuid.UUID, lon: float, lat: float) -> Mapping[str, Any]:
    row = rasters.one(db(), number, scope())
    found = value_at(db(), row, lon=lon, lat=lat)
    return {
        "lon": lon, "lat": lat, "value": found.value, "unit": row.unit, "reason": found.reason,
    }  # fmt: skip
