"""Signs as the server draws them: those of the web map, and nothing that anybody typed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from gis_server import plot_signs
from gis_server.text import catalogue


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sign_has_a_name_and_is_a_drawing(language: str) -> None:
    names = {key for key in catalogue(language) if key.startswith("plot.sign.")}
    assert names == {f"plot.sign.{name}" for name in plot_signs._glyphs()}
    for name in plot_signs._glyphs():
        drawing = ET.fromstring(plot_signs.sign_svg(name, None, size_px=30))
        assert len(list(drawing.iter())) > 3


def test_a_glyph_is_dark_on_a_light_ground_and_light_on_a_dark_one() -> None:
    assert 'stroke="#0b1220"' in plot_signs.sign_svg("fire_engine", "#ffffff", size_px=30)
    assert 'stroke="#0b1220"' not in plot_signs.sign_svg("fire_engine", "#000000", size_px=30)


@pytest.mark.parametrize("typed", ['"><script>', "#12345", "red", "#12345g"])
def test_what_is_no_sign_and_no_colour_is_not_in_the_drawing(typed: str) -> None:
    assert plot_signs.sign_svg("fire", typed, size_px=30) == plot_signs.sign_svg(
        "fire", None, size_px=30
    )
    assert typed not in plot_signs.sign_svg(typed, None, size_px=30)
