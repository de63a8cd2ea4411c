"""Who asks for a tile: looked up once, then remembered for as long as it surely holds."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from gis_server import signin
from gis_server.signin import DEMO, Identity
from gis_server.state import config, db, read_as, state
from gis_server.tiling.recognition import AWAY_S
from gis_server.tiling.supply import away, unreachable
from gis_server.tiling.watch import Watch


def recognised(token: str | None) -> Identity | None:
    """Return who holds a session token, or None; in demo mode whoever is nobody is the visitor.

    Nothing is asked of the database where the token was recognised lately and nothing has changed
    since; where it is away, who was recognised within 15 minutes still is.

    Raises
    ------
    BusyError
        The database is away, and it is not known whose token this is.
    """
    found = None if token is None else _found(token)
    if found is None and config().demo:
        found = DEMO
    if found is not None:
        read_as(found.reader)
    return found


def _found(token: str) -> Identity | None:
    watch = state().supply.watch
    if watch is not None:
        if watch.away:
            return _while_away(watch, token)
        if watch.in_step and (known := watch.recognition.recall(token)) is not None:
            return known
    mark = watch.recognition.mark if watch is not None else 0
    try:
        looked_up = signin.recognise(db(), token, config())
    except DBAPIError as error:
        if watch is None or not away(error):
            raise
        db().rollback()
        return _while_away(watch, token)
    if looked_up is None:
        return None
    if watch is not None:
        watch.recognition.keep(token, looked_up, mark=mark)
    return looked_up.identity


def _while_away(watch: Watch, token: str) -> Identity | None:
    """Return who was recognised lately; nobody new is let in while nobody can be asked."""
    known = watch.recognition.recall(token, age_s=AWAY_S)
    if known is None and not config().demo:
        raise unreachable()
    return known
