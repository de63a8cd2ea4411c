"""What is offered as images: the rasters of the site, and map services of others."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from gis_server import raster_drawing
from gis_server.auth import scope
from gis_server.errors import reader_language
from gis_server.external import services
from gis_server.state import commit, config, db
from layers import rasters
from layers.basemaps import external
from layers.errors import BusyError, NotFoundError
from layers.models import Raster
from layers.rasters import cog
from layers.rasters.kinds import KINDS
from layers.rasters.values import value_at
from tiles.grid import Tile
from tiles.raster.plate import Draw
from tiles.raster.style import drawing
from tiles.tilejson import WORLD

RASTER, EXTERNAL = "raster-", "external-"
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
_WAIT_S, _LOOK_S = 5.0, 0.25
_MADE_AT_ONCE_PX = 16_000_000
"""As at /tiles/raster: a larger file is not made within a request."""


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
        What changes when the images do; None where nobody knows when that is.
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
    mark: str | None
    draw: Callable[[str], Draw]
    value: Callable[[float, float], Mapping[str, Any]] | None = None


def pictures() -> list[Picture]:
    """Return every layer of images that the one who asks may see."""
    return [
        *(_raster(card) for card in rasters.shown(db(), scope())),
        *(_external(told) for told in external.listed(db())),
    ]


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
    for told in external.listed(db()) if name.startswith(EXTERNAL) else ():
        if told["name"] == name.removeprefix(EXTERNAL):
            return _external(told)
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
    file = _file(row)
    commit()  # drawing needs no connection: it is free for others meanwhile
    return lambda z, x, y: raster_drawing.png(file, row, z, x, y, drawn=drawn)


def _file(row: Raster) -> Path:
    """Return a raster's file; where another request makes it, wait: GDAL asks only once."""
    due = time.monotonic() + _WAIT_S
    while True:
        try:
            return cog.file_of(db(), row, config().rasters_dir, most_pixels=_MADE_AT_ONCE_PX)
        except BusyError:
            if row.columns * row.rows > _MADE_AT_ONCE_PX or time.monotonic() > due:
                raise
            commit()  # hold no connection meanwhile
            time.sleep(_LOOK_S)


def _value(number: uuid.UUID, lon: float, lat: float) -> Mapping[str, Any]:
    row = rasters.one(db(), number, scope())
    found = value_at(db(), row, lon=lon, lat=lat)
    return {
        "lon": lon, "lat": lat, "value": found.value, "unit": row.unit, "reason": found.reason,
    }  # fmt: skip


def _external(told: Mapping[str, Any]) -> Picture:
    west, south, east, north = WORLD
    english = reader_language() == "en" and told["title_en"]
    return Picture(
        id=f"{EXTERNAL}{told['name']}",
        title=told["title_en"] if english else told["title"],
        attribution=told["attribution"],
        bounds=(west, south, east, north),
        minzoom=told["min_zoom"],
        maxzoom=told["max_zoom"],
        styles=("default",),
        smooth=True,
        mark=None,
        draw=lambda _style: _asked(told["name"]),
    )


def _asked(name: str) -> Draw:
    ours = services(config())
    source = ours.known(name, db)
    commit()  # the service may be slow: no connection is held meanwhile
    return lambda z, x, y: _png(ours.tile(source, Tile(z, x, y)).body)


def _png(image: bytes) -> bytes | None:
    """Return an image, a JPEG or WebP too, as the PNG that a client was promised."""
    if not image or image.startswith(_PNG_BEGINS):
        return image or None
    written = io.BytesIO()
    with Image.open(io.BytesIO(image)) as opened:
        opened.convert("RGBA").save(written, "PNG", compress_level=6)
    return written.getvalue()
