"""A place has one district, whoever asks: an edit, an import, a report."""

from __future__ import annotations

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers import edit
from layers.catalog import find
from layers.district import district_at
from layers.intake.load import load_records
from layers.models import Team
from layers.query import Scope
from tests.scatter import put

ALL = Scope(None)
AREAS = {
    "330000": shapely.box(119, 29, 123, 32),
    "330100": shapely.box(120, 30, 122, 31.5),
    "330102": shapely.box(120, 30, 121, 31),
    "330101": shapely.box(121, 30, 122, 31),
    "330102.7": shapely.box(120.4, 30.2, 120.6, 30.3),
}
PLACES = [
    ((120.5, 30.25), "330102.7"),
    ((120.2, 30.5), "330102"),
    ((121.0, 30.5), "330101"),  # on the border of two counties of one size: the first by code
    ((120.5, 30.2), "330102.7"),  # on the town's border
    ((120.5, 31.2), "330100"),
    ((119.5, 29.5), "330000"),
    ((10.0, 10.0), None),
]


@pytest.fixture
def districts(session: Session) -> None:
    shapes = [shapely.MultiPolygon([area]) for area in AREAS.values()]
    put(session, find("region"), shapes, code=list(AREAS))


@pytest.mark.usefixtures("districts")
@pytest.mark.parametrize(("place", "wanted"), PLACES)
def test_edit_import_and_report_find_the_same_smallest_district(
    session: Session, place: tuple[float, float], wanted: str | None
) -> None:
    lon, lat = place
    point = {"type": "Point", "coordinates": [lon, lat]}
    made = edit.add(
        session, find("team"), {"geometry": point, "properties": {"name": "a", "kind": "fire"}},
        scope=ALL,
    )  # fmt: skip
    load_records(session, find("team"), {"name": ["b"], "kind": ["fire"]}, [shapely.Point(place)])
    assert made["properties"]["region"] == wanted
    assert district_at(session, lon=lon, lat=lat) == wanted
    assert session.scalars(select(Team.region).where(Team.name == "b")).one() == wanted
