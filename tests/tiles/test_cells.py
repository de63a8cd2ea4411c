"""Counted cells that the database keeps: exact at every moment, whoever writes and folds."""

from __future__ import annotations

import random
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import morecantile
import pytest
import shapely
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from layers import catalog, user_layers
from layers import cells as folding
from layers.catalog import Layer, find
from layers.cluster import Urls
from layers.layer import FieldType
from layers.models import CountedLayer, DenseArea
from layers.models.cell import DEEPER, LEVELS
from layers.query import Scope
from layers.query.rows import anchor_columns
from layers.query.scope import visible
from tests.scatter import points, put
from tiles import cells, features, vector
from tiles.grid import Tile

ALL = Scope(None)
SCOPES = (ALL, Scope(("3301",)), Scope(("330102", "3302")))
SOURCE = find("hazard_source")
TARGET = find("protection_target")
REGIONS = ("330102", "330105", "3302", "120000", None)
GRID = morecantile.tms.get("WebMercatorQuad")
Told = dict[str, Any]


def told(body: bytes, layer: Layer) -> Told:
    """Return what the cells of a tile say together."""
    found = mapbox_vector_tile.decode(body)[layer.name]["features"] if body else []
    carried = [feature["properties"] for feature in found]
    told: Told = {"count": sum(each["count"] for each in carried)}
    for name in layer.summed:
        told[name] = sum(each.get(name, 0) for each in carried)
        told[f"{name}_unknown"] = sum(each[f"{name}_unknown"] for each in carried)
    if layer.worst:
        told["worst"] = min((each["worst"] for each in carried if "worst" in each), default=None)
    return told


def expected(session: Session, layer: Layer, z: int, scope: Scope) -> dict[Tile, Told]:
    """Return what each tile of a zoom has to say, worked out of the rows one by one."""
    names = [*layer.summed, *([layer.worst] if layer.worst else [])]
    rows = session.execute(
        select(*anchor_columns(layer), *(layer.column(name) for name in names))
        .where(visible(layer, scope), layer.column("geom").is_not(None))
    ).all()  # fmt: skip
    by_tile: dict[Tile, list[Any]] = defaultdict(list)
    for row in rows:
        at = GRID.tile(row.lon, row.lat, z)
        by_tile[Tile(z, at.x, at.y)].append(row)
    found = {}
    for tile, held in by_tile.items():
        said: Told = {"count": len(held)}
        for name in layer.summed:
            values = [getattr(row, name) for row in held]
            said[name] = sum(value for value in values if value is not None)
            said[f"{name}_unknown"] = values.count(None)
        if layer.worst:
            grades = [getattr(row, layer.worst) for row in held]
            said["worst"] = min((grade for grade in grades if grade is not None), default=None)
        found[tile] = said
    return found


def check(session: Session, layer: Layer, *, zooms: tuple[int, ...] = (0, 1, 2, 4, 7, 9)) -> None:
    """Hold every tile that has rows, and every tile of the first zooms, against the rows."""
    for scope in SCOPES:
        for z in zooms:
            wanted = expected(session, layer, z, scope)
            everywhere = [Tile(z, x, y) for x in range(2**z) for y in range(2**z)] if z < 3 else []
            for tile in {*wanted, *everywhere}:
                found = told(cells.tile(session, layer, tile, scope=scope), layer)
                assert found["count"] == wanted.get(tile, {"count": 0})["count"], (scope, tile)
                assert not found["count"] or found == wanted[tile], (scope, tile)


def shape(draw: random.Random) -> str:
    """Return a point, a line or an area somewhere, more often in one town, as EWKT."""
    lon, lat = draw.uniform(-179, 179), draw.uniform(-84, 84)
    if draw.random() < 0.7:
        lon, lat = draw.uniform(120, 120.3), draw.uniform(30, 30.3)
    place = shapely.Point(lon, lat)
    size = draw.choice([0, 0, 0.0005, 0.2])
    line = shapely.LineString([(lon, lat), (lon + size, lat + size / 2)])
    made = place if not size else draw.choice([place.buffer(size, quad_segs=2), line])
    return f"SRID=4326;{made.wkt}"


def edit(session: Session, draw: random.Random) -> None:
    """Make one change of one hazard source, or of several at once."""
    values = {
        "geom": shape(draw), "region": draw.choice(REGIONS),
        "grade": draw.choice(["1", "2", "3", "4", None]), "a": draw.random(),
    }  # fmt: skip
    some = "id IN (SELECT id FROM hazard_source WHERE hashtext(id::text || :a) % 40 = 0)"
    session.execute(text(draw.choice([
        "INSERT INTO hazard_source (geom, region, grade) VALUES (:geom, :region, :grade)",
        "INSERT INTO hazard_source (geom, region, grade) VALUES (:geom, :region, :grade)",
        f"UPDATE hazard_source SET region = :region WHERE {some}",
        f"UPDATE hazard_source SET grade = :grade WHERE {some}",
        f"UPDATE hazard_source SET geom = :geom WHERE {some}",
        f"UPDATE hazard_source SET name = 'again' WHERE {some}",
        f"DELETE FROM hazard_source WHERE {some}",
    ])), values)  # fmt: skip


def fill(session: Session, count: int, *, seed: int) -> None:
    """Load hazard sources in bulk."""
    draw = random.Random(seed)
    shapes = [shapely.from_wkt(shape(draw).partition(";")[2]) for _ in range(count)]
    put(session, SOURCE, shapes, region=[draw.choice(REGIONS) for _ in shapes],
        grade=[draw.choice(["1", "2", "3", "4", None]) for _ in shapes])  # fmt: skip


def test_cells_add_up_to_the_rows_after_every_kind_of_change(database: Engine) -> None:
    draw = random.Random(61)
    with Session(database) as session:
        fill(session, 400, seed=62)
        session.commit()
        check(session, SOURCE)
        for round_ in range(4):
            for _ in range(25):
                edit(session, draw)
            check(session, SOURCE)  # the transaction's own view, before anybody else's
            session.commit()
            if round_ % 2:
                while folding.fold(session, SOURCE.name, most=50):
                    session.commit()
            check(session, SOURCE, zooms=(0, 3, 8))
        session.execute(text("DELETE FROM hazard_source"))
        check(session, SOURCE, zooms=(0, 2))


def test_people_known_and_unknown_add_up(session: Session) -> None:
    places = points(300, seed=63, box=(119, 29, 121, 31))
    draw = random.Random(64)
    people = [draw.choice([None, 0, draw.randrange(5000)]) for _ in places]
    ids = put(session, TARGET, places, kind=["school"] * 300, people_day=people,
              region=[draw.choice(REGIONS) for _ in places])  # fmt: skip
    check(session, TARGET)
    for id_ in draw.sample(ids, 60):
        change = draw.choice(["people_day = NULL", "people_day = 7", "people_night = 9"])
        session.execute(text(f"UPDATE protection_target SET {change} WHERE id = :id"), {"id": id_})
    check(session, TARGET)


def test_an_open_transaction_is_counted_by_itself_alone(database: Engine) -> None:
    with Session(database) as mine, Session(database) as theirs:
        fill(mine, 50, seed=65)
        mine.commit()
        fill(theirs, 30, seed=66)
        edit(theirs, random.Random(3))
        check(mine, SOURCE, zooms=(0, 4))
        check(theirs, SOURCE, zooms=(0, 4))
        while folding.fold(mine, SOURCE.name):
            mine.commit()
        check(theirs, SOURCE, zooms=(0, 4))
        theirs.rollback()
        check(mine, SOURCE, zooms=(0, 4))


def test_counts_are_exact_at_every_moment_while_others_write_and_fold(database: Engine) -> None:
    with Session(database) as session:
        fill(session, 200, seed=67)
        session.commit()
    faults: list[str] = []
    committed: list[int] = []
    writing = threading.Event()
    writing.set()
    crossed = (DeadlockDetected, LockNotAvailable)  # two writers of the same rows

    def write(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(25):
            with Session(database) as session:
                try:
                    for _ in range(draw.randint(1, 3)):
                        edit(session, draw)
                    session.commit()
                    committed.append(seed)
                except Exception as error:
                    if not isinstance(getattr(error, "orig", None), crossed):
                        faults.append(str(error))

    def fold() -> None:
        while writing.is_set():
            with Session(database) as session, session.begin():
                for name in folding.unfolded(session):
                    folding.fold(session, name, most=40)

    def look() -> None:
        sums = text(
            "SELECT (SELECT count(*) FROM hazard_source), array_agg(c.n ORDER BY c.level) FROM "
            "(SELECT level, sum(n) AS n FROM cell WHERE layer = 'hazard_source' GROUP BY level) c"
        )
        while writing.is_set():
            with Session(database) as session:
                rows, counted = session.execute(sums).one()
                if counted != [rows] * len(LEVELS):
                    faults.append(f"{rows} rows, {counted} counted")

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except Exception as error:
                faults.append(repr(error))

        return run

    writers = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2, 3)]
    others = [threading.Thread(target=guarded(work)) for work in (fold, look)]
    for thread in [*writers, *others]:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in others:
        thread.join()
    assert faults == []
    assert len(committed) > 25
    with Session(database) as session:
        check(session, SOURCE, zooms=(0, 5))


def test_folding_leaves_one_row_a_cell_and_what_counting_anew_would_give(database: Engine) -> None:
    draw = random.Random(68)
    rows = text(
        "SELECT level, cx, cy, region, grade, n, x, y, sums, known FROM cell "
        "WHERE layer = 'hazard_source' ORDER BY level, cx, cy, region, grade"
    )
    with Session(database) as session:
        fill(session, 100, seed=69)
        session.commit()
        for _ in range(60):
            edit(session, draw)
        session.commit()
        while folding.fold(session, SOURCE.name):
            session.commit()
        assert SOURCE.name not in folding.unfolded(session)
        folded = session.execute(rows).all()
        folding.recount(session, SOURCE.name)
        assert folded == session.execute(rows).all()
        assert len({row[:5] for row in folded}) == len(folded)


def test_a_change_that_moves_nothing_appends_nothing(session: Session) -> None:
    fill(session, 20, seed=70)
    before = session.scalar(text("SELECT count(*) FROM cell"))
    session.execute(text("UPDATE hazard_source SET name = 'new', substance = 'chlorine'"))
    assert session.scalar(text("SELECT count(*) FROM cell")) == before


def test_rows_without_a_place_count_nowhere(session: Session) -> None:
    put(session, TARGET, [shapely.Point(10, 89), shapely.Point(10, 80)], kind=["school"] * 2)
    assert told(cells.tile(session, TARGET, Tile(0, 0, 0), scope=ALL), TARGET)["count"] == 1


def test_emptying_a_table_empties_its_cells(urls: Urls, database: Engine) -> None:
    with Session(database) as session:
        fill(session, 20, seed=71)
        session.commit()
    owner = create_engine(urls.migrator, poolclass=NullPool)
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE hazard_source CASCADE"))
    with Session(database) as session:
        check(session, SOURCE, zooms=(0,))
        assert session.scalar(text("SELECT count(*) FROM cell")) == 0


def test_emptying_a_table_while_its_cells_are_folded_empties_them_too(
    urls: Urls, database: Engine
) -> None:
    with Session(database) as session:
        fill(session, 20, seed=75)
        session.commit()
        fill(session, 20, seed=76)
        session.commit()
    owner = create_engine(urls.migrator, poolclass=NullPool)

    def empty() -> None:
        with owner.begin() as connection:
            connection.execute(text("TRUNCATE hazard_source CASCADE"))

    emptying = threading.Thread(target=empty)
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'TRUNCATE%' "
        "AND wait_event_type = 'Lock' AND datname = current_database()"
    )
    with Session(database) as session, Session(owner) as looking:
        assert folding.fold(session, SOURCE.name)
        emptying.start()
        while not looking.scalar(waiting):
            looking.rollback()  # each look has a moment of its own
            assert emptying.is_alive()
        session.commit()
    emptying.join()
    with Session(database) as session:
        assert session.scalar(text("SELECT count(*) FROM cell")) == 0


@pytest.mark.parametrize("statement", [
    "INSERT INTO cell VALUES ('team', 4, 0, 0, NULL, NULL, 9, 0, 0, '{}', '{}', false)",
    "UPDATE cell SET n = 7",
    "DELETE FROM cell",
    "UPDATE counted_layer SET worst = 'name'",
    "DELETE FROM dense_area",
    "SELECT onemap_count_layer('team', NULL, '{}')",
    "CREATE TEMPORARY TABLE team AS SELECT * FROM team; CREATE TRIGGER t AFTER DELETE ON "
    "pg_temp.team FOR EACH STATEMENT EXECUTE FUNCTION onemap_count_rows()",
])  # fmt: skip
def test_the_program_changes_no_count_but_through_rows(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


def test_what_is_counted_is_what_the_catalogue_says(session: Session) -> None:
    rows = session.execute(select(CountedLayer.layer, CountedLayer.worst, CountedLayer.summed))
    stored = {layer: (worst, tuple(summed)) for layer, worst, summed in rows}
    said = {each.name: (each.worst, each.summed) for each in catalog.layers() if not each.thinned}
    assert stored == said


@pytest.mark.parametrize("kind", ["POINT", "GEOMETRY"])
def test_a_layer_of_a_users_own_is_counted_from_its_filling_to_its_end(
    session: Session, kind: Any
) -> None:
    layer = user_layers.create(session, title="站点", geometry_type=kind, fields=[], finished=False)
    put(session, layer, points(60, seed=72), region=["330102", None] * 30)
    user_layers.finish(session, layer)
    check(session, layer, zooms=(0, 2))
    session.execute(text(f"UPDATE {layer.name} SET geom = 'SRID=4326;POINT(7 7)' WHERE fid < 9"))
    session.execute(text(f"DELETE FROM {layer.name} WHERE fid > 50"))
    check(session, layer, zooms=(0, 2))
    session.execute(
        text("UPDATE user_layer SET removed_at = now() WHERE name = :n"), {"n": layer.name}
    )
    session.execute(text("SELECT onemap_drop_layer(:n)"), {"n": layer.name})
    assert session.scalar(text("SELECT count(*) FROM cell")) == 0


def test_a_crowd_in_one_place_is_counted_deeper_there(session: Session) -> None:
    kinds: list[FieldType] = []
    layer = user_layers.create(
        session, title="crowd", geometry_type="POINT", fields=kinds, access="open", finished=False
    )
    box = (120.0, 30.0, 120.01, 30.01)
    put(session, layer, [*points(20_500, seed=73, box=box), *points(200, seed=74)])
    user_layers.finish(session, layer)
    levels = select(DenseArea.level).where(DenseArea.layer == layer.name).distinct()
    assert set(session.scalars(levels)) == {above for _, above in DEEPER}
    session.execute(text(f"DELETE FROM {layer.name} WHERE fid % 7 = 0"))
    for z in (0, 5, 9, 10, 12, 13, 15, 16, 18):
        wanted = expected(session, layer, z, ALL)
        for tile in sorted(wanted, key=lambda tile: -wanted[tile]["count"])[:5]:
            body = cells.tile(session, layer, tile, scope=ALL)
            assert told(body, layer)["count"] == wanted[tile]["count"], tile
            if wanted[tile]["count"] > 10_000:
                assert vector.tile(session, [layer], tile.z, tile.x, tile.y, scope=ALL) == body


def test_a_layer_that_grows_is_counted_deeper_when_it_is_looked_at(session: Session) -> None:
    put(session, SOURCE, points(100, seed=75))
    assert folding.deepen(session, SOURCE.name) == 0
    put(session, SOURCE, points(20_400, seed=76, box=(120.0, 30.0, 120.05, 30.02)))
    assert folding.deepen(session, SOURCE.name) >= 1
    assert folding.deepen(session, SOURCE.name) == 0
    session.execute(text("DELETE FROM hazard_source WHERE fid % 2 = 0"))
    wanted = expected(session, SOURCE, 11, ALL)
    for tile, said in wanted.items():
        found = told(cells.tile(session, SOURCE, tile, scope=ALL), SOURCE)
        assert found["count"] == said["count"]


def test_a_layer_is_counted_deeper_a_few_areas_at_a_time(session: Session) -> None:
    for lon in (100.0, 110.0, 120.0):
        put(session, SOURCE, points(20_400, seed=78, box=(lon, 30.0, lon + 0.05, 30.02)))
    took = [folding.deepen(session, SOURCE.name, most=1) for _ in range(4)]
    assert took[:3] == [1, 1, 1]
    while folding.deepen(session, SOURCE.name, most=1):
        pass
    assert not session.scalar(select(func.onemap_outgrown(SOURCE.name)))
    areas = select(func.count()).where(DenseArea.layer == SOURCE.name, DenseArea.level == 9)
    assert session.scalar(areas) == 3


def test_an_overfull_tile_reads_none_of_its_rows(session: Session) -> None:
    put(session, SOURCE, points(10_050, seed=77))
    before = _scans(session)
    assert features.tile(session, SOURCE, Tile(0, 0, 0), scope=ALL) is None
    assert told(cells.tile(session, SOURCE, Tile(0, 0, 0), scope=ALL), SOURCE)["count"] == 10_050
    assert _scans(session) == before


def _scans(session: Session) -> int:
    """Return how many rows of the table this transaction has read."""
    return session.scalar(
        text("SELECT pg_stat_get_xact_tuples_returned('hazard_source'::regclass)")
    ) or 0  # fmt: skip


def test_a_filtered_tile_counts_the_rows_that_meet_the_condition(session: Session) -> None:
    fill(session, 500, seed=78)
    clause = SOURCE.column("grade") == "2"
    found = told(cells.tile(session, SOURCE, Tile(0, 0, 0), scope=ALL, clause=clause), SOURCE)
    number = session.scalar(text("SELECT count(*) FROM hazard_source WHERE grade = '2'"))
    assert found == {"count": number, "worst": "2"}


def test_an_id_that_comes_back_is_counted_once(session: Session) -> None:
    id_ = uuid.uuid4()
    for _ in range(3):
        session.execute(
            text("INSERT INTO team (id, kind, geom) VALUES (:id, 'fire', 'SRID=4326;POINT(1 1)')"),
            {"id": id_},
        )
        assert (
            told(cells.tile(session, find("team"), Tile(0, 0, 0), scope=ALL), find("team"))["count"]
            == 1
        )
        session.execute(text("DELETE FROM team WHERE id = :id"), {"id": id_})
