"""onemap sample."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import Any

import click
from sqlalchemy import select

from gis_server.commands.console import answer, json_option, progress

NETWORK = "sample"


@click.command()
@click.option("--seed", type=int, help="Another seed makes another city.")
@click.option("--remove", "removing", is_flag=True,
              help="Take it out: its rows, its roads and the site's fictional name.")  # fmt: skip
@json_option
def sample(seed: int | None, removing: bool, as_json: bool) -> None:
    """Load the fictional sample city; a second time it is brought up to date, not doubled."""
    from gis_server.config import Config
    from gis_server.site import opened

    if removing and seed is not None:
        raise click.UsageError("--remove takes out the city of every seed; leave --seed out")
    with opened(Config()) as site:
        rows = clear(site) if removing else fill(site, seed=seed)
    words = "\n".join(f"{name:20} {count:>8,}" for name, count in rows.items())
    answer({"removed" if removing else "loaded": rows}, as_json=as_json, words=words)


def fill(site: Any, *, seed: int | None = None) -> dict[str, int]:
    """Make the city of a seed and load it in one transaction; return the rows of each layer."""
    from analysis.roads import store
    from analysis.roads.edges import RoadEdges, unlimited
    from data_samples import SEED, city
    from data_samples.load import load
    from layers.intake.load import allow_long

    now = dt.datetime.now(dt.UTC)
    with progress("sample city") as tell:
        tell("making", 0)
        made = city.make(SEED if seed is None else seed)
        with site.work("sample") as session:
            allow_long(session)
            loaded = load(session, made, now=now, progress=tell)
            tell("roads", len(made.roads))
            edges = RoadEdges(**vars(made.roads), **unlimited(len(made.roads)))
            store.activate(session, store.save(session, edges, name=NETWORK, source=made.source))
        tell("compiling roads", 0)
        compile_network(site, NETWORK)
    return {**loaded, "road": len(made.roads)}


def clear(site: Any) -> dict[str, int]:
    """Delete what `fill` loaded, whatever its seed, in one transaction; return rows by layer."""
    from analysis.roads import store
    from data_samples.load import remove
    from layers.intake.load import allow_long
    from layers.site import FICTIONAL

    with progress("sample city") as tell, site.work("sample") as session:
        allow_long(session)
        tell("removing", 0)
        removed = remove(session)
        networks = [
            network["id"]
            for network in store.networks(session)
            if (network["source"] or "").startswith(FICTIONAL)
        ]
        for network_id in networks:
            store.remove(session, network_id)
    for network_id in networks:
        for compiled in site.config.networks_dir.glob(f"{network_id}-*"):
            shutil.rmtree(compiled, ignore_errors=True)
    return removed


def refresh(site: Any) -> None:
    """Let the stations of a fictional city observe the present; a real site is left alone."""
    from data_samples import SEED, weather
    from layers.models import Site

    with site.work("sample") as session:
        if session.scalar(select(Site.fictional)):
            weather.observe(session, now=dt.datetime.now(dt.UTC), seed=SEED)


def compile_network(site: Any, name: str) -> None:
    """Compile the active network of a name, so that no request waits for it."""
    from analysis.roads import store

    with site.work("setup") as session:
        for network in store.networks(session):
            if network["active"] and network["name"] == name:
                store.load(session, network["id"], cache_dir=site.config.networks_dir)
