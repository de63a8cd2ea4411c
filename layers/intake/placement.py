"""Whether a data set as a whole lies where it should: the look before it is staged.

Warnings only: a person decides. Each is `{"code", "params"}`; the words are in the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Float, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from layers import crs
from layers.catalog import Layer
from layers.intake import alignment
from layers.intake.alignment import Floats, Shifted
from layers.intake.outliers import far_away, zeros
from layers.intake.points import middles

Message = dict[str, Any]

_SEED = 20_260_101
_SITE_SAMPLE = 500
_CLEARLY = 0.5
_CODES = {"GCJ-02": "looks_gcj02", "BD-09": "looks_bd09", "WGS 84": "looks_unshifted"}


def look(
    session: Session,
    geometries: NDArray[Any],
    *,
    layer: Layer | None = None,
    names: Sequence[str | None] | None = None,
) -> list[Message]:
    """Return what looks wrong with the places of a whole data set.

    Parameters
    ----------
    geometries
        Shapely geometries or None, in EPSG:4326 as the file would be loaded.
    layer
        The layer that they are for: its stored features of the same names are a witness.
    names
        The name of each geometry, or None.

    Returns
    -------
    list of dict
        `zero_places` (at 0, 0), `far_places` (far from all the others; with the first of them),
        `swapped_axes` (within the site's regions, or on the Earth, only with lon and lat
        exchanged), `outside_site`, `looks_gcj02`, `looks_bd09` (moved by the offset of that
        system) and `looks_unshifted` (turned out of GCJ-02 although it never was in it); each
        with the numbers that tell it.
    """
    lon, lat = middles(geometries)
    there = np.flatnonzero(~np.isnan(lon))
    if not len(there):
        return []
    lon, lat = lon[there], lat[there]
    found = _astray(lon, lat)
    usable = (np.abs(lon) <= 180) & (np.abs(lat) <= 180) & ~zeros(lon, lat)
    there, lon, lat = there[usable], lon[usable], lat[usable]
    at_site = _on_site(session, lon, lat)
    found += at_site
    if not any(message["code"] == "swapped_axes" for message in at_site):
        found += _shifted(session, geometries, there, layer, names)
    return found


def _astray(lon: Floats, lat: Floats) -> list[Message]:
    found: list[Message] = []
    at_zero = zeros(lon, lat)
    if at_zero.any():
        found.append({"code": "zero_places", "params": {"count": int(at_zero.sum())}})
    far = far_away(lon, lat)
    if far:
        fixable = [each for each in far if each.likely is not None]
        first = far[0]
        found.append(
            {
                "code": "far_places",
                "params": {
                    "count": len(far),
                    "looked": len(lon),
                    "mirrored": len(fixable),
                    "first": f"{lon[first.index]:.5f}, {lat[first.index]:.5f}",
                },
            }
        )
    return found


_INSIDE = text(
    """
    SELECT EXISTS (SELECT FROM region r WHERE ST_Intersects(r.geom, place.geom))
    FROM (SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom
          FROM unnest(:lon, :lat) WITH ORDINALITY AS given(lon, lat, n)) place
    ORDER BY place.n
    """
).bindparams(bindparam("lon", type_=ARRAY(Float)), bindparam("lat", type_=ARRAY(Float)))


def _on_site(session: Session, lon: Floats, lat: Floats) -> list[Message]:
    """Compare with the site's regions; where there are none, with the Earth itself."""
    if not len(lon):
        return []
    chosen = _sample(len(lon), _SITE_SAMPLE)
    lon, lat = lon[chosen], lat[chosen]
    regions = session.scalar(text("SELECT EXISTS (SELECT FROM region WHERE geom IS NOT NULL)"))
    inside = _inside(session, lon, lat) if regions else np.abs(lat) <= 90
    outside = ~inside
    if not outside.any():
        return []
    turned = np.zeros(len(lon), dtype=bool)
    turned[outside] = (
        _inside(session, lat[outside], lon[outside]) if regions else np.abs(lon[outside]) <= 90
    )
    if turned.mean() >= _CLEARLY and inside.mean() < 1 - _CLEARLY:
        params = {
            "looked": len(lon), "as_given": int(inside.sum()), "exchanged": int(turned.sum()),
        }  # fmt: skip
        return [{"code": "swapped_axes", "params": params}]
    if not regions:
        return []
    share = round(100 * float(outside.mean()))
    params = {"outside": int(outside.sum()), "looked": len(lon), "share_pct": max(share, 1)}
    return [{"code": "outside_site", "params": params}]


def _inside(session: Session, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Return which places lie in a region of the site; a latitude past the pole lies in none."""
    found = np.zeros(len(lon), dtype=bool)
    earth = np.flatnonzero(np.abs(lat) <= 90)
    rows = session.execute(_INSIDE, {"lon": lon[earth].tolist(), "lat": lat[earth].tolist()})
    found[earth] = [inside for (inside,) in rows]
    return found


def _shifted(
    session: Session,
    geometries: NDArray[Any],
    there: NDArray[np.int64],
    layer: Layer | None,
    names: Sequence[str | None] | None,
) -> list[Message]:
    lon, lat = middles(geometries[there])
    west, south, east, north = crs.CHINA_BOX
    there = there[(lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)]
    found: list[Shifted | None] = []
    if layer is not None and names is not None:
        named = np.array([i for i in there.tolist() if names[i]], dtype=np.int64)
        chosen = named[_sample(len(named), alignment.PLACES_MAX)]
        called = [str(names[i]) for i in chosen.tolist()]
        found.append(alignment.by_names(session, layer, *_on_them(geometries[chosen]), called))
    if len(there) >= alignment.PLACES_MIN:
        chosen = there[_sample(len(there), alignment.PLACES_MAX)]
        found.append(alignment.by_roads(session, *_on_them(geometries[chosen])))
    return _told([each for each in found if each is not None])


def _on_them(geometries: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return a place on each geometry: the point, the middle of the line, a place in the area."""
    places = shapely.point_on_surface(geometries)
    lines = shapely.get_dimensions(geometries) == 1
    places[lines] = shapely.line_interpolate_point(
        shapely.get_geometry(geometries[lines], 0), 0.5, normalized=True
    )
    return shapely.get_x(places), shapely.get_y(places)


def _told(found: Sequence[Shifted]) -> list[Message]:
    """Return one message a system, with what each witness tells of it."""
    evidence: dict[str, list[Message]] = {}
    for each in found:
        params = {
            "count": each.count,
            "as_given_m": round(each.as_given_m),
            "turned_m": round(each.turned_m),
        }
        told = {"code": f"shift.{each.witness}", "params": params}
        evidence.setdefault(_CODES[each.system], []).append(told)
    return [{"code": code, "params": {"evidence": told}} for code, told in evidence.items()]


def _sample(count: int, most: int) -> NDArray[np.int64]:
    """Return the positions of at most `most` of `count`, the same ones every time."""
    if count <= most:
        return np.arange(count)
    chosen = np.random.default_rng(_SEED).choice(count, size=most, replace=False)
    return np.sort(chosen)
