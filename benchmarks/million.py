"""Questions to 1.24 million rows: around a place, page after page, by district, by pinyin."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely
from sqlalchemy.orm import Session

from benchmarks.site import Client, Site, site
from benchmarks.timing import figures, show, timed
from layers import pinyin
from layers.database import set_bulk

ROWS = 1_240_000
DISTRICTS = 2_891
WEST, SOUTH, EAST, NORTH = 100.0, 22.0, 122.0, 40.0
CLUSTERS = 3_000
RADIUS_M = 5_000
WARM_UP = 10
_NAMES = ("消火栓", "市政消火栓", "临港化工消防水池", "重庆路取水口", "天然水源")

_AROUND = """
    SELECT id, fid, version, updated_at, name, name_en, kind, volume_m3, flow_l_s, region, source,
           source_date, ST_AsGeoJSON(geom, 9), ST_Distance(geom::geography, place.g) AS far
    FROM fire_water, (SELECT ST_MakePoint(%(lon)s, %(lat)s)::geography AS g) place
    WHERE geom && ST_Expand(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(degrees)s)
      AND ST_DWithin(geom::geography, place.g, %(radius_m)s)
    ORDER BY far, fid LIMIT 200"""


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Fill a site with seeded rows in clusters, measure each question, print a line each."""
    print(f"{ROWS:,} points in {CLUSTERS:,} clusters, {DISTRICTS:,} districts")
    with site(port=port) as measured:
        with measured.session() as session, session.begin():
            codes = _districts(session)
            _fill(session, codes)
        measured.analyze()
        client = measured.start()
        return {
            "around": _around(measured, client, rounds),
            "pages": _pages(client),
            "districts": _counted(client),
            "search": _search(client, rounds),
        }


def _districts(session: Session) -> list[str]:
    """Put districts in, those of the country where they are here, else a grid; return codes."""
    file = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data")) / "admin" / "district.geojson"
    rows: dict[str, tuple[str, Any]] = {}
    if file.exists():
        for feature in json.loads(file.read_text("utf-8"))["features"]:
            code = str(feature["properties"]["gb"]).removeprefix("156")
            shape = shapely.geometry.shape(feature["geometry"])
            if len(code) == 6 and shape.is_valid:
                parts = getattr(shape, "geoms", [shape])
                rows[code] = (feature["properties"]["name"], shapely.MultiPolygon(list(parts)))
    else:
        for n in range(DISTRICTS):
            x, y = WEST + n % 59 * 0.37, SOUTH + n // 59 * 0.36
            cell = shapely.MultiPolygon([shapely.box(x, y, x + 0.37, y + 0.36)])
            rows[f"{110101 + n // 90 * 10000 + n % 90}"] = (f"区 {n}", cell)
    _copy(session, "region", ("code", "name", "level", "geom"), (
        (code, name, "county", _ewkb(shape)) for code, (name, shape) in rows.items()
    ))  # fmt: skip
    return list(rows)


def _fill(session: Session, codes: list[str]) -> None:
    """Scatter the points around towns, as hydrants are."""
    draw = np.random.default_rng(1)
    towns = draw.uniform((WEST, SOUTH), (EAST, NORTH), (CLUSTERS, 2))
    town = draw.integers(CLUSTERS, size=ROWS)
    places = towns[town] + draw.normal(0, 0.05, (ROWS, 2))
    shapes = _ewkb(shapely.points(places))
    names = [_NAMES[n % len(_NAMES)] for n in range(ROWS)]
    read = {name: pinyin.key(name) for name in _NAMES}
    _copy(session, "fire_water", ("kind", "name", "name_pinyin", "region", "geom"), (
        ("hydrant", f"{name} {n}", read[name], codes[town[n] % len(codes)], shapes[n])
        for n, name in enumerate(names)
    ))  # fmt: skip


def _ewkb(shapes: Any) -> Any:
    return shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)


def _copy(session: Session, table: str, columns: tuple[str, ...], rows: Any) -> None:
    """Write rows in bulk."""
    set_bulk(session, uuid.uuid4())
    raw: Any = session.connection().connection.driver_connection
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _around(measured: Site, client: Client, rounds: int) -> dict[str, Any]:
    """Measure 5 km around places near towns, by HTTP and as bare SQL, in turn."""
    draw = np.random.default_rng(1)
    towns = draw.uniform((WEST, SOUTH), (EAST, NORTH), (CLUSTERS, 2))
    raw = measured.engine.raw_connection()
    ours: list[float] = []
    bare: list[float] = []
    found = 0
    try:
        connection: psycopg.Connection[Any] = raw.driver_connection  # type: ignore[assignment]
        for _ in range(rounds + WARM_UP):
            lon, lat = towns[draw.integers(CLUSTERS)] + draw.normal(0, 0.03, 2)
            path = (
                f"/api/v1/around?lon={lon:.6f}&lat={lat:.6f}&radius_m={RADIUS_M}&layers=fire_water"
            )
            values = {"lon": lon, "lat": lat, "degrees": 0.06, "radius_m": RADIUS_M}
            bare.append(timed(lambda v=values: connection.execute(_AROUND, v).fetchall())[1])
            (_, body), ms = timed(lambda p=path: client.get(p))
            found += len(json.loads(body)["layers"].get("fire_water", []))
            ours.append(ms)
    finally:
        raw.close()
    http, sql = figures(ours[WARM_UP:]), figures(bare[WARM_UP:])
    over = round(http["p95_ms"] - sql["p95_ms"], 2)
    show(f"around 5 km, {found / len(ours):.0f} features", http)
    print(f"{'':34} bare SQL p95 {sql['p95_ms']:.2f} ms, over it {over:+.2f} ms (target +10)")
    return {"http": http, "sql": sql, "over_p95_ms": over}


def _pages(client: Client) -> dict[str, Any]:
    """Walk through every page of 1,000 by its cursor; the last must cost what the first did."""
    durations: list[float] = []
    cursor = ""
    while True:
        path = f"/api/v1/layers/fire_water/features?limit=1000{cursor}"
        (_, body), ms = timed(lambda p=path: client.get(p))
        durations.append(ms)
        following = json.loads(body)["next_cursor"]
        if following is None:
            break
        cursor = f"&cursor={following}"
    begin, end = figures(durations[1:101]), figures(durations[-101:-1])
    show(f"pages 2 to 101 of {len(durations)}", begin)
    show("the last hundred pages", end)
    return {"begin": begin, "end": end}


def _counted(client: Client) -> dict[str, Any]:
    """Count every row by district, the first time and afterwards."""
    paths = {
        "counts by county": "/api/v1/statistics?layers=fire_water&by=district&level=county",
        "counts by county and kind": "/api/v1/statistics?layers=fire_water&by=district,kind",
    }
    found: dict[str, Any] = {}
    for name, path in paths.items():
        (_, body), first = timed(lambda p=path: client.get(p))
        again = figures([timed(lambda p=path: client.get(p))[1] for _ in range(10)])
        found[name] = {"first_ms": round(first, 1), "again": again}
        show(f"{name} ({len(json.loads(body)['groups'])} groups)", again)
        print(f"{'':34} the first {first:.0f} ms")
    return found


def _search(client: Client, rounds: int) -> dict[str, Any]:
    """Find names by initials, by a part and by one that is not there."""
    asked: dict[str, str] = {"initials lghg": "lghg", "part 取水口": "%E5%8F%96%E6%B0%B4%E5%8F%A3",
                             "nothing": "zzzzqq"}  # fmt: skip
    found: dict[str, Any] = {}
    for name, q in asked.items():
        ask: Callable[[], Any] = lambda q=q: client.get(f"/api/v1/search?q={q}")  # noqa: E731
        found[name] = figures([timed(ask)[1] for _ in range(max(5, rounds // 10))])
        show(f"search, {name}", found[name])
    return found
