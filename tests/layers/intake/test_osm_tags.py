"""OpenStreetMap tags to our records: what is known is taken, what is not stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from layers.intake.osm_tags import Shape, named, records


@pytest.mark.parametrize(
    ("shape", "tags", "layers"),
    [
        ("node", {"amenity": "fire_station"}, ["team"]),
        ("area", {"amenity": "hospital", "building": "yes"}, ["resource", "building"]),
        ("area", {"amenity": "school"}, ["protection_target"]),
        ("area", {"landuse": "residential"}, ["protection_target", "land_use"]),
        ("area", {"landuse": "industrial"}, ["enterprise", "land_use"]),
        ("node", {"amenity": "fuel"}, ["hazard_source"]),
        ("area", {"man_made": "storage_tank", "content": "water"}, []),
        ("node", {"emergency": "fire_hydrant"}, ["fire_water"]),
        ("line", {"waterway": "river"}, ["water"]),
        ("line", {"railway": "abandoned"}, []),
        ("line", {"building": "yes"}, []),
        ("node", {"place": "village"}, ["place"]),
        ("area", {"building": "no"}, []),
        ("node", {"amenity": "doctors"}, []),
    ],
)
def test_an_object_feeds_its_layers(shape: Shape, tags: dict[str, str], layers: list[str]) -> None:
    assert [layer for layer, _ in records(tags, shape)] == layers


def target(**tags: str) -> dict[str, Any]:
    """Return the protection target of an area."""
    return next(r for layer, r in records(tags, "area") if layer == "protection_target")


def test_people_come_from_tags_alone_and_the_source_says_which() -> None:
    school = target(amenity="school", capacity="300")
    assert (school["people_day"], school["people_night"], school["source"]) == (
        300, 0, "capacity=300",
    )  # fmt: skip
    flats = target(building="apartments", **{"building:flats": "10"})
    assert (flats["people_night"], flats.get("people_day")) == (26, None)
    assert target(amenity="school", capacity="about 300")["people_day"] is None
    assert "source" not in target(amenity="school")


def test_a_tank_keeps_its_content_and_its_unknown_quantity() -> None:
    tags = {"man_made": "storage_tank", "content": "lpg", "shape": "sphere"}
    ((layer, record),) = records(tags, "node")
    assert layer == "hazard_source"
    assert (record["substance"], record["container"], record["candidate"]) == (
        "LPG",
        "sphere",
        True,
    )
    assert "quantity_t" not in record


def test_the_chinese_name_comes_first() -> None:
    assert named({"name": "Port", "name:zh": "港口", "name:en": "Port"}) == {
        "name": "港口", "name_en": "Port",
    }  # fmt: skip


def test_a_hydrants_flow_is_litres_a_second() -> None:
    ((_, record),) = records(
        {"emergency": "fire_hydrant", "fire_hydrant:flow_rate": "1200 l/min"}, "node"
    )
    assert record["flow_l_s"] == 20.0
