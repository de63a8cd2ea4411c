"""A small region with rows of two districts, and packs made of it without a server."""

from __future__ import annotations

import gzip
import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis_server import pack_jobs
from gis_server.config import Config
from layers.journal import seal
from layers.models import Building, Enterprise, Incident, Place, Region, Team

WEST, SOUTH, EAST, NORTH = 120.0, 30.0, 120.2, 30.1
BBOX = [WEST, SOUTH, EAST, NORTH]
HALVES = {"330102": (120.0, 120.1), "330103": (120.1, 120.2)}


def square(west: float, south: float, east: float, north: float) -> str:
    return (
        f"SRID=4326;MULTIPOLYGON((({west} {south}, {east} {south}, {east} {north}, "
        f"{west} {north}, {west} {south})))"
    )


def fill(engine: Engine, *, teams: int = 40) -> None:
    """Put two districts side by side, teams in both and beyond, and some ground."""
    with Session(engine) as session, session.begin():
        for code, (west, east) in HALVES.items():
            session.add(
                Region(code=code, name=f"区{code}", level="county",
                       geom=square(west, SOUTH, east, NORTH))
            )  # fmt: skip
        for n in range(teams):
            lon = WEST + 0.3 * (n + 0.5) / teams  # the last third lies east of the area
            lat = SOUTH + 0.1 * ((n * 7) % teams + 0.5) / teams
            code = next((c for c, (w, e) in HALVES.items() if w <= lon < e), "330104")
            session.add(Team(name=f"队{n}", kind="fire", people=n, region=code,
                             geom=f"SRID=4326;POINT({lon} {lat})"))  # fmt: skip
        session.add(Enterprise(name="厂", region="330102", employees=7,
                               geom="SRID=4326;POINT(120.05 30.05)"))  # fmt: skip
        session.add(Place(name="镇", kind="town", geom="SRID=4326;POINT(120.1 30.05)"))
        session.add(Building(geom="SRID=4326;POLYGON((120.05 30.05, 120.051 30.05, "
                                  "120.051 30.051, 120.05 30.05))"))  # fmt: skip
    with Session(engine) as session, session.begin():
        seal(session)


def incident(engine: Engine, region: str, lon: float, **more: Any) -> uuid.UUID:
    with Session(engine) as session, session.begin():
        row = Incident(
            kind="other", title=f"事件{region}", region=region, occurred_at=text("now()"),
            geom=f"SRID=4326;POINT({lon} 30.05)", **more,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def ask(client: Any, **body: Any) -> Any:
    """Ask for a pack; its area is all of the region unless told otherwise."""
    if not {"area", "region", "bbox"} & body.keys():
        body["bbox"] = BBOX
    return client.post("/api/v1/packs", json={"name": "一包", "maxzoom": 12, **body})


def made(client: Any, engine: Engine, config: Config, **body: Any) -> dict[str, Any]:
    """Ask for a pack and make it here and now; return it as its address tells it."""
    asked = ask(client, **body)
    assert asked.status_code == 202, asked.json
    pack_jobs.run(engine, config, uuid.UUID(asked.json["id"]))
    told: dict[str, Any] = client.get(asked.headers["Location"]).json
    assert told["status"] == "ready", told["error"]
    return told


def path_of(config: Config, pack: dict[str, Any]) -> Path:
    return pack_jobs.file_of(config, uuid.UUID(pack["id"]))


def contents(source: Path | bytes) -> dict[str, bytes]:
    """Return the parts of a pack, read by another reader than ours."""
    with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def features(parts: dict[str, bytes], layer: str) -> list[dict[str, Any]]:
    raw = parts.get(f"features/{layer}.json.gz")
    found: list[dict[str, Any]] = json.loads(gzip.decompress(raw))["features"] if raw else []
    return found
