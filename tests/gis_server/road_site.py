"""A site with a network made by hand, for questions over HTTP."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from analysis.roads import store
from analysis.roads.edges import RoadEdges


def use(database: Engine, edges: RoadEdges, name: str = "grid") -> str:
    """Store a network and use it; return its id."""
    with Session(database) as session, session.begin():
        network = store.save(session, edges, name=name, source="made by hand")
        store.activate(session, network)
    store.forget()
    return str(network)


def put(database: Engine, layer: str, lon: float, lat: float, **values: Any) -> str:
    """Add a row of a layer and return its id."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    statement = text(
        f"INSERT INTO {layer} ({names}, geom) "
        f"VALUES ({marks}, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) RETURNING id"
    )
    with Session(database) as session, session.begin():
        return str(session.scalar(statement, {**values, "lon": lon, "lat": lat}))
