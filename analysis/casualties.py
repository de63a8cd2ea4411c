"""Casualties (伤亡估计): how many of the people in the zones may die, as a range by named sets.

Never one bare number: two published probits, the concentration of the zone's edge and that of its
axis, short and long stays, and the share of people indoors span the range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from analysis import exposure, lethality, residents
from analysis.hazard.physics.effect.probits import PROBITS
from analysis.lethality import Member, Shares
from analysis.protective_action import AIR_CHANGES_PER_H
from analysis.scenario import LEVELS, Message, Scenario, Zone, ZoneSet
from layers.query import Scope

LISTED = 500
INDOORS = {"day": 0.93, "night": 0.99}
INDOORS_SOURCE = "Purple Book CPR 18E (1999) section 5.3: 0.93 by day, 0.99 by night [mem 85%]"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Deaths as a range: of one target (`level` its worst zone), or a sum."""

    low: float
    central: float
    high: float
    level: str = ""
    people: int = 0
    target: str = ""

    def to_json(self) -> dict[str, int]:
        """Return whole people: no range is finer than its models."""
        return {"low": round(self.low), "central": round(self.central), "high": round(self.high)}


def of(session: Session, scenario: Scenario, zone_set: ZoneSet, *, scope: Scope) -> dict[str, Any]:
    """Return the estimate for every protection target in the zones that a reader may see.

    `residents` holds the same for the people of a population raster, or None without one.
    """
    zones = zone_set.zones
    people = exposure.targets(session, scenario, zones, scope=scope)
    when = exposure.period(scenario.occurred_at, lon=scenario.lon, lat=scenario.lat)
    living = residents.as_targets(session, zones, period=when)
    return {
        **estimate(scenario, zone_set, people, period=when),
        "residents": estimate(scenario, zone_set, living, period=when) if living else None,
    }


def estimate(
    scenario: Scenario, zone_set: ZoneSet, targets: Sequence[Mapping[str, Any]], *, period: str
) -> dict[str, Any]:
    """Return the estimated deaths among the people of protection targets.

    Parameters
    ----------
    targets
        As in an exposure: `people`, `distance_m`, `level`, `zones` (indices), `hazard`,
        `passage_s`.
    period
        "day" or "night": who is indoors.

    Returns
    -------
    dict
        `fatalities` {`low`, `central`, `high`} or None with `reason`; `by_level` the same with
        `people`; `by_target` the three of each target by its id, the first `LISTED` of them;
        `people`, `people_unknown`, `not_estimated` (people in zones that no dose can be told
        for); `sets` with their sources and certainties; `assumed`.
    """
    known = [t for t in targets if t["people"] is not None]
    groups: dict[str, list[Member]] = {}
    for target in known:
        zone = _zone_of(target, zone_set.zones)
        hazard = zone.hazard if zone.basis == "model" else "table"
        groups.setdefault(hazard, []).append((target, zone))
    rows: list[Estimate] = []
    sets: list[str] = []
    reasons: list[Message] = []
    for hazard, members in sorted(groups.items()):
        shares = lethality.shares(hazard, scenario, zone_set, members, indoors=INDOORS[period])
        if isinstance(shares, Message):
            reasons.append(shares)
            continue
        sets += [name for name in shares.sets if name not in sets]
        rows += _deaths(members, shares)
    total = sum(int(t["people"]) for t in known)
    return {
        "fatalities": _sum(rows).to_json() if rows else None,
        "reason": [reason.to_json() for reason in reasons],
        "by_level": _by_level(rows),
        "by_target": {
            row.target: [round(n, 2) for n in (row.low, row.central, row.high)]
            for row in rows[:LISTED]
        },
        "people": total,
        "people_unknown": len(targets) - len(known),
        "not_estimated": total - sum(row.people for row in rows),
        "sets": [_named(name) for name in sets],
        "assumed": _assumed(scenario, period),
    }


def _deaths(members: Sequence[Member], shares: Shares) -> list[Estimate]:
    """Return the deaths at each target, fractions of people kept."""
    people = np.array([float(target["people"]) for target, _ in members])
    columns = (people * shares.low, people * shares.central, people * shares.high)
    return [
        Estimate(
            low=low,
            central=central,
            high=high,
            level=target["level"],
            people=int(target["people"]),
            target=str(target["id"]),
        )
        for (target, _), low, central, high in zip(
            members, *(column.tolist() for column in columns), strict=True
        )
    ]


def _zone_of(target: Mapping[str, Any], zones: Sequence[Zone]) -> Zone:
    """Return the worst zone that a target is in; a modelled one before one by table."""
    inside = [zones[int(index)] for index in target["zones"]]
    modelled = [zone for zone in inside if zone.basis == "model"]
    return min(modelled or inside, key=lambda zone: LEVELS.index(zone.level))


def _sum(rows: Sequence[Estimate]) -> Estimate:
    return Estimate(
        low=sum(row.low for row in rows),
        central=sum(row.central for row in rows),
        high=sum(row.high for row in rows),
    )


def _by_level(rows: Sequence[Estimate]) -> list[dict[str, Any]]:
    found = []
    for level in LEVELS:
        here = [row for row in rows if row.level == level]
        if here:
            people = sum(row.people for row in here)
            found.append({"level": level, "people": people, **_sum(here).to_json()})
    return found


def _named(name: str) -> dict[str, str]:
    if name == "purple_book_blast":
        return {"name": name, "source": lethality.BLAST_RULE_SOURCE, "certainty": "mem 90%"}
    probit = PROBITS[name]
    return {"name": name, "source": probit.source, "certainty": probit.certainty}


def _assumed(scenario: Scenario, period: str) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = [
        {"field": "indoors_share", "value": INDOORS[period], "source": INDOORS_SOURCE}
    ]
    if scenario.kind == "toxic_release":
        stay = list(lethality.STAY_MIN.values())
        return [
            *held,
            {"field": "stay_min", "value": stay, "source": None},
            {"field": "air_changes_per_h", "value": AIR_CHANGES_PER_H, "source": None},
            {"field": "nearest_slope", "value": lethality.NEAREST_SLOPE, "source": None},
        ]
    escape, burns = lethality.ESCAPE_S, lethality.BUILDING_BURNS_KW_M2
    held.append({"field": "exposure_s", "value": escape, "source": lethality.ESCAPE_SOURCE})
    held.append({"field": "building_burns_kw_m2", "value": burns, "source": lethality.BURNS_SOURCE})
    return held
