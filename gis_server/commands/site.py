"""onemap init and check."""

from __future__ import annotations

import click

from gis_server.commands.console import answer, json_option


@click.command()
@json_option
def init(as_json: bool) -> None:
    """Make the database and the first administrator; safe to call again."""
    from gis_server.config import Config
    from gis_server.site import first_admin, opened

    with opened(Config()) as site, site.work("setup") as session:
        password = first_admin(session)
    words = "the database is ready"
    if password is not None:
        words += f"\nadministrator: user admin, password {password} (shown this once)"
    answer({"ready": True, "admin_password": password}, as_json=as_json, words=words)


@click.command()
@json_option
def check(as_json: bool) -> None:
    """Say what the site or its database server lacks; prove that the journal is whole."""
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import journal
    from layers.errors import SetupError
    from layers.roles import check as missing_of

    config = Config()
    if config.database_url is not None and (missing := missing_of(config.database_url)):
        raise SetupError(
            "the database server is not ready; its administrator runs:\n" + "\n".join(missing),
            sql=missing,
        )
    with opened(config) as site, site.work("onemap check") as session:
        rows = journal.verify(session)
    words = f"the database is ready; the journal's {rows:,} changes are whole"
    answer({"ready": True, "journal_rows": rows}, as_json=as_json, words=words)
