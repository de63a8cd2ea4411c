"""A user's own layer is made, filled, changed and removed, and is a layer like the rest."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers import catalog, edit, query, user_layers
from layers.catalog import Reader, set_reader
from layers.errors import ConflictError, InvalidInputError, NotFoundError, PermissionError_
from layers.journal import high_water, row_at, seal
from layers.layer import Layer
from layers.models import User
from layers.query import Scope
from layers.user_layers import FieldDraft

ALL = Scope(None)
FIELDS = (
    FieldDraft(title="井盖编号", searched=True),
    FieldDraft(title="select", type="integer", minimum=0),
    FieldDraft(title='a "quoted"; DROP TABLE team; -- ' + "长" * 160, type="number"),
    FieldDraft(title="巡查时间", type="time", tiled=True),
)


@pytest.fixture
def layer(session: Session) -> Layer:
    return user_layers.create(session, title="水井 Wells!", geometry_type="POINT", fields=FIELDS)


def point(lon: float, lat: float, **properties: object) -> dict[str, object]:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_any_header_becomes_a_safe_column_and_keeps_its_words(layer: Layer) -> None:
    own = user_layers.own_fields(layer)
    assert [field.title for field in own] == [draft.title for draft in FIELDS]
    assert [field.name for field in own][:2] == ["f_1_jinggaibianhao", "f_2_select"]
    assert all(field.name.replace("_", "").isalnum() and len(field.name) < 48 for field in own)
    assert layer.name.startswith("u_shuijingwells_")


def test_a_user_layer_is_found_by_its_name_and_listed_after_the_others(
    session: Session, layer: Layer
) -> None:
    assert catalog.find(layer.name, session) is layer
    assert catalog.layers(session)[-1] is catalog.find(layer.name, session)
    assert layer.name not in {each.name for each in catalog.layers()}


def test_its_features_are_added_found_and_counted_like_others(
    session: Session, layer: Layer
) -> None:
    code, number, *_ = (field.name for field in user_layers.own_fields(layer))
    added = edit.add(
        session, layer, point(120.5, 30.5, name="甲", **{code: "JG-7", number: 3}), scope=ALL
    )
    assert added["properties"][code] == "JG-7"
    page = query.features(session, layer, scope=ALL, q="jg-7", where=[f"{number}.ge=3"])
    assert [feature["id"] for feature in page.features] == [added["id"]]
    changed = edit.change(
        session, layer, added["id"], {"properties": {number: 4}}, version=1, scope=ALL
    )
    assert changed["properties"]["version"] == 2


def test_filled_before_it_is_finished_the_rows_are_one_load_of_the_journal(
    session: Session,
) -> None:
    layer = user_layers.create(session, title="Wells", geometry_type="POINT", finished=False)
    session.execute(
        text(
            f"INSERT INTO {layer.name} (name, geom) "
            "SELECT n, ST_SetSRID(ST_MakePoint(120 + n * 1e-3, 30), 4326) "
            "FROM generate_series(1, 50) n"
        )
    )
    assert user_layers.finish(session, layer) == 50
    rows = session.execute(
        text("SELECT op, count, entry FROM journal WHERE layer = :name"), {"name": layer.name}
    ).all()
    assert [(op, count) for op, count, _ in rows] == [("load", 50)]
    entries = session.scalars(text(f"SELECT DISTINCT entry FROM {layer.name}")).all()
    assert entries == [rows[0].entry]
    added = edit.add(session, layer, point(120, 30, name="next"), scope=ALL)
    assert added["properties"]["fid"] == 51


def test_a_row_is_told_as_it_was_and_a_removed_layers_too(session: Session, layer: Layer) -> None:
    added = edit.add(session, layer, point(1, 1, name="甲"), scope=ALL)
    seal(session)
    first = high_water(session)
    edit.change(session, layer, added["id"], {"properties": {"name": "乙"}}, version=1, scope=ALL)
    seal(session)
    user_layers.remove(session, layer.name, version=1, typed=layer.name)
    seal(session)
    key = uuid.UUID(added["id"])
    told = [row_at(session, layer.name, key, seq) for seq in (0, first, high_water(session))]
    assert [row and row["name"] for row in told] == [None, "甲", "乙"]


def test_the_types_of_columns_hold_every_cell_and_codes_stay_text() -> None:
    proposal = user_layers.fields_of(
        {
            "点位名称": ["甲", "乙"],
            "数量": ["3", " 4"],
            "深度": ["1.5", "-2"],
            "电话": ["13800000000", None],
            "区号": ["0571", "0572"],
            "启用": ["是", "否"],
            "日期": ["2025-03-01", "2025/4/2"],
            "时间": ["2025-03-01 08:00", "2025-03-01T09:30:00+08:00"],
            "坏日期": ["2025-13-01", "2025-02-01"],
            "空": [None, None],
            "数": [1, 2.5],
        }
    )
    assert proposal.named == {"name": "点位名称"}
    assert {draft.title: draft.type for draft in proposal.fields} == {
        "数量": "integer", "深度": "number", "电话": "text", "区号": "text", "启用": "boolean",
        "日期": "date", "时间": "time", "坏日期": "text", "空": "text", "数": "number",
    }  # fmt: skip


def test_the_mapping_of_a_proposal_leads_from_fields_to_columns(session: Session) -> None:
    proposal = user_layers.fields_of({"名称": ["a"], "x\ty": ["b"], "X Y": [1]})
    layer = user_layers.create(session, title="t", geometry_type="GEOMETRY", fields=proposal.fields)
    own = [field.name for field in user_layers.own_fields(layer)]
    assert proposal.mapping(layer) == {"name": "名称", own[0]: "x\ty", own[1]: "X Y"}


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (["POINT (1 2)", "MULTIPOINT ((1 2))", None], "POINT"),
        (["POINT (1 2)", "MULTIPOINT ((1 2), (3 4))"], "GEOMETRY"),
        (["LINESTRING (0 0, 1 1)"], "LINESTRING"),
        (["POLYGON ((0 0, 1 0, 1 1, 0 0))"], "MULTIPOLYGON"),
        ([None], "GEOMETRY"),
    ],
)
def test_the_geometry_type_is_the_narrowest_that_holds_all(
    shapes: list[str | None], expected: str
) -> None:
    assert (
        user_layers.geometry_type_of(shapely.from_wkt(np.array(shapes, dtype=object))) == expected
    )


@pytest.mark.parametrize(
    "given",
    [
        {"title": " \t"},
        {"title": "x" * 201},
        {"title": "a\x00b"},
        {"geometry_type": "POINTZ"},
        {"access": "secret"},
        {"group": "mine"},
        {"style": {"colour": "#ffffff"}},
        {"style": {"color": "red"}},
        {"style": {"color": "#fff;}"}},
        {"style": {"min_zoom": 99}},
        {"style": {"opacity": True}},
        {"style": {"label_field": "no such"}},
        {"style": {"categories": {"field": "name", "colors": {"a": "blue"}}}},
        {"readers": {"roles": ["king"]}},
        {"readers": {"users": ["nobody"]}},
        {"readers": {"groups": []}},
        {"fields": [FieldDraft(title="a"), FieldDraft(title="A")]},
        {"fields": [FieldDraft(title="a", type="geometry")]},  # type: ignore[arg-type]
        {"fields": [FieldDraft(title="a", minimum=1)]},
        {"fields": [FieldDraft(title="a", type="number", minimum=2, maximum=1)]},
        {"fields": [FieldDraft(title="a", type="number", domain=("x",))]},
        {"fields": [FieldDraft(title="a", domain=())]},
        {"fields": [FieldDraft(title=f"f{i}") for i in range(201)]},
    ],
)
def test_a_definition_that_cannot_be_is_refused(session: Session, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        user_layers.create(session, **{"title": "t", "geometry_type": "POINT", **given})


def test_a_field_is_added_renamed_taken_out_and_brought_back(
    session: Session, layer: Layer
) -> None:
    code, number, *_ = (field.name for field in user_layers.own_fields(layer))
    kept = edit.add(session, layer, point(1, 1, **{code: "A", number: 7}), scope=ALL)
    changed = user_layers.change(
        session, layer.name, {"title": "井", "style": {"label_field": code}}, version=1,
        fields=[
            {"name": number, "removed": True},
            {"name": code, "title": "编号", "unit": "个"},
            {"title": "备注", "domain": ["好", "A B"]},
        ],
    )  # fmt: skip
    assert changed.definition is not None
    assert (changed.definition.title, changed.definition.version) == ("井", 2)
    assert code in changed.tiled
    titles = [field.title for field in user_layers.own_fields(changed)]
    assert titles[0] == "编号"
    assert titles[-1] == "备注"
    with pytest.raises(InvalidInputError, match="has no field"):
        changed.field(number)
    note = user_layers.own_fields(changed)[-1].name
    edit.add(session, changed, point(1, 1, **{note: "A B"}), scope=ALL)
    back = user_layers.change(
        session, layer.name, {}, version=2,
        fields=[{"name": number, "removed": False}, {"name": code, "removed": True}],
    )  # fmt: skip
    assert back.definition is not None
    assert back.definition.style == {}
    row = query.feature(session, back, kept["id"], scope=ALL)
    assert row["properties"][number] == 7


def test_a_change_on_an_old_version_is_refused(session: Session, layer: Layer) -> None:
    user_layers.change(session, layer.name, {"title": "a"}, version=1)
    with pytest.raises(ConflictError):
        user_layers.change(session, layer.name, {"title": "b"}, version=1)


def test_a_removed_layer_is_gone_for_everybody_and_comes_back_whole(
    session: Session, layer: Layer
) -> None:
    edit.add(session, layer, point(1, 1, name="甲"), scope=ALL)
    with pytest.raises(InvalidInputError, match="type its title"):
        user_layers.remove(session, layer.name, version=1, typed="another")
    user_layers.remove(session, layer.name, version=1, typed="水井 Wells!")
    with pytest.raises(NotFoundError):
        catalog.find(layer.name, session)
    assert not query.search(session, scope=ALL, q="甲")
    assert [row.name for row in user_layers.removed(session)] == [layer.name]
    assert user_layers.purge(session) == []
    back = user_layers.restore(session, layer.name)
    assert query.count(session, back, scope=ALL) == 1


def test_a_purged_layer_leaves_its_journal_and_no_table(session: Session, layer: Layer) -> None:
    edit.add(session, layer, point(1, 1, name="甲"), scope=ALL)
    user_layers.remove(session, layer.name, version=1, typed=layer.name)
    assert user_layers.purge(session, older_than=dt.timedelta(0)) == [layer.name]
    assert session.scalar(text("SELECT to_regclass(:name)"), {"name": layer.name}) is None
    assert session.scalars(
        text("SELECT op FROM journal WHERE layer = 'user_layer' ORDER BY entry")
    ).all() == ["insert", "update", "delete"]


def test_only_its_owner_and_administrators_change_a_layer(session: Session) -> None:
    layer = user_layers.create(session, title="t", geometry_type="POINT", owner="li")
    for reader, may in (
        (Reader("wang", frozenset({"planner", "admin"})), False),
        (Reader("li", frozenset({"planner"})), True),
        (Reader("zhao", frozenset({"admin"}), admin=True), True),
        (Reader(), False),
    ):
        set_reader(session, reader)
        assert user_layers.may_change(session, layer) is may
        if not may:
            with pytest.raises(PermissionError_):
                user_layers.remove(session, layer.name, version=1, typed="t")


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        (Reader("li", frozenset({"viewer"})), True),
        (Reader("named", frozenset({"viewer"})), True),
        (Reader("duty one", frozenset({"duty"})), True),
        (Reader("boss", frozenset({"admin"}), admin=True), True),
        (Reader("county boss", frozenset({"admin", "planner"})), False),
        (Reader("viewer", frozenset({"viewer"})), False),
        (Reader(), False),
    ],
    ids=lambda value: getattr(value, "name", None) or str(value),
)
def test_a_restricted_layer_exists_for_those_it_names_only(
    session: Session, reader: Reader, seen: bool
) -> None:
    session.add(User(name="named"))
    session.flush()
    layer = user_layers.create(
        session, title="t", geometry_type="POINT", owner="li", access="restricted",
        readers={"roles": ["duty"], "users": ["named"]},
    )  # fmt: skip
    set_reader(session, reader)
    assert (layer in catalog.layers(session)) is seen
    if not seen:
        with pytest.raises(NotFoundError) as caught:
            catalog.find(layer.name, session)
        assert layer.name not in str(caught.value.details["known"])


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT onemap_make_layer('u_nothing')",
        "SELECT onemap_make_layer('team; DROP TABLE team')",
        "SELECT onemap_finish_layer('team')",
        "SELECT onemap_drop_layer('team')",
        "SELECT onemap_drop_layer('{layer}')",
        "SELECT onemap_make_layer('{layer}')",
        "DROP TABLE {layer}",
        "CREATE TABLE u_mine (id int)",
        "ALTER TABLE {layer} DISABLE TRIGGER ALL",
        "UPDATE user_layer SET name = 'team'",
        """UPDATE user_layer SET fields = '[{{"name": "f_1 int, x", "type": "text"}}]';
           SELECT onemap_change_layer('{layer}')""",
        """UPDATE user_layer SET fields = '[{{"name": "f_9", "type": "text); DROP TABLE team"}}]';
           SELECT onemap_change_layer('{layer}')""",
    ],
)
def test_the_program_can_make_and_drop_no_table_but_a_defined_layers(
    session: Session, layer: Layer, statement: str
) -> None:
    with pytest.raises(DBAPIError), session.begin_nested():
        for part in statement.format(layer=layer.name).split(";\n"):
            session.execute(text(part))


def test_rows_that_carry_a_history_of_their_own_are_refused(session: Session) -> None:
    layer = user_layers.create(session, title="t", geometry_type="POINT", finished=False)
    session.execute(
        text(f"INSERT INTO {layer.name} (geom, entry) VALUES ('SRID=4326;POINT(1 1)', 1)")
    )
    with pytest.raises(DBAPIError, match="versions of their own"):
        user_layers.finish(session, layer)


def test_the_table_is_what_the_catalogue_says(session: Session) -> None:
    for kind in ("POINT", "LINESTRING", "MULTIPOLYGON", "GEOMETRY"):
        layer = user_layers.create(session, title=kind, geometry_type=kind, fields=FIELDS)
        present = {
            column["name"]: column["type"].compile(postgresql.dialect())
            for column in inspect(session.connection()).get_columns(layer.name)
        }
        expected = {
            column.name: column.type.compile(postgresql.dialect()).replace(
                "FLOAT", "DOUBLE PRECISION"
            )
            for column in layer.table.columns
        }
        assert present == expected
        spine = {column.name for column in catalog.find("place").table.columns} - {"kind", "people"}
        assert spine <= present.keys()


@pytest.mark.parametrize("lat", [0.0, 45.5, 85.0599, 85.0601, -85.07, 90.0])
def test_a_points_mercator_place_is_that_of_every_other_layer(session: Session, lat: float) -> None:
    layer = user_layers.create(session, title="t", geometry_type="POINT")
    edit.add(session, layer, point(120.25, lat), scope=ALL)
    ours, theirs = session.execute(
        text(f"SELECT ST_AsText(geom_3857), ST_AsText(onemap_mercator(geom)) FROM {layer.name}")
    ).one()
    assert ours == theirs
