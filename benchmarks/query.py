"""A box, a circle and a tile: by HTTP, and the same question as bare SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import psycopg
import shapely
from sqlalchemy.orm import Session

from benchmarks.site import Client, site
from benchmarks.timing import figures, show, timed
from layers.catalog import find
from layers.intake.load import load_records
from tiles.grid import Tile

LAYER = find("fire_water")
ROWS = 100_000
WEST, SOUTH, EAST, NORTH = 110.0, 25.0, 120.0, 35.0
WARM_UP = 5

_FEATURES = """
    SELECT id, fid, version, updated_at, name, name_en, kind, volume_m3, flow_l_s, region, source,
           ST_AsGeoJSON(geom, 9)
    FROM fire_water"""
_BOX = f"""{_FEATURES} WHERE ST_Intersects(geom, ST_MakeEnvelope(%s, %s, %s, %s, 4326))
    ORDER BY fid LIMIT 101"""
_AROUND = f"""{_FEATURES}
    WHERE geom && ST_Expand(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(degrees)s)
      AND ST_DWithin(geom::geography, ST_MakePoint(%(lon)s, %(lat)s)::geography, %(radius_m)s)
    ORDER BY ST_Distance(geom::geography, ST_MakePoint(%(lon)s, %(lat)s)::geography) LIMIT 200"""
_TILE = """
    SELECT ST_AsMVT(drawn, 'fire_water', 4096, 'geom', 'fid') FROM (
      SELECT fid, id::text, name, name_en, kind, volume_m3, flow_l_s,
             ST_AsMVTGeom(geom_3857, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom
      FROM fire_water
      WHERE geom_3857 && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)
    ) drawn"""


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Measure `rounds` of each question at seeded places and print a line each."""
    print(f"{ROWS:,} points in 10 by 10 degrees; bare SQL on one open connection")
    with site(port=port) as measured:
        with measured.session() as session, session.begin():
            _fill(session)
        measured.analyze()
        client = measured.start()
        raw = measured.engine.raw_connection()
        try:
            return _measure(client, raw.driver_connection, rounds)
        finally:
            raw.close()


def _fill(session: Session) -> None:
    """Scatter the points."""
    draw = np.random.default_rng(1)
    lon, lat = draw.uniform(WEST, EAST, ROWS), draw.uniform(SOUTH, NORTH, ROWS)
    load_records(session, LAYER, {"kind": ["hydrant"] * ROWS,
                 "name": [f"消火栓 {i}" for i in range(ROWS)],
                 "flow_l_s": draw.uniform(5, 50, ROWS).tolist()},
                 np.asarray(shapely.points(lon, lat)), source="seeded")  # fmt: skip


def _measure(client: Client, raw: Any, rounds: int) -> dict[str, Any]:
    """Measure every question both ways, in turn, at the same places."""
    found: dict[str, Any] = {}
    draw = np.random.default_rng(2)
    for name, question in _QUESTIONS.items():
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(rounds + WARM_UP):
            place = draw.uniform(WEST + 1, EAST - 1), draw.uniform(SOUTH + 1, NORTH - 1)
            path, sql, values = question(*place)
            (status, body), http_ms = timed(lambda path=path: client.get(path))
            if status not in (200, 204):
                raise RuntimeError(f"{path}: {status} {body[:300]!r}")
            ours.append(http_ms)
            bare.append(timed(lambda sql=sql, values=values: _rows(raw, sql, values))[1])
        found[name] = {"http": figures(ours[WARM_UP:]), "sql": figures(bare[WARM_UP:])}
        ours_p50, sql_p50 = found[name]["http"]["p50_ms"], found[name]["sql"]["p50_ms"]
        found[name]["overhead_ms"] = round(ours_p50 - sql_p50, 2)
        show(name, found[name]["http"])
        print(f"{'':34} bare SQL p50 {sql_p50:.2f} ms, over it {ours_p50 - sql_p50:+.2f} ms")
    return found


def _rows(raw: psycopg.Connection[Any], sql: str, values: Any) -> list[Any]:
    """Ask the database itself."""
    with raw.cursor() as cursor:
        return cursor.execute(sql.encode(), values).fetchall()


Question = Callable[[float, float], tuple[str, str, Any]]


def _box(lon: float, lat: float) -> tuple[str, str, Any]:
    """About a hundred features in a box."""
    edges = (lon - 0.15, lat - 0.15, lon + 0.15, lat + 0.15)
    words = ",".join(f"{edge:.6f}" for edge in edges)
    return f"/api/v1/layers/fire_water/features?bbox={words}&limit=100", _BOX, edges


def _around(lon: float, lat: float) -> tuple[str, str, Any]:
    """Everything within 10 km, nearest first."""
    path = f"/api/v1/around?lon={lon:.6f}&lat={lat:.6f}&radius_m=10000&layers=fire_water"
    return path, _AROUND, {"lon": lon, "lat": lat, "degrees": 0.12, "radius_m": 10_000}


def _tile(z: int) -> Question:
    """A tile of one zoom."""

    def question(lon: float, lat: float) -> tuple[str, str, Any]:
        x = int((lon + 180) / 360 * 2**z)
        y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**z)
        tile = Tile(z, x, y)
        path = f"/tiles/fire_water/0/{tile.z}/{tile.x}/{tile.y}.mvt"
        return path, _TILE, {"z": z, "x": x, "y": y}

    return question


_QUESTIONS: dict[str, Question] = {
    "box, about 90 features": _box,
    "around, 10 km": _around,
    "tile z12, about 60 features": _tile(12),
    "tile z10, about 1,000 features": _tile(10),
    "tile z6, counted cells": _tile(6),
}
