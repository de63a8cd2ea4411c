"""onemap roads."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import click

from gis_server.commands.console import answer, json_option, note, progress

SHOWN_FAULTS = 20


@click.command()
@click.argument("file", required=False,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--name", help="The network's name; one of that name is replaced (the file's name).")
@click.option("--nodes", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The nodes of FILE, where it is a Parquet table of arcs.")  # fmt: skip
@click.option(
    "--crs", help="A layer's coordinate system where it does not tell: EPSG:4490, GCJ-02."
)
@click.option("--encoding", help="A layer's text encoding where it is not recognised: gb18030.")
@click.option("--source-layer", "layer", help="The layer inside FILE.")
@click.option("--map", "columns", metavar="FIELD=COLUMN,...",
              help="Columns of a layer: class=DJ,name=MC,oneway=DIR,speed=SD.")  # fmt: skip
@click.option("--code", "codes", multiple=True, metavar="FIELD:WORD=MEANING",
              help="What a word means: class:41000=primary, oneway:2=forward. Many.")  # fmt: skip
@click.option("--class", "class_", help="The class of roads where FILE says none: tertiary.")
@click.option("--tolerance", "tolerance_m", type=float, default=0.5, show_default=True,
              help="Ends of a layer's lines this near (m) are one junction.")  # fmt: skip
@click.option("--good-rows", is_flag=True, help="Load the good rows even where others are bad.")
@click.option("--attribution", help="Who is to be named wherever the roads are shown.")
@click.option("--load-only", is_flag=True, help="Store the version; do not use it yet.")
@click.option("--keep", type=click.IntRange(0, 20), default=2, show_default=True,
              help="Versions of this name that stay to go back to.")  # fmt: skip
@click.option("--list", "listed", is_flag=True, help="List the networks and their versions.")
@click.option("--use", metavar="NAME|ID", help="Use a version that is stored.")
@click.option("--remove", metavar="ID", help="Remove a version.")
@json_option
def roads(
    file: Path | None,
    listed: bool,
    use: str | None,
    remove: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Build the road network of FILE and use it from now on.

    FILE is an OpenStreetMap extract (.osm.pbf, .osm.gz, .osm), a road layer of your own
    (GeoPackage, Shapefile, GeoJSON ...), a Parquet table of arcs with its nodes (--nodes, or a pair
    x_edges, x_nodes), or a GraphML of osmnx. A running server takes the new version over without a
    restart; searches under way finish on the old one. Where networks overlap, the one of the
    smallest extent that holds a place answers for it.
    """
    asked = [file is not None, listed, use is not None, remove is not None]
    if sum(asked) != 1:
        raise click.UsageError("give a FILE, --list, --use or --remove")
    from gis_server.config import Config
    from gis_server.site import opened

    if file is not None:
        read = _read(file, given, quiet=as_json)
    with opened(Config()) as site:
        if file is not None:
            result, words = _load(site, read, given)
        elif use is not None:
            result, words = _use(site, use)
        elif remove is not None:
            result, words = _remove(site, remove)
        else:
            result, words = _list(site)
    answer(result, as_json=as_json, words=words)


def _read(file: Path, given: dict[str, Any], *, quiet: bool) -> Any:
    from analysis.roads.source.intake import Choices, read
    from gis_server.commands import roads_view
    from layers.errors import QualityError

    choices = Choices(
        crs=given["crs"], encoding=given["encoding"], layer=given["layer"],
        columns=_pairs(given["columns"]), codes=tuple(map(_code, given["codes"])),
        class_=given["class_"], tolerance_m=given["tolerance_m"],
    )  # fmt: skip
    with progress(f"roads of {file.name}") as tell:
        found = read(
            file, choices, nodes=given["nodes"], progress=lambda count: tell("reading", count)
        )
    bad = sum(fault.severity == "error" for fault in found.faults)
    if not quiet:
        roads_view.reading(found, shown=SHOWN_FAULTS)
    if bad and not given["good_rows"]:
        raise QualityError(
            f"{bad} faults in the rows of {file.name}; nothing was loaded. Mend the rows named "
            "above, say what words mean (--code), or load the good ones with --good-rows",
            [fault.to_json() for fault in found.faults], errors=bad, good=found.told["rows_used"],
        )  # fmt: skip
    return found


def _pairs(text: str | None) -> dict[str, str]:
    pairs = {}
    for part in (text or "").split(",") if text else ():
        field, equals, column = part.partition("=")
        if not equals:
            raise click.BadParameter(f"{part!r} is not FIELD=COLUMN", param_hint="--map")
        pairs[field.strip()] = column.strip()
    return pairs


def _code(text: str) -> tuple[str, str, str]:
    field, colon, rest = text.partition(":")
    word, equals, meaning = rest.rpartition("=")
    if not (colon and equals):
        raise click.BadParameter(f"{text!r} is not FIELD:WORD=MEANING", param_hint="--code")
    return field.strip(), word.strip(), meaning.strip()


def _load(site: Any, found: Any, given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Store a version beside the one in use, compile it, and only then change over."""
    from analysis.roads import store, versions
    from analysis.roads.network import compiled
    from layers.intake.load import allow_long

    name = given["name"] or found.name
    with progress(f"network {name}") as tell:
        tell("compiling", 0)
        network = compiled(found.edges)
        with site.work("roads") as session:
            versions.hold(session, name)
            allow_long(session)
            tell("storing", 0)
            network_id = store.save(
                session, found.edges, name=name, source=found.source,
                attribution=given["attribution"] or found.attribution, told=found.told,
                network=network, progress=lambda count: tell("storing", count),
            )  # fmt: skip
        with site.work("roads") as session:
            store.keep(session, network_id, network, cache_dir=site.config.networks_dir)
        with site.work("roads") as session:
            allow_long(session)
            replaced = () if given["load_only"] else store.activate(session, network_id)
            gone = versions.prune(session, name, kept=given["keep"], spared=network_id)
            overlaps = versions.overlapping(session, network_id)
            (row,) = [n for n in store.networks(session) if n["id"] == network_id]
    _sweep(site, gone)
    result = {
        "network": name, "id": str(network_id), "nodes": row["node_count"],
        "arcs": row["arc_count"], "roads": row["edge_count"], "bans": row["ban_count"],
        "barriers": row["barrier_count"], "active": row["active"],
        "replaced": [str(other) for other in replaced], "removed": [str(each) for each in gone],
        "overlaps": overlaps, "told": dict(found.told), "columns": dict(found.columns),
        "faults": [fault.to_json() for fault in found.faults[:1000]],
    }  # fmt: skip
    used = "in use" if row["active"] else f"stored; onemap roads --use {network_id}"
    words = f"network {name}: {row['node_count']:,} nodes, {row['arc_count']:,} arcs, {used}"
    if overlaps:
        words += (
            f"\nit overlaps {', '.join(overlaps)}: the network of the smallest extent that holds "
            "a place answers for it"
        )
    return result, words


def _sweep(site: Any, gone: tuple[uuid.UUID, ...]) -> None:
    """Remove the compiled form of networks that are no more."""
    for network_id in gone:
        for compiled in site.config.networks_dir.glob(f"{network_id}-*"):
            shutil.rmtree(compiled, ignore_errors=True)


def _use(site: Any, what: str) -> tuple[dict[str, Any], str]:
    from analysis.roads import store, versions

    with site.work("roads") as session:
        network_id = versions.find(session, what)
        store.load(session, network_id, cache_dir=site.config.networks_dir)
        replaced = store.activate(session, network_id)
    result = {"used": str(network_id), "replaced": [str(other) for other in replaced]}
    return result, f"{network_id} is in use"


def _remove(site: Any, what: str) -> tuple[dict[str, Any], str]:
    from analysis.roads import store, versions
    from layers.errors import ConflictError
    from layers.intake.load import allow_long

    with site.work("roads") as session:
        allow_long(session)
        row = versions.version(session, what)
        if row["active"]:
            raise ConflictError(
                f"{what} is in use; use another version of {row['name']} first "
                "(onemap roads --use), or the place is left without roads",
                code="network_in_use", name=row["name"],
            )  # fmt: skip
        store.remove(session, row["id"])
    _sweep(site, (row["id"],))
    note(f"removed {row['name']} {row['id']}")
    return {"removed": str(row["id"])}, f"{row['name']} {row['id']} is removed"


def _list(site: Any) -> tuple[dict[str, Any], str]:
    from analysis.roads import store

    with site.work("roads") as session:
        found = store.networks(session)
    lines = [
        f"{'*' if each['active'] else ' '} {each['name']}  {each['id']}  "
        f"{each['created_at']:%Y-%m-%d %H:%M}  {each['arc_count']:,} arcs  {each['source'] or ''}"
        for each in found
    ]
    return {"networks": found}, "\n".join(lines) or "no road network; onemap roads FILE"
