"""onemap basemap external."""

from __future__ import annotations

from typing import Any

import click

from gis_server.commands.console import answer, json_option


@click.group()
def external() -> None:
    """Set up map services of others (Tianditu, XYZ, WMTS, WMS); list and remove them.

    docs/basemap.md has the commands for Tianditu.
    """


@external.command()
@click.argument("name")
@click.option("--title", required=True, help="What it is called on the map.")
@click.option("--title-en", help="Its title in English.")
@click.option("--kind", required=True, type=click.Choice(["xyz", "wmts", "wms"]))
@click.option("--address", required=True, help="With {z} {x} {y}; {s} and {key} where it has them.")
@click.option("--attribution", required=True, help="Who is to be credited.")
@click.option("--subdomains", help="What {s} stands for: 0,1,2,3.")
@click.option("--layer", help="wmts, wms: the layer.")
@click.option("--style", help="wmts, wms: the style.")
@click.option("--matrix-set", help="wmts: w or c (Tianditu), GoogleMapsCompatible, ...")
@click.option("--format", default="image/png", show_default=True, help="wmts, wms: the format.")
@click.option("--datum", type=click.Choice(["wgs84", "gcj02", "bd09"]), default="wgs84",
              show_default=True, help="What its pixels lie in; wgs84 for CGCS2000.")  # fmt: skip
@click.option("--min-zoom", type=click.IntRange(0, 22), default=0, show_default=True)
@click.option("--max-zoom", type=click.IntRange(0, 22), default=18, show_default=True)
@click.option("--opacity", type=click.FloatRange(0, 1, min_open=True), default=1.0)
@click.option("--intranet", is_flag=True, help="Its name may lead to an address of the intranet.")
@click.option("--key-file", type=click.File(encoding="utf-8"),
              help="A file that holds its key; - reads what is typed.")  # fmt: skip
@json_option
def add(name: str, key_file: Any, subdomains: str | None, as_json: bool, **told: Any) -> None:
    """Set up the service NAME, in the place of the one of that name."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers.basemaps import external as register

    key = key_file.read().strip() if key_file is not None else None
    names = tuple(part.strip() for part in (subdomains or "").split(",") if part.strip())
    service = register.External(name=name, subdomains=names, key=key, **told)
    register.check(service)
    with opened(Config()) as site, site.work("onemap basemap external") as session:
        register.put(session, service)
    answer({"added": name}, as_json=as_json, words=f"{name} is set up; {service.host} is asked")


@external.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the services; of a key only whether there is one."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers.basemaps import external as register

    with opened(Config()) as site, site.work("onemap basemap external") as session:
        found = register.listed(session)
    lines = [
        f"{each['name']}: {each['title']}, {each['kind']} of {each['host']}, {each['datum']}, "
        f"zooms {each['min_zoom']} to {each['max_zoom']}{', with a key' * each['has_key']}"
        for each in found
    ]
    answer({"external": found}, as_json=as_json, words="\n".join(lines) or "no map service")


@external.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    """Forget the service NAME and its key."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers.basemaps import external as register

    with opened(Config()) as site, site.work("onemap basemap external") as session:
        register.remove(session, name)
    answer({"removed": name}, as_json=as_json, words=f"{name} is removed")
