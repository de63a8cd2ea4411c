"""Road networks in the database: their versions, and which one answers for a place.

The rows are the truth. The compiled form (`<cache_dir>/<id>-<state>/`) is made from them whenever
it is absent, damaged or older than the rows, so a restore needs nothing but the database.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import shapely
import sqlalchemy as sa
from geoalchemy2 import Geography
from geoalchemy2.shape import from_shape
from sqlalchemy.orm import Session

from analysis.roads import archive, rows
from analysis.roads.edges import RoadEdges
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.profile import FIRE_ENGINE, Profile
from layers.database import set_bulk
from layers.errors import InvalidInputError, NoRouteError, NotFoundError
from layers.models import JournalRow, LayerState, Road, RoadTurn
from layers.models import RoadNetwork as NetworkRow

log = logging.getLogger(__name__)

HELD_WITHIN_M = 25_000.0
KEPT_OPEN = 4
ID_LENGTH = 36
COLUMNS = ("id", "version", "name", "source", "attribution", "active", "node_count", "edge_count",
           "arc_count", "ban_count", "barrier_count", "told", "created_at")  # fmt: skip
_compiling = threading.Lock()
_states: dict[uuid.UUID, tuple[tuple[int | None, ...], str]] = {}


class Held(NamedTuple):
    """The network that answers for a place."""

    id: uuid.UUID
    name: str
    attribution: str | None


def save(
    session: Session,
    edges: RoadEdges,
    *,
    name: str,
    source: str | None = None,
    attribution: str | None = None,
    told: Mapping[str, int | float] | None = None,
    network: RoadNetwork | None = None,
    progress: Callable[[int], None] | None = None,
) -> uuid.UUID:
    """Store roads as a new version of a network that nobody uses until it is activated.

    Its rows are one journal row (`layers.database.set_bulk`, which holds for the transaction).
    `told` is kept with it, `progress` is called with the number of roads stored so far. `network`
    is `edges` compiled, where somebody has done so already.
    """
    network = network or compiled(edges)
    row = NetworkRow(
        id=session.scalar(sa.select(sa.func.onemap_uuid_v7())),
        name=name,
        source=source,
        attribution=attribution,
        node_count=len(network.node_id),
        arc_count=len(network.arc_edge),
        edge_count=len(edges),
        ban_count=len(edges.turns),
        barrier_count=sum(kind is not None for kind in edges.barrier.tolist()),
        told=dict(told or {}),
        extent=from_shape(shapely.box(*network.extent), srid=4326),
    )
    set_bulk(session, row.id)
    session.add(row)
    with rows.unhurried(session):
        session.flush()
        rows.write(
            session, edges, network_id=row.id, core=network.edge_core, source=source,
            progress=progress,
        )  # fmt: skip
    return row.id


def activate(session: Session, network_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Use a network from now on; return those of the same name that it replaces.

    They stay stored and inactive, so that activating one again goes back. Whoever searches at
    this moment finishes on the arrays that it holds.

    Raises
    ------
    NotFoundError
        There is no such network.
    """
    row = session.get(NetworkRow, network_id)
    if row is None:
        raise NotFoundError(
            f"no road network {network_id}", code="network_not_found", got=str(network_id)
        )
    others = session.scalars(
        sa.select(NetworkRow).where(
            NetworkRow.name == row.name, NetworkRow.active, NetworkRow.id != row.id
        )
    ).all()
    for other in others:
        other.active = False
    session.flush()  # before the new one: of one name only one may be active
    row.active = True
    session.flush()
    return tuple(other.id for other in others)


def remove(session: Session, network_id: uuid.UUID) -> None:
    """Delete a network and its roads; the roads are one journal row and are not kept."""
    set_bulk(session, network_id)
    with rows.unhurried(session):
        session.execute(sa.select(sa.func.onemap_forget_network(network_id)))
    session.execute(sa.delete(NetworkRow).where(NetworkRow.id == network_id))


def networks(session: Session) -> list[dict[str, Any]]:
    """Return every version of every network, newest first; `extent` is west, south, east, north."""
    box = NetworkRow.extent
    corners = [f(box) for f in (sa.func.ST_XMin, sa.func.ST_YMin, sa.func.ST_XMax, sa.func.ST_YMax)]
    found = session.execute(
        sa.select(NetworkRow, *corners).order_by(NetworkRow.created_at.desc(), NetworkRow.id.desc())
    )
    return [
        {**{name: getattr(row, name) for name in COLUMNS}, "extent": [west, south, east, north]}
        for row, west, south, east, north in found
    ]


def holding(session: Session, lon: float, lat: float) -> Held:
    """Return the active network that answers for a place.

    Of several, one whose extent holds the place itself; of those the one of the smallest extent,
    for a city's own network knows more of it than a country's; then the newest.

    Raises
    ------
    NoRouteError
        No active network is within 25 km; `details["networks"]` lists those that exist.
    """
    here = sa.func.ST_SetSRID(sa.func.ST_MakePoint(lon, lat), 4326)
    away_m = sa.func.ST_Distance(sa.cast(NetworkRow.extent, Geography), sa.cast(here, Geography))
    row = session.execute(
        sa.select(NetworkRow.id, NetworkRow.name, NetworkRow.attribution)
        .where(NetworkRow.active, away_m <= HELD_WITHIN_M)
        .order_by(
            away_m > 0.0, sa.func.ST_Area(NetworkRow.extent), NetworkRow.created_at.desc(),
            NetworkRow.id,
        )
        .limit(1)
    ).first()  # fmt: skip
    if row is None:
        active = sa.select(NetworkRow.name).where(NetworkRow.active).order_by(NetworkRow.name)
        known = list(session.scalars(active))
        raise NoRouteError(
            f"no road network holds {lon:.5f}, {lat:.5f}; there are: {', '.join(known) or 'none'}",
            code="no_network", lon=lon, lat=lat, networks=known,
        )  # fmt: skip
    return Held(*row)


def load_for(
    session: Session, lon: float, lat: float, *, cache_dir: Path, profile: Profile = FIRE_ENGINE
) -> RoadNetwork:
    """Return the active network that holds a place (see `holding`) for a vehicle, at free speeds.

    With the speeds of a moment: `analysis.roads.moment.roads_at`.

    Raises
    ------
    NoRouteError
        No active network is within 25 km.
    InvalidInputError
        The vehicle may use no road of it.
    """
    network = load(session, holding(session, lon, lat).id, cache_dir=cache_dir)
    return network.for_vehicle(profile)


def load(session: Session, network_id: uuid.UUID, *, cache_dir: Path) -> RoadNetwork:
    """Return a network's compiled form, from the cache where that is whole and as new as the rows.

    Raises
    ------
    NotFoundError
        The network has no rows.
    """
    directory = cache_dir / f"{network_id}-{_state(session, network_id)}"
    with suppress(InvalidInputError):
        return _open(directory)
    # Who compiles, and who waits for it, idles longer than a transaction may; those who search
    # other networks wait for neither.
    with rows.unhurried(session), _alone(cache_dir):
        try:
            return _open(directory)
        except InvalidInputError as error:
            if directory.exists():
                log.warning("compiling again: %s", error)
        edges = rows.read(session, network_id)
        if edges is None:
            raise NotFoundError(f"road network {network_id} has no roads", code="network_empty")
        _keep(compiled(edges), directory)
        del edges
        return _open(directory)


def keep(session: Session, network_id: uuid.UUID, network: RoadNetwork, *, cache_dir: Path) -> None:
    """Put the compiled form of what was stored into the cache, so that nobody compiles it again."""
    with _alone(cache_dir):
        _keep(network, cache_dir / f"{network_id}-{_state(session, network_id)}")


@contextmanager
def _alone(cache_dir: Path) -> Iterator[None]:
    """Let one compile at a time, of all processes that share the cache; the others find it made."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    with _compiling, cache_dir.with_name(f".{cache_dir.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # closing lets go of it
        yield


def _keep(network: RoadNetwork, directory: Path) -> None:
    archive.save(network, directory)
    for old in directory.parent.glob(f"{directory.name[:ID_LENGTH]}-*"):
        if old != directory:
            shutil.rmtree(old, ignore_errors=True)


@lru_cache(maxsize=KEPT_OPEN)
def _open(directory: Path) -> RoadNetwork:
    return archive.load(directory)


def forget() -> None:
    """Let go of every network that this process holds; the next search opens it again."""
    _open.cache_clear()
    _states.clear()


def _state(session: Session, network_id: uuid.UUID) -> str:
    """Return a word that changes whenever a road or a ban of the network does.

    The rows are only summed up when the journal has something new about roads. Both its newest
    entry and the newest sealed one are asked: a transaction that commits late has an older entry.
    """
    layers = (Road.__tablename__, RoadTurn.__tablename__)
    newest = sa.select(sa.func.max(JournalRow.entry)).where(JournalRow.layer.in_(layers))
    sealed = sa.select(sa.func.max(LayerState.revision)).where(LayerState.layer.in_(layers))
    now = tuple(
        session.execute(sa.select(newest.scalar_subquery(), sealed.scalar_subquery())).one()
    )
    known = _states.get(network_id)
    if known and known[0] == now:
        return known[1]
    counted = [
        session.execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(table.entry), 0)).where(
                table.network_id == network_id
            )
        ).one()
        for table in (Road, RoadTurn)
    ]
    state = "-".join(str(number) for row in counted for number in row)
    _states[network_id] = (now, state)
    return state
