"""Statistics over HTTP: by address and by body, within the reader's regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from layers.catalog import find
from tests.scatter import put


@pytest.fixture
def stocked(database: Engine) -> None:
    """Four targets in two counties of one city, and two teams."""
    with Session(database) as session, session.begin():
        put(session, find("region"), [shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])] * 3,
            code=["330100", "330102", "330105"], level=["city", "county", "county"],
            name=["杭州市", "上城区", "拱墅区"])  # fmt: skip
        put(session, find("protection_target"), [shapely.Point(n, n) for n in range(4)],
            kind=["school", "school", "hospital", "school"], people_day=[100, 200, 300, None],
            region=["330102", "330102", "330105", None])  # fmt: skip
        put(session, find("team"), [shapely.Point(0, 0)] * 2, kind=["fire"] * 2,
            region=["330102"] * 2)  # fmt: skip


def _groups(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json["groups"])


@pytest.mark.usefixtures("stocked")
def test_districts_are_counted_at_a_level_with_their_names(client: FlaskClient) -> None:
    answer = client.get(
        "/api/v1/statistics?layers=protection_target&by=district&level=city&sums=people_day"
    )
    assert _groups(answer) == [
        {"district": "330100", "count": 3, "sums": {"people_day": 600.0}},
        {"district": None, "count": 1, "sums": {}},
    ]
    assert answer.json["districts"] == {
        "330100": {"name": "杭州市", "name_en": None, "level": "city"}
    }
    assert (answer.json["count"], answer.json["truncated"]) == (4, False)


@pytest.mark.usefixtures("stocked")
def test_every_layer_is_counted_where_none_is_named(client: FlaskClient) -> None:
    counted = {
        group["layer"]: group["count"] for group in _groups(client.get("/api/v1/statistics"))
    }
    assert counted == {"protection_target": 4, "team": 2}
    kinds = _groups(client.get("/api/v1/statistics?by=layer,kind&filter=kind='fire'&layers=team"))
    assert [(g["layer"], g["kind"], g["count"]) for g in kinds] == [("team", "fire", 2)]


@pytest.mark.usefixtures("stocked")
def test_a_shape_and_filters_are_sent_in_a_body(client: FlaskClient) -> None:
    shape = {"type": "Polygon",
             "coordinates": [[[-1, -1], [2.5, -1], [2.5, 2.5], [-1, 2.5], [-1, -1]]]}  # fmt: skip
    body = {"geometry": shape, "by": ["kind"], "layers": ["protection_target", "team"],
            "filters": {"protection_target": "people_day > 150"}}  # fmt: skip
    found = _groups(client.post("/api/v1/statistics", json=body))
    assert {g["kind"]: g["count"] for g in found} == {"fire": 2, "school": 1, "hospital": 1}


@pytest.mark.usefixtures("stocked")
def test_what_a_reader_may_not_see_is_not_counted(sign_in: Callable[..., FlaskClient]) -> None:
    reader = sign_in(("viewer", "330105"))
    found = _groups(reader.get("/api/v1/statistics?by=district"))
    assert found == [{"district": "330105", "count": 1, "sums": {"people_day": 300.0}}]


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("by=nosuch&layers=team", "bad_dimension"),
        ("by=grade&layers=team", "bad_dimension"),
        ("by=district&level=planet", "bad_level"),
        ("layers=nosuch", "unknown_layer"),
        ("lon=1&lat=1", "invalid_fields"),
        ("layers=team&filter=x%3D1", "unknown_field"),
    ],
)
def test_what_cannot_be_counted_is_refused(client: FlaskClient, address: str, code: str) -> None:
    assert client.get(f"/api/v1/statistics?{address}").json["error"]["code"] == code
