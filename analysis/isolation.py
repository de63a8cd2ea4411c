"""Who is cut off by one closed road or junction, and who is already (孤岛): places, people, length.

The order is by people: those on record by day or by night or the residents of a raster, whichever
are most. The three count the same people and are never summed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.access import Records
from analysis.coverage import geojson
from analysis.roads.closures import Closures
from analysis.roads.coverage import served
from analysis.roads.footing import usable
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Places
from analysis.roads.resilience import Cut, Load, Structure, junction_cuts, road_cuts, structure
from analysis.roads.traps import Access, Part, parts, road_access
from analysis.settlement import Inhabitants, settled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LISTED = 20
DRAWN_ROADS = 60
"""Of one cut or part: what else there is, its numbers and its box tell."""


def isolation(
    network: RoadNetwork, who: Inhabitants, *, k: int = 20, closed: Closures | None = None
) -> dict[str, Any]:
    """Return the worst cuts of a network, and the parts of it that are cut off already.

    Parameters
    ----------
    who
        Whom to count. The network is judged whole: a way around may lie outside of their area.
    k
        How many roads, junctions and parts at most.
    """
    known = who.records
    edge = served(network, known.lonlat).edge
    load = _load(who, edge, settled(network, who))
    whole = structure(network, closed=closed)
    access_of = road_access(network, closed=closed)
    roads = road_cuts(whole, load, k=k)
    junctions = junction_cuts(whole, load, k=k)
    apart, part_count = parts(network, access_of, load, k=k)
    return {
        "roads": _collection(_cut(whole, cut, known, edge) for cut in roads),
        "junctions": _collection(_cut(whole, cut, known, edge) for cut in junctions),
        "parts": _collection(_part(network, part, known, edge) for part in apart),
        "counts": {
            "roads": int(usable(network).sum()),
            "bridges": len(whole.bridges),
            "cut_points": len(np.unique(whole.forest.parent[whole.forest.branches])),
            "parts": part_count,
            "closed_roads": int((access_of == Access.CLOSED).sum()),
            "places": len(known),
            "places_without_road": int((edge < 0).sum()),
        },
        "residents": who.residents.to_json() if who.residents else None,
    }


def _load(who: Inhabitants, edge: Ints, settled_at: Places | None) -> Load:
    """Return the places and the residents as what stands on the roads.

    Columns: people by day, by night, residents; places, and places whose people nobody knows.
    """
    known, counted = who.records, who.residents
    unknown = known.counts & np.isnan(known.day) & np.isnan(known.night)
    nobody = np.zeros(len(known))
    amount = np.column_stack(
        [np.nan_to_num(known.day), np.nan_to_num(known.night), nobody, nobody + 1.0, unknown]
    )
    if counted is None or settled_at is None:
        return Load(edge, amount, ranking=3)
    living = np.zeros((len(settled_at), amount.shape[1]))
    living[:, 2] = counted.people
    return Load(
        np.concatenate([edge, settled_at.edge]), np.concatenate([amount, living]), ranking=3
    )


def _told(amount: Floats) -> dict[str, Any]:
    day, night, residents, places, unknown = (round(float(value)) for value in amount)
    return {
        "places": places,
        "people_day": day,
        "people_night": night,
        "people_unknown": unknown,
        "residents": residents,
    }


def _cut(whole: Structure, cut: Cut, known: Records, edge: Ints) -> dict[str, Any]:
    network = whole.network
    loose = np.concatenate([whole.forest.node[low:high] for low, high in cut.spans])
    isolated = np.flatnonzero(whole.loose(cut, edge))
    lonlat = network.node_lonlat[loose]
    shown = cut.edges[:DRAWN_ROADS]
    geometry = (
        shapely.MultiLineString([network.line(each) for each in shown])
        if shown
        else shapely.Point(network.node_lonlat[cut.node])
    )
    return {
        "type": "Feature",
        "geometry": geojson(geometry),
        "properties": {
            "kind": cut.kind,
            "road": network.road_name(cut.edges[0]) if cut.edges else None,
            "class": network.road_class(cut.edges[0]) if cut.edges else None,
            "edges": list(shown),
            "node": int(network.node_id[cut.node]),
            "only_now": cut.only_now,
            "nodes": cut.nodes,
            "road_length_m": round(cut.road_length_m),
            "bbox": np.round([*lonlat.min(axis=0), *lonlat.max(axis=0)], 6).tolist(),
            **_told(cut.amount),
            "isolated": _listed(known, isolated),
        },
    }


def _part(network: RoadNetwork, part: Part, known: Records, edge: Ints) -> dict[str, Any]:
    shown = part.edges[:DRAWN_ROADS].tolist()
    held = np.concatenate([network.edge_tail[part.edges], network.edge_head[part.edges]])
    lonlat = network.node_lonlat[held]
    return {
        "type": "Feature",
        "geometry": geojson(shapely.MultiLineString([network.line(each) for each in shown])),
        "properties": {
            "access": part.access.name.lower(),
            "road": next((name for each in shown if (name := network.road_name(each))), None),
            "nodes": part.nodes,
            "road_length_m": round(part.road_length_m),
            "bbox": np.round([*lonlat.min(axis=0), *lonlat.max(axis=0)], 6).tolist(),
            **_told(part.amount),
            "isolated": _listed(known, np.flatnonzero(np.isin(edge, part.edges))),
        },
    }


def _listed(known: Records, which: Ints) -> list[dict[str, Any]]:
    """Return the first of some places, most people first."""
    people = np.nan_to_num(np.maximum(known.day[which], known.night[which]))
    order = which[np.argsort(-people, kind="stable")]
    return [known.entry(index) for index in order[:LISTED].tolist()]


def _collection(features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
