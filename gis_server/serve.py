"""Run everything that a site needs, in the foreground, until told to stop.

Order: the database (our own cluster, or the server named by `ONEMAP_DATABASE_URL`), its schema,
the first administrator, the sample city where it is wanted, then gunicorn with threads. Each
worker process listens for sealed changes and offers itself as the journal's sealer; an advisory
lock picks one. On SIGTERM and SIGINT streams end first, then workers, then the database.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from gunicorn.app.base import BaseApplication
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from gis_server.config import Config
from layers import cluster, database
from layers.cluster import Urls
from layers.dialling import calm
from layers.errors import SetupError
from layers.roles import refuse_unsafe

SEND_TIMEOUT_S = 30
SEND_BUFFER_BYTES = 256 * 1024
GRACE_S = 5
THREADS_KEPT_FROM_STREAMS = 16


@contextmanager
def database_of(config: Config, *, migrate: bool = True) -> Iterator[Urls]:
    """Give the site's database for as long as the block lasts, migrated unless told otherwise.

    Raises
    ------
    SetupError
        The cluster cannot run, or the foreign server lacks something: the message says what.
    """
    config.var.mkdir(parents=True, exist_ok=True)
    if config.database_url is not None:
        yield _foreign(config, config.database_url, migrate=migrate)
        return
    with cluster.running(config.var) as urls:
        if migrate:
            database.migrate(urls.migrator)
        yield urls


def _foreign(config: Config, url: str, *, migrate: bool) -> Urls:
    """Return the URLs of a server that is not ours; there is no superuser of it for us."""
    builder = config.migrator_url or url
    try:
        refuse_unsafe(url)
        if migrate:
            database.migrate(builder)
    except (psycopg.OperationalError, OperationalError) as error:
        said = str(getattr(error, "orig", error)).strip()
        raise SetupError(
            f"the database server of ONEMAP_DATABASE_URL cannot be reached: {said}. Is it running, "
            "and are name and password right? `onemap check` says what it still lacks.",
            code="database_away",
            reason=said,
        ) from None
    return Urls(url, builder, builder)


def engine_of(config: Config, urls: Urls) -> Engine:
    """Return the program's engine, bounded as the settings say."""
    engine = database.create_engine(
        urls.app, pool_size=config.pool_size, statement_timeout_ms=config.statement_timeout_ms
    )
    return calm(engine)


def serve(config: Config, urls: Urls, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is told the address once the port is open."""
    refuse_taken(config.host, config.port)
    # The parts are imported once, before the workers fork: they start in milliseconds and share it.
    from gis_server import app as _preload  # noqa: F401

    Gunicorn(config, urls, ready).run()


def refuse_taken(host: str, port: int) -> None:
    """Raise SetupError where the port is in use, before anything is started for nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"cannot listen on {host}:{port}: {error.strerror}. Is another server running "
                "there? Choose another port with --port or ONEMAP_PORT.",
                code="port",
                port=port,
            ) from None


class Gunicorn(BaseApplication):  # type: ignore[misc]
    """gunicorn with threads, set by our settings instead of its own command line."""

    def __init__(self, config: Config, urls: Urls, ready: Callable[[str], None]) -> None:
        self.site = config
        self.urls = urls
        self.ready = ready
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn up."""
        host = f"[{self.site.host}]" if ":" in self.site.host else self.site.host
        settings: dict[str, Any] = {
            "bind": f"{host}:{self.site.port}",
            "worker_class": "gthread",
            "workers": self.site.workers,
            "threads": self.site.threads,
            "graceful_timeout": GRACE_S,
            "timeout": 60,
            "keepalive": 15,
            "limit_request_line": 8190,
            "limit_request_fields": 100,
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "loglevel": "warning",
            "errorlog": "-",
            "proc_name": "onemap",
            "when_ready": self._when_ready,
            "post_worker_init": _let_streams_end_first,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Build a worker's application: engine, hub and sealer belong to the process."""
        from gis_server.app import create_app
        from gis_server.deadlines import Deadlines
        from gis_server.following import Following
        from gis_server.grading import Grader
        from gis_server.jobs import Runner
        from gis_server.live import Hub
        from gis_server.measuring import Measuring
        from gis_server.names import NameReader
        from gis_server.pack_jobs import Packer
        from gis_server.pairs import PairFinder
        from gis_server.print_jobs import Printer
        from gis_server.proposing import Proposer
        from gis_server.raster_jobs import RasterRunner
        from gis_server.state import state_of
        from gis_server.tile_upkeep import TileUpkeep
        from gis_server.tiling.watch import Watch
        from gis_server.weather import SampleWeather
        from layers.sealer import Sealer

        engine = engine_of(self.site, self.urls)
        app = create_app(self.site, engine)
        streams = max(4, self.site.threads - THREADS_KEPT_FROM_STREAMS)
        hub = Hub(engine, max_streams=streams)
        state_of(app).hub = hub
        hub.start()
        state_of(app).supply.watch = watch = Watch(engine)
        watch.start()
        Sealer(engine).start()
        Runner(self.site, engine, self.urls.app).start()
        Packer(self.site, engine, self.urls.app).start()
        RasterRunner(self.site, engine, self.urls.app).start()
        SampleWeather(engine).start()
        Grader(engine).start()
        NameReader(engine).start()
        PairFinder(engine).start()
        Following(
            engine,
            cache_dir=self.site.networks_dir,
            position_days=self.site.position_days,
        ).start()
        Proposer(engine).start()
        Measuring(engine, cache_dir=self.site.networks_dir).start()
        TileUpkeep(engine).start()
        Deadlines(engine, zone=self.site.zone).start()
        Printer(self.site, engine).start()
        return app

    def _when_ready(self, arbiter: Any) -> None:
        for listener in arbiter.LISTENERS:
            # Accepted sockets inherit both: a reader that stops reading is let go in time, and
            # the kernel does not hide a minute of stale map in its buffer.
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            listener.sock.setsockopt(
                socket.SOL_SOCKET, socket.SO_SNDTIMEO,
                SEND_TIMEOUT_S.to_bytes(8, sys.byteorder) + bytes(8),
            )  # fmt: skip
        self.ready(f"http://{self.site.host}:{self.site.port}")


def _let_streams_end_first(worker: Any) -> None:
    """End the event streams as soon as a worker is told to stop: they would use up its grace."""
    from gis_server.state import state_of

    hub = state_of(worker.wsgi).hub
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        before = signal.getsignal(name)

        def stop(number: int, frame: Any, before: Any = before) -> None:
            if hub is not None:
                hub.stop()
            if callable(before):
                before(number, frame)

        signal.signal(name, stop)
