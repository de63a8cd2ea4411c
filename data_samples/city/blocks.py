"""Between the main roads: faces, cut again and again by streets until they are blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely.ops import polygonize, unary_union

from data_samples.city.shape import LIMIT, Land
from data_samples.city.skeleton import Skeleton, Way
from data_samples.city.zoning import Zone, zone_at

WATERFRONT_M = 45.0
_REACH_M = 6_000.0


@dataclass(frozen=True)
class Block:
    """A piece of ground between streets, and what it is for."""

    area: Polygon
    zone: Zone


@dataclass(frozen=True)
class Fabric:
    """The streets that were cut, and the blocks that they left."""

    streets: tuple[Way, ...]
    blocks: tuple[Block, ...]


def buildable(land: Land, skeleton: Skeleton) -> shapely.Geometry:
    """Return the ground that may be cut into blocks: dry, off the shore, off the expressways."""
    ground = land.dry.intersection(LIMIT).simplify(12.0).buffer(-WATERFRONT_M)
    return ground.difference(skeleton.corridor)


def _lines(geometry: shapely.Geometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString"]


def waterfront(ground: shapely.Geometry, places: tuple[Zone, ...]) -> list[Way]:
    """Return roads along the water and along the expressways, where the city is built."""
    city = unary_union([zone.area for zone in places])
    edge = ground.boundary.intersection(city)
    pieces = shapely.get_parts(shapely.line_merge(edge)) if edge else []
    return [
        Way(line, "tertiary", "滨水路", "Waterside Road") for line in pieces if line.length > 150.0
    ]


def _split(
    rng: np.random.Generator, area: Polygon, *, loose: float
) -> tuple[list[Polygon], list[LineString]]:
    """Cut an area across its long side; return the parts and the cut."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area))[:4]
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    if np.hypot(*first) < np.hypot(*second):
        corners, first, second = np.roll(corners, -1, axis=0), second, -first
    length_m = np.hypot(*first)
    at = corners[0] + first * rng.uniform(0.5 - loose, 0.5 + loose) + second / 2.0
    angle = np.arctan2(second[1], second[0]) + rng.normal(0.0, 0.035)
    along = np.array([np.cos(angle), np.sin(angle)]) * _REACH_M
    side = np.array([-along[1], along[0]])
    if not length_m > 0.0:
        return [area], []
    half = Polygon([at - along, at + along, at + along + side, at - along + side])
    parts = [area.intersection(half), area.difference(half)]
    cut = LineString([at - along, at + along]).intersection(area)
    polygons = [
        piece
        for part in parts
        for piece in shapely.get_parts(part)
        if piece.geom_type == "Polygon" and piece.area > 400.0
    ]
    return polygons, _lines(cut)


def _street_class(zone: Zone, area_m2: float) -> str:
    if zone.use == "rural":
        return "unclassified"
    if area_m2 > 650_000.0:
        return "tertiary"
    if zone.use in ("chemical_park", "port", "industry"):
        return "unclassified"
    return "residential"


def _cut_face(
    rng: np.random.Generator, face: Polygon, places: tuple[Zone, ...]
) -> tuple[list[Way], list[Block]]:
    """Cut one face down to blocks."""
    waiting = [face]
    grain = float(np.clip(rng.lognormal(0.25, 0.38), 0.7, 2.6))  # old faces fine, new ones coarse
    streets: list[Way] = []
    blocks: list[Block] = []
    while waiting:
        area = waiting.pop()
        centre = area.representative_point()
        zone = zone_at(places, centre.x, centre.y)
        if area.area < zone.block_m2 * grain * rng.uniform(1.25, 1.9):
            blocks.append(Block(area, zone))
            continue
        loose = 0.16 if zone.use in ("old_town", "rural", "suburb") else 0.07
        parts, cuts = _split(rng, area, loose=loose)
        if len(parts) < 2:
            blocks.append(Block(area, zone))
            continue
        streets += [Way(cut, _street_class(zone, area.area)) for cut in cuts]
        waiting += parts
    return streets, blocks


def make_fabric(
    rng: np.random.Generator, land: Land, skeleton: Skeleton, places: tuple[Zone, ...]
) -> Fabric:
    """Cut the ground between the main roads into blocks."""
    ground = buildable(land, skeleton)
    shapely.prepare(ground)
    main = MultiLineString([way.line for way in skeleton.ways]).intersection(LIMIT)
    faces = [
        face
        for face in polygonize(unary_union([ground.boundary, main]))
        if ground.contains(face.representative_point())
    ]
    streets = waterfront(ground, places)
    blocks: list[Block] = []
    for face in faces:
        cut, left = _cut_face(rng, face, places)
        streets += cut
        blocks += left
    return Fabric(tuple(streets), tuple(blocks))
