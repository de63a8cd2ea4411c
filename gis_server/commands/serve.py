"""onemap serve."""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

import click

from gis_server.commands.console import note


@click.command()
@click.option("--host", help="Address to listen on (ONEMAP_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (ONEMAP_PORT, 8000).")
@click.option("--demo", is_flag=True, default=None,
              help="Sign every visitor of this machine in as commander.")  # fmt: skip
@click.option("--sample", is_flag=True, help="Load the fictional sample city into an empty site.")
def serve(host: str | None, port: int | None, demo: bool | None, sample: bool) -> None:
    """Run the database and the server until stopped (Ctrl-C, SIGTERM).

    The database is our own below ONEMAP_VAR unless ONEMAP_DATABASE_URL names a server. The first
    start makes an administrator and shows the password once.
    """
    started = time.monotonic()
    # Until gunicorn takes over, being told to stop must still stop the database.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    from gis_server.config import Config
    from gis_server.serve import refuse_taken
    from gis_server.serve import serve as run
    from gis_server.site import opened

    given: dict[str, Any] = {"host": host, "port": port, "demo": demo}
    config = Config(**{name: value for name, value in given.items() if value is not None})
    refuse_taken(config.host, config.port)
    with opened(config) as site:
        _first_steps(site, sample=sample)
        site.engine.dispose()

        def ready(address: str) -> None:
            mode = " (demo: every visitor of this machine is commander)" if config.demo else ""
            note(f"onemap serves {address}{mode}, ready in {time.monotonic() - started:.1f} s")

        run(config, site.urls, ready=ready)


def _first_steps(site: Any, *, sample: bool) -> None:
    from gis_server.commands.sample import fill, refresh
    from gis_server.site import first_admin, is_empty

    with site.work("setup") as session:
        empty = is_empty(session)
        password = None if site.config.demo else first_admin(session)
    if password is not None:
        note(f"administrator: user admin, password {password} (shown this once; change it with "
             "onemap user password admin)")  # fmt: skip
    if empty and sample:
        fill(site)
    else:
        refresh(site)
