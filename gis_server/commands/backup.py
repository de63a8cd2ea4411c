"""onemap backup and onemap restore."""

from __future__ import annotations

from pathlib import Path

import click

from gis_server.commands.console import answer, json_option, progress


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write everything to FILE, whole or not at all; the server may go on running."""
    from gis_server.config import Config
    from gis_server.serve import database_of
    from layers import backup as copies

    with progress("backup") as tell, database_of(Config()) as urls:
        tell("writing", 0)
        manifest = copies.backup(file, urls)
    words = f"{file}: {sum(manifest.counts.values()):,} rows, journal at {manifest.seq:,}"
    answer(vars(manifest), as_json=as_json, words=words)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def restore(file: Path, yes: bool, as_json: bool) -> None:
    """Put the backup FILE in the place of the database, which is then gone."""
    from gis_server.config import Config
    from gis_server.serve import database_of
    from layers import backup as copies

    if not yes:
        click.confirm("The present database will be replaced. Go on?", abort=True, err=True)
    with progress("restore") as tell, database_of(Config(), migrate=False) as urls:
        tell("reading and comparing", 0)
        manifest = copies.restore(file, urls)
    words = f"restored {sum(manifest.counts.values()):,} rows of {manifest.created_at}"
    answer(vars(manifest), as_json=as_json, words=words)
