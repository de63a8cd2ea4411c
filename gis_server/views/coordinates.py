"""Coordinates in any form: pasted text or numbers, answered in every system."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from gis_server.auth import permission
from gis_server.errors import reader_language
from gis_server.state import db
from gis_server.text import say, title
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.coordinate import CoordinatesBody
from layers import crs
from layers.crs import Crs
from layers.crs.fitting import Bounds
from layers.crs.reading import Place, in_systems, numbers, read
from layers.crs.shared import LONGEST
from layers.errors import InvalidInputError, TooLargeError
from layers.models import Region

bp = api("coordinates")
MOST = 1000


@bp.post("/coordinates")
@permission("layers.read")
def convert(body: CoordinatesBody) -> dict[str, Any]:
    """Read positions in any usual form; answer each in WGS 84 and the other systems."""
    told = crs.parse_crs(body.from_) if body.from_ else None
    given: list[Any] = list(body.points or ()) if body.text is None else _lines(body.text)
    if len(given) > MOST:
        raise TooLargeError(
            f"{len(given)} positions, at most {MOST}",
            code="too_many_positions", got=str(len(given)), wanted=str(MOST),
        )  # fmt: skip
    near = _site()
    points = [_answer(each, told, near, body.to) for each in given]
    return {"points": spoken(points)}


def _lines(text: str) -> list[str]:
    """Return the positions of a text, one a line; what a phone shares is one, however many lines.

    It is told by its one link: the name and the address above it are of the same place.
    """
    if text.count("://") == 1 and len(text) <= LONGEST:
        return [text.strip()]
    return [line for line in text.splitlines() if line.strip()]


def _answer(given: Any, told: Crs | None, near: Bounds | None, to: Any) -> dict[str, Any]:
    shown = given if isinstance(given, str) else f"{given[0]:.12g}, {given[1]:.12g}"
    try:
        place = _read(given, told, near)
    except InvalidInputError as error:
        told_error = {"code": error.code, "params": dict(error.details), "message": error.message}
        return {"text": shown, "error": told_error}
    return {
        "text": shown,
        "lon": place.lon,
        "lat": place.lat,
        "crs": place.crs.name,
        "dms": f"{crs.written(place.lat, 'lat')} {crs.written(place.lon, 'lon')}",
        "notes": [note.to_json() for note in place.notes],
        "systems": in_systems(place.lon, place.lat, to),
    }


def _read(given: Any, told: Crs | None, near: Bounds | None) -> Place:
    if isinstance(given, str):
        return read(given, crs=told, near=near)
    return numbers(*given, crs=told, near=near)


def _site() -> Bounds | None:
    """Return where the site is: the box around its regions."""
    box = func.ST_Extent(Region.geom)
    bounds = db().execute(
        select(func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    ).one()  # fmt: skip
    west, south, east, north = bounds
    return None if west is None else (west, south, east, north)


@bp.get("/coordinate-systems")
@permission("layers.read")
def systems(query: NoQuery) -> dict[str, Any]:
    """List the coordinate systems by name, for forms; others go by their EPSG code."""
    language = reader_language()
    plain = ("EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09", "EPSG:3857")
    named = [{"name": name, "title": title(language, f"crs.title.{name}")} for name in plain]
    for zone in crs.zones():
        key = "crs.title.zone_numbered" if zone.numbered else "crs.title.zone"
        params = {
            "width": zone.width_deg, "zone": zone.number, "meridian": zone.meridian_deg,
        }  # fmt: skip
        named.append({"name": zone.name, "title": say(language, key, params)})
    return {"systems": named}
