"""Evacuate or shelter: computed from the loads where arrival and passing are known, else a rule.

Both loads scale with the same power of the concentration, so the choice needs only the times, the
air changes of a house and the exponent n, not the concentration itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analysis.hazard.physics.effect.probits import of_substance
from analysis.hazard.physics.effect.shelter import outdoor_loads, step_loads
from analysis.scenario import Message, Scenario, Zone

Action = Literal["evacuate", "shelter"]

EVACUATION_S = 1800.0
VULNERABLE_EVACUATION_S = 3600.0
"""Warn, assemble and leave: 30 minutes, an hour where people cannot walk by themselves. Planning
values of ours, shown as assumed."""

INDOORS_SHARE = 0.5
"""Share of that time in which people are still indoors: warned, dressed, counted."""

AIR_CHANGES_PER_H = 1.0
AIR_CHANGES_SOURCE = "Purple Book CPR 18E (1999), ventilation of houses, 1 per hour [mem 85%]"
ALL_CLEAR_S = 900.0
SHORT_RELEASE_S = 1800.0
VULNERABLE_KINDS = frozenset({"kindergarten", "nursing_home", "hospital"})
MOVING_HAZARDS = frozenset({"toxic", "flammable"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the choice needs to know of one place: its kind, the worst zone, the cloud's times.

    `arrival_s` counts from the release; `passage_s` is how long the cloud takes to pass;
    `elapsed_s` is how long after the release people are warned at the earliest: now.
    """

    kind: str | None
    zone: Zone
    arrival_s: float | None
    passage_s: float | None
    elapsed_s: float = 0.0

    @property
    def evacuation_s(self) -> float:
        """Return how long it takes to warn, assemble and leave."""
        return VULNERABLE_EVACUATION_S if self.kind in VULNERABLE_KINDS else EVACUATION_S


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to do at a place, why, and by which loads (as shares of the load outdoors)."""

    action: Action
    reason: Message
    shelter_share: float | None = None
    evacuation_share: float | None = None


def passage_s(scenario: Scenario, zone: Zone) -> float | None:
    """Return how long a cloud takes to pass, s: at most the longest stay in a modelled zone.

    A zone by table knows no cloud: there the release's own duration stands. It does not stand
    where a model has looked: a spill of a minute may give off vapour for hours.
    """
    return scenario.release.duration_s if zone.basis == "table" else zone.stays_s


def exponent_n(scenario: Scenario) -> tuple[float, str]:
    """Return the exponent of Cⁿ t for the scenario's substance, and where it comes from."""
    if scenario.substance is not None:
        for probit in of_substance(scenario.substance.cas):
            if probit.n is not None:
                return probit.n, probit.source
    return 1.0, "n = 1 where none is published: it makes a house protect least"


def advise(scenario: Scenario, places: Sequence[Place]) -> list[Advice]:
    """Return what to do at each place, in order."""
    n, _ = exponent_n(scenario)
    found: list[Advice | None] = [_by_rule(place) for place in places]
    computed = [index for index, advice in enumerate(found) if advice is None]
    for index, advice in zip(computed, _by_loads([places[i] for i in computed], n), strict=True):
        found[index] = advice
    return [advice for advice in found if advice is not None]


def assumed(scenario: Scenario) -> dict[str, Any]:
    """Return the planning values behind the choice, with their sources."""
    n, source = exponent_n(scenario)
    return {
        "air_changes_per_h": {"value": AIR_CHANGES_PER_H, "source": AIR_CHANGES_SOURCE},
        "exponent_n": {"value": n, "source": source},
        "evacuation_s": {"value": EVACUATION_S, "source": None},
        "evacuation_vulnerable_s": {"value": VULNERABLE_EVACUATION_S, "source": None},
        "all_clear_s": {"value": ALL_CLEAR_S, "source": None},
    }


def _by_rule(place: Place) -> Advice | None:
    """Return what needs no computing, or cannot be computed; None where the loads decide."""
    minutes = {"needed_min": round(place.evacuation_s / 60)}
    zone = place.zone
    if zone.hazard not in MOVING_HAZARDS:
        return Advice(action="evacuate", reason=Message(code="action.fixed_hazard"))
    if zone.hazard == "toxic" and zone.level == "yellow" and zone.basis == "model":
        return Advice(action="shelter", reason=Message(code="action.discomfort_only"))
    toxic = zone.hazard == "toxic"
    if toxic and place.arrival_s is not None and place.passage_s is not None:
        return None
    if toxic and place.passage_s is not None and place.passage_s <= SHORT_RELEASE_S:
        duration = {"duration_min": round(place.passage_s / 60)}
        return Advice(
            action="shelter", reason=Message(code="action.short_release", params=duration)
        )
    if place.arrival_s is None:
        reason = Message(code="action.arrival_unknown", params=minutes)
        return Advice(action="shelter", reason=reason)
    left_s = max(0.0, place.arrival_s - place.elapsed_s)
    params = {**minutes, "arrival_min": round(left_s / 60)}
    if left_s < place.evacuation_s:
        return Advice(action="shelter", reason=Message(code="action.cloud_first", params=params))
    return Advice(action="evacuate", reason=Message(code="action.time_enough", params=params))


def _by_loads(places: Sequence[Place], n: float) -> list[Advice]:
    """Return the action with the smaller load; equal loads (none at all) mean leaving."""
    if not places:
        return []
    start = np.array([place.arrival_s or 0.0 for place in places])
    passed = start + np.array([place.passage_s or 0.0 for place in places])
    warned = np.array([place.elapsed_s for place in places])
    needed = np.array([place.evacuation_s for place in places])
    leaves, gone = warned + needed * INDOORS_SHARE, warned + needed
    cloud: Mapping[str, Any] = {"concentration": 1.0, "arrival_s": start, "passed_s": passed,
                                "exponent": n}  # fmt: skip
    outside = outdoor_loads(**cloud, from_s=0.0, until_s=passed)
    waiting = step_loads(**cloud, air_changes_per_h=AIR_CHANGES_PER_H, inside_until_s=leaves)
    walking = outdoor_loads(**cloud, from_s=leaves, until_s=gone)
    inside = step_loads(
        **cloud, air_changes_per_h=AIR_CHANGES_PER_H, inside_until_s=passed + ALL_CLEAR_S
    )
    whole = np.maximum(outside, 1e-300)
    return [
        _weighed(place, float(shelter), float(leaving))
        for place, shelter, leaving in zip(
            places, inside / whole, (waiting + walking) / whole, strict=True
        )
    ]


def _weighed(place: Place, shelter: float, leaving: float) -> Advice:
    assert place.arrival_s is not None
    assert place.passage_s is not None
    action: Action = "shelter" if shelter < leaving else "evacuate"
    params = {
        "shelter_pct": round(shelter * 100),
        "evacuate_pct": round(leaving * 100),
        "arrival_min": round(max(0.0, place.arrival_s - place.elapsed_s) / 60),
        "needed_min": round(place.evacuation_s / 60),
        "passage_min": round(place.passage_s / 60),
    }
    return Advice(
        action=action,
        reason=Message(code=f"action.computed_{action}", params=params),
        shelter_share=round(shelter, 4),
        evacuation_share=round(leaving, 4),
    )
