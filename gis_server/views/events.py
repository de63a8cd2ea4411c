"""The event stream over HTTP (Server-Sent Events)."""

from __future__ import annotations

import socket
import uuid
from functools import partial
from typing import Annotated

from flask import Response, request
from pydantic import Field
from sqlalchemy.orm import Session

from gis_server import signin
from gis_server.auth import permission, token, who
from gis_server.config import Config
from gis_server.signin import Identity
from gis_server.state import config, state
from gis_server.stream import Stream
from gis_server.views.blueprint import api
from gis_server.wire.base import Query
from layers.errors import BusyError

bp = api("events")
AHEAD_OF_ALL = 2**62
SEND_BUFFER_BYTES = 32 * 1024
"""What the kernel may hold of a stream: more would hide how far behind a slow screen is."""
UNANSWERED_MS = 45_000
"""After which a screen that acknowledges nothing is gone; the kernel would try for 15 minutes."""


class EventQuery(Query):
    """Where to begin: after this seq, from now on where left out; the header `Last-Event-ID` wins.

    A page that opens a new EventSource has no header to set, so it gives its last id here. `epoch`
    is the one that the id is of; an id of another epoch resets the stream. `positions=false` leaves
    out the `latest` events, for a thin line.
    """

    last_event_id: Annotated[int, Field(ge=0, lt=AHEAD_OF_ALL)] | None = None
    epoch: uuid.UUID | None = None
    positions: bool = True


@bp.get(
    "/events",
    responses={"200": {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
@permission("features.read")
def events(query: EventQuery) -> Response:
    """Stream each sealed change the reader may see: `change`, `heartbeat`, `reset`, `latest`.

    `behind` is the last word to a screen that did not keep up: it dials again and resumes.
    """
    hub = state().hub
    if hub is None:
        raise BusyError("the event stream is not running", retry_after_s=5)
    stream = Stream(
        engine=state().engine,
        recognise=partial(_recognise, who(), token(), config()),
        heartbeat_s=config().heartbeat_s,
        recheck_s=config().recheck_s,
        positions=query.positions,
    )
    _hold_little()
    subscription = hub.subscribe(_session(who(), token()))
    told = stream.events(subscription, _since(query), epoch=query.epoch)
    response = Response(told, mimetype="text/event-stream")
    response.call_on_close(partial(hub.leave, subscription))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _session(reader: Identity, held: str | None) -> bytes | None:
    """Return what the database knows of the session that the stream ends with."""
    return None if reader.demo or held is None else signin.digest(held)


def _hold_little() -> None:
    """Let the kernel hold little of this connection, and not for long, where it is gunicorn's."""
    connection = request.environ.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS)


def _since(query: EventQuery) -> int | None:
    """Return where the reader left off; an id that is not ours resets the stream."""
    last = request.headers.get("Last-Event-ID")
    if last is None or last == "":
        return query.last_event_id
    return int(last) if last.isascii() and last.isdigit() and len(last) < 19 else AHEAD_OF_ALL


def _recognise(
    first: Identity, held: str | None, settings: Config, session: Session
) -> Identity | None:
    if first.demo or held is None:
        return first
    return signin.identify(session, held, settings)
