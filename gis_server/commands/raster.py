"""onemap raster."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from gis_server.commands.console import answer, json_option, progress

KINDS = ("dem", "fuel", "population", "imagery", "grid")
_PICTURES = (".png", ".jpg", ".jpeg")


class _FileOrCommand(click.Group):
    """A group whose first word may be a file: `onemap raster FILE` adds it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names; a file is one to add."""
        if args and self.get_command(ctx, args[0]) is None and Path(args[0]).is_file():
            args = ["add", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_FileOrCommand)
def raster() -> None:
    """Register rasters: terrain (dem), fuel, people (population), images, grids.

    `onemap raster FILE` adds one.
    """


@raster.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS),
              help="What it holds: heights, fuel models, people, an image, any other values. Left "
                   "out: .hgt is dem, .png and .jpg are imagery.")  # fmt: skip
@click.option("--source", required=True, help="Who made it.")
@click.option("--name", help="What to call it (the file's name).")
@click.option("--unit", help="dem: m; fuel: model; population: people (a pixel) or people/km2; "
                             "grid: any.")  # fmt: skip
@click.option("--source-date", help="As of when: 2020, 2020-06 or 2020-06-30.")
@click.option("--taken-at", help="When an image was taken: 2024-07-01 or 2024-07-01T10:00+08:00.")
@click.option("--licence", help="Its licence.")
@click.option("--period", type=click.Choice(["day", "night"]),
              help="People who are there by day or night only; left out, at any time.")  # fmt: skip
@click.option("--crs", help="Its coordinate system where it names none: EPSG:4490.")
@click.option("--band", type=click.IntRange(min=1), help="Which band of several.")
@click.option("--region", help="The code of the region it is for; left out, the whole site.")
@json_option
def add(
    file: Path,
    kind: str | None,
    name: str | None,
    taken_at: str | None,
    as_json: bool,
    **told: Any,
) -> None:
    """Check FILE pixel by pixel and register it.

    FILE is a GeoTIFF, SRTM (.hgt, .hgt.zip), or a PNG or JPEG with its world file beside it.
    """
    from gis_server.config import Config
    from gis_server.raster_jobs import prepare
    from gis_server.site import opened
    from layers import rasters
    from layers.intake.load import allow_long

    config = Config()
    said = rasters.Told(
        kind=kind or _kind(file),
        name=name or file.name,
        taken_at=_moment(taken_at, config.zone),
        **told,
    )
    with progress(f"raster {file.name}") as tell, opened(config) as site:
        with site.work("onemap raster") as session:
            allow_long(session)
            shown = rasters.add(session, file, said, progress=tell)
        tell("overviews", 0)
        prepare(site.engine, config, uuid.UUID(shown["id"]))
    answer({"raster": shown}, as_json=as_json, words=_line(shown))


def _kind(file: Path) -> str:
    """Return the kind that a file's ending gives away."""
    ending = file.suffix.lower()
    if ending in _PICTURES:
        return "imagery"
    if ending == ".hgt" or file.name.lower().endswith(".hgt.zip"):
        return "dem"
    raise click.UsageError(f"what does {file.name} hold? Say --kind {' | '.join(KINDS)}")


def _moment(written: str | None, zone: ZoneInfo) -> dt.datetime | None:
    from gis_server.raster_jobs import moment

    if written is None:
        return None
    try:
        return moment(dt.datetime.fromisoformat(written), zone=zone)
    except ValueError:
        raise click.BadParameter(
            f"got {written!r}, wanted 2024-07-01 or 2024-07-01T10:00+08:00",
            param_hint="--taken-at",
        ) from None


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
    image = entry["kind"] == "imagery"
    span = entry["taken_at"] or "of unknown date"
    if not image:
        span = f"{entry['minimum']:g} .. {entry['maximum']:g} {entry['unit']}"
    grain = f"{entry['columns']} x {entry['rows']} of {entry['resolution_m']:.0f} m"
    return f"{entry['id']}  {entry['kind']:10} {entry['name']}: {grain}, {span} ({entry['source']})"
