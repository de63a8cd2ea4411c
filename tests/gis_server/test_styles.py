"""The base map's style for other programs: whole, with Chinese names, its glyphs from here."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from gis_server import glyphs as drawn
from gis_server.ground_style import BOLD, NAMES, REGULAR
from tiles import basemap
from tiles.archive.mvt_bytes import fields

BUILT = pytest.mark.skipif(
    not any(Path(drawn._ASSETS).glob("*.woff2")), reason="the web map is not built"
)


def style(client: FlaskClient, name: str, language: str = "zh") -> dict[str, Any]:
    answer = client.get(f"/api/v1/styles/{name}.json?lang={language}")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json  # type: ignore[assignment]
    return told


@pytest.mark.parametrize("name", NAMES)
def test_a_style_names_the_tiles_and_draws_every_source_layer(
    client: FlaskClient, name: str
) -> None:
    told = style(client, name)
    assert told["version"] == 8
    (address,) = told["sources"]["basemap"]["tiles"]
    assert address.startswith("http://localhost/tiles/basemap/")
    place = address.removeprefix("http://localhost").format(z=3, x=1, y=1)
    assert client.get(place).status_code in (200, 204)
    named = {layer["source-layer"] for layer in told["layers"] if "source-layer" in layer}
    assert named == set(basemap.SOURCES) | {"boundary"}
    assert len({layer["id"] for layer in told["layers"]}) == len(told["layers"])
    outside = re.findall(r"https?://([^/\"]+)", str(told))
    assert set(outside) == {"localhost"}


def test_names_are_chinese_or_english_as_the_reader_wants(client: FlaskClient) -> None:
    for language, first in (("zh", "name"), ("en", "name_en")):
        (place,) = [x for x in style(client, "light", language)["layers"] if x["id"] == "place"]
        assert place["layout"]["text-field"][1] == ["get", first]


def test_day_and_night_differ_in_colour_alone(client: FlaskClient) -> None:
    day, night = (style(client, name)["layers"] for name in NAMES)
    without = [re.sub("#[0-9a-f]{6}", "#", str(layers)) for layers in (day, night)]
    assert without[0] == without[1]
    assert day != night


def test_a_style_that_there_is_not_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/v1/styles/pink.json").status_code == 422


@BUILT
@pytest.mark.parametrize("font", [REGULAR, BOLD, f"Foreign,{BOLD}"])
def test_glyphs_are_fields_of_distance_of_the_size_they_say(client: FlaskClient, font: str) -> None:
    answer = client.get(f"/api/v1/glyphs/{font}/0-255.pbf")
    assert answer.status_code == 200
    (stack,) = [part for _, _, part in fields(answer.data)]
    told = list(fields(stack))
    assert [raw.decode() for number, _, raw in told if number in (1, 2)] == [font, "0-255"]
    glyphs = {}
    for number, _, raw in told:
        if number == 3:
            parts = {n: (part if value < 0 else value) for n, value, part in fields(raw)}
            glyphs[chr(int(parts[1]))] = parts
    assert {"A", "z", "0", "é"} <= set(glyphs)
    assert 2 not in glyphs[" "]
    assert glyphs[" "][7] > 0
    for glyph in (glyphs["A"], glyphs["m"]):
        width, height = int(glyph[3]) + 6, int(glyph[4]) + 6
        field = np.frombuffer(glyph[2], np.uint8).reshape(height, width)
        # The outline lies at 255 × (1 - 0.25); outside it falls by 255 / 8 a pixel.
        assert field.max() > 191 > field[0].max()
        assert 8 < glyph[7] < 30
    heights = [int(glyphs[letter][4]) for letter in "xTj"]
    assert all(low < high for low, high in pairwise(heights))


@BUILT
def test_chinese_characters_have_glyphs_too(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/glyphs/{REGULAR}/19968-20223.pbf")
    assert answer.status_code == 200
    assert len(answer.data) > 50_000


def test_glyphs_that_there_are_not_are_refused(client: FlaskClient) -> None:
    for path in (f"{REGULAR}/1-256", f"{REGULAR}/0-511", "Comic Sans/0-255"):
        assert client.get(f"/api/v1/glyphs/{path}.pbf").status_code == 404
    assert client.get(f"/api/v1/glyphs/{REGULAR}/65536-65791.pbf").status_code == 422
