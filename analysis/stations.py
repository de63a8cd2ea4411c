"""From where help sets out or where people are brought: teams, hospitals, shelters on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from analysis.roads.arrival import Candidate
from layers import catalog, query
from layers.errors import InvalidInputError, NotFoundError
from layers.query import Scope

MOST_STATIONS = 1000
STATION_LAYERS = ("team", "resource")


@dataclass(frozen=True)
class Stations:
    """Those that serve, and those that do not, each with its reason: "inside_zone" or "left_out".

    A team is out where its base lies in the closed area, a place of help where the closed area or
    one that is warned of touches any of its ground: it is a target then and never a destination.
    """

    serving: tuple[Candidate, ...]
    out: tuple[tuple[Candidate, str], ...]


def stations(
    session: Session,
    *,
    scope: Scope,
    lon: float,
    lat: float,
    layer: str,
    kinds: Sequence[str] | None = None,
    closed: BaseGeometry | None = None,
    warn: BaseGeometry | None = None,
) -> Stations:
    """Return the stations of a layer that a reader may see, the nearest thousand to a place.

    Raises
    ------
    InvalidInputError
        `layer` is neither "team" nor "resource".
    """
    if layer not in STATION_LAYERS:
        raise InvalidInputError(
            f"{layer[:64]!r} has no stations", code="no_stations", field="layer", got=layer[:64],
            wanted=", ".join(STATION_LAYERS),
        )  # fmt: skip
    found = catalog.find(layer, session)
    rows = query.nearest_by_line(
        session, found, scope=scope, lon=lon, lat=lat, k=MOST_STATIONS, kinds=kinds
    )
    barred = _inside(session, rows, layer, closed, warn, scope=scope)
    everyone = [(candidate(row), str(row["id"]) in barred) for row in rows]
    return Stations(
        tuple(one for one, shut in everyone if not shut),
        tuple((one, "inside_zone") for one, shut in everyone if shut),
    )


def candidate(row: dict[str, Any]) -> Candidate:
    """Return a row of `query.nearest_by_line` as a candidate."""
    return Candidate(
        layer=row["layer"],
        id=str(row["id"]),
        name=row["name"],
        name_en=row["name_en"],
        kind=row["kind"],
        lon=row["lon"],
        lat=row["lat"],
    )


def without(found: Stations, ids: Sequence[str]) -> Stations:
    """Return the stations with some left out, as if they were called elsewhere.

    Raises
    ------
    NotFoundError
        One of them is no station here: an answer would say that nothing changes without it.
    """
    gone = set(ids)
    known = {one.id for one in found.serving} | {one.id for one, _ in found.out}
    if gone - known:
        unknown = min(gone - known)
        raise NotFoundError(
            f"{unknown[:64]!r} is no station here", code="station_unknown", field="exclude",
            got=unknown[:64],
        )  # fmt: skip
    return Stations(
        tuple(one for one in found.serving if one.id not in gone),
        found.out + tuple((one, "left_out") for one in found.serving if one.id in gone),
    )


def _inside(
    session: Session,
    rows: Sequence[dict[str, Any]],
    layer: str,
    closed: BaseGeometry | None,
    warn: BaseGeometry | None,
    *,
    scope: Scope,
) -> set[str]:
    """Return the ids of those that the areas make targets."""
    areas = [area for area in (closed, warn) if area is not None and not area.is_empty]
    if layer == "team":
        areas = [area for area in areas if area is closed]
    if not areas or not rows:
        return set()
    area = shapely.union_all(areas)
    if layer == "team":
        shapely.prepare(area)
        inside = shapely.intersects_xy(area, *np.array([[r["lon"], r["lat"]] for r in rows]).T)
        return {str(row["id"]) for row, shut in zip(rows, inside, strict=True) if shut}
    touched = query.inside(session, catalog.find(layer, session), area, scope=scope)
    return {str(row["id"]) for row in touched}
