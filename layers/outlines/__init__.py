"""Outlines of areas for the zooms far out: made after a load and when shapes have changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from layers.layer import Layer
from layers.models import Outline
from layers.outlines.simplification import simplified

__all__ = ["AT_INTAKE", "BANDS", "band_of", "has_areas", "missing", "renew"]

BANDS = (1, 3, 5, 7, 9, 11)
"""The zooms for which outlines are kept; a zoom between two is drawn from the nearer one."""
MAX_VERTICES = 4_000_000
"""A layer of more corners is simplified row by row as it is drawn: this would take gigabytes."""
AT_INTAKE = 500_000
"""A load makes the outlines itself up to so many corners, within seconds."""
_TOLERANCE_UNITS = 3
_UNIT_M = 40_075_016.685578488 / 4096
_ROWS_AT_ONCE = 1000
_LONG = "10min"
_AREAS = ("ST_Polygon", "ST_MultiPolygon")


def band_of(zoom: int) -> int | None:
    """Return the band from which a zoom is drawn; None where the shapes themselves are."""
    return next((band for band in BANDS if band >= zoom), None)


def has_areas(layer: Layer) -> bool:
    """Tell whether a layer's rows may be areas of which outlines are kept."""
    return not layer.thinned and layer.geometry_type not in ("POINT", "LINESTRING")


def missing(session: Session, layer: Layer) -> int:
    """Return how many areas of a layer have no outlines, at most 1."""
    return int(session.scalar(select(func.count()).select_from(_bare(layer).subquery())) or 0)


def renew(session: Session, layer: Layer, *, most: int = MAX_VERTICES) -> int:
    """Make the outlines of a layer's areas; return of how many, 0 where corners exceed `most`.

    An area that is changed meanwhile gets none: its own change will ask for it. The transaction
    may last ten minutes from then on; nobody waits for it but who changes one of the areas.
    """
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        session.execute(select(func.set_config(limit, _LONG, True)))
    geom = layer.column("geom_3857")
    if (session.scalar(select(func.sum(func.ST_NPoints(geom)))) or 0) > most:
        return 0
    rows = session.execute(
        select(layer.column("fid"), layer.column("entry"), func.ST_AsBinary(geom))
        .where(func.ST_GeometryType(geom).in_(_AREAS))
        .order_by(layer.column("fid"))
    ).all()
    if not rows:
        return 0
    areas = shapely.from_wkb([bytes(row[2]) for row in rows])
    keys = np.array([(row[0], row[1]) for row in rows])
    fit = shapely.is_valid(areas)
    areas, keys = areas[fit], keys[fit]
    for band in BANDS:
        _store(session, layer, band, keys, simplified(areas, _TOLERANCE_UNITS * _UNIT_M / 2**band))
    return len(areas)


def _bare(layer: Layer) -> Select[Any]:
    """Return the statement for an area without outlines."""
    kept = select(Outline.fid).where(
        Outline.layer == layer.name, Outline.band == BANDS[0], Outline.fid == layer.column("fid")
    )
    return (
        select(layer.column("fid"))
        .where(
            func.ST_GeometryType(layer.column("geom_3857")).in_(_AREAS),
            func.ST_IsValid(layer.column("geom_3857")),
            ~kept.exists(),
        )
        .limit(1)
    )


def _store(
    session: Session, layer: Layer, band: int, keys: NDArray[Any], outlines: NDArray[Any]
) -> None:
    """Put outlines in the place of those of before, for rows that are as they were read.

    A row is held until the transaction ends: one that is being changed is waited for and then
    passed over, so that no outline of an older shape stays.
    """
    statement = text(
        f"""
        INSERT INTO outline AS o (layer, band, fid, geom)
        SELECT :layer, :band, held.fid, ST_GeomFromWKB(held.wkb, 3857)
        FROM (
          SELECT t.fid, v.wkb FROM "{layer.name}" t
          JOIN unnest(CAST(:fids AS bigint[]), CAST(:entries AS bigint[]), CAST(:wkbs AS bytea[]))
            AS v(fid, entry, wkb) ON t.fid = v.fid AND t.entry = v.entry
          FOR SHARE OF t) held
        ON CONFLICT (layer, band, fid) DO UPDATE SET geom = excluded.geom
        WHERE o.geom IS DISTINCT FROM excluded.geom
        """  # noqa: S608 - the name is the catalogue's
    )
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        part = keys[start : start + _ROWS_AT_ONCE]
        session.execute(
            statement,
            {
                "layer": layer.name,
                "band": band,
                "fids": part[:, 0].tolist(),
                "entries": part[:, 1].tolist(),
                "wkbs": shapely.to_wkb(outlines[start : start + _ROWS_AT_ONCE]).tolist(),
            },
        )
