"""What a process knows of the database without asking: one thread that follows the sealed journal.

It listens for sealed changes and for word of changed sessions, rights and layers, on a connection
of its own, and looks by itself once a second. While it is in step, a tile that was made before can
be answered from memory; when it is not, the database is asked as if it were not there.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import psycopg
from psycopg import Notify
from sqlalchemy import Connection, Engine, Row, case, func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis_server.signin import RECOGNITION
from gis_server.tiling.recognition import Recognition
from gis_server.tiling.touched import Touch, Touched
from layers import catalog, database, journal
from layers.catalog import Layer
from layers.definition import PREFIX
from layers.models import JournalRow, Raster

log = logging.getLogger(__name__)

IN_STEP_S = 2.5
POLL_S = 1.0
RETRY_S = 0.5
PAGE = 1000
FAR = 5000
"""So many changes behind, layers are taken as new; nobody reads them one by one."""

HANGS_ON = {"road_network": "road"}
"""Tables that decide which rows of a layer are shown."""


class Life(NamedTuple):
    """One life of the database (layers.journal.epoch) and the newest changes in it."""

    epoch: uuid.UUID
    touched: Touched


_NOTHING = Touched({}, seq=-1)


class Watch:
    """The journal, the definitions of layers and the recognised readers, as one process knows them.

    Attributes
    ----------
    recognition
        Who has been recognised; emptied when something of it may no longer hold.
    known
        The database's life and its newest changes, of the last moment in step; None before the
        first.
    own
        Users' own layers by name, as they are defined: never older than `touched.seq`.
    rasters
        What every raster says of itself, by its id: never older than `touched.seq`.
    away
        Whether the last attempt to reach the database failed.
    """

    def __init__(self, engine: Engine) -> None:
        self._url = engine.url.render_as_string(hide_password=False)
        self.recognition = Recognition()
        self.known: Life | None = None
        self.own: Mapping[str, Layer] = {}
        self.rasters: Mapping[uuid.UUID, Raster] = {}
        self.away = False
        self.synced_at = 0.0
        self._beat = -IN_STEP_S
        self._redefined = True
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to follow, in a thread of its own; the database may come later."""
        self._thread = threading.Thread(target=self._run, name="tile watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait until the thread has ended."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    @property
    def in_step(self) -> bool:
        """Whether what is known here was true a moment ago."""
        return time.monotonic() - self._beat < IN_STEP_S

    @property
    def touched(self) -> Touched:
        """The newest changes; before it was ever in step, none, and nothing is known."""
        return self.known.touched if self.known else _NOTHING

    def _run(self) -> None:
        engine = database.create_engine(self._url, pool_size=1)
        while not self._done.is_set():
            try:
                with engine.connect() as connection:
                    self._follow(connection.execution_options(isolation_level="AUTOCOMMIT"))
            except (psycopg.Error, DBAPIError) as error:
                if not self.away:
                    log.warning("the tile watch lost the database and will try again: %s", error)
                self.away = True
            except Exception:
                log.exception("the tile watch failed and will try again")
            self._beat = -IN_STEP_S
            self._done.wait(RETRY_S)
        engine.dispose()

    def _follow(self, connection: Connection) -> None:
        """Follow for as long as the connection lasts."""
        driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        driver.execute(f"LISTEN {journal.SEALED}")
        driver.execute(f"LISTEN {RECOGNITION}")
        self._begin(connection)
        while not self._done.is_set():
            self._catch_up(connection)
            self.away = False
            self.synced_at, self._beat = time.time(), time.monotonic()
            for note in driver.notifies(timeout=POLL_S, stop_after=1):
                self._heard(note)

    def _heard(self, note: Notify) -> None:
        """Forget what a notification says is no longer so."""
        if note.channel != RECOGNITION:
            return
        if note.payload == "user_layer":
            self._redefined = True
        else:
            self.recognition.drop()

    def _begin(self, connection: Connection) -> None:
        """Learn everything anew: what was missed meanwhile is not known."""
        self.recognition.drop()
        with Session(connection) as session:
            epoch, seq = journal.epoch(session), journal.high_water(session)
            names = [layer.name for layer in catalog.layers(session)]
            revisions = catalog.revisions(session, [*names, *HANGS_ON])
        for table, layer in HANGS_ON.items():
            revisions[layer] = max(revisions[layer], revisions.pop(table))
        self._define(connection)
        self._list_rasters(connection)
        self.known = Life(epoch, Touched(revisions, seq=seq))

    def _define(self, connection: Connection) -> None:
        """Read the definitions of users' own layers."""
        self._redefined = False
        with Session(connection) as session:
            self.own = {layer.name: layer for layer in catalog.layers(session) if layer.definition}

    def _list_rasters(self, connection: Connection) -> None:
        """Read what every raster says of itself; its pixels stay where they are."""
        with Session(connection) as session:
            self.rasters = {raster.id: raster for raster in session.scalars(select(Raster))}

    def _catch_up(self, connection: Connection) -> None:
        """Take in what was sealed and defined since the last time."""
        if self._redefined:
            self._define(connection)
        with Session(connection) as session:
            epoch, last = journal.epoch(session), journal.high_water(session)
        behind = last - self.touched.seq
        if self.known is None or epoch != self.known.epoch or not 0 <= behind <= FAR:
            self._begin(connection)
            return
        while self.touched.seq < last:
            with Session(connection) as session:
                rows = session.execute(_after(self.touched.seq)).all()
            if not rows:
                return
            if any(row.defined is not None for row in rows):
                self._define(connection)
            if any(row.layer == Raster.__tablename__ for row in rows):
                self._list_rasters(connection)
            touches = [touch for row in rows for touch in _touches(row)]
            self.touched.add(touches, seq=rows[-1].seq)


def _after(seq: int) -> Any:
    """Return the question: the sealed changes after a seq, with the boxes of rows on the map."""
    row = JournalRow
    named = {layer.name for layer in catalog.layers()}
    mapped = or_(row.layer.in_(named), row.layer.startswith(PREFIX, autoescape=True))
    said = func.coalesce(row.after, row.before, type_=row.after.type)
    return (
        select(
            row.seq,
            row.layer,
            row.op,
            case((mapped, func.onemap_box(row.before))).label("before"),
            case((mapped, func.onemap_box(row.after))).label("after"),
            case((row.layer == "user_layer", said.op("->>")("name"))).label("defined"),
        )
        .where(row.seq > seq)
        .order_by(row.seq)
        .limit(PAGE)
    )


def _touches(row: Row[Any]) -> Iterator[Touch]:
    """Yield what one change touched; a row without a place is in no tile."""
    if row.defined is not None or row.layer in HANGS_ON:
        yield Touch(row.seq, row.defined or HANGS_ON[row.layer], None)
    elif row.op == "load":
        yield Touch(row.seq, row.layer, None)
    else:
        for box in (row.before, row.after):
            if box is not None:
                yield Touch(row.seq, row.layer, tuple(box))
