"""Tiles of layers of any size: cold time and bytes beside bare SQL and tipg, and the warm rate."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import peer_tipg, tile_rate
from benchmarks.site import Client, Site, site
from benchmarks.timing import figures, show, timed
from layers import catalog
from layers.layer import Layer
from layers.query.scope import EVERYTHING
from tiles import vector
from tiles.grid import BUFFER, EXTENT, HALF_WORLD_M, Tile

SETS = {
    "points": "points/million_points.parquet",
    "streets": "roads/wuhan_streets.geoparquet",
    "districts": "admin/district.geojson",
}
ZOOMS = range(15)
TILES_A_ZOOM = 12
MANY_ROWS = 10_000
BARE_LIMIT_S = 60
MOST_MS, MOST_BYTES = 200, 500_000


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Load the three sets through the one door, then ask for tiles where there is something."""
    real = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent"))
    files = {name: real / file for name, file in SETS.items() if (real / file).exists()}
    if not files:
        print("the data sets are not here: set ONEMAP_REAL_DATA to the folder that holds them")
        return {}
    with site(port=port) as measured:
        found: dict[str, Any] = {}
        for name, file in files.items():
            _, took_ms = timed(lambda n=name, f=file: _load(measured, n, f))
            print(f"{file.name}: loaded in {took_ms / 1000:.0f} s", flush=True)
        measured.analyze()
        with measured.session() as session:
            layers = {each.definition.title: each for each in catalog.layers(session)
                      if each.definition is not None}  # fmt: skip
        asked = {name: _asked(measured, layers[name]) for name in files}
        measured.start()
        with peer_tipg.serving(measured.engine, port=port + 1) as tipg:
            for name in files:
                found[name] = _cold(measured, Client(port), tipg, layers[name], asked[name])
        most = next(iter(files))
        found["filtered"] = _filtered(Client(port), layers[most], asked[most])
        found["warm"] = tile_rate.run(measured, port, layers[most], asked[most])
        return found


def _load(measured: Site, name: str, file: Path) -> None:
    # Columns of numbers name no system of coordinates; shapes bring their own.
    crs = ["--crs", "EPSG:4326"] if name == "points" else []
    measured.onemap("import", str(file), "--new-layer", name, *crs, "--good-rows", "--yes")


def _asked(measured: Site, layer: Layer) -> list[Tile]:
    """Return seeded tiles of each zoom that hold rows: where most lie, and anywhere."""
    place = layer.column("geom_3857")
    with measured.session() as session:
        rows = session.execute(
            text(f"SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface({place.name}) p FROM "
                 f'"{layer.name}" ORDER BY id LIMIT 200000) q')
        ).all()  # fmt: skip
    spots = np.array(rows, dtype=float)
    draw = np.random.default_rng(1)
    found: list[Tile] = []
    for z in ZOOMS:
        side = 2 * HALF_WORLD_M / (1 << z)
        x = np.clip(((spots[:, 0] + HALF_WORLD_M) / side).astype(int), 0, (1 << z) - 1)
        y = np.clip(((HALF_WORLD_M - spots[:, 1]) / side).astype(int), 0, (1 << z) - 1)
        pairs, counts = np.unique(np.stack([x, y], axis=1), axis=0, return_counts=True)
        fullest = np.argsort(counts)[::-1][: TILES_A_ZOOM // 2]
        others = draw.permutation(len(pairs))[: TILES_A_ZOOM // 2]
        chosen = dict.fromkeys([*fullest.tolist(), *others.tolist()])
        found += [Tile(z, *pairs[index].tolist()) for index in chosen]
    return found


def _cold(
    measured: Site, client: Client, tipg: peer_tipg.Tipg | None, layer: Layer, asked: Sequence[Tile]
) -> dict[str, Any]:
    """Measure tiles that nobody has asked for before, each way in turn."""
    title = layer.definition.title if layer.definition else layer.name
    revision = json.loads(client.get(f"/tiles/{layer.name}.json")[1])["tiles"][0].split("/")[-4]
    rows: list[dict[str, Any]] = []
    with measured.session() as session:
        raw: Any = session.connection().connection.driver_connection
        raw.execute(f"SET statement_timeout = '{BARE_LIMIT_S}s'")
        statement = _bare(layer)
        for tile in asked:
            row = _measured(client, session, raw, statement, layer, revision, tile)
            if tipg is not None:
                row |= tipg.measured(layer.name, tile)
            rows.append(row)
    return _told(title, rows)


def _measured(
    client: Client,
    session: Session,
    raw: Any,
    statement: sql.Composed,
    layer: Layer,
    revision: str,
    tile: Tile,
) -> dict[str, Any]:
    where = f"/tiles/{layer.name}/{revision}/{tile.z}/{tile.x}/{tile.y}.mvt"
    (status, body), ours_ms = timed(lambda: client.get(where))
    if status not in (200, 204):
        raise RuntimeError(f"{where}: {status} {body[:300]!r}")
    values = {"z": tile.z, "x": tile.x, "y": tile.y}
    try:
        (rows, bare), bare_ms = timed(lambda: raw.execute(statement, values).fetchone())
    except psycopg.errors.QueryCanceled:
        raw.rollback()
        rows, bare, bare_ms = None, b"", BARE_LIMIT_S * 1000.0
    sql_ms, again_ms = _sql(session, raw, statement, layer, tile) if bare else (None, None)
    held = mapbox_vector_tile.decode(body).get(layer.name, {}).get("features", []) if body else []
    cells = [feature for feature in held if "count" in feature["properties"]]
    return {"z": tile.z, "tile": tile, "ours_ms": ours_ms, "ours_bytes": len(body),
            "bare_ms": bare_ms, "bare_bytes": len(bare or b""), "rows": rows,
            "sql_ms": sql_ms, "again_ms": again_ms,
            "features": len(held), "cells": bool(cells)}  # fmt: skip


def _sql(
    session: Session, raw: Any, statement: sql.Composed, layer: Layer, tile: Tile
) -> tuple[float | None, float | None]:
    """Return what our statement and the bare one take on rows that were read before, best of 3.

    None where the bare one is not bounded: what it would take is no measure of anything.
    """
    values = {"z": tile.z, "x": tile.x, "y": tile.y}
    (rows, body) = raw.execute(statement, values).fetchone()
    if rows > MANY_ROWS or len(body) > MOST_BYTES:
        return None, None
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(3):
        ours.append(
            timed(lambda: vector.tile(session, [layer], tile.z, tile.x, tile.y, scope=EVERYTHING))[
                1
            ]
        )
        bare.append(timed(lambda: raw.execute(statement, values).fetchone())[1])
    return min(ours), min(bare)


def _bare(layer: Layer) -> sql.Composed:
    """Return what most write: the rows whose box meets the tile, and how many they are."""
    names = ["fid", "id", *layer.tiled]
    margin = BUFFER / EXTENT
    return sql.SQL(
        "WITH near AS (SELECT {columns}, ST_AsMVTGeom({geom}, ST_TileEnvelope(%(z)s, %(x)s, %(y)s),"
        " {extent}, {buffer}, true) AS geom FROM {table} WHERE {geom} && ST_TileEnvelope(%(z)s,"
        " %(x)s, %(y)s, margin => {margin})) "
        "SELECT count(*), ST_AsMVT(near, {name}, {extent}, 'geom', 'fid') FROM near"
    ).format(
        columns=sql.SQL(", ").join(
            sql.SQL("id::text AS id") if name == "id" else sql.Identifier(name) for name in names
        ),
        geom=sql.Identifier("geom_3857"), table=sql.Identifier(layer.name),
        extent=sql.Literal(EXTENT), buffer=sql.Literal(BUFFER), margin=sql.Literal(margin),
        name=sql.Literal(layer.name),
    )  # fmt: skip


def _told(title: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Print a line a zoom and the sums, and return them."""
    print(f"\n{title}: {len(rows)} cold tiles; bytes before compression")
    for z in ZOOMS:
        here = [row for row in rows if row["z"] == z]
        if here:
            print(f"  z{z:<2} ours {_line(here, 'ours')}   bare {_line(here, 'bare')}"
                  f"   tipg {_line(here, 'tipg')}")  # fmt: skip
    bounded = [row for row in rows if not row["cells"] and 0 < row["bare_bytes"] <= MOST_BYTES]
    full = [row for row in rows if (row["rows"] or MANY_ROWS + 1) > MANY_ROWS]
    worst = max(rows, key=lambda row: float(row["ours_ms"]))
    found = {
        "worst_ms": round(worst["ours_ms"], 1), "worst_tile": str(worst["tile"]),
        "most_bytes": max(row["ours_bytes"] for row in rows),
        "most_features": max(row["features"] for row in rows),
        "over_200_ms": sum(row["ours_ms"] > MOST_MS for row in rows),
        "sql_beside_bare": _ratio(bounded, "sql_ms", "again_ms"),
        "bare_over_ours_where_full": _ratio(full, "bare_ms", "ours_ms"),
        "tipg_over_ours_where_full": _ratio(full, "tipg_ms", "ours_ms"),
    }  # fmt: skip
    print(f"  worst {worst['tile']} {worst['ours_ms']:.0f} ms (wanted {MOST_MS}), most "
          f"{found['most_bytes']:,} bytes (wanted {MOST_BYTES:,}), {found['most_features']:,} "
          f"features; {found['over_200_ms']} of {len(rows)} over {MOST_MS} ms")  # fmt: skip
    said = {name: found[f"{name}_where_full"] for name in ("bare_over_ours", "tipg_over_ours")}
    print(f"  our SQL over bare SQL where that is bounded: {found['sql_beside_bare']} (wanted 1.1)")
    print(f"  where over {MANY_ROWS:,} rows lie in a tile: bare SQL over ours "
          f"{said['bare_over_ours']}, "
          f"tipg over ours {said['tipg_over_ours']} (wanted 3)")  # fmt: skip
    return found


def _line(rows: Sequence[dict[str, Any]], who: str) -> str:
    times = [row[f"{who}_ms"] for row in rows if row.get(f"{who}_ms") is not None]
    if not times:
        return "-"
    p50, p95 = np.percentile(times, [50, 95])
    size = max(row[f"{who}_bytes"] for row in rows)
    return f"p50 {p50:7.1f} p95 {p95:7.1f} max {max(times):7.1f} ms {size:11,} B"


def _ratio(rows: Sequence[dict[str, Any]], upper: str, lower: str) -> float | None:
    """Return the median of the ratios, None where there is nothing to compare."""
    ratios = [row[upper] / row[lower] for row in rows if row.get(upper) and row.get(lower)]
    return round(float(np.median(ratios)), 2) if ratios else None


def _filtered(client: Client, layer: Layer, asked: Sequence[Tile]) -> dict[str, Any]:
    """Measure tiles of counted cells under a filter: each must come, or say that it was stopped."""
    field = next(each for each in layer.fields if each.name.startswith("f_"))
    other = "'hospital'" if field.type == "text" else "7"
    revision = json.loads(client.get(f"/tiles/{layer.name}.json")[1])["tiles"][0].split("/")[-4]
    where = json.dumps({layer.name: f"{field.name} = {other} OR {field.name} IS NULL"})
    took: list[float] = []
    stopped = 0
    ask: Callable[[str], tuple[int, bytes]] = client.get
    for tile in [each for each in asked if each.z <= 8]:
        path = (
            f"/tiles/{layer.name}/{revision}/{tile.z}/{tile.x}/{tile.y}.mvt?where={_quoted(where)}"
        )
        (status, body), ms = timed(lambda p=path: ask(p))
        if status not in (200, 204):
            stopped += 1
            if b"tile_too_slow" not in body:
                raise RuntimeError(f"{path}: {status} {body[:300]!r}")
        took.append(ms)
        time.sleep(0)
    row = figures(took)
    show("filtered, below the detail zoom", row)
    print(f"{'':34} the slowest {max(took):.0f} ms; {stopped} stopped and said so (wanted 1 s)")
    return row | {"max_ms": round(max(took), 1), "stopped": stopped}


def _quoted(words: str) -> str:
    from urllib.parse import quote

    return quote(words)
