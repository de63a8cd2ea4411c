"""Areas that are loaded together are drawn together, from the first tile on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from shapely.errors import GEOSException
from sqlalchemy.orm import Session

from layers import outlines
from layers.intake import pipeline
from layers.intake.pipeline import Options
from layers.layer import Layer
from layers.user_layers import create


@pytest.fixture
def areas(session: Session) -> Layer:
    """Give a layer of areas without a row."""
    return create(session, title="areas", geometry_type="MULTIPOLYGON")


def _publish(session: Session, layer: Layer, folder: Path) -> int:
    features = [
        {"type": "Feature", "properties": {"name": f"area {x}"},
         "geometry": shapely.geometry.mapping(shapely.box(110 + x, 30, 111 + x, 31))}
        for x in range(3)
    ]  # fmt: skip
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    batch = pipeline.start(session, path.name, Options(layer=layer.name, source="me"))
    pipeline.analyse(session, batch, path)
    return pipeline.publish(session, batch)[layer.name].inserted


def test_a_load_leaves_no_area_to_be_simplified_apart_from_its_neighbours(
    session: Session, areas: Layer, tmp_path: Path
) -> None:
    assert _publish(session, areas, tmp_path) == 3
    assert outlines.missing(session, areas) == 0


def test_areas_that_cannot_be_simplified_together_are_loaded_all_the_same(
    session: Session, areas: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> int:
        raise GEOSException("side location conflict")

    monkeypatch.setattr(outlines, "renew", fails)
    assert _publish(session, areas, tmp_path) == 3
    assert outlines.missing(session, areas) == 1
