"""onemap batch: the zones of every hazard source in every wind."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_server.commands.console import answer, json_option, progress

if TYPE_CHECKING:
    from analysis.batch import Row

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where the zones go: .gpkg, .geojson or .fgb; an existing file is replaced.",
)
@click.option(
    "--winds",
    type=click.IntRange(1, 36),
    default=8,
    show_default=True,
    help="Wind directions, spread evenly from north.",
)
@click.option(
    "--wind-speed",
    type=click.FloatRange(0, 60),
    default=1.5,
    show_default=True,
    help="m/s at 10 m.",
)
@click.option("--stability", type=click.Choice(list("ABCDEF")), default="F", show_default=True)
@click.option(
    "--temperature", type=click.FloatRange(-60, 60), default=25.0, show_default=True, help="degC."
)
@click.option(
    "--leak",
    type=click.Choice(["small", "medium", "large", "rupture"]),
    default="large",
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1), help="Only the first hazard sources.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Processes on this machine.",
)
@click.option("--scheduler", metavar="TCP", help="A Dask scheduler: tcp://host:8786.")
@json_option
def batch(
    out: Path,
    winds: int,
    wind_speed: float,
    stability: str,
    temperature: float,
    leak: str,
    limit: int | None,
    workers: int,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Compute the hazard zones of every hazard source in every wind, into one file.

    The default weather is the unfavourable one of HJ 169: F, 1.5 m/s, 25 degC.
    """  # fmt: skip
    from analysis import batch as many
    from gis_server.config import Config
    from gis_server.site import opened
    from layers.query import Scope

    if out.suffix not in DRIVERS:
        raise click.BadParameter(f"{out.name}: wanted {', '.join(DRIVERS)}", param_hint="--out")
    weather = {"wind_speed_m_s": wind_speed, "stability": stability, "temperature_c": temperature}
    with progress("batch") as tell:
        tell("reading hazard sources", 0)
        with opened(Config()) as site, site.work("onemap batch") as session:
            cases = list(many.cases_of(
                session, scope=Scope(None), winds=winds, weather=weather, leak=leak,
                at=dt.datetime.now(dt.UTC).replace(microsecond=0), limit=limit,
            ))  # fmt: skip
        rows = many.run(
            cases, scheduler=scheduler, workers=workers, progress=lambda n: tell("computing", n)
        )
        tell("writing", len(rows))
        _write(out, rows)
    refused = [row for row in rows if row.error]
    result = {
        "cases": len(cases),
        "zones": len(rows) - len(refused),
        "refused": len(refused),
        "reasons": Counter(str(row.error) for row in refused),
        "file": str(out),
    }
    reasons = "".join(f"\n  {n} x {why}" for why, n in result["reasons"].most_common(5))  # type: ignore[attr-defined]
    words = f"{len(cases):,} cases, {result['zones']:,} zones, {len(refused):,} refused, in {out}"
    answer(result, as_json=as_json, words=words + reasons)


def _write(out: Path, rows: Sequence[Row]) -> None:
    """Write the zones beside the file and move them into place: never half a file."""
    import geopandas as gpd
    import shapely

    drawn = [row for row in rows if row.wkb is not None]
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in drawn]
        for name in (
            "key", "name", "kind", "wind_from_deg", "level", "hazard", "threshold_name", "basis",
            "model", "distance_m", "area_m2",
        )
    }  # fmt: skip
    shapes = shapely.from_wkb([row.wkb for row in drawn])
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326)
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        frame.to_file(part, driver=DRIVERS[out.suffix], engine="pyogrio", layer="zones")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
