"""The upkeep of tiles: one look folds what was written and outlines what was loaded."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
import shapely
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from gis_server import tile_upkeep
from gis_server.tile_upkeep import TileUpkeep
from layers import cells, journal, outlines
from layers.catalog import find
from layers.database import set_bulk
from layers.locks import Lock
from layers.models import DenseArea, Outline
from layers.models.cell import DEEPER
from tests.scatter import put


def changed(database: Engine) -> None:
    """Load two neighbours, change one by itself, and seal both."""
    with Session(database) as session:
        boxes = [shapely.box(100, 30, 104, 34), shapely.box(104, 30, 108, 34)]
        put(session, find("park"), boxes, name=["a", "b"])
        session.commit()
        session.execute(find("park").table.update().values(people=3))
        session.commit()
        journal.seal(session)
        session.commit()


def test_one_look_folds_cells_and_makes_outlines(database: Engine) -> None:
    changed(database)
    upkeep = TileUpkeep(database)
    upkeep.look()
    upkeep.look()
    with Session(database) as session:
        assert cells.unfolded(session) == []
        assert session.scalar(select(func.count(Outline.fid.distinct()))) == 2


def test_a_crowd_that_came_by_one_statement_is_counted_deeper(database: Engine) -> None:
    with Session(database) as session:
        set_bulk(session, uuid.uuid4())
        session.execute(
            text(
                "INSERT INTO fire_water (kind, geom) SELECT 'hydrant', "
                "ST_SetSRID(ST_MakePoint(120.1 + nr * 1e-8, 30.1), 4326) "
                "FROM generate_series(1, 20500) nr"
            )
        )
        session.commit()
        journal.seal(session)
        session.commit()
        assert cells.unfolded(session) == []
    TileUpkeep(database).look()
    with Session(database) as session:
        assert set(session.scalars(select(DenseArea.level))) == {above for _, above in DEEPER}


def test_another_workers_turn_is_left_to_it(database: Engine) -> None:
    changed(database)
    with Session(database) as other:
        other.execute(select(func.pg_advisory_xact_lock(Lock.TILE_UPKEEP)))
        TileUpkeep(database).look()
        assert cells.unfolded(other) == ["park"]
        assert not other.scalar(select(func.count()).select_from(Outline))


def test_an_area_that_cannot_be_simplified_does_not_end_the_upkeep(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(database)
    monkeypatch.setattr(tile_upkeep.TileUpkeep, "every_s", 0.01)
    renew, tried, renewed = outlines.renew, [], threading.Event()

    def renewing(session: Session, layer: Any) -> int:
        tried.append(layer.name)
        if len(tried) == 1:
            raise shapely.GEOSException("TopologyException: side location conflict")
        renewed.set()
        return renew(session, layer)

    monkeypatch.setattr(outlines, "renew", renewing)
    upkeep = TileUpkeep(database)
    upkeep.start()
    assert renewed.wait(20)
    upkeep.stop()
    assert tried == ["park", "park"]


def test_a_layer_that_is_being_written_is_deepened_when_it_is_free(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(database)
    deepened: list[str] = []

    def deepen(session: Session, name: str) -> int:
        if name != "park":
            return 0
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        session.execute(text("LOCK TABLE park IN SHARE ROW EXCLUSIVE MODE"))
        deepened.append(name)
        return 0

    monkeypatch.setattr(cells, "deepen", deepen)
    upkeep = TileUpkeep(database)
    with Session(database) as writer:
        writer.execute(text("LOCK TABLE park IN ROW EXCLUSIVE MODE"))
        upkeep.look()
        assert deepened == []
    upkeep.look()
    assert set(deepened) == {"park"}
