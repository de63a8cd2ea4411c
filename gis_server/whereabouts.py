"""The live feed of positions: who has moved, at most once a second, lossy by design.

A thread of a process listens for reports and reads where everybody is now, so that the cost is
that of one short read a second however many report and however many screens look. A place that a
slower screen missed is replaced by a newer one, never queued.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gis_server.signin import Identity
from gis_server.telling import Once
from layers.models import PositionLatest, Tracker
from layers.roles import conninfo
from layers.tracking.judgement import Flag
from layers.tracking.latest import named
from layers.tracking.report import POSITIONS
from layers.tracking.sight import Sight

log = logging.getLogger(__name__)

EVERY_S = 1.0
RETRY_S = 1.0
OVERLAP = dt.timedelta(seconds=10)
"""A report that commits late carries an earlier time: what is this recent is looked at again."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a tracker is now: its key, who may see it, and the wire's JSON of it."""

    number: int
    at: dt.datetime
    region: str | None
    kind: str
    reporter: str | None
    text: str

    def shown_to(self, sight: Sight) -> bool:
        """Tell whether a reader may see it."""
        return sight.holds(region=self.region, kind=self.kind, reporter=self.reporter)


class Round:
    """What has moved since the last time, and the event of it for each class of readers."""

    def __init__(self, moved: Sequence[Moved]) -> None:
        self.moved = moved
        self._reporters = frozenset(one.reporter for one in moved)
        self._once = Once()

    def told(self, reader: Identity) -> str:
        """Return the event `latest`, without id; "" where nothing of it is the reader's."""
        if "positions.read" not in reader.permissions:
            return ""
        # Who reports for somebody sees that one; all others with the same rights see the same.
        key = (frozenset(reader.grants), reader.name if reader.name in self._reporters else None)
        return self._once.get(key, lambda: _event(self.moved, reader))


def together(rounds: Sequence[Round]) -> Round:
    """Return several rounds as one: the newest of each that moved."""
    if len(rounds) == 1:
        return rounds[0]
    return Round(list({one.number: one for each in rounds for one in each.moved}.values()))


class Screen(Protocol):
    """Who is shown what has moved."""

    def show(self, moved: Round) -> None:
        """Take what has moved; must not wait."""


class Whereabouts:
    """Shows each screen of this process what has moved."""

    def __init__(self, engine: Engine, screens: Callable[[], Iterable[Screen]]) -> None:
        self._engine = engine
        self._screens = screens
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._told: dict[int, dt.datetime] = {}
        self._since: dt.datetime | None = None

    def start(self) -> None:
        """Begin, in a thread of its own; the database may come later."""
        self._thread = threading.Thread(target=self._run, name="whereabouts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end; safe in a signal handler."""
        self._done.set()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        url = conninfo(self._engine.url.render_as_string(hide_password=False))
        while not self._done.is_set():
            try:
                with psycopg.connect(
                    url, autocommit=True, application_name="onemap positions"
                ) as connection:
                    connection.execute(f"LISTEN {POSITIONS}")
                    self._listen(connection)
            except (psycopg.OperationalError, SQLAlchemyError) as error:
                log.warning("the live positions lost the database and will try again: %s", error)
            except Exception:
                # Whatever one place holds, the others must move on.
                log.exception("the live positions failed and will try again")
            self._done.wait(RETRY_S)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        shown = 0.0
        while not self._done.is_set():
            for _ in connection.notifies(timeout=EVERY_S, stop_after=1):
                self._done.wait(max(0.0, shown + EVERY_S - time.monotonic()))
                self.show()
                shown = time.monotonic()

    def show(self) -> None:
        """Show every screen what has moved since the last time; read nothing for nobody."""
        screens = list(self._screens())
        if not screens:
            self._since = None
            return
        moved = self._moved()
        if moved:
            this_round = Round(moved)
            for screen in screens:
                screen.show(this_round)

    def _moved(self) -> list[Moved]:
        place = PositionLatest
        recent = select(place.tracker, place.at, place.received_at).where(place.at.is_not(None))
        if self._since is None:
            self._told.clear()
        else:
            recent = recent.where(place.received_at > self._since - OVERLAP)
        with Session(self._engine) as session:
            # Times first, then what they are of: nine of ten recent ones have been told already.
            new = [row for row in session.execute(recent) if self._told.get(row[0]) != row[1]]
            for number, at, received_at in new:
                if at is not None and received_at is not None:
                    self._told[number] = at
                    self._since = max(self._since or received_at, received_at)
            if not new:
                return []
            query = (
                select(Tracker, place)
                .join(place, place.tracker == Tracker.number)
                .where(Tracker.active, Tracker.number.in_([number for number, *_ in new]))
            )
            return [_moved(tracker, now) for tracker, now in session.execute(query)]


def _moved(tracker: Tracker, now: PositionLatest) -> Moved:
    at, received_at = now.at, now.received_at
    assert at is not None
    assert received_at is not None
    body = named(tracker) | {
        "lon": now.lon,
        "lat": now.lat,
        "at": at.isoformat(),
        "received_at": received_at.isoformat(),
        "speed_m_s": now.speed_m_s,
        "heading_deg": now.heading_deg,
        "accuracy_m": now.accuracy_m,
        "flags": Flag(now.flags).words() if now.flags else [],
    }
    return Moved(
        number=tracker.number,
        at=at,
        region=tracker.region,
        kind=tracker.kind,
        reporter=tracker.reporter,
        text=json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False),
    )


def _event(moved: Iterable[Moved], reader: Identity) -> str:
    sight = Sight(
        name=reader.name,
        scope=reader.scope("positions.read"),
        people=reader.scope("contacts.read"),
    )
    texts = [one.text for one in moved if one.shown_to(sight)]
    if not texts:
        return ""
    now = dt.datetime.now(dt.UTC).isoformat()
    return f'event: latest\ndata: {{"now":"{now}","positions":[{",".join(texts)}]}}\n\n'
