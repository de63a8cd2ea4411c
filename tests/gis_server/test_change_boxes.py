"""The box of a change: what it touched of the map, and no more than its reader may see."""

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server.changes import changes_after
from gis_server.signin import Identity
from layers import journal
from layers.database import set_bulk

EVERYWHERE = Identity(name="all", grants=(("commander", ""),))
HERE = Identity(name="here", grants=(("viewer", "3301"),))
THERE = Identity(name="there", grants=(("viewer", "3302"),))


@pytest.fixture
def told(database):
    """Give a function: run statements, each sealed on its own; return the last change's box."""

    def run(*statements, bulk=False):
        for statement in statements:
            with Session(database) as session, session.begin():
                if bulk:
                    set_bulk(session, uuid.uuid4())
                session.execute(text(statement))
                journal.seal(session)
        with Session(database) as session:
            last = changes_after(session, 0)[-1]
        return [
            (last.shown_to(one) or {}).get("box", "silence") for one in (EVERYWHERE, HERE, THERE)
        ]

    return run


ADD = (
    "INSERT INTO team (name, kind, region, geom) "
    "VALUES ('one', 'fire', '3301', 'SRID=4326;POINT(120 30)')"
)
MOVE = "UPDATE team SET region = '3302', geom = 'SRID=4326;POINT(121 31)'"


def test_a_row_that_is_added_touches_where_it_is(told):
    assert told(ADD) == [[120, 30, 120, 30]] * 2 + ["silence"]


def test_a_row_that_moves_touches_where_it_was_and_where_it_is(told):
    moved = told(ADD, "UPDATE team SET geom = 'SRID=4326;POINT(121 31)'")
    assert moved == [[120, 30, 121, 31]] * 2 + ["silence"]


def test_who_sees_only_the_row_that_left_is_not_told_where_it_went(told):
    assert told(ADD, MOVE) == [[120, 30, 121, 31], [120, 30, 120, 30], [121, 31, 121, 31]]


def test_a_row_that_is_removed_touches_where_it_was(told):
    assert told(ADD, "DELETE FROM team") == [[120, 30, 120, 30]] * 2 + ["silence"]


def test_a_shape_touches_its_whole_box(told):
    shape = "SRID=4326;MULTIPOLYGON(((119 29, 122 29, 120 33, 119 29)))"
    boxes = told(f"INSERT INTO land_use (kind, geom) VALUES ('forest', '{shape}')")
    assert boxes == [[119, 29, 122, 33]] * 3  # an open layer


def test_a_load_touches_the_whole_layer(told):
    assert told(ADD, bulk=True) == [None] * 3


def test_a_row_without_a_place_touches_nothing(told):
    call = "INSERT INTO contact (layer, feature_id, phone) VALUES ('team', :id, '119')"
    assert told(call.replace(":id", f"'{uuid.uuid4()}'"))[0] is None
