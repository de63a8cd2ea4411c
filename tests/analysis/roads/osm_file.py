"""OpenStreetMap files made by hand: a few nodes on a grid of a hundredth of a degree."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

from analysis.roads.edges import RoadEdges
from analysis.roads.source.osm_split import source_node

NODES = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (3, 0), 6: (2, 1), 7: (1, -1), 8: (2, -1)}


def write(
    path: Path,
    parts: str,
    *,
    without: tuple[int, ...] = (),
    tagged: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    """Write ways and relations (XML) after the nodes of `NODES`; `tagged` gives nodes tags."""
    nodes = "".join(
        f'<node id="{n}" lon="{10 + x / 100}" lat="{50 + y / 100}" version="1">'
        f"{_tags((tagged or {}).get(n, {}))}</node>"
        for n, (x, y) in NODES.items()
        if n not in without
    )
    text = f'<?xml version="1.0"?><osm version="0.6">{nodes}{parts}</osm>'
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def way(id_: int, refs: tuple[int, ...], **tags: str) -> str:
    """Return a way; a double underscore in a key stands for a colon."""
    inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{id_}" version="1">{inner}{_tags(tags)}</way>'


def restriction(id_: int, *members: tuple[str, int, str], **tags: str) -> str:
    """Return a turn restriction; members are ("way" or "node", id, role)."""
    inner = "".join(f'<member type="{t}" ref="{ref}" role="{role}"/>' for t, ref, role in members)
    inner += _tags({"type": "restriction"} | tags)
    return f'<relation id="{id_}" version="1">{inner}</relation>'


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())


def pairs(edges: RoadEdges) -> list[tuple[int, int]]:
    """Return the two nodes of every road, whichever side of a barrier they are on."""
    ends = zip(edges.u.tolist(), edges.v.tolist(), strict=True)
    return [(source_node(u), source_node(v)) for u, v in ends]


def bans(edges: RoadEdges) -> set[tuple[tuple[int, ...], tuple[int, ...], str]]:
    """Return the bans of a table as (ways, nodes, binds)."""
    turns = edges.turns
    return {
        (tuple(turns.ways_of(i).tolist()), tuple(turns.nodes_of(i).tolist()), str(turns.binds[i]))
        for i in range(len(turns))
    }
