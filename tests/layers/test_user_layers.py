"""A user's own layer is made, filled, changed and removed, and is a layer like the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import catalog, edit, query, user_layers
from layers.layer import Layer
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
