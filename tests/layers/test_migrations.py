"""The schema: what the migrations make is what the models say, and its functions hold."""

from __future__ import annotations

import math
import threading
import time
import uuid

import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from layers import database as db
from layers.cluster import Urls
from layers.errors import SetupError
from layers.models import Base

HALF_WORLD_M = math.pi * 6378137.0


def test_the_migrated_database_is_what_the_models_say(urls: Urls) -> None:
    engine = create_engine(urls.migrator, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": alembic_helpers.include_object,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing(urls: Urls, database: Engine) -> None:
    with Session(database) as session:
        session.execute(text("INSERT INTO place (name, geom) VALUES ('港', 'POINT(1 2)')"))
        session.commit()
    db.migrate(urls.migrator)
    with Session(database) as session:
        assert session.scalar(text("SELECT count(*) FROM place")) == 1


def test_the_program_itself_may_look_whether_the_schema_is_new_but_not_change_it(
    urls: Urls,
) -> None:
    db.migrate(urls.app)
    engine = create_engine(urls.migrator, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(SetupError, match=r"(?s)permission denied.*onemap_migrator"):
        db.migrate(urls.app)


def test_two_programs_may_migrate_at_once(urls: Urls) -> None:
    engine = create_engine(urls.migrator, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY onemap_migrator"))
    faults: list[BaseException] = []

    def migrate() -> None:
        try:
            db.migrate(urls.migrator)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def mercator(session: Session, geometry: BaseGeometry) -> BaseGeometry | None:
    answer = session.scalar(
        text("SELECT ST_AsBinary(onemap_mercator(ST_GeomFromWKB(:wkb, 4326)))"),
        {"wkb": geometry.wkb},
    )
    return None if answer is None else shapely.from_wkb(bytes(answer))


@pytest.mark.parametrize(
    ("lon", "lat"), [(0, 0), (121.9, 29.9), (-180, -85), (180, 85), (9.5, 47.1), (-70.6, -33.4)]
)
def test_a_point_falls_where_pyproj_puts_it(session: Session, lon: float, lat: float) -> None:
    expected = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    found = mercator(session, shapely.Point(lon, lat))
    assert found is not None
    assert found.coords[0] == pytest.approx(expected, abs=1e-6)


def test_what_lies_beyond_the_square_map_is_cut_at_its_edge(session: Session) -> None:
    found = mercator(session, shapely.box(10, 80, 20, 90))
    assert found is not None
    assert found.bounds[3] == pytest.approx(
        Transformer.from_crs(4326, 3857, always_xy=True).transform(0, 85.06)[1]
    )
    assert mercator(session, shapely.Point(10, 89)) is None
    assert mercator(session, shapely.box(10, 86, 20, 90)) is None


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Polygon([(179, -1), (-179, -1), (-179, 1), (179, 1)]),
        shapely.LineString([(178, 0), (-178, 0)]),
        shapely.MultiPoint([(1, 1)]).union(shapely.LineString([(175, 10), (-170, 12)])),
    ],
)
def test_a_shape_across_180_degrees_is_split_and_stays_small(
    session: Session, shape: BaseGeometry
) -> None:
    found = mercator(session, shape)
    assert found is not None
    assert max(abs(x) for x in (found.bounds[0], found.bounds[2])) <= HALF_WORLD_M + 1
    parts = [part for each in found.geoms for part in shapely.get_parts(each) if part.length]
    assert len(parts) == 2
    assert all(part.bounds[2] - part.bounds[0] < HALF_WORLD_M / 10 for part in parts)


def test_a_shape_around_the_world_is_not_split(session: Session) -> None:
    found = mercator(session, shapely.box(-180, -80, 180, 80))
    assert found is not None
    assert found.bounds[2] - found.bounds[0] == pytest.approx(2 * HALF_WORLD_M)


def test_a_shape_already_split_at_180_degrees_keeps_its_area(session: Session) -> None:
    halves = shapely.union_all([shapely.box(170, 0, 180, 10), shapely.box(-180, 0, -170, 10)])
    found = mercator(session, halves)
    assert found is not None
    whole = mercator(session, shapely.box(150, 0, 170, 10))
    assert whole is not None
    assert found.area == pytest.approx(whole.area, rel=1e-9)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(math.nan, 1),
        shapely.Point(1, math.inf),
        shapely.Point(200, 1),
        shapely.Point(1, 91),
        shapely.Point(),
        shapely.LineString([(0, 0), (1e308, 0)]),
        shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
    ],
    ids=str,
)
def test_an_impossible_geometry_is_refused_by_the_table_itself(
    session: Session, shape: BaseGeometry
) -> None:
    statement = text("INSERT INTO water (geom) VALUES (ST_GeomFromWKB(:wkb, 4326))")
    with pytest.raises(IntegrityError, match=r"geom_range|geom_not_empty|geom_valid"):
        session.execute(statement, {"wkb": shape.wkb})


def test_an_identifier_is_a_uuid_of_version_7_and_of_now(session: Session) -> None:
    before = time.time()
    made = [session.scalar(text("SELECT onemap_uuid_v7()")) for _ in range(50)]
    for identifier in made:
        assert isinstance(identifier, uuid.UUID)
        assert (identifier.version, identifier.variant) == (7, uuid.RFC_4122)
        assert before - 1 <= (identifier.int >> 80) / 1000 <= time.time() + 1
    assert len(set(made)) == 50


def test_a_statement_that_takes_too_long_is_cut_off(urls: Urls) -> None:
    engine = db.create_engine(urls.app, statement_timeout_ms=50)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(5)"))
    engine.dispose()
