"""onemap raster."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import click

from gis_server.commands.console import answer, json_option, progress


@click.group()
def raster() -> None:
    """Register rasters of terrain (dem), fuel and people (population); list and remove them."""


@raster.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, type=click.Choice(["dem", "fuel", "population"]),
              help="What its values are: heights, numbers of fuel models, people.")  # fmt: skip
@click.option("--source", required=True, help="Who made it.")
@click.option("--name", help="What to call it (the file's name).")
@click.option("--unit", help="dem: m; fuel: model; population: people (a pixel) or people/km2.")
@click.option("--source-date", help="As of when: 2020, 2020-06 or 2020-06-30.")
@click.option("--licence", help="Its licence.")
@click.option("--period", type=click.Choice(["day", "night"]),
              help="People who are there by day or night only; left out, at any time.")  # fmt: skip
@click.option("--crs", help="Its coordinate system where it names none: EPSG:4490.")
@click.option("--band", type=click.IntRange(min=1), default=1, help="Which band (the first).")
@click.option("--region", help="The code of the region it is for.")
@json_option
def add(file: Path, name: str | None, as_json: bool, **told: Any) -> None:
    """Check FILE (.tif, .hgt, .hgt.zip) pixel by pixel and register it."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import rasters
    from layers.intake.load import allow_long

    said = rasters.Told(name=name or file.name, **told)
    with (
        progress(f"raster {file.name}") as tell,
        opened(Config()) as site,
        site.work("onemap raster") as session,
    ):
        allow_long(session)
        shown = rasters.add(session, file, said, progress=tell)
    answer({"raster": shown}, as_json=as_json, words=_line(shown))


@raster.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the rasters of the site."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import rasters

    with opened(Config()) as site, site.work("onemap raster") as session:
        listed = rasters.listed(session)
    words = "\n".join(_line(entry) for entry in listed) or "no raster is registered"
    answer({"rasters": listed}, as_json=as_json, words=words)


@raster.command()
@click.argument("id", type=click.UUID)
@json_option
def remove(id: uuid.UUID, as_json: bool) -> None:
    """Remove the raster of an ID with its pixels."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import rasters

    with opened(Config()) as site, site.work("onemap raster") as session:
        removed = rasters.remove(session, id)
    answer({"removed": removed}, as_json=as_json, words=f"removed {_line(removed)}")


def _line(entry: dict[str, Any]) -> str:
    span = f"{entry['minimum']:g} .. {entry['maximum']:g} {entry['unit']}"
    grain = f"{entry['columns']} x {entry['rows']} of {entry['resolution_m']:.0f} m"
    return f"{entry['id']}  {entry['kind']:10} {entry['name']}: {grain}, {span} ({entry['source']})"
