"""onemap roads."""

from __future__ import annotations

from pathlib import Path

import click

from gis_server.commands.console import answer, json_option, progress

ATTRIBUTION = "© OpenStreetMap contributors"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="The network's name; one of that name is replaced (the file's name).")
@json_option
def roads(file: Path, name: str | None, as_json: bool) -> None:
    """Build the road network of FILE (.osm.pbf) and use it from now on.

    A running server takes it over without a restart; searches under way finish on the old one.
    """
    from analysis.roads import osm, store
    from gis_server.commands.sample import compile_network
    from gis_server.config import Config
    from gis_server.site import opened
    from layers.intake.load import allow_long

    named = name or file.name.removesuffix(".gz").removesuffix(".pbf").removesuffix(".osm")
    with progress(f"roads of {file.name}") as tell:
        edges = osm.read(file, progress=lambda count: tell("reading", count))
        with opened(Config()) as site:
            with site.work("roads") as session:
                allow_long(session)
                tell("storing", 0)
                id = store.save(
                    session, edges, name=named, source=file.name, attribution=ATTRIBUTION
                )
                replaced = store.activate(session, id)
                row = next(n for n in store.networks(session) if n["id"] == id)
            tell("compiling", 0)
            compile_network(site, named)
    result = {
        "network": named,
        "id": str(id),
        "nodes": row["node_count"],
        "arcs": row["arc_count"],
        "replaced": [str(other) for other in replaced],
    }
    words = f"network {named}: {row['node_count']:,} nodes, {row['arc_count']:,} arcs, in use"
    answer(result, as_json=as_json, words=words)
