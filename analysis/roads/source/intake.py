"""One door for road networks: which kind of file it is, and its roads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.roads.edges import RoadEdges
from analysis.roads.source import layer_file, osm
from analysis.roads.source.arc_tables import ARC_COLUMNS, from_nodes_edges
from analysis.roads.source.exchange import from_graphml
from analysis.roads.source.layer_file import Choices
from layers.errors import InvalidInputError
from layers.intake.table import Fault

__all__ = ["Choices", "Read", "read"]

OSM_ATTRIBUTION = "© OpenStreetMap contributors"
OSM_ENDINGS = (".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2", ".osm")
GRAPH_ENDING = ".graphml"
TABLE_ENDING = ".parquet"


@dataclass(kw_only=True)
class Read:
    """The roads of a file, what was counted, and the rows that are not in them."""

    edges: RoadEdges
    name: str
    source: str
    attribution: str | None = None
    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, int | float] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def read(
    path: Path,
    choices: Choices,
    *,
    nodes: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> Read:
    """Read the roads of an extract, a graph or a layer.

    Parameters
    ----------
    choices
        For a layer; of a graph, `class_` holds where it says no class.
    nodes
        The nodes of a table of arcs; left out, `x_nodes.parquet` of an `x_edges.parquet`.

    Raises
    ------
    InvalidInputError
        The file cannot be read as what it seems to be.
    """
    lower = path.name.lower()
    ending = next((each for each in OSM_ENDINGS if lower.endswith(each)), None)
    if ending:
        found = osm.extract(path, progress=progress)
        return Read(
            edges=found.edges, name=path.name[: -len(ending)], source=path.name,
            attribution=OSM_ATTRIBUTION, told=found.told,
        )  # fmt: skip
    if nodes is not None or (lower.endswith(TABLE_ENDING) and _is_arcs(path)):
        edges = from_nodes_edges(nodes or _nodes_of(path), path, class_=choices.class_)
        name = path.stem.removesuffix("_edges")
        return Read(edges=edges, name=name, source=path.name, told=_counted(edges))
    if lower.endswith(GRAPH_ENDING):
        edges = from_graphml(path)
        return Read(
            edges=edges, name=path.stem, source=path.name, attribution=OSM_ATTRIBUTION,
            told=_counted(edges),
        )  # fmt: skip
    layer = layer_file.read(path, choices, progress=progress)
    return Read(
        edges=layer.edges, name=path.stem, source=path.name, crs=layer.crs,
        columns=layer.columns, told=layer.told, faults=layer.faults,
    )  # fmt: skip


def _is_arcs(path: Path) -> bool:
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        return False  # the reader of layers says what is wrong with it
    return set(ARC_COLUMNS) <= set(schema.names) and b"geo" not in (schema.metadata or {})


def _nodes_of(path: Path) -> Path:
    nodes = path.with_name(path.name.replace("_edges", "_nodes"))
    if nodes == path or not nodes.exists():
        raise InvalidInputError(
            f"{path.name} is a table of arcs; give its nodes (--nodes)",
            code="nodes_missing", file=path.name,
        )  # fmt: skip
    return nodes


def _counted(edges: RoadEdges) -> dict[str, int | float]:
    return {"roads": len(edges), "roads_without_length": int((edges.length_m == 0.0).sum())}
