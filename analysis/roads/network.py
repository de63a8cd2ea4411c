"""A road network compiled into arrays, as one kind of vehicle sees it: what is searched."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.adjacency import Adjacency
from analysis.roads.edges import RoadEdges, Turns
from analysis.roads.plane import to_plane
from analysis.roads.profile import FIRE_ENGINE, Profile
from analysis.roads.roadbed import Roadbed, roadbed
from analysis.roads.search import nodes_of, strong_states
from analysis.roads.topology import Topology, topology
from analysis.roads.vehicle import bound, token, travel
from layers.errors import InvalidInputError

# Vehicles and hours that are kept, by their arcs in all: a dozen of a city, two of a country.
ARCS_KEPT = 3_000_000
LEAST_KEPT = 2


@dataclass(eq=False)
class Family:
    """What the networks of one roadbed have in common while they are open: arcs and vehicles.

    `first` is the one that was compiled; the others come and go.
    """

    first: RoadNetwork | None = None
    topologies: dict[str, Topology] = field(default_factory=dict)
    vehicles: OrderedDict[tuple[Profile, str], RoadNetwork] = field(default_factory=OrderedDict)
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RoadNetwork(Roadbed):
    """One road network as one vehicle sees it. n nodes, m roads (edges), a arcs.

    `edge_forward` and `edge_backward` say where the vehicle may go, `edge_time_s` how long a road
    takes it; `node_core` and `edge_core` mark the largest strongly connected part of what it may
    use. `toward_s` (groups of `toward`) is the time of each pair of states' quickest arc.
    Everything is EPSG:4326, metres, seconds.
    """

    profile: Profile
    topology: Topology
    edge_time_s: NDArray[np.float64]
    edge_forward: NDArray[np.bool_]
    edge_backward: NDArray[np.bool_]
    edge_core: NDArray[np.bool_]
    node_core: NDArray[np.bool_]
    arc_time_s: NDArray[np.float64]
    toward_s: NDArray[np.float64]
    family: Family = field(default_factory=Family, repr=False)

    def __repr__(self) -> str:
        counts = (
            f"{len(self.node_id)} nodes, {len(self.edge_tail)} roads, {len(self.arc_edge)} arcs"
        )
        return f"RoadNetwork({self.profile.name}: {counts})"

    @property
    def arc_edge(self) -> NDArray[np.int32]:
        """The road (arcs) that each arc runs on."""
        return self.topology.arc_edge

    @property
    def arc_tail(self) -> NDArray[np.int32]:
        """The node (arcs) that each arc begins at."""
        return self.topology.arc_tail

    @property
    def arc_head(self) -> NDArray[np.int32]:
        """The node (arcs) that each arc ends at."""
        return self.topology.arc_head

    @cached_property
    def bans(self) -> int:
        """The bits of the turn bans that bind the vehicle."""
        return bound(self.profile)

    @cached_property
    def _graphs(self) -> tuple[Adjacency, Adjacency]:
        return self.topology.shut(_shut(self.topology, self.bans, self.arc_time_s))

    @property
    def toward(self) -> Adjacency:
        """Steps by head: for searches that end at the root."""
        return self._graphs[0]

    @property
    def onward(self) -> Adjacency:
        """Steps by tail: for searches that begin at the root."""
        return self._graphs[1]

    @cached_property
    def onward_s(self) -> NDArray[np.float64]:
        """The time of each group of `onward`."""
        return self.onward.cheapest(self.arc_time_s)

    @cached_property
    def offered(self) -> NDArray[np.bool_]:
        """Which roads (m) a place may lie on: those of the core that are neither water nor gate."""
        return self.edge_core & ~self.edge_ferry & (self.edge_length_m > 0.0)

    @cached_property
    def standing(self) -> dict[tuple[float, float], tuple[float, ...]]:
        """Where points that do not move touch the roads; see `places.snap_standing`."""
        return {}

    def closed(self, area: BaseGeometry) -> NDArray[np.bool_]:
        """Return which arcs (a) run on a road that touches an area in EPSG:4326, both ways."""
        mask: NDArray[np.bool_] = self.crossing(to_plane(area))[self.arc_edge]
        return mask

    def for_vehicle(
        self, profile: Profile, slowness: NDArray[np.float64] | None = None
    ) -> RoadNetwork:
        """Return this network as another vehicle sees it; all else is shared.

        The same vehicle and slowness give the same object, as long as it is among the last few.

        Parameters
        ----------
        profile : Profile
            Who travels: speeds, limits, and which turn bans bind.
        slowness : array (m), optional
            Multiplies the time of each road: the hour's traffic, or measured speeds.

        Raises
        ------
        InvalidInputError
            The vehicle may use no road; `slowness` is not positive and finite everywhere.
        """
        family = self.family
        first = family.first
        if first is not None and first.profile == profile and slowness is None:
            return first
        key = (profile, token(slowness))
        with family.lock:
            known = family.vehicles.get(key)
            if known is None:
                known = _seen_by(self, family, profile, slowness)
                family.vehicles[key] = known
            family.vehicles.move_to_end(key)
            kept = max(LEAST_KEPT, ARCS_KEPT // len(self.arc_edge))
            while len(family.vehicles) > kept:
                family.vehicles.popitem(last=False)
        return known


def compiled(edges: RoadEdges, *, profile: Profile = FIRE_ENGINE) -> RoadNetwork:
    """Compile a table of roads into a network; the same table gives the same arrays.

    Raises
    ------
    InvalidInputError
        The table is empty, a speed or length is no usable number, a turn ban says nothing, or the
        vehicle may use no road.
    """
    bed, turns = roadbed(edges)
    family = Family()
    family.topologies["drive"] = topology(bed, "drive", turns)
    return held(_seen_by(bed, family, profile, None))


def held(network: RoadNetwork) -> RoadNetwork:
    """Return a network that `for_vehicle` always gives for its own vehicle."""
    network.family.first = network
    return network


def _seen_by(
    bed: Roadbed, family: Family, profile: Profile, slowness: NDArray[np.float64] | None
) -> RoadNetwork:
    if profile.mode not in family.topologies:
        family.topologies[profile.mode] = topology(bed, profile.mode, Turns.none())
    arcs = family.topologies[profile.mode]
    time_s, forward, backward = travel(bed, profile, slowness)
    arc_time_s = np.full(len(arcs.arc_edge), np.inf)
    for side, may in enumerate((forward, backward)):
        edges = np.flatnonzero(may & (arcs.edge_arcs[:, side] >= 0))
        arc_time_s[arcs.edge_arcs[edges, side]] = time_s[edges]
    if not np.isfinite(arc_time_s).any():
        raise InvalidInputError(
            f"a {profile.name} may use no road of this network",
            code="vehicle_no_road", vehicle=profile.name,
        )  # fmt: skip
    toward, _ = arcs.shut(_shut(arcs, bound(profile), arc_time_s))
    toward_s = toward.cheapest(arc_time_s)
    core = strong_states(toward, toward_s)
    return RoadNetwork(
        **{part.name: getattr(bed, part.name) for part in fields(Roadbed)},
        profile=profile,
        topology=arcs,
        edge_time_s=time_s,
        edge_forward=forward,
        edge_backward=backward,
        edge_core=_edge_core(toward, arcs, core, arc_time_s, len(forward)),
        node_core=nodes_of(toward, core),
        arc_time_s=arc_time_s,
        toward_s=toward_s,
        family=family,
    )


def _shut(arcs: Topology, bans: int, arc_time_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the steps that a vehicle never takes: banned turns, and roads closed to it."""
    closed = np.flatnonzero(~np.isfinite(arc_time_s))
    return np.union1d(arcs.banned(bans), arcs.toward.steps_over(closed))


def _edge_core(
    toward: Adjacency,
    arcs: Topology,
    core: NDArray[np.bool_],
    arc_time_s: NDArray[np.float64],
    count: int,
) -> NDArray[np.bool_]:
    """Return which roads (m) lead from the core to the core by a step that may be taken."""
    usable = core[toward.row] & core[toward.column]
    usable[toward.shut] = False
    steps = np.flatnonzero(usable)
    marked = np.zeros(count, np.bool_)
    marked[arcs.arc_edge[toward.arc(steps)]] = True
    return marked
