"""The upkeep of tiles: one look folds what was written and outlines what was loaded."""

from __future__ import annotations

import shapely
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis_server.tile_upkeep import TileUpkeep
from layers import cells, journal
from layers.catalog import find
from layers.locks import Lock
from layers.models import Outline
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


def test_another_workers_turn_is_left_to_it(database: Engine) -> None:
    changed(database)
    with Session(database) as other:
        other.execute(select(func.pg_advisory_xact_lock(Lock.TILE_UPKEEP)))
        TileUpkeep(database).look()
        assert cells.unfolded(other) == ["park"]
        assert not other.scalar(select(func.count()).select_from(Outline))
