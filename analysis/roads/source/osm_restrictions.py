"""Turn restrictions of OpenStreetMap as banned sequences of roads.

Source: OSM wiki, Relation:restriction (read as data). Our reading: `no_*` bans the path from the
`from` way over what is `via` to the `to` way; `only_*` bans every other continuation at each
junction of that path, turning back included. Restrictions that hold at some times only, or for
vehicles that we have none of, are left out and counted; so is what cannot be said of one path.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from analysis.roads.edges import Ban, RoadEdges, Turns
from analysis.roads.source.osm_scan import Relation
from analysis.roads.source.osm_split import source_node

BOUND: Mapping[str, str] = {"": "all", "motor_vehicle": "all", "vehicle": "all", "hgv": "hgv",
                            "hazmat": "hazmat"}  # fmt: skip
EVERY_VEHICLE = frozenset({"motor_vehicle", "vehicle"})
TIMED = ("day_on", "day_off", "hour_on", "hour_off")
PATH_LIMIT = 50


class Step(NamedTuple):
    """A road, driven from one of its ends to the other."""

    edge: int
    start: int
    end: int


class Rule(NamedTuple):
    """One restriction: the kind ("no" or "only", and the rest of its value) and whom it binds."""

    kind: str
    turn: str
    binds: str


def bans(edges: RoadEdges, relations: Sequence[Relation], told: Counter[str]) -> Turns:
    """Return the banned turns of some relations on the roads of their file.

    `told` counts, under `bans_...`, the relations that were understood and those left out.
    """
    wanted = {ref for one in relations for kind, ref, _ in one.members if kind == "w"}
    driven = _Driven(edges, wanted)
    found: set[Ban] = set()
    for relation in relations:
        for rule in _rules(relation.tags, told):
            outcome, made = _banned(driven, relation, rule)
            told[f"bans_{outcome}"] += 1
            found.update(made)
    return Turns.of(found)


def _rules(tags: Mapping[str, str], told: Counter[str]) -> Iterator[Rule]:
    legacy = tags.get("type", "restriction").partition(":")[2]
    exempt = set(tags.get("except", "").replace(",", ";").replace(" ", "").split(";"))
    for key, value in sorted(tags.items()):
        if key.split(":")[0] != "restriction":
            continue
        whom = key.removeprefix("restriction").lstrip(":") or legacy
        kind, _, turn = value.partition("_")
        if whom.endswith("conditional") or any(each in tags for each in TIMED):
            told["bans_conditional"] += 1
        elif whom not in BOUND or exempt & EVERY_VEHICLE or BOUND[whom] in exempt:
            told["bans_of_others"] += 1
        elif kind not in ("no", "only"):
            told["bans_unknown"] += 1
        else:
            spares = BOUND[whom] == "all" and "emergency" in exempt
            yield Rule(kind, turn, "not_emergency" if spares else BOUND[whom])


class _Driven:
    """The roads that somebody drives, by way and by junction."""

    def __init__(self, edges: RoadEdges, ways: Iterable[int]) -> None:
        self._edges = edges
        mask = edges.forward | edges.backward
        self._roads = np.flatnonzero(mask)
        ends = np.concatenate([edges.u[self._roads], edges.v[self._roads]])
        order = np.argsort(ends, kind="stable")
        self._ends, self._at = ends[order], np.concatenate([self._roads, self._roads])[order]
        self._of_way: dict[int, list[int]] = {}
        of_wanted = np.flatnonzero(np.isin(edges.way, list(ways)) & mask)
        for edge, way in zip(of_wanted.tolist(), edges.way[of_wanted].tolist(), strict=True):
            self._of_way.setdefault(way, []).append(edge)

    def steps(self, way: int) -> list[Step]:
        """Return the roads of a way, in every direction in which they are driven."""
        return [step for edge in self._of_way.get(way, ()) for step in self._both(edge)]

    def leaving(self, node: int) -> list[Step]:
        """Return every road that is driven away from a junction."""
        low, high = np.searchsorted(self._ends, [node, node + 1]).tolist()
        near = dict.fromkeys(self._at[low:high].tolist())
        return [step for edge in near for step in self._both(edge) if step.start == node]

    def _both(self, edge: int) -> Iterator[Step]:
        edges = self._edges
        u, v = int(edges.u[edge]), int(edges.v[edge])
        if edges.forward[edge]:
            yield Step(edge, u, v)
        if edges.backward[edge]:
            yield Step(edge, v, u)

    def ban(self, path: Sequence[Step], binds: str) -> Ban:
        """Return the ban of a path."""
        ways = tuple(int(self._edges.way[step.edge]) for step in path)
        return ways, (path[0].start, *(step.end for step in path)), binds

    def is_barrier(self, step: Step) -> bool:
        """Return whether a step only passes a barrier."""
        return self._edges.barrier[step.edge] is not None


def _banned(driven: _Driven, relation: Relation, rule: Rule) -> tuple[str, list[Ban]]:
    """Return what became of a restriction, and its bans."""
    members = {role: [(kind, ref) for kind, ref, its in relation.members if its == role]
               for role in ("from", "via", "to")}  # fmt: skip
    ways = [{ref for kind, ref in members[role] if kind == "w"} for role in ("from", "to")]
    if not all(ways) or not members["via"] or (rule.kind == "only" and max(map(len, ways)) > 1):
        return "broken", []
    found: list[Ban] = []
    outcomes = set()
    for start, goal in product(*map(sorted, ways)):
        outcome, paths = _paths(driven, start, members["via"], goal, u_turn=rule.turn == "u_turn")
        outcomes.add(outcome)
        for path in paths:
            found += _of_path(driven, path, rule)
    return next(each for each in ("kept", "ambiguous", "idle", "broken") if each in outcomes), found


def _of_path(driven: _Driven, path: list[Step], rule: Rule) -> Iterator[Ban]:
    if rule.kind == "no":
        yield driven.ban(path, rule.binds)
        return
    for count in range(1, len(path)):
        for other in driven.leaving(path[count - 1].end):
            if other != path[count]:
                yield driven.ban([*path[:count], other], rule.binds)


def _paths(
    driven: _Driven, start: int, via: list[tuple[str, int]], goal: int, *, u_turn: bool
) -> tuple[str, list[list[Step]]]:
    """Return the paths from a way over what is via to a way, and how that went."""
    firsts, lasts = driven.steps(start), driven.steps(goal)
    over = [step for kind, ref in via if kind == "w" for step in driven.steps(ref)]
    junctions = {ref for kind, ref in via if kind == "n"}
    if not firsts or not lasts or (not junctions and not over):
        return "idle", []
    if junctions:
        begins = [step for step in firsts if source_node(step.end) in junctions]
        goals = [step for step in lasts if source_node(step.start) in junctions]
    else:
        entered = {source_node(step.start) for step in over}
        left = {source_node(step.end) for step in over}
        begins = [step for step in firsts if source_node(step.end) in entered]
        goals = [step for step in lasts if source_node(step.start) in left]
    begins = [step for step in begins if not driven.is_barrier(step)]
    goals = [step for step in goals if not driven.is_barrier(step)]
    if start == goal and junctions and u_turn:
        # A way that is not split at the junction turns back on each of its arms.
        pairs = [(one, Step(one.edge, one.end, one.start)) for one in begins]
        turned = [[one, back] for one, back in pairs if back in goals]
        return ("kept", turned) if turned else ("idle", [])
    if not begins or not goals:
        return "idle", []
    if len(begins) > 1 or len(goals) > 1:
        return "ambiguous", []
    between = _between(driven, begins[0], over, goals[0])
    return ("broken", []) if between is None else ("kept", [[begins[0], *between, goals[0]]])


def _between(
    driven: _Driven, first: Step, over: list[Step], last: Step
) -> list[Step] | None:  # fmt: skip
    """Return the fewest steps over the via ways and barriers between two roads, or None."""
    before: dict[int, Step | None] = {first.end: None}
    waiting = deque([first.end])
    while waiting and last.start not in before:
        node = waiting.popleft()
        gates = [step for step in driven.leaving(node) if driven.is_barrier(step)]
        for step in [one for one in over if one.start == node] + gates:
            if step.end not in before and len(before) <= PATH_LIMIT:
                before[step.end] = step
                waiting.append(step.end)
    if last.start not in before:
        return None
    path: list[Step] = []
    back = before[last.start]
    while back is not None:
        path.append(back)
        back = before[back.start]
    return path[::-1]
