"""Roads made by hand: a table from a list of streets, and a square grid of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.roads.edges import RoadEdges, lengths_m, unlimited

STEP_DEG = 0.005
WEST, SOUTH = 120.0, 30.0


class Street(NamedTuple):
    """One road between two nodes; `via` are the points between them."""

    u: int
    v: int
    forward: bool = True
    backward: bool = True
    speed_kph: float = 36.0
    name: str | None = None
    via: tuple[tuple[float, float], ...] = ()


def table(nodes: dict[int, tuple[float, float]], streets: list[Street]) -> RoadEdges:
    """Return the roads of some streets between nodes at lon lat."""
    lines = [[nodes[s.u], *s.via, nodes[s.v]] for s in streets]
    offset = np.cumsum([0] + [len(line) for line in lines])
    lonlat = np.array([point for line in lines for point in line])
    count = len(streets)
    nothing = np.full(count, None, object)
    return RoadEdges(
        u=np.array([s.u for s in streets]),
        v=np.array([s.v for s in streets]),
        way=np.arange(count),
        class_=np.full(count, "residential"),
        name=np.array([s.name for s in streets], object),
        name_en=nothing,
        ref=nothing,
        access=np.full(count, "open"),
        forward=np.array([s.forward for s in streets]),
        backward=np.array([s.backward for s in streets]),
        speed_kph=np.array([s.speed_kph for s in streets]),
        length_m=lengths_m(lonlat, offset),
        bridge=np.zeros(count, np.bool_),
        tunnel=np.zeros(count, np.bool_),
        level=np.zeros(count, np.int16),
        offset=offset,
        lonlat=lonlat,
        **unlimited(count),
    )


def node(column: int, row: int) -> int:
    """Return the number of a grid's node."""
    return row * 100 + column


def place(column: float, row: float) -> tuple[float, float]:
    """Return where a grid's column and row cross, lon lat."""
    return WEST + column * STEP_DEG, SOUTH + row * STEP_DEG


def grid_streets(size: int) -> tuple[dict[int, tuple[float, float]], list[Street]]:
    """Return the nodes and two-way streets of a square grid of `size` by `size` crossings."""
    cells = [(c, r) for r in range(size) for c in range(size)]
    nodes = {node(c, r): place(c, r) for c, r in cells}
    east = [Street(node(c, r), node(c + 1, r), name=f"Row {r}") for c, r in cells if c + 1 < size]
    north = [Street(node(c, r), node(c, r + 1), name=f"Col {c}") for c, r in cells if r + 1 < size]
    return nodes, east + north
