"""onemap sample."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click
from sqlalchemy import select

from gis_server.commands.console import answer, json_option, progress

NETWORK = "sample"


@click.command()
@click.option("--seed", type=int, help="Another seed makes another city.")
@json_option
def sample(seed: int | None, as_json: bool) -> None:
    """Load the fictional sample city; a second time it is brought up to date, not doubled."""
    from gis_server.config import Config
    from gis_server.site import opened

    with opened(Config()) as site:
        loaded = fill(site, seed=seed)
    words = "\n".join(f"{name:20} {count:>8,}" for name, count in loaded.items())
    answer({"loaded": loaded}, as_json=as_json, words=words)


def fill(site: Any, *, seed: int | None = None) -> dict[str, int]:
    """Make the city of a seed and load it in one transaction; return the rows of each layer."""
    from analysis.roads import store
    from analysis.roads.edges import RoadEdges
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
            edges = RoadEdges(**vars(made.roads))
            store.activate(session, store.save(session, edges, name=NETWORK, source=made.source))
        tell("compiling roads", 0)
        compile_network(site, NETWORK)
    return {**loaded, "road": len(made.roads)}


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
                store.load(
                    session, network["id"], network["version"], cache_dir=site.config.networks_dir
                )
