"""The zones of a sheet as a small drawing: north up, true to scale, with nothing from elsewhere.

One drawing is worked out once, in points of a box, and kept with the sheet; `png` gives it to
documents that hold no vectors, the HTML page draws it as SVG.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
from PIL import Image, ImageDraw
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

from analysis.local import LocalPlane

WIDTH, HEIGHT = 520.0, 360.0
MARGIN = 18.0
FINENESS = 0.5  # of a point: finer than print shows
_DRAWN_FIRST = ("blue", "yellow", "orange", "red")
COLOURS = {"red": "#d7191c", "orange": "#e66101", "yellow": "#b8a200", "blue": "#2b6cb0"}
DASHES = {"red": "", "orange": "8 3", "yellow": "3 3", "blue": "1 3"}
LETTERS = {"red": "I", "orange": "II", "yellow": "III", "blue": "IV"}
"""Told apart without their colours, too."""
_SIDES = {"red": (1, 0.3), "orange": (-1, -0.3), "yellow": (0.3, 1), "blue": (-0.3, -1)}
_ENLARGED = 3

Feature = Mapping[str, Any]
Ring = Sequence[Sequence[float]]


def draw(zones: Sequence[Feature], *, lon: float, lat: float) -> dict[str, Any] | None:
    """Return the drawing of zones round a place, or None where there is nothing to draw.

    Returns
    -------
    dict
        `width`, `height`; `place` (x, y); `scale` (`metres`, `points`); `shapes`: `level`, `role`
        and `parts`, each its outline and holes as rings of x, y; the weakest level first.
    """
    plane = LocalPlane(lon, lat)
    areas = [(zone["properties"], plane.to_plane(shape(zone["geometry"]))) for zone in zones]
    areas = [(named, area) for named, area in areas if not area.is_empty]
    if not areas:
        return None
    everything = shapely.union_all([shapely.Point(0, 0), *(area.envelope for _, area in areas)])
    west, south, east, north = everything.bounds
    points_per_m = min(
        (WIDTH - 2 * MARGIN) / max(east - west, 1.0),
        (HEIGHT - 2 * MARGIN) / max(north - south, 1.0),
    )
    middle = ((west + east) / 2, (south + north) / 2)

    def to_box(x: float, y: float) -> list[float]:
        return [
            round(WIDTH / 2 + (x - middle[0]) * points_per_m, 2),
            round(HEIGHT / 2 - (y - middle[1]) * points_per_m, 2),
        ]

    areas.sort(key=lambda pair: (_rank(pair[0]), -pair[1].area))
    shapes = [
        {
            "level": named["level"],
            "role": named.get("role") or "zone",
            "parts": [
                [[to_box(*corner) for corner in ring] for ring in part]
                for part in _parts(area.simplify(FINENESS / points_per_m))
            ],
        }
        for named, area in areas
    ]
    metres = _round_length(100.0 / points_per_m)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "place": to_box(0.0, 0.0),
        "scale": {"metres": metres, "points": round(metres * points_per_m, 2)},
        "shapes": shapes,
    }


def path(parts: Sequence[Sequence[Ring]]) -> str:
    """Return polygons as the data of an SVG path."""
    rings = (ring for part in parts for ring in part)
    return " ".join("M" + " L".join(f"{x:g},{y:g}" for x, y in ring[:-1]) + " Z" for ring in rings)


def told(metres: float) -> str:
    """Return a length of the scale in words that need no language."""
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"


def png(drawing: Mapping[str, Any]) -> bytes:
    """Return the drawing as a PNG; the same drawing gives the same bytes."""
    size = (int(drawing["width"] * _ENLARGED), int(drawing["height"] * _ENLARGED))
    picture = Image.new("RGB", size, "white")
    for each in drawing["shapes"]:
        picture = _filled(picture, each)
    pen = ImageDraw.Draw(picture)
    for each in drawing["shapes"]:
        for ring in (ring for part in each["parts"] for ring in part):
            pen.line(_scaled(ring), fill=COLOURS.get(each["level"], "#444444"), width=4)
    _letters(pen, drawing)
    x, y = (value * _ENLARGED for value in drawing["place"])
    pen.line([(x - 15, y), (x + 15, y)], fill="black", width=4)
    pen.line([(x, y - 15), (x, y + 15)], fill="black", width=4)
    _scale_and_north(pen, drawing["scale"], size)
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


def _filled(picture: Image.Image, each: Mapping[str, Any]) -> Image.Image:
    """Return a picture with an area laid over it thinly, its holes left open."""
    if each["role"] == "confidence":
        return picture
    mask = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(mask)
    for outline, *holes in each["parts"]:
        pen.polygon(_scaled(outline), fill=64)
        for hole in holes:
            pen.polygon(_scaled(hole), fill=0)
    return Image.composite(
        Image.new("RGB", picture.size, COLOURS.get(each["level"], "#444444")), picture, mask
    )


def _letters(pen: ImageDraw.ImageDraw, drawing: Mapping[str, Any]) -> None:
    """Write the numeral of each area's level at its own side, so that nested ones stay apart."""
    for each in drawing["shapes"]:
        letter, side = LETTERS.get(each["level"]), _SIDES.get(each["level"])
        corners = [corner for part in each["parts"] for corner in _scaled(part[0])]
        if letter is None or side is None or each["role"] == "confidence" or not corners:
            continue
        across, down = side
        pen.text(
            max(corners, key=lambda corner: corner[0] * across + corner[1] * down), letter,
            anchor="mm", fill=COLOURS[each["level"]], font_size=40, stroke_width=4,
            stroke_fill="white",
        )  # fmt: skip


def _scale_and_north(
    pen: ImageDraw.ImageDraw, scale: Mapping[str, float], size: tuple[int, int]
) -> None:
    left, foot = 30, size[1] - 30
    right = left + scale["points"] * _ENLARGED
    pen.line([(left, foot - 12), (left, foot), (right, foot), (right, foot - 12)],
             fill="black", width=4)  # fmt: skip
    pen.text((left + 8, foot - 40), told(scale["metres"]), fill="black", font_size=28)
    x = size[0] - 45
    pen.line([(x, 110), (x, 40)], fill="black", width=4)
    pen.polygon([(x, 26), (x - 14, 62), (x + 14, 62)], fill="black")
    pen.text((x - 10, 114), "N", fill="black", font_size=32)


def _scaled(ring: Ring) -> list[tuple[float, float]]:
    return [(x * _ENLARGED, y * _ENLARGED) for x, y in ring]


def _parts(area: BaseGeometry) -> Iterator[list[Ring]]:
    """Yield the polygons of an area, each as its outline and then its holes."""
    for part in shapely.get_parts(area):
        if isinstance(part, Polygon) and not part.is_empty:
            yield [list(ring.coords) for ring in (part.exterior, *part.interiors)]


def _rank(zone: Mapping[str, Any]) -> int:
    level = zone["level"]
    return _DRAWN_FIRST.index(level) if level in _DRAWN_FIRST else -1


def _round_length(metres: float) -> float:
    """Return the greatest 1, 2 or 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= metres)
