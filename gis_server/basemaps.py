"""The base map that this site serves: its archive, its tiles over HTTP, what is told of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.datastructures import ETags

from gis_server.config import Config
from layers import basemaps, catalog, journal
from layers.errors import BusyError, DamagedError, NotFoundError
from layers.site import describe
from tiles import basemap, tilejson
from tiles.archive.index import unpacked
from tiles.basemap.shelf import Served, Shelf
from tiles.grid import Tile

MVT = "application/vnd.mapbox-vector-tile"
FOR_EVER = "private, max-age=31536000, immutable"
_MOST_BYTES = 1 << 24


def folder(config: Config) -> Path:
    """Return where the archives of base maps lie."""
    return config.var / "basemaps"


def shelf(config: Config) -> Shelf:
    """Return the shelf of a site's archives."""
    return _shelf(folder(config))


@cache
def _shelf(folder: Path) -> Shelf:
    return Shelf(folder)


def tile(served: Served, where: Tile, *, label: str, known: ETags, gzipped: bool) -> Response:
    """Answer a tile of the archive, as it lies there where that is read; 204 where it is empty.

    Neither rows nor rights are in it, so no database is asked. It is kept for ever under the
    archive's own label.

    Raises
    ------
    NotFoundError
        Deeper than the archive goes (`basemap_depth`).
    BusyError
        The archive is damaged there (`basemap_damaged`).
    """
    basemap.check_depth(served.archive, where.z)
    etag = f"{served.sha256[:16]}-{where.z}-{where.x}-{where.y}"
    try:
        body = served.archive.stored(where.z, where.x, where.y)
        packing = served.archive.header.compression
        packed = bool(body) and packing == "gzip" and gzipped
        if body and not packed:
            body = unpacked(body, packing, most=_MOST_BYTES)
    except DamagedError as error:
        raise BusyError(
            f"the archive of the base map is damaged: {error}", code="basemap_damaged",
            reason=error.message,
        ) from None  # fmt: skip
    unchanged = known.contains_weak(etag)
    response = Response(b"" if unchanged else body, mimetype=MVT)
    response.status_code = 304 if unchanged else 200 if body else 204
    if packed and not unchanged:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = FOR_EVER if label == served.label else "no-store"
    response.vary.update(("Cookie", "Accept-Encoding"))
    return response


def description(session: Session, config: Config) -> dict[str, Any]:
    """Return where the base map comes from, its address, zooms, place and credits.

    `from` is "archive" or "database"; `reason` says why the database serves where base maps are on
    record: "missing_file" (an archive is not on this machine), "not_joined" (there is no archive
    of exactly those on record), "damaged".
    """
    served, regions = shelf(config).served(), basemaps.registered(session)
    reason = _reason(shelf(config), served, [each["sha256"] for each in regions])
    if served is None:
        told = _of_database(session)
    else:
        told = tilejson.of_archive(served.archive.header, served.archive.metadata(), served.label)
    credits = [*(each["attribution"] for each in regions), *describe(session)["attribution"]]
    (address,) = told.pop("tiles")
    return {
        "from": "database" if served is None else "archive",
        "reason": reason,
        "label": address.split("/")[3],
        "tiles": address,
        **{name: told[name] for name in ("minzoom", "maxzoom", "bounds", "vector_layers")},
        "attribution": ", ".join(dict.fromkeys(credits)) or None,
        "archive": None if served is None else "/basemap.pmtiles",
        "bytes": None if served is None else served.archive.bytes,
        "regions": [
            {**{name: each[name] for name in ("name", "bounds", "bytes", "tiles", "attribution",
                                              "source", "sha256")},
             **{name: each[name].isoformat() if each[name] else None
                for name in ("osm_timestamp", "made_at")}}
            for each in regions
        ],
    }  # fmt: skip


def tile_set(session: Session, config: Config) -> dict[str, Any]:
    """Return the TileJSON of the base map that is served."""
    served = shelf(config).served()
    if served is None:
        return _of_database(session)
    return tilejson.of_archive(served.archive.header, served.archive.metadata(), served.label)


def archive_path(config: Config) -> Served:
    """Return what is served as one file.

    Raises
    ------
    NotFoundError
        The site has made no base map (`no_basemap_archive`).
    """
    served = shelf(config).served()
    if served is None:
        raise NotFoundError(
            "this site has no archive of a base map; onemap basemap FILE.osm.pbf makes one",
            code="no_basemap_archive",
        )
    return served


def _of_database(session: Session) -> dict[str, Any]:
    revision = max(catalog.revisions(session, list(basemap.SOURCES)).values())
    label = journal.label(journal.epoch(session), revision)
    credits = ", ".join(describe(session)["attribution"]) or None
    return tilejson.of_basemap(revision=revision, label=label, attribution=credits)


def _reason(shelf: Shelf, served: Served | None, recorded: list[str]) -> str | None:
    """Return why what is served is not what is on record."""
    if shelf.failure() is not None:
        return "damaged"
    if sorted(set(served.regions if served else ())) == sorted(set(recorded)):
        return None
    return "missing_file" if shelf.missing(recorded) else "not_joined"
