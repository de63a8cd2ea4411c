"""onemap layers: what the map has; take away and bring back layers of users' own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gis_server.commands.console import answer, json_option

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.command()
@click.option("--remove", metavar="NAME", help="Take away a layer of a user's own.")
@click.option("--restore", metavar="NAME", help="Bring back a layer that was removed.")
@click.option("--purge", is_flag=True, help="Drop what was removed more than 30 days ago.")
@click.option("--yes", is_flag=True, help="Remove without asking for the layer's title.")
@json_option
def layers(remove: str | None, restore: str | None, purge: bool, yes: bool, as_json: bool) -> None:
    """List the layers with their counts; take away and bring back those of users' own."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import user_layers

    purged: list[str] = []
    with opened(Config()) as site:
        if remove is not None:
            with site.work("onemap layers") as session:
                known = user_layers.definition(session, remove)
            typed = remove if yes else _asked(remove, known.title)
            with site.work("onemap layers") as session:
                user_layers.remove(session, remove, version=known.version, typed=typed)
        with site.work("onemap layers") as session:
            if restore is not None:
                user_layers.restore(session, restore)
            if purge:
                purged = user_layers.purge(session)
        with site.work("onemap layers") as session:
            listed = _listed(session)
    words = "\n".join(_line(entry) for entry in listed)
    answer({"layers": listed, "purged": purged}, as_json=as_json, words=words)


def _asked(name: str, title: str) -> str:
    """Return what a person types; no transaction is open meanwhile."""
    click.echo(f"{name} is {title}", err=True)
    typed: str = click.prompt("Type its title to remove it", err=True)
    return typed


def _listed(session: Session) -> list[dict[str, Any]]:
    from layers import catalog, query
    from layers.query import Scope

    counts = query.counts(session, scope=Scope(None))
    revisions = catalog.revisions(session)
    return [
        {
            "name": layer.name,
            "title": layer.definition.title if layer.definition else None,
            "owner": layer.definition.owner if layer.definition else None,
            "user": layer.definition is not None,
            "geometry": layer.geometry_type,
            "group": layer.group,
            "access": layer.access,
            "count": counts[layer.name],
            "revision": revisions[layer.name],
            "fields": [field.name for field in layer.fields],
        }
        for layer in catalog.layers(session)
    ]


def _line(entry: dict[str, Any]) -> str:
    said = entry["title"] or ", ".join(entry["fields"])
    return f"{entry['name']:32} {entry['count']:>10,}  {said}"
