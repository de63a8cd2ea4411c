"""The evacuation of a plan's zones: what is asked of the database, then the search by road."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from analysis.dispatch.evacuation import Evacuation, Group, evacuation
from analysis.dispatch.shelters import Offered, keep_out, offered
from analysis.dispatch.wayaway import Area
from analysis.roads.closures import Closure
from analysis.roads.network import RoadNetwork
from gis_server import evacuation_face as face
from gis_server.closures import Closed
from layers.models import Incident
from layers.query import Scope


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Everything that the search needs, read before it begins: no transaction idles meanwhile."""

    people: Sequence[Group]
    zones: Sequence[Area]
    offered: Offered
    closed: Sequence[Closure]
    occurred_at: dt.datetime

    def solve(self, network: RoadNetwork, *, now: dt.datetime) -> Evacuation:
        """Search who goes where on a network."""
        return evacuation(
            network, self.people, self.offered.shelters, zones=self.zones, closed=self.closed,
            occurred_at=self.occurred_at, now=now,
        )  # fmt: skip


def asked(
    session: Session, incident: Incident, plan: Mapping[str, Any], closed: Closed, *, scope: Scope
) -> Asked | None:
    """Read what a plan's evacuation needs; None where the plan has no zone.

    Parameters
    ----------
    plan
        As the reader may see it.
    closed
        What closes roads; its zones are left out, for the people are in them.
    """
    zones, lon, lat = face.areas(plan), plan["lon"], plan["lat"]
    if not zones:
        return None
    people = face.groups(plan)
    played: tuple[uuid.UUID, ...] = (incident.id,) if incident.exercise else ()
    away = keep_out(
        [z.shape for z in zones], lon, lat, turns=face.turns(plan, closed.wind_from_deg)
    )
    found = offered(
        session, away, lon=lon, lat=lat, people=sum(group.people or 0 for group in people),
        scope=scope, exercise=played,
    )  # fmt: skip
    return Asked(
        people=people,
        zones=zones,
        offered=found,
        closed=[part for part in closed.parts if part.kind != "zone"],
        occurred_at=incident.occurred_at,
    )
