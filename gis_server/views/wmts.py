"""WMTS 1.0.0 (OGC 07-057r7): rasters and map services of others as images, in two matrix sets.

By key and value (`/wmts?SERVICE=WMTS&REQUEST=GetTile&...`) and by address
(`/wmts/LAYER/STYLE/SET/LEVEL/ROW/COL.png`).
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated

from flask import Response, jsonify, request
from flask_openapi import APIBlueprint, Tag
from PIL import Image
from pydantic import ConfigDict, Field

from gis_server import errors
from gis_server.auth import permission
from gis_server.errors import reader_language
from gis_server.ogc import capabilities
from gis_server.ogc.basic import challenge
from gis_server.ogc.capabilities import INFO, PNG, SETS, VERSION
from gis_server.ogc.matrices import SIDE_PX, WEB_MERCATOR, MatrixSet
from gis_server.ogc.pictures import Picture, picture, pictures
from gis_server.state import config, db
from gis_server.text import say
from gis_server.wire.base import Wire
from layers.errors import InvalidInputError
from layers.site import describe
from tiles.grid import Tile
from tiles.raster import plate

PREFIX = "/wmts"
XML = "application/xml"
bp = APIBlueprint("wmts", __name__, url_prefix=PREFIX, abp_tags=[Tag(name="ogc")])
Level = Annotated[int, Field(ge=0, le=40)]
Number = Annotated[int, Field(ge=0, lt=2**30)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class TileAsked(Wire):
    """Which tile of which layer; a parameter of the key-and-value form in small letters."""

    model_config = ConfigDict(extra="ignore")

    layer: Name
    style: Annotated[str, Field(max_length=100)] = ""
    format: Annotated[str, Field(max_length=100)] = PNG
    tilematrixset: Name
    tilematrix: Level
    tilerow: Number
    tilecol: Number


class InfoAsked(TileAsked):
    """Which pixel of which tile."""

    i: Annotated[int, Field(ge=0, lt=SIDE_PX)]
    j: Annotated[int, Field(ge=0, lt=SIDE_PX)]
    infoformat: Annotated[str, Field(max_length=100)] = INFO


class TilePath(Wire):
    """A tile's address."""

    layer: Name
    style: Name
    matrix_set: Name
    matrix: Level
    row: Number
    col: Number


@bp.errorhandler(Exception)
def refuse(error: Exception) -> Response:
    """Answer an error as an exception report."""
    plain = errors.respond(error)
    if plain.status_code < 400:
        return plain
    said = plain.get_json()["error"]
    status = 400 if plain.status_code in (404, 422) else plain.status_code
    code = _CODES.get(
        said["code"], "InvalidParameterValue" if status == 400 else "NoApplicableCode"
    )
    status = 501 if code == "OperationNotSupported" else status
    field = said["details"].get("field")
    locator = _LOCATORS.get(str(field), str(field)) if field else None
    body = capabilities.exception(code, said["message"], locator=locator)
    response = Response(body, status=status, mimetype=XML)
    if "Retry-After" in plain.headers:
        response.headers["Retry-After"] = plain.headers["Retry-After"]
    return challenge(response)


_CODES = {
    "wmts_missing": "MissingParameterValue",
    "wmts_operation": "OperationNotSupported",
    "no_tile": "TileOutOfRange",
    "external_depth": "TileOutOfRange",
}
_LOCATORS = {
    "z": "tilematrix", "level": "tilematrix", "matrix": "tilematrix",
    "y": "tilerow", "row": "tilerow", "x": "tilecol", "col": "tilecol",
}  # fmt: skip


@bp.get("", strict_slashes=False)
@permission("features.read")
def by_key() -> Response:
    """Answer GetCapabilities, GetTile or GetFeatureInfo (GetFeatureInfo: the value at a pixel)."""
    given = {name.lower(): value for name, value in request.args.items()}
    if given.get("service", "WMTS").upper() != "WMTS":
        raise _wrong("service", given["service"], "WMTS")
    operation = given.get("request")
    if operation is None:
        raise _missing("request")
    operations: dict[str, Callable[[Mapping[str, str]], Response]] = {
        "GetCapabilities": lambda _: _capabilities(),
        "GetTile": _by_key_tile,
        "GetFeatureInfo": _by_key_info,
    }
    if operation not in operations:
        raise InvalidInputError(
            f"there is no operation {operation[:40]!r}", code="wmts_operation", field="request",
            got=operation[:40], wanted=", ".join(operations),
        )  # fmt: skip
    if operation != "GetCapabilities" and given.get("version", VERSION) != VERSION:
        raise _wrong("version", given["version"], VERSION)
    return operations[operation](given)


@bp.get(f"/{VERSION}/WMTSCapabilities.xml")
@permission("features.read")
def document() -> Response:
    """Answer the capabilities."""
    return _capabilities()


@bp.get(
    "/<layer>/<style>/<matrix_set>/<matrix>/<row>/<col>.png",
    responses={"200": {"content": {PNG: {"schema": {"type": "string", "format": "binary"}}}}},
)
@permission("features.read")
def by_address(path: TilePath) -> Response:
    """Answer one tile by its address."""
    return _tile(
        TileAsked(
            layer=path.layer, style=path.style, tilematrixset=path.matrix_set,
            tilematrix=path.matrix, tilerow=path.row, tilecol=path.col,
        )
    )  # fmt: skip


def _capabilities() -> Response:
    language = reader_language()
    site = describe(db(), name=config().site_name, name_en=config().site_name_en)
    named = site["name_en"] if language == "en" else site["name"]
    title = named or site["name"] or say(language, "site.default") or ""
    address = request.host_url.rstrip("/") + PREFIX
    body = capabilities.capabilities(pictures(), address=address, title=title)
    response = Response(body, mimetype=XML)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _by_key_tile(given: Mapping[str, str]) -> Response:
    _all_of(given, ("layer", "tilematrixset", "tilematrix", "tilerow", "tilecol"))
    return _tile(TileAsked.model_validate(given))


def _by_key_info(given: Mapping[str, str]) -> Response:
    _all_of(given, ("layer", "tilematrixset", "tilematrix", "tilerow", "tilecol", "i", "j"))
    asked = InfoAsked.model_validate(given)
    if asked.infoformat != INFO:
        raise _wrong("infoformat", asked.infoformat, INFO)
    shown = picture(asked.layer)
    if shown.value is None:
        raise InvalidInputError(
            f"{shown.title} has colours and no values", code="wmts_operation", field="request",
            got="GetFeatureInfo", wanted="GetTile",
        )  # fmt: skip
    return jsonify(shown.value(*_place(asked)))


def _tile(asked: TileAsked) -> Response:
    """Return an image; one in which nothing is to be seen where there is nothing."""
    if asked.format != PNG:
        raise _wrong("format", asked.format, PNG)
    shown, matrices = picture(asked.layer), _set(asked.tilematrixset)
    style = asked.style if asked.style not in ("", "default") else shown.styles[0]
    if style not in shown.styles:
        raise _wrong("style", style, ", ".join(shown.styles))
    _check_range(asked, matrices)
    response = Response(mimetype=PNG)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Authorization"))
    if shown.mark is not None:
        place = (asked.tilematrixset, asked.tilematrix, asked.tilerow, asked.tilecol)
        seen = repr((shown.id, shown.mark, style, place))
        mark = hashlib.sha256(seen.encode()).hexdigest()[:24]
        response.set_etag(mark)
        if request.if_none_match.contains(mark):
            response.status_code = 304
            return response
    response.set_data(_image(shown, style, matrices, asked) or _blank())
    return response


def _image(shown: Picture, style: str, matrices: MatrixSet, asked: TileAsked) -> bytes | None:
    draw = shown.draw(style)
    level, row, col = asked.tilematrix, asked.tilerow, asked.tilecol
    if matrices is WEB_MERCATOR:
        return draw(level, col, row)
    return plate.tile(level, row, col, draw=draw, smooth=shown.smooth)


def _check_range(asked: TileAsked, matrices: MatrixSet) -> None:
    if matrices.degrees:
        plate.bounds(asked.tilematrix, asked.tilerow, asked.tilecol)
    else:
        Tile(asked.tilematrix, asked.tilecol, asked.tilerow)


def _place(asked: InfoAsked) -> tuple[float, float]:
    """Return lon, lat of the middle of a pixel."""
    matrices = _set(asked.tilematrixset)
    _check_range(asked, matrices)
    across, down = (asked.i + 0.5) / SIDE_PX, (asked.j + 0.5) / SIDE_PX
    if matrices.degrees:
        bounds = plate.bounds(asked.tilematrix, asked.tilerow, asked.tilecol)
        west, south, east, north = bounds
        return west + across * (east - west), north + down * (south - north)
    count = 1 << asked.tilematrix
    lon = (asked.tilecol + across) / count * 360.0 - 180.0
    lat = math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * (asked.tilerow + down) / count))))
    return lon, lat


def _set(name: str) -> MatrixSet:
    for matrices in SETS:
        if name in (matrices.wmts_id, matrices.id):
            return matrices
    raise _wrong("tilematrixset", name, ", ".join(each.wmts_id for each in SETS))


def _all_of(given: Mapping[str, str], names: tuple[str, ...]) -> None:
    for name in names:
        if not given.get(name):
            raise _missing(name)


def _missing(name: str) -> InvalidInputError:
    return InvalidInputError(f"the parameter {name} is missing", code="wmts_missing", field=name)


def _wrong(name: str, got: str, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"{name}: got {got[:80]!r}, wanted {wanted}",
        code="invalid_fields", field=name, got=got[:80], wanted=wanted,
    )  # fmt: skip


@cache
def _blank() -> bytes:
    written = io.BytesIO()
    Image.new("LA", (SIDE_PX, SIDE_PX), (0, 0)).save(written, "PNG")
    return written.getvalue()
