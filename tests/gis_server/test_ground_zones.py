"""Forest fires and floods over HTTP, on a ground that is registered."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from sqlalchemy.orm import Session

from layers import rasters
from layers.rasters import Told

LON, LAT, STEP = 113.5, 34.7, 0.0005
FIRE = {
    "kind": "forest_fire",
    "lon": LON,
    "lat": LAT,
    "release": {"fuel_model": "8", "fuel_moisture_pct": 8.0},
    "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 270.0},
}


@pytest.fixture
def ground(database, tmp_path):
    down, right = np.indices((400, 400)) - 200
    place = Affine(STEP, 0.0, LON - 200 * STEP, 0.0, -STEP, LAT + 200 * STEP)
    path = tmp_path / "bowl.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=400, width=400, count=1, dtype="float32",
        crs="EPSG:4326", transform=place,
    ) as dataset:  # fmt: skip
        dataset.write((100.0 + 0.3 * np.hypot(down, right)).astype("float32")[None])
    with Session(database) as session:
        rasters.add(session, path, Told(kind="dem", name="bowl", source="made for this test"))
        session.commit()


def test_a_forest_fire_is_drawn_without_a_terrain_model_and_says_so(client):
    answer = client.post("/api/v1/zones", json=FIRE)
    assert answer.status_code == 200, answer.json
    features = answer.json["zones"]["features"]
    assert [f["properties"]["threshold"] for f in features] == [15.0, 30.0, 60.0, 120.0]
    assert {f["properties"]["hazard"] for f in features} == {"fire"}
    told = {entry["field"]: entry for entry in answer.json["assumed"]}
    assert told["ground"]["tag"] == "assumed"
    assert {m["name"] for m in answer.json["models"]} == {"rothermel", "fire_spread"}


def test_a_registered_terrain_model_carries_the_fire(client, ground):
    answer = client.post("/api/v1/zones", json=FIRE).json
    told = {entry["field"]: entry for entry in answer["assumed"]}
    assert told["ground"]["tag"] == "measured"
    assert "made for this test" in told["ground"]["source"]
    chosen = {**FIRE, "choices": {"spread_model": "wang_zhengfei"}}
    other = client.post("/api/v1/zones", json=chosen).json
    assert {f["properties"]["model"] for f in other["zones"]["features"]} == {
        "fire_spread/wang_zhengfei"
    }


def test_a_flood_asks_for_a_terrain_model_and_then_draws_depths(client, request):
    flood = {"kind": "flood", "lon": LON, "lat": LAT, "release": {"rise_m": 4.0}}
    refused = client.post("/api/v1/zones", json=flood)
    assert refused.status_code in (400, 422)
    assert refused.json["error"]["code"] == "no_terrain"
    request.getfixturevalue("ground")
    answer = client.post("/api/v1/zones", json=flood)
    assert answer.status_code == 200, answer.json
    assert [f["properties"]["threshold"] for f in answer.json["zones"]["features"]] == [
        1.5, 0.5, 0.0,
    ]  # fmt: skip
    (model,) = answer.json["models"]
    assert model["name"] == "flood"
    assert "elevation_m" not in model["inputs"]
    low = {**flood, "release": {"stage_m": 3.0}}
    assert client.post("/api/v1/zones", json=low).json["error"]["details"]["field"] == (
        "release.stage_m"
    )


def test_a_grid_model_answers_over_http_with_gaps_as_null(client):
    body = {"inputs": {"elevation_m": [[2.0, None], [1.0, 3.0]], "cell_size_m": 30,
                       "source_row": 1, "source_column": 0, "rise_m": 1.5}}  # fmt: skip
    answer = client.post("/api/v1/models/flood", json=body)
    assert answer.status_code == 200, answer.json
    assert answer.json["intermediates"]["depth_m"] == [[0.5, 0.0], [1.5, 0.0]]
    assert answer.json["inputs"]["elevation_m"] == [[2.0, None], [1.0, 3.0]]
