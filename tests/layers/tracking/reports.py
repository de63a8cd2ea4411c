"""Trackers, and reports of theirs."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text

from layers.query.scope import EVERYTHING
from layers.tracking.report import report

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


def at(seconds):
    """Return a moment so many seconds after a quarter of an hour ago, as the wire says it."""
    return (NOW - dt.timedelta(minutes=15) + dt.timedelta(seconds=seconds)).isoformat()


def row(seconds=0.0, lon=120.0, lat=30.0, id="car", **others):
    return {"id": id, "lon": lon, "lat": lat, "at": at(seconds), **others}


def register(session, *devices, **values):
    values = {"region": "3301", **values}
    names = ", ".join(["device", *values])
    marks = ", ".join([":device", *(f":{name}" for name in values)])
    for device in devices:
        session.execute(
            text(f"INSERT INTO tracker ({names}) VALUES ({marks})"), {"device": device, **values}
        )


def take(session, *rows, reporter="gate", scope=EVERYTHING, kept_days=90):
    return report(session, rows, reporter=reporter, scope=scope, kept_days=kept_days)


def latest(session, device="car"):
    return session.execute(
        text(
            "SELECT l.*, extract(epoch FROM l.at) AS t FROM position_latest l "
            "JOIN tracker t ON t.number = l.tracker WHERE t.device = :d"
        ),
        {"d": device},
    ).one()


def history(session, device="car"):
    return session.execute(
        text(
            "SELECT p.* FROM position p JOIN tracker t ON t.number = p.tracker "
            "WHERE t.device = :d ORDER BY p.at"
        ),
        {"d": device},
    ).all()
