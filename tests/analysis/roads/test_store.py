"""Road networks in the database and their cache."""

from __future__ import annotations

import fcntl
import shutil
import threading
import time
import uuid
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from analysis.roads import archive, rows, store
from analysis.roads.edges import RoadEdges
from analysis.roads.network import RoadNetwork
from analysis.roads.route import route
from layers import journal
from layers.errors import NoRouteError, NotFoundError
from layers.models import JournalRow, Road, RowHistory
from layers.models import RoadNetwork as NetworkRow
from tests.analysis.roads.street_grid import grid_streets, place, table


def _stored(session: Session, edges: RoadEdges, *, name: str = "grid") -> uuid.UUID:
    network_id = store.save(session, edges, name=name, source="test", attribution="nobody")
    store.activate(session, network_id)
    return network_id


def _same(one: RoadNetwork, other: RoadNetwork) -> bool:
    pairs = [map(attrgetter(name), (one, other)) for name in archive.array_names()]
    words = all(getattr(one, name) == getattr(other, name) for name in archive.WORDS)
    return words and all(
        np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f") for mine, theirs in pairs
    )


def test_helsinki_from_its_rows_is_helsinki_from_its_extract(
    session: Session, tmp_path: Path, helsinki_edges: RoadEdges, helsinki_with_bans: RoadNetwork
) -> None:
    _stored(session, helsinki_edges)
    lon, lat = helsinki_with_bans.node_lonlat[0].tolist()
    loaded = store.load_for(session, lon, lat, cache_dir=tmp_path)
    assert _same(loaded, helsinki_with_bans)


def test_the_row_of_a_network_counts_what_it_holds(
    session: Session, helsinki_edges: RoadEdges, helsinki_with_bans: RoadNetwork
) -> None:
    row = session.get_one(NetworkRow, _stored(session, helsinki_edges))
    assert (row.node_count, row.arc_count) == (
        len(helsinki_with_bans.node_id),
        len(helsinki_with_bans.arc_edge),
    )
    core = session.scalar(sa.select(sa.func.count()).where(Road.network_id == row.id, Road.core))
    assert core == int(helsinki_with_bans.edge_core.sum())


def test_the_roads_of_a_network_are_one_journal_row(session: Session) -> None:
    edges = table(*grid_streets(3))
    network_id = _stored(session, edges)
    journal = sa.select(JournalRow).where(
        JournalRow.batch == network_id, JournalRow.layer == "road"
    )
    assert [(row.op, row.count) for row in session.scalars(journal)] == [("load", len(edges))]


def test_with_an_empty_cache_a_network_is_compiled_from_its_rows(
    session: Session, tmp_path: Path
) -> None:
    _stored(session, table(*grid_streets(3)))
    first = store.load_for(session, *place(1, 1), cache_dir=tmp_path / "a")
    again = store.load_for(session, *place(1, 1), cache_dir=tmp_path / "b")
    assert _same(first, again)
    assert len(list((tmp_path / "b").iterdir())) == 1


def test_a_network_in_use_is_not_read_again(session: Session, tmp_path: Path) -> None:
    _stored(session, table(*grid_streets(3)))
    first = store.load_for(session, *place(1, 1), cache_dir=tmp_path)
    assert store.load_for(session, *place(1, 1), cache_dir=tmp_path) is first


def test_a_damaged_cache_is_compiled_again(
    session: Session, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _stored(session, table(*grid_streets(3)))
    whole = store.load_for(session, *place(1, 1), cache_dir=tmp_path)
    directory = next(tmp_path.iterdir())
    shutil.move(directory, tmp_path / "aside")
    shutil.copytree(tmp_path / "aside", directory)
    (directory / "arc_time_s.npy").write_bytes(b"torn")
    store.forget()
    again = store.load_for(session, *place(1, 1), cache_dir=tmp_path)
    assert _same(whole, again)
    assert "compiling again" in caplog.text


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_changed_road_changes_the_next_search(
    session: Session, tmp_path: Path, change: str
) -> None:
    network_id = _stored(session, table(*grid_streets(3)))
    before = route(
        store.load_for(session, *place(0, 0), cache_dir=tmp_path), place(0, 0), place(1, 0)
    )
    road = session.scalars(
        sa.select(Road).where(Road.network_id == network_id).order_by(Road.fid).limit(1)
    ).one()
    if change == "delete":
        session.delete(road)
    else:
        road.speed_kph = 3.0
    session.flush()
    network = store.load_for(session, *place(0, 0), cache_dir=tmp_path)
    after = route(network, place(0, 0), place(1, 0))
    assert after.time_s > 2.0 * before.time_s
    assert len(list(tmp_path.iterdir())) == 1


def test_a_newer_network_of_the_same_name_takes_over_and_can_be_taken_back(
    session: Session, tmp_path: Path
) -> None:
    old = _stored(session, table(*grid_streets(3)))
    new = store.save(session, table(*grid_streets(4)), name="grid")
    assert len(store.load_for(session, *place(1, 1), cache_dir=tmp_path).node_id) == 9
    assert store.activate(session, new) == (old,)
    assert len(store.load_for(session, *place(1, 1), cache_dir=tmp_path).node_id) == 16
    assert store.activate(session, old) == (new,)
    assert len(store.load_for(session, *place(1, 1), cache_dir=tmp_path).node_id) == 9


def test_the_network_that_holds_the_place_is_taken(
    session: Session, tmp_path: Path, helsinki_edges: RoadEdges, helsinki_with_bans: RoadNetwork
) -> None:
    _stored(session, helsinki_edges, name="Helsinki")
    _stored(session, table(*grid_streets(3)), name="grid")
    lon, lat = helsinki_with_bans.node_lonlat[5].tolist()
    found = store.load_for(session, lon, lat, cache_dir=tmp_path)
    assert len(found.node_id) == len(helsinki_with_bans.node_id)
    beside = store.load_for(session, 119.9, 30.0, cache_dir=tmp_path)
    assert len(beside.node_id) == 9


def test_a_place_that_no_network_holds_is_told_which_there_are(
    session: Session, tmp_path: Path
) -> None:
    _stored(session, table(*grid_streets(3)), name="only-grid")
    with pytest.raises(NoRouteError, match="only-grid") as caught:
        store.load_for(session, 0.0, 0.0, cache_dir=tmp_path)
    assert "only-grid" in caught.value.details["networks"]


def test_a_removed_network_leaves_no_roads(session: Session, tmp_path: Path) -> None:
    network_id = _stored(session, table(*grid_streets(3)))
    store.remove(session, network_id)
    assert rows.read(session, network_id) is None
    with pytest.raises(NotFoundError):
        store.load(session, network_id, cache_dir=tmp_path)
    with pytest.raises(NotFoundError):
        store.activate(session, network_id)


def test_a_change_that_commits_late_is_not_missed(database: sa.Engine, tmp_path: Path) -> None:
    with Session(database) as session:
        network_id = _stored(session, table(*grid_streets(3)))
        session.commit()
        ids = session.scalars(
            sa.select(Road.id).where(Road.network_id == network_id).order_by(Road.fid).limit(2)
        ).all()
    with Session(database) as late, Session(database) as early, Session(database) as reader:
        late.get_one(Road, ids[0]).speed_kph = 3.0
        late.flush()
        early.get_one(Road, ids[1]).speed_kph = 30.0
        early.commit()
        journal.seal(early)
        early.commit()
        before = store.load_for(reader, *place(0, 0), cache_dir=tmp_path)
        reader.commit()
        late.commit()
        journal.seal(early)
        early.commit()
        after = store.load_for(reader, *place(0, 0), cache_dir=tmp_path)
    times = [route(network, place(0, 0), place(1, 0)).time_s for network in (before, after)]
    assert times[1] > 2.0 * times[0]


def test_the_limits_of_a_session_hold_again_after_a_long_load(
    session: Session, tmp_path: Path
) -> None:
    limits = sa.text("SELECT current_setting('statement_timeout'), "
                     "current_setting('idle_in_transaction_session_timeout')")  # fmt: skip
    before = session.execute(limits).one()
    _stored(session, table(*grid_streets(3)))
    store.load_for(session, *place(1, 1), cache_dir=tmp_path)
    assert session.execute(limits).one() == before
    assert "0" not in before


def test_a_removed_network_is_told_in_the_journal_and_its_roads_are_not_copied(
    session: Session,
) -> None:
    edges = table(*grid_streets(3))
    network_id = _stored(session, edges)
    store.remove(session, network_id)
    told = sa.select(JournalRow.op, JournalRow.count).where(
        JournalRow.batch == network_id, JournalRow.layer == "road"
    )
    assert session.execute(told.order_by(JournalRow.entry)).all() == [("load", len(edges))] * 2
    kept = sa.select(sa.func.count()).select_from(RowHistory).where(RowHistory.layer == "road")
    assert session.scalar(kept) == 0
    # The triggers work again.
    other = _stored(session, edges, name="other")
    road = session.scalars(sa.select(Road).where(Road.network_id == other).limit(1)).one()
    road.speed_kph = 3.0
    session.flush()
    assert session.scalar(kept) == 1


def test_compiling_may_take_longer_than_a_transaction_may_idle(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network_id = _stored(session, table(*grid_streets(3)))
    make = store.compiled

    def slow(edges: RoadEdges) -> RoadNetwork:
        time.sleep(0.5)
        return make(edges)

    monkeypatch.setattr(store, "compiled", slow)
    session.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
    store.load(session, network_id, cache_dir=tmp_path)
    assert session.scalar(sa.text("SHOW idle_in_transaction_session_timeout")) == "100ms"


def test_a_network_that_is_compiled_waits_for_no_other_that_is_being_compiled(
    session: Session, tmp_path: Path
) -> None:
    network_id = _stored(session, table(*grid_streets(3)))
    store.load(session, network_id, cache_dir=tmp_path)
    store.forget()
    loaded: list[RoadNetwork] = []
    with store._compiling:
        waiting = threading.Thread(
            target=lambda: loaded.append(store.load(session, network_id, cache_dir=tmp_path)),
            daemon=True,
        )
        waiting.start()
        waiting.join(10.0)
        assert loaded


def test_what_another_process_compiles_is_waited_for_and_not_compiled_again(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network_id = _stored(session, table(*grid_streets(3)))
    elsewhere = tmp_path / "elsewhere"
    store.load(session, network_id, cache_dir=elsewhere)
    (made,) = [path for path in elsewhere.iterdir() if path.is_dir()]
    store.forget()
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setattr(store, "compiled", lambda _: pytest.fail("compiled again"))
    loaded: list[RoadNetwork] = []
    # The lock is the open file's, as another process has it.
    with (tmp_path / ".cache.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = threading.Thread(
            target=lambda: loaded.append(store.load(session, network_id, cache_dir=cache)),
            daemon=True,
        )
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        shutil.copytree(made, cache / made.name)
    waiting.join(10.0)
    assert loaded
