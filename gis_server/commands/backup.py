"""onemap backup and onemap restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_server.commands.console import answer, json_option, progress

if TYPE_CHECKING:
    from gis_server.config import Config


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write everything to FILE, whole or not at all; the server may go on running."""
    from gis_server import basemaps
    from gis_server.config import Config
    from gis_server.serve import database_of
    from layers import backup as copies

    config = Config()
    with progress("backup") as tell, database_of(config) as urls:
        tell("writing", 0)
        manifest = copies.backup(
            file, urls, documents=config.documents_dir, basemaps=basemaps.folder(config)
        )
    words = (
        f"{file}: {sum(manifest.counts.values()):,} rows, {manifest.documents:,} documents, "
        f"{manifest.basemaps:,} base maps, journal at {manifest.seq:,}"
    )
    if manifest.documents_missing:
        words += f"; MISSING documents: {', '.join(manifest.documents_missing)}"
    if manifest.basemaps_missing:
        words += f"; MISSING base maps: {', '.join(manifest.basemaps_missing)}"
    answer(vars(manifest), as_json=as_json, words=words)


def _refuse_foreign(config: Config, file: Path) -> None:
    """Refuse a server that is not ours: a restore makes a database, which only a superuser may."""
    from layers.errors import SetupError

    if config.database_url is None:
        return
    steps = [
        f"tar -xOf {file} onemap.dump > onemap.dump",
        "createdb --owner=onemap_migrator --template=template0 --encoding=UTF8 --locale=C.UTF-8"
        " onemap_restored",
        "psql -d onemap_restored -c 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION pg_trgm'",
        "pg_restore --role=onemap_migrator --no-owner --no-comments --exit-on-error"
        " -d onemap_restored onemap.dump",
        "psql -d onemap_restored -c 'DELETE FROM epoch' -c 'INSERT INTO epoch DEFAULT VALUES'",
        f"onemap restore {file} --documents-only",
    ]
    raise SetupError(
        "ONEMAP_DATABASE_URL names a server that is not ours, and a restore makes a database there."
        " Stop the program, let the server's administrator run this, and then name the new"
        " database in ONEMAP_DATABASE_URL:\n" + "\n".join(steps),
        code="restore_foreign",
        steps=steps,
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--documents-only", is_flag=True,
              help="Only put its documents and base maps where they belong.")  # fmt: skip
@json_option
def restore(file: Path, yes: bool, documents_only: bool, as_json: bool) -> None:
    """Put the backup FILE in the place of the database, which is then gone."""
    from gis_server import basemaps
    from gis_server.commands.basemap import serve_recorded
    from gis_server.config import Config
    from gis_server.serve import database_of
    from gis_server.site import opened
    from layers import backup as copies
    from layers.basemaps import carry as basemap_carry
    from layers.documents import carry

    config = Config()
    if documents_only:
        manifest = copies.read_manifest(file)
        carry.unpack(file, config.documents_dir, expected=manifest.documents)
        basemap_carry.unpack(file, basemaps.folder(config), expected=manifest.basemaps)
        words = (
            f"{config.documents_dir}: {manifest.documents:,} documents; "
            f"{basemaps.folder(config)}: {manifest.basemaps:,} base maps (onemap basemap --join "
            "serves them once the restored database is in use)"
        )
        result = {"documents": manifest.documents, "basemaps": manifest.basemaps}
        answer(result, as_json=as_json, words=words)
        return
    _refuse_foreign(config, file)
    if not yes:
        click.confirm("The present database will be replaced. Go on?", abort=True, err=True)
    with progress("restore") as tell, database_of(config, migrate=False) as urls:
        tell("reading and comparing", 0)
        manifest = copies.restore(
            file, urls, documents=config.documents_dir, basemaps=basemaps.folder(config)
        )
    if not manifest.basemaps_missing:
        with basemaps.shelf(config).changing(), opened(config) as site:
            serve_recorded(site)
    words = f"restored {sum(manifest.counts.values()):,} rows of {manifest.created_at}"
    answer(vars(manifest), as_json=as_json, words=words)
