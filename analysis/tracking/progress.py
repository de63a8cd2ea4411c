"""How a vehicle on a task is getting on: on its route, off it, standing, near, silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from layers.tracking.judgement import distance_m


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When what is said of a vehicle. All of it [mem 60%]: no standard gives these numbers.

    Off route is farther than `off_m` from the planned road for `off_fixes` positions in a row;
    standing is within `still_m`, slower than `still_m_s`, for `still_s`, neither near the
    destination nor at its base; near is within `near_m` of the destination for `near_s`.
    """

    off_m: float = 150.0
    off_fixes: int = 3
    still_m_s: float = 1.0
    still_m: float = 50.0
    still_s: float = 180.0
    near_m: float = 150.0
    near_s: float = 60.0
    stale_s: float = 60.0
    silent_s: float = 120.0
    overdue_s: float = 300.0


RULES = Rules()


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One position of a vehicle on a task. Times are seconds since 1970; NaN is not known.

    `off_m` is how far the planned road is (NaN: none is planned), `to_go_m` the destination by
    air, `base_m` its base; `remaining_s` the time by road, infinite where no way is open.
    """

    at_s: float
    lon: float
    lat: float
    speed_m_s: float
    off_m: float
    to_go_m: float
    base_m: float
    remaining_s: float


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What following remembers of a vehicle between two positions; `alerts` are open."""

    at_s: float | None = None
    lon: float | None = None
    lat: float | None = None
    off_fixes: int = 0
    still_since_s: float | None = None
    still_lon: float | None = None
    still_lat: float | None = None
    near_since_s: float | None = None
    alerts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what is not empty, for a row of the database."""
        return {name: value for name, value in asdict(self).items() if value}


def remembered(stored: Mapping[str, Any]) -> Memory:
    """Return a memory as it was stored; what is not one of its fields is not remembered."""
    known = {field.name for field in fields(Memory)}
    values = {name: value for name, value in stored.items() if name in known}
    return Memory(**values | {"alerts": tuple(values.get("alerts", ()))})


def seen(memory: Memory, now: Seen, rules: Rules = RULES) -> tuple[Memory, str]:
    """Take a new position; return what is remembered, with its alerts, and the state.

    The state is "near", "no_way", "off_route", "stopped" or "on_route", the first that holds.
    """
    memory = _standing(memory, now, rules)
    near_since_s = None
    if now.to_go_m <= rules.near_m:
        near_since_s = now.at_s if memory.near_since_s is None else memory.near_since_s
    # Without a known road nothing is said; at the destination nobody has to keep to the road.
    off = now.off_m > rules.off_m and near_since_s is None
    memory = replace(
        memory,
        at_s=now.at_s, lon=now.lon, lat=now.lat,
        off_fixes=memory.off_fixes + 1 if off else 0,
        near_since_s=near_since_s,
    )  # fmt: skip
    alerts = set(_alerts(memory, now, rules))
    # What the clock tells, and not a position, is not for this to close.
    alerts |= set(memory.alerts) & {"overdue"}
    state = "on_route"
    if near_since_s is not None:
        state = "near"
    else:
        state = next((s for s in ("no_way", "off_route", "stopped") if s in alerts), state)
    return replace(memory, alerts=tuple(sorted(alerts))), state


def _standing(memory: Memory, now: Seen, rules: Rules) -> Memory:
    """Return the memory with since when it stands, and where."""
    moved_m = float("inf")
    if memory.still_lon is not None and memory.still_lat is not None:
        moved_m = distance_m(memory.still_lon, memory.still_lat, now.lon, now.lat)
    if moved_m <= rules.still_m and _speed(memory, now) < rules.still_m_s:
        return memory
    return replace(memory, still_since_s=now.at_s, still_lon=now.lon, still_lat=now.lat)


def _speed(memory: Memory, now: Seen) -> float:
    """Return the speed that was reported, else that since the position before; 0 of the first."""
    if now.speed_m_s == now.speed_m_s:
        return now.speed_m_s
    if memory.at_s is None or memory.lon is None or memory.lat is None or now.at_s <= memory.at_s:
        return 0.0
    return distance_m(memory.lon, memory.lat, now.lon, now.lat) / (now.at_s - memory.at_s)


def _alerts(memory: Memory, now: Seen, rules: Rules) -> list[str]:
    found = []
    if memory.near_since_s is not None:
        return ["arrived"] if now.at_s - memory.near_since_s >= rules.near_s else []
    if memory.off_fixes >= rules.off_fixes:
        found.append("off_route")
    still_s = 0.0 if memory.still_since_s is None else now.at_s - memory.still_since_s
    if still_s >= rules.still_s and not now.base_m <= rules.near_m:
        found.append("stopped")
    if now.remaining_s == float("inf"):
        found.append("no_way")
    return found


def clock(
    memory: Memory, *, now_s: float, heard_s: float, due_s: float | None, rules: Rules = RULES
) -> Memory:
    """Return the memory with what the clock alone tells: silent too long, overdue.

    Parameters
    ----------
    heard_s
        When the newest position was, by the earlier of the device's clock and ours.
    due_s
        When the task expected it; None where nobody said.
    """
    alerts = set(memory.alerts) - {"silent", "overdue"}
    if now_s - heard_s > rules.silent_s:
        alerts.add("silent")
    if due_s is not None and now_s - due_s > rules.overdue_s and memory.near_since_s is None:
        alerts.add("overdue")
    return replace(memory, alerts=tuple(sorted(alerts)))
