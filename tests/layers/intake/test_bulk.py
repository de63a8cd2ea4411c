"""Many rows at once: a fresh layer takes the staged table itself, a standing one is merged."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from layers import journal
from layers.catalog import find
from layers.intake import pipeline, regions, staging
from layers.intake.load import begin, load_records, load_staged
from layers.intake.merge import lock
from layers.intake.pipeline import Options
from layers.intake.takeback import take_back
from layers.layer import Layer
from layers.user_layers import FieldDraft, create

Publish = Callable[..., Any]


@pytest.fixture
def own(session: Session) -> Layer:
    """Give a layer of a user's own, without a row."""
    drafts = [FieldDraft(title="编号", type="integer"), FieldDraft(title="类别")]
    return create(session, title="自建点", geometry_type="POINT", fields=drafts)


@pytest.fixture
def publish(session: Session, own: Layer, tmp_path: Path) -> Publish:
    """Give a function that publishes rows of number, kind, lon and lat into the own layer."""
    number, kind = (f.name for f in own.fields if f.name.startswith("f_"))

    def run(*rows: tuple[Any, ...], done: bool = True) -> Any:
        path = tmp_path / "points.csv"
        lines = "\n".join(",".join(map(str, row)) for row in rows)
        path.write_text(f"编号,类别,lon,lat\n{lines}\n", encoding="utf-8")
        fields = {number: "编号", kind: "类别", "lon": "lon", "lat": "lat"}
        options = Options(layer=own.name, crs="4326", source="me", fields=fields)
        batch = pipeline.start(session, path.name, options)
        report = pipeline.analyse(session, batch, path)
        if not done:
            return batch, report
        loaded = pipeline.publish(session, batch)[own.name]
        session.execute(text("SELECT set_config('onemap.bulk', '', true)"))
        return batch, loaded

    return run


def some(count: int, *, seed: int = 1) -> list[tuple[Any, ...]]:
    random = np.random.default_rng(seed)
    places = random.uniform((100, 20), (120, 40), (count, 2)).round(6)
    return [(i, "abc"[i % 3], *place) for i, place in enumerate(places.tolist(), start=1)]


def test_a_fresh_layer_holds_every_row_with_spine_indexes_and_one_journal_row(
    session: Session, own: Layer, publish: Publish
) -> None:
    rows = some(500)
    batch, loaded = publish(*rows)
    assert (loaded.inserted, loaded.updated) == (500, 0)
    number, kind = (f.name for f in own.fields if f.name.startswith("f_"))
    stored = session.execute(
        text(f"SELECT {number}, {kind}, ST_X(geom), ST_Y(geom) FROM {own.name} ORDER BY fid")
    )
    assert [tuple(row) for row in stored] == rows
    odd = f"""
        SELECT count(*) FROM {own.name} WHERE source <> 'me' OR version <> 1
          OR field_sources <> '{{}}' OR entry <> (SELECT entry FROM journal WHERE batch = :batch)
          OR NOT ST_Equals(geom_3857, ST_Transform(geom, 3857))"""
    assert session.scalar(text(odd), {"batch": batch}) == 0
    told = "SELECT op, count, layer FROM journal WHERE batch = :batch"
    assert session.execute(text(told), {"batch": batch}).all() == [("load", 500, own.name)]
    indexes = f"SELECT count(*) FROM pg_indexes WHERE tablename = '{own.name}'"
    assert int(session.scalar(text(indexes)) or 0) >= 5
    left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'onemap_staging'::regnamespace"
    assert session.scalar(text(left)) == 0


def test_a_fresh_layer_has_the_columns_defaults_and_rights_of_any_other(
    session: Session, own: Layer, publish: Publish
) -> None:
    shape = text(
        """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
               a.attgenerated::text, translate(pg_get_expr(d.adbin, d.adrelid), '()', '')
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
        WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1
        """
    )
    before = session.execute(shape, {"name": own.name}).all()
    publish(*some(10))
    after = session.execute(shape, {"name": own.name}).all()
    assert [row for row in after if row[0] != "fid"] == [row for row in before if row[0] != "fid"]
    session.execute(text(f"INSERT INTO {own.name} (geom) VALUES ('SRID=4326;POINT(1 2)')"))
    fid = text(f"SELECT fid, source FROM {own.name} ORDER BY fid DESC LIMIT 1")
    assert tuple(session.execute(fid).one()) == (11, None)


def test_an_own_layer_imported_again_is_the_same_features(
    session: Session, own: Layer, publish: Publish
) -> None:
    publish(*some(50))
    _, report = publish(*some(50)[10:], (99, "z", 110, 30), done=False)
    counts = report["layers"][own.name]
    assert {k: counts[k] for k in ("new", "changed", "unchanged", "gone")} == {
        "new": 1, "changed": 0, "unchanged": 40, "gone": 10,
    }  # fmt: skip


def test_rows_with_errors_stay_out_of_a_fresh_layer(session: Session, publish: Publish) -> None:
    batch, report = publish(*some(5), ("x", "a", 1, 2), (7, "a", 200, 2), done=False)
    (counts,) = report["layers"].values()
    assert (counts["new"], counts["errors"]) == (5, 2)
    loaded = pipeline.publish(session, batch, good_rows_only=True)
    assert [each.inserted for each in loaded.values()] == [5]
    assert len(pipeline.faults(session, batch)) == 2


def test_a_fresh_layer_is_taken_back_whole(session: Session, own: Layer, publish: Publish) -> None:
    batch, _ = publish(*some(30))
    back = take_back(session, batch)
    assert (back.removed, back.edited_since) == (30, [])
    assert session.scalar(text(f"SELECT count(*) FROM {own.name}")) == 0
    journal.seal(session)
    journal.verify(session)


def test_a_layer_that_was_filled_meanwhile_is_merged_into(
    session: Session, own: Layer, publish: Publish
) -> None:
    batch, _ = publish(*some(5), done=False)
    session.execute(text(f"INSERT INTO {own.name} (geom) VALUES ('SRID=4326;POINT(1 2)')"))
    begin(session, batch)
    assert load_staged(session, batch, own).inserted == 5
    assert session.scalar(text(f"SELECT count(*) FROM {own.name}")) == 6


def test_checking_again_replaces_what_was_staged(session: Session, publish: Publish) -> None:
    for _ in range(2):
        batch, _ = publish(*some(5), done=False)
    staging.discard(session, batch)
    left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'onemap_staging'::regnamespace"
    assert session.scalar(text(left)) == 1
    session.execute(text("DELETE FROM import_batch"))
    assert session.scalar(text(left)) == 0


@pytest.mark.parametrize(
    "columns",
    ['[{"name": "a b", "type": "bigint"}]', '[{"name": "a", "type": "bigint, b text"}]',
     '[{"name": "a\\"; DROP TABLE team; --", "type": "bigint"}]', '[{"name": null, "type": null}]'],
)  # fmt: skip
def test_nothing_but_names_and_types_of_the_list_makes_a_table(
    session: Session, columns: str
) -> None:
    batch = pipeline.start(session, "x.csv", Options(layer="team"))
    make = text("SELECT onemap_make_staging(:batch, 'team', CAST(:columns AS jsonb), NULL)")
    with pytest.raises(Exception, match="not columns of a layer"), session.begin_nested():
        session.execute(make, {"batch": batch, "columns": columns})
    with pytest.raises(Exception, match="there is no batch"), session.begin_nested():
        session.execute(make, {"batch": uuid.uuid4(), "columns": "[]"})


def test_an_edit_waits_while_a_load_works_and_a_reader_does_not(database: Engine) -> None:
    team = find("team")
    with Session(database) as session, session.begin():
        load_records(session, team, {"name": ["A"], "kind": ["fire"]}, shapely.points([1], [1]))
    told: list[str] = []

    def edit() -> None:
        with Session(database) as editor:
            editor.execute(text("SET lock_timeout = 300"))
            try:
                editor.execute(text("UPDATE team SET people = 1"))
            except OperationalError as error:
                told.append(str(error))

    with Session(database) as loader, Session(database) as reader:
        begin(loader, uuid.uuid4())
        lock(loader, team)
        assert reader.scalar(text("SELECT count(*) FROM team")) == 1
        thread = threading.Thread(target=edit)
        thread.start()
        thread.join(timeout=30)
    assert "lock timeout" in told[0]


def test_regions_of_many_places_are_those_of_the_one_rule(session: Session) -> None:
    random = np.random.default_rng(3)
    boxes = [shapely.MultiPolygon([shapely.box(x, y, x + w, y + w)])
             for x, y, w in zip(*random.integers(0, 10, (2, 40)), random.integers(1, 6, 40),
                                strict=True)]  # fmt: skip
    codes = [f"r{i:02d}" for i in random.permutation(40)]
    load_records(session, find("region"), {"code": codes, "name": codes}, boxes)
    shapes = [*shapely.points(random.integers(0, 15, (150, 2)).astype(float)), None]
    shapes += [shapely.LineString([(1, 1), (4, 5)]), shapely.box(2, 2, 7, 6)]
    geometry = np.array(shapes, dtype=object)
    found = regions.districts(session, geometry).to_pylist()
    sql = text(
        "SELECT code FROM region WHERE ST_Intersects(geom, ST_PointOnSurface(ST_GeomFromWKB(:wkb, "
        "4326))) ORDER BY ST_Area(geom), code LIMIT 1"
    )
    wanted = [None if s is None else session.scalar(sql, {"wkb": s.wkb}) for s in shapes]
    assert found == wanted
    assert None in wanted[:150]


@pytest.mark.parametrize("column", ["entry", "version"])
def test_a_staged_table_that_tells_its_own_past_becomes_no_layer(
    session: Session, own: Layer, column: str
) -> None:
    batch = pipeline.start(session, "x.csv", Options(layer=own.name))
    given = {"batch": batch, "layer": own.name}
    make = "SELECT onemap_make_staging(:batch, :layer, '[]', 'POINT')"
    table = session.scalar(text(make), given)
    session.execute(
        text(
            f"INSERT INTO onemap_staging.{table} (row, id, geom) "
            "VALUES (1, gen_random_uuid(), ST_SetSRID(ST_MakePoint(121, 30), 4326))"
        )
    )
    told = f'[{{"name": "{column}", "type": "bigint", "value": "1"}}]'
    session.execute(text("SELECT onemap_complete_staging(:batch, :layer, :told)"),
                    {**given, "told": told})  # fmt: skip
    with pytest.raises(DBAPIError, match="versions of their own"):
        session.execute(text("SELECT onemap_adopt_staging(:batch, :layer)"), given)


def test_a_publish_that_is_cut_after_an_index_was_built_can_be_repeated(
    database: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "points.csv"
    lines = "\n".join(f"{lon},{lat}" for _, _, lon, lat in some(300))
    path.write_text(f"lon,lat\n{lines}\n", encoding="utf-8")
    with Session(database) as session:
        layer = create(session, title="点", geometry_type="POINT", fields=[])
        options = Options(layer=layer.name, crs="4326", fields={"lon": "lon", "lat": "lat"})
        batch = pipeline.start(session, path.name, options)
        pipeline.analyse(session, batch, path)
        session.commit()
        assert pipeline.publish(session, batch)[layer.name].inserted == 300
        session.rollback()
        assert session.scalar(text(f"SELECT count(*) FROM {layer.name}")) == 0
        session.rollback()
        assert pipeline.publish(session, batch)[layer.name].inserted == 300
        session.commit()
        indexed = session.scalars(
            text("SELECT indexdef FROM pg_indexes WHERE tablename = :name AND indexdef ~ 'gist'"),
            {"name": layer.name},
        ).all()
    assert sorted(each.partition(" USING ")[2] for each in indexed) == [
        "gist (geom)", "gist (geom_3857)",
    ]  # fmt: skip
