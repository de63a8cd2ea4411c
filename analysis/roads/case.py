"""Who is asked to come to one incident, and how they are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.arrival import Arrival, Candidate, Unreached
from analysis.roads.plane import distance_m


@dataclass(frozen=True, kw_only=True)
class Case:
    """Candidates (n) and the incident that `k` of each group are wanted at.

    `air_m` is the straight line to the incident; `inside` says who stands in the closed area.
    """

    candidates: Sequence[Candidate]
    lonlat: NDArray[np.float64]
    air_m: NDArray[np.float64]
    inside: NDArray[np.bool_]
    is_team: NDArray[np.bool_]
    k: int

    def groups(self) -> list[list[int]]:
        """Return the candidates' indices by what is counted to k, in order of appearance."""
        groups: dict[str, list[int]] = defaultdict(list)
        for index, candidate in enumerate(self.candidates):
            groups[candidate.group or candidate.layer].append(index)
        return list(groups.values())

    def by_vehicle(self) -> dict[str, NDArray[np.intp]]:
        """Return the candidates' indices by the vehicle that they come with."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, candidate in enumerate(self.candidates):
            found[candidate.vehicle].append(index)
        return {name: np.array(indices, np.intp) for name, indices in found.items()}

    def first(self, indices: list[int], by: NDArray[np.float64]) -> list[int]:
        """Return the k of `indices` with the least finite value; ids break ties."""
        able = [index for index in indices if np.isfinite(by[index])]
        return sorted(able, key=lambda i: (by[i], self.candidates[i].id))[: self.k]

    def soonest_out(
        self, indices: list[int], caught: NDArray[np.bool_], out_s: NDArray[np.float64]
    ) -> list[int]:
        """Return the k of the caught that are out soonest; who has no way out stands last."""
        inside = [index for index in indices if caught[index]]
        return sorted(inside, key=lambda i: (out_s[i], self.candidates[i].id))[: self.k]

    def fields(self, index: int) -> dict[str, Any]:
        """Return what is told of a candidate in every answer."""
        one = self.candidates[index]
        return {part.name: getattr(one, part.name) for part in fields(Candidate)}

    def by_line(self, index: int) -> Arrival:
        """Return a candidate as coming by straight line."""
        return Arrival(
            **self.fields(index),
            distance_m=float(self.air_m[index]),
            by="line",
            inside_zone=bool(self.inside[index]),
        )

    def unreached(self, index: int, reason: str) -> Unreached:
        """Return a candidate as one that cannot come."""
        return Unreached(**self.fields(index), reason=reason, distance_m=float(self.air_m[index]))


def case(
    candidates: Sequence[Candidate],
    lon: float,
    lat: float,
    *,
    closed: BaseGeometry | None,
    k: int,
) -> Case:
    """Return who is asked; whoever stands in `closed` (EPSG:4326) or on its line is inside."""
    lonlat = np.array([[one.lon, one.lat] for one in candidates], np.float64).reshape(-1, 2)
    inside = np.zeros(len(lonlat), np.bool_)
    if closed is not None and not closed.is_empty:
        shapely.prepare(closed)
        inside = shapely.intersects_xy(closed, lonlat[:, 0], lonlat[:, 1])
    return Case(
        candidates=candidates,
        lonlat=lonlat,
        air_m=distance_m(lonlat, np.array([lon, lat])),
        inside=inside,
        is_team=np.array([one.layer == "team" for one in candidates], np.bool_),
        k=k,
    )
