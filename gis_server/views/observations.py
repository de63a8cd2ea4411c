"""What stations and people observe."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from analysis.reading import QUANTITIES
from gis_server.assessing import refuse_closed
from gis_server.auth import permission, scope, who
from gis_server.incident_face import find_incident
from gis_server.incident_rows import substance_named
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.feature import ObservationBody
from layers.district import district_at
from layers.errors import ConflictError, InvalidInputError, PermissionError_
from layers.models import Observation, WeatherStation
from layers.response.readings import LATE_AFTER

bp = api("observations")
CLOCK_SKEW = dt.timedelta(minutes=5)

WEATHER: dict[str, tuple[str, float, float]] = {
    "wind_speed": ("m/s", 0, 110),
    "wind_from": ("deg", 0, 360),
    "temperature": ("°C", -90, 60),
    "humidity": ("%", 0, 100),
    "cloud": ("tenths", 0, 10),
    "pressure": ("Pa", 50_000, 110_000),
    "rain": ("mm/h", 0, 500),
}
"""Weather that the analysis reads: its unit and its range."""


@bp.post("/observations")
@permission("incidents.report")
def add(body: ObservationBody) -> tuple[dict[str, Any], int]:
    """Take one value from a station (by id, own code or name) or from a person with a place.

    One that names an incident counts for that one alone; one that names none lies in the writer's
    regions, since it counts for every incident near it. `late`: told so long after it was measured
    that it moves no plan.
    """
    station = _station(body.station) if body.station else None
    _refuse_future(body.at)
    if body.kind == "weather":
        _check_weather(body)
    else:
        _check_reading(body)
    if station is None and (body.lon is None or body.lat is None):
        raise InvalidInputError(
            "an observation needs a station or lon and lat", code="no_place", field="station"
        )
    if body.incident is None and body.lon is not None:
        _refuse_elsewhere(body.lon, body.lat or 0.0)
    named = substance_named(body.substance)
    values = insert(Observation).values(
        kind=body.kind,
        station_id=station,
        quantity=body.quantity,
        value=body.value,
        unit=body.unit,
        instrument=body.instrument,
        at=body.at,
        incident_id=_incident(body.incident),
        cas=named.cas if named is not None else None,
        given_by=who().name,
        sent_as=body.id,
        geom=None if body.lon is None else _point(body.lon, body.lat or 0.0),
    )
    once = values.on_conflict_do_nothing(constraint="observation_sent_as_key")
    stored = db().scalar(once.returning(Observation.id))
    held = stored if stored is not None else _sent_before(body)
    late = dt.datetime.now(dt.UTC) - body.at > LATE_AFTER
    told = {"id": held, "station_id": station and str(station), "late": late}
    return told, 201 if stored is not None else 200


def _sent_before(body: ObservationBody) -> int:
    """Return the value of this name; one that somebody else gave, or of another time, is none."""
    mine = (Observation.given_by == who().name, Observation.at == body.at)
    held = db().scalar(select(Observation.id).where(Observation.sent_as == body.id, *mine))
    if held is None:
        raise ConflictError(
            f"the id {body.id} is taken", code="already_exists", rule="observation_sent_as_key"
        )
    return held


def _incident(id: uuid.UUID | None) -> uuid.UUID | None:
    """Return the incident that a value is about, if the one who tells it may see it."""
    if id is None:
        return None
    incident = find_incident(db(), id, scope=scope())
    refuse_closed(incident)
    return incident.id


def _station(named: str) -> uuid.UUID:
    try:
        by_id = WeatherStation.id == uuid.UUID(named)
    except ValueError:
        by_id = or_(WeatherStation.own_code == named, WeatherStation.name == named)
    seen = scope().clause(WeatherStation.region.expression)
    found = db().scalars(select(WeatherStation.id).where(by_id, seen).limit(2)).all()
    if len(found) != 1:
        raise InvalidInputError(
            f"station {named!r} names {len(found)} stations, wanted one", code="no_station",
            field="station", got=named,
        )  # fmt: skip
    return found[0]


def _refuse_elsewhere(lon: float, lat: float) -> None:
    """Refuse a place outside the writer's regions: a value there would move others' plans."""
    region = district_at(db(), lon=lon, lat=lat)
    if scope().holds(region):
        return
    wanted = ", ".join(scope().regions or ())
    raise PermissionError_(
        f"the place lies in region {region}, outside {wanted}; name the incident that it is about",
        code="outside_region", region=region or "-", regions=list(scope().regions or ()),
    )  # fmt: skip


def _refuse_future(at: dt.datetime) -> None:
    """Refuse a time that has not come: it would be the newest value until it does."""
    now = dt.datetime.now(dt.UTC)
    if at > now + CLOCK_SKEW:
        raise InvalidInputError(
            f"at: got {at.isoformat()}, wanted {now.isoformat(timespec='seconds')} or before",
            code="invalid_fields", field="at", got=at.isoformat(),
            wanted=f"<= {now.isoformat(timespec='seconds')}",
        )  # fmt: skip


def _check_weather(body: ObservationBody) -> None:
    known = WEATHER.get(body.quantity)
    if known is None:
        raise InvalidInputError(
            f"quantity {body.quantity!r} is not one of {', '.join(WEATHER)}", code="no_quantity",
            field="quantity", got=body.quantity, wanted=list(WEATHER),
        )  # fmt: skip
    unit, low, high = known
    if body.unit != unit or not low <= body.value <= high:
        raise InvalidInputError(
            f"{body.quantity}: got {body.value:g} {body.unit}, wanted {low:g} to {high:g} {unit}",
            code="out_of_range", field="value", got=f"{body.value:g} {body.unit}",
            wanted=f"{low:g} .. {high:g} {unit}",
        )  # fmt: skip


def _check_reading(body: ObservationBody) -> None:
    """Refuse a unit that the quantity does not come in, and less than nothing of it."""
    units = QUANTITIES.get(body.quantity)
    if units is None:
        return
    if body.unit not in units:
        raise InvalidInputError(
            f"{body.quantity}: got the unit {body.unit!r}, wanted one of {', '.join(units)}",
            code="invalid_fields", field="unit", got=body.unit, wanted=", ".join(units),
        )  # fmt: skip
    if body.value < 0:
        raise InvalidInputError(
            f"{body.quantity}: got {body.value:g}, wanted 0 or more", code="out_of_range",
            field="value", got=f"{body.value:g} {body.unit}", wanted=f">= 0 {body.unit}",
        )  # fmt: skip


def _point(lon: float, lat: float) -> Any:
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
