"""The catalogue says of the layers what their tables say."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from layers import catalog, models
from layers.errors import InvalidInputError, NotFoundError


def test_every_table_of_a_layer_is_in_the_catalogue_in_the_order_of_the_tree() -> None:
    assert [layer.name for layer in catalog.layers()] == [m.__tablename__ for m in models.LAYERS]


def test_every_declared_column_is_a_field_and_no_other_is() -> None:
    for layer in catalog.layers():
        declared = {c.name for c in layer.table.columns if "field" in c.info}
        assert {field.name for field in layer.fields} == declared
        assert not declared & {"id", "fid", "geom", "geom_3857", "version", "entry"}


def test_what_is_searched_tiled_summed_and_graded_are_fields() -> None:
    for layer in catalog.layers():
        shown = {*layer.searched, *layer.tiled, *layer.summed}
        shown |= {layer.worst} if layer.worst else set()
        assert shown <= {field.name for field in layer.fields}, layer.name


def test_field_types_follow_the_columns() -> None:
    layer = catalog.find("hazard_source")
    types = {field.name: field.type for field in layer.fields}
    assert types["quantity_t"] == "number"
    assert types["enterprise_id"] == "id"
    assert types["candidate"] == "boolean"
    assert types["substance"] == "text"
    assert catalog.find("resource").field("specialties").type == "list"
    assert catalog.find("incident").field("occurred_at").type == "time"


def test_a_field_carries_its_rules() -> None:
    spec = catalog.find("hazard_source").field("quantity_t").spec
    assert (spec.unit, spec.minimum) == ("t", 0)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("teams", "team"), ("Team", "team"), ("hazard-sources", "hazard_source"),
        ("enterprises", "enterprise"), ("land_uses", "land_use"), ("water", "water"),
    ],
)  # fmt: skip
def test_a_plural_a_hyphen_and_capitals_are_forgiven(asked: str, name: str) -> None:
    assert catalog.find(asked).name == name


def test_an_unknown_layer_names_those_that_exist() -> None:
    with pytest.raises(NotFoundError, match="hazard_source") as caught:
        catalog.find("tems")
    assert caught.value.details["near"] == "team"


def test_an_unknown_field_names_those_that_exist() -> None:
    with pytest.raises(InvalidInputError, match="people_day") as caught:
        catalog.find("protection_target").field("people")
    assert caught.value.code == "unknown_field"


def test_a_layer_without_a_sealed_change_has_revision_0(session: Session) -> None:
    assert catalog.revisions(session) == {layer.name: 0 for layer in catalog.layers()}
    assert catalog.revisions(session, ["team"]) == {"team": 0}
