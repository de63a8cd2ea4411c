"""Roads as rows of the `road` layer: written with COPY, read back to the same table of roads."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from analysis.roads.edges import RoadEdges, Turns
from layers.models import Road, RoadTurn

COLUMNS = (
    "u", "v", "way", "class", "name", "name_en", "ref", "access", "forward", "backward",
    "speed_kph", "length_m", "bridge", "tunnel", "level", "walk", "hgv", "hazmat", "max_height_m",
    "max_weight_t", "ferry", "barrier",
)  # fmt: skip
# The same names as the table's, but for the reserved word.
ATTRIBUTES = tuple("class_" if column == "class" else column for column in COLUMNS)


def write(
    session: Session, edges: RoadEdges, *, network_id: uuid.UUID, core: Any, source: str | None
) -> None:
    """Add the roads of a network; `core` (m) marks the largest strongly connected part."""
    shapes = shapely.to_wkb(shapely.set_srid(edges.lines(), 4326), hex=True, include_srid=True)
    values = [_values(getattr(edges, name)) for name in ATTRIBUTES]
    into = ", ".join(f'"{column}"' for column in COLUMNS)
    statement = f"COPY road ({into}, core, geom, network_id, source) FROM STDIN"
    with _cursor(session) as cursor, cursor.copy(statement) as copy:
        for row in zip(*values, core.tolist(), shapes.tolist(), strict=True):
            copy.write_row((*row, network_id, source))
    turns = edges.turns
    into_turns = "COPY road_turn (network_id, ways, nodes, binds) FROM STDIN"
    with _cursor(session) as cursor, cursor.copy(into_turns) as copy:
        for ban, binds in enumerate(turns.binds.tolist()):
            copy.write_row(
                (network_id, turns.ways_of(ban).tolist(), turns.nodes_of(ban).tolist(), binds)
            )


def _values(column: Any) -> list[Any]:
    values: list[Any] = column.tolist()
    if column.dtype.kind != "f":
        return values
    return [None if value != value else value for value in values]


def read(session: Session, network_id: uuid.UUID) -> RoadEdges | None:
    """Return the roads of a network in the order of their ways, or None where it has none."""
    columns = [Road.__table__.c[column] for column in COLUMNS]
    query = (
        sa.select(*columns, sa.func.ST_AsBinary(Road.geom))
        .where(Road.network_id == network_id, Road.u.is_not(None), Road.v.is_not(None))
        .order_by(Road.way, Road.fid)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    *values, shapes = zip(*rows, strict=True)
    lines = shapely.from_wkb(list(shapes))
    lonlat = shapely.get_coordinates(lines)
    counts = shapely.get_num_coordinates(lines)
    columns_by_name = dict(zip(ATTRIBUTES, values, strict=True))
    return RoadEdges(
        **{name: np.array(column, DTYPES[name]) for name, column in columns_by_name.items()},
        offset=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        lonlat=lonlat,
        turns=read_turns(session, network_id),
    )


def read_turns(session: Session, network_id: uuid.UUID) -> Turns:
    """Return the bans of a network."""
    columns = (RoadTurn.ways, RoadTurn.nodes, RoadTurn.binds)
    found = session.execute(sa.select(*columns).where(RoadTurn.network_id == network_id))
    return Turns.of((tuple(ways), tuple(nodes), binds) for ways, nodes, binds in found)


DTYPES: dict[str, Any] = {
    "u": np.int64, "v": np.int64, "way": np.int64, "class_": np.str_, "name": object,
    "name_en": object, "ref": object, "access": np.str_, "forward": np.bool_,
    "backward": np.bool_, "speed_kph": np.float64, "length_m": np.float64, "bridge": np.bool_,
    "tunnel": np.bool_, "level": np.int16, "walk": np.bool_, "hgv": np.bool_, "hazmat": np.bool_,
    "max_height_m": np.float64, "max_weight_t": np.float64, "ferry": np.bool_, "barrier": object,
}  # fmt: skip


@contextmanager
def _cursor(session: Session) -> Iterator[psycopg.Cursor[Any]]:
    """Give a cursor of the session's own connection, and so of its transaction."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    with connection.cursor() as cursor:
        yield cursor


@contextmanager
def unhurried(session: Session) -> Iterator[None]:
    """Lift the limits on a statement and on idling: a province takes longer than a request may."""
    limits = ("statement_timeout", "idle_in_transaction_session_timeout")
    before = {name: session.scalar(sa.select(sa.func.current_setting(name))) for name in limits}
    _limit(session, dict.fromkeys(limits, "0"))
    yield
    # After an error the transaction is over, and these settings with it.
    _limit(session, before)


def _limit(session: Session, values: dict[str, str | None]) -> None:
    for name, value in values.items():
        session.execute(sa.select(sa.func.set_config(name, value, True)))
