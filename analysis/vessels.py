"""The hazard sources round a place as vessels: kind of equipment, what they hold, how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.local import LocalPlane
from layers import catalog, substances
from layers.errors import InvalidInputError, NotFoundError
from layers.models import Tank
from layers.query import Scope
from layers.query.distance import distance, within
from layers.query.scope import visible
from layers.substances import Substance

FARTHEST_M = 10_000.0
MOST_UNITS = 300
PRESSURISED_PA = 150_000.0

Totals = tuple[float | None, float | None]

_BY_CONTAINER = {
    "sphere": "pressurised",
    "cylinder": "pressurised",
    "process": "elongated",
    "pipeline": "small_equipment",
    "loading": "small_equipment",
    "warehouse": "atmospheric",
}


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One hazard source on the local plane, as far as it is known."""

    id: str
    name: str | None
    region: str | None
    geometry: BaseGeometry
    lon: float
    lat: float
    substance: Substance | None
    quantity_t: float | None
    equipment: str
    volume_m3: float | None


def near(session: Session, plane: LocalPlane, *, scope: Scope) -> list[Unit]:
    """Return the hazard sources round a place, the nearest first, at most `MOST_UNITS`.

    Geometries are in metres on `plane`.
    """
    layer = catalog.find("hazard_source")
    geom = layer.column("geom")
    lon, lat = plane.lon, plane.lat
    anchor = func.ST_PointOnSurface(geom)
    rows = session.execute(
        select(
            *(layer.column(name) for name in (
                "id", "name", "region", "substance", "cas", "quantity_t", "container",
                "pressure_pa",
            )),
            func.ST_AsBinary(geom).label("wkb"),
            func.ST_X(anchor).label("lon"),
            func.ST_Y(anchor).label("lat"),
        )
        .where(visible(layer, scope), within(layer, lon, lat, FARTHEST_M))
        .order_by(distance(layer, lon, lat), layer.column("id"))
        .limit(MOST_UNITS)
    ).all()  # fmt: skip
    tanks = _tank_totals(session, [row.id for row in rows])
    return [_unit(row, plane, tanks.get(row.id)) for row in rows]


def _tank_totals(
    session: Session, ids: Sequence[Any]
) -> dict[Any, tuple[float | None, float | None]]:
    """Return, by hazard source, what its tanks hold together, t, and the greatest volume, m³."""
    if not ids:
        return {}
    rows = session.execute(
        select(Tank.hazard_source_id, func.sum(Tank.quantity_t), func.max(Tank.capacity_m3))
        .where(Tank.hazard_source_id.in_(ids))
        .group_by(Tank.hazard_source_id)
    )
    return {id: (total, volume) for id, total, volume in rows}


def _unit(row: Any, plane: LocalPlane, tanks: Totals | None) -> Unit:
    substance = _substance(row.cas, row.substance)
    held, volume = tanks or (None, None)
    quantity = max((q for q in (row.quantity_t, held) if q is not None), default=None)
    return Unit(
        id=str(row.id),
        name=row.name,
        region=row.region,
        geometry=plane.to_plane(shapely.from_wkb(bytes(row.wkb))),
        lon=round(row.lon, 7),
        lat=round(row.lat, 7),
        substance=substance,
        quantity_t=quantity,
        equipment=_equipment(row.container, row.pressure_pa, substance),
        volume_m3=volume if volume else _volume_m3(quantity, substance),
    )


def _substance(*words: str | None) -> Substance | None:
    for word in words:
        try:
            if word:
                return substances.find(word)
        except (NotFoundError, InvalidInputError):
            continue  # a name that nobody knows: the chain ends there and says so
    return None


def _equipment(
    container: str | None, pressure_pa: float | None, substance: Substance | None
) -> str:
    """Return the kind of vessel: by its container, else by pressure, else by what it holds."""
    if container in _BY_CONTAINER:
        return _BY_CONTAINER[container]
    if pressure_pa is not None:
        return "pressurised" if pressure_pa > PRESSURISED_PA else "atmospheric"
    gas = substance is not None and substance.state == "gas"
    return "pressurised" if gas else "atmospheric"


def _volume_m3(quantity_t: float | None, substance: Substance | None) -> float | None:
    if not quantity_t or substance is None or "liquid_density" not in substance.constants:
        return None
    volume = quantity_t * 1000.0 / substance.constant("liquid_density").value
    return min(max(volume, 0.1), 250_000.0)
