"""Rasters: what there is, what it says of places, lines and areas; files that become one."""

from __future__ import annotations

import math
from typing import Any

from flask import Response, jsonify

from gis_server import raster_jobs
from gis_server.auth import may, permission, scope, who
from gis_server.errors import reader_language
from gis_server.state import config, db
from gis_server.text import say
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.raster import (
    PlaceQuery,
    ProfileBody,
    RasterForm,
    RasterPath,
    RastersQuery,
    StyleQuery,
    UploadPath,
    ZonalBody,
    sent_names,
)
from layers import rasters
from layers.errors import PermissionError_
from layers.models import Raster
from layers.query.area import area
from layers.rasters import queue
from layers.rasters.values import profile, value_at
from layers.rasters.zonal import zonal
from tiles.raster.ramps import RAMPS
from tiles.raster.style import drawing, fuel_code, legend

bp = api("rasters")


@bp.get("/rasters")
@permission("features.read")
def listed(query: RastersQuery) -> dict[str, Any]:
    """List rasters by kind and time taken; with `lon` and `lat` those that lie over a place."""
    found = rasters.shown(db(), scope(), kind=query.kind, place=query.place)
    return {"rasters": [_titled(card) for card in found]}


@bp.post("/rasters")
@permission("rasters.manage")
def upload(form: RasterForm) -> Response:
    """Take a raster file, and what lies beside it; it is read off the request. 202."""
    _refuse_outside(form.region or None)
    names = [file.filename or "" for file in form.file]
    roles = sent_names(names)
    told = raster_jobs.told(form, names, zone=config().zone)
    file_name = raster_jobs.main_name(names)
    upload_id = queue.enqueue(db(), file_name, told, actor=who().name)
    raster_jobs.store(config(), upload_id, form.file, roles)
    response = jsonify(_upload(upload_id))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/raster-uploads/{upload_id}"
    return response


@bp.get("/raster-uploads")
@permission("rasters.manage")
def uploads(query: NoQuery) -> dict[str, Any]:
    """List uploaded files on their way to become rasters, newest first."""
    found = queue.shown(db(), actor=who().name, scope=scope())
    return {"uploads": [_moving(each) for each in found]}


@bp.get("/raster-uploads/<id>")
@permission("rasters.manage")
def one_upload(path: UploadPath, query: NoQuery) -> dict[str, Any]:
    """Tell how far an uploaded file is, and why it was not taken."""
    return _upload(path.id)


@bp.get("/rasters/<id>")
@permission("features.read")
def one(path: RasterPath, query: NoQuery) -> dict[str, Any]:
    """Tell what a raster is."""
    return _titled(rasters.card(_raster(path)))


@bp.delete("/rasters/<id>")
@permission("rasters.manage")
def remove(path: RasterPath, query: NoQuery) -> Response:
    """Remove a raster with its pixels."""
    row = _raster(path)
    _refuse_outside(row.region)
    rasters.remove(db(), row.id)
    return Response(status=204)


@bp.get("/raster-ramps")
@permission("features.read")
def ramps(query: NoQuery) -> dict[str, Any]:
    """List the colour ramps that a raster can be drawn with."""
    return {
        "ramps": [
            {
                "name": ramp.name,
                "title": say(reader_language(), f"raster.ramp_{ramp.name}"),
                "colors": list(ramp.colours),
                "stops": None if ramp.stops is None else [_finite(at) for at in ramp.stops],
                "unit": ramp.unit,
                "stepped": ramp.stepped,
                "source": ramp.source,
            }
            for ramp in RAMPS.values()
        ]
    }


@bp.get("/rasters/<id>/legend")
@permission("features.read")
def key(path: RasterPath, query: StyleQuery) -> dict[str, Any]:
    """Tell what the colours of a drawn raster mean."""
    row = _raster(path)
    drawn = drawing(row, style=query.style, ramp=query.ramp, low=query.low, high=query.high)
    told = legend(row, drawn)
    return told | {"entries": [entry | _label(entry["code"]) for entry in told["entries"]]}


@bp.get("/rasters/<id>/value")
@permission("features.read")
def value(path: RasterPath, query: PlaceQuery) -> dict[str, Any]:
    """Tell the value at a place; `reason` says why there is none."""
    row = _raster(path)
    found = value_at(db(), row, lon=query.lon, lat=query.lat)
    code = fuel_code(round(found.value)) if row.kind == "fuel" and found.value else None
    return {
        "value": found.value,
        "unit": row.unit,
        "reason": found.reason,
        "method": found.method,
        **(_label(code) | {"code": code} if code else {}),
    }


@bp.post("/rasters/<id>/profile")
@permission("features.read")
def along(path: RasterPath, body: ProfileBody) -> dict[str, Any]:
    """Tell the values along a line, at even distances on the ground."""
    row = _raster(path)
    found = profile(db(), row, body.line, points=body.points)
    known = [value for value in found.values.tolist() if math.isfinite(value)]
    places = zip(found.distance_m, found.lon, found.lat, found.values, strict=True)
    return {
        "unit": row.unit,
        "length_m": found.length_m,
        "ascent": found.ascent,
        "descent": found.descent,
        "low": min(known, default=None),
        "high": max(known, default=None),
        "points": [
            {
                "distance_m": float(distance),
                "lon": float(lon),
                "lat": float(lat),
                "value": _finite(float(value)),
            }
            for distance, lon, lat, value in places
        ],
    }


@bp.post("/rasters/<id>/zonal")
@permission("features.read")
def inside(path: RasterPath, body: ZonalBody) -> dict[str, Any]:
    """Sum up a raster in an area, a pixel by the share of it that lies inside."""
    row = _raster(path)
    shape = area(db(), geometry=body.area).geometry
    assert shape is not None
    found = zonal(db(), row, shape)
    return {
        "unit": row.unit,
        "area_km2": found.area_km2,
        "covered_share": found.covered_share,
        "count": found.count,
        "mean": found.mean,
        "stdev": found.stdev,
        "minimum": found.minimum,
        "maximum": found.maximum,
        "sum": found.total,
        "classes": [
            {
                "value": each.value,
                "share": each.share,
                "area_km2": each.area_km2,
                "code": (code := fuel_code(each.value)),
                **_label(code),
            }
            for each in found.classes
        ],
    }


def _raster(path: RasterPath) -> Raster:
    return rasters.one(db(), path.id, scope())


def _refuse_outside(region: str | None) -> None:
    """Refuse whoever may manage rasters of some regions, where this is not for one of these."""
    if not may("rasters.manage", region):
        raise PermissionError_(
            f"rasters of {region or 'the whole site'} are not yours to manage",
            code="outside_regions", region=region, regions=list(scope().regions or ()),
        )  # fmt: skip


def _titled(card: dict[str, Any]) -> dict[str, Any]:
    """Return a card with the words of its kind and styles."""
    language = reader_language()
    styles = [
        style | {"title": say(language, f"raster.style_{style['name']}")}
        for style in card["styles"]
    ]
    return card | {"kind_title": say(language, f"raster.kind_{card['kind']}"), "styles": styles}


def _label(code: str | None) -> dict[str, Any]:
    return {"label": None if code is None else say(reader_language(), code)}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _upload(upload_id: Any) -> dict[str, Any]:
    (found,) = queue.shown(db(), actor=who().name, scope=scope(), upload_id=upload_id)
    return _moving(found)


def _moving(upload: dict[str, Any]) -> dict[str, Any]:
    running = upload["status"] in queue.MOVING
    progress = raster_jobs.progress_of(config(), upload["id"]) if running else {}
    return dict(spoken(upload)) | {"progress": progress}
