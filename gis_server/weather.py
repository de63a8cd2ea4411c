"""The fictional city's weather, kept fresh while the site serves.

A situation takes observations of the last hour only (`analysis.situation`), so what the stations
saw at the start would soon count for nothing.
"""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis_server.background import Background
from layers.locks import Lock
from layers.models import Observation, Site, WeatherStation
from layers.site import FICTIONAL

log = logging.getLogger(__name__)

LOOK_EVERY_S = 300.0
DUE_AFTER = dt.timedelta(minutes=30)


class SampleWeather(Background):
    """Lets the fictional stations observe every half an hour, in one worker at a time."""

    name = "sample weather"
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def look(self) -> None:
        """Observe where it is due."""
        with Session(self._engine) as session, session.begin():
            refresh_due(session, now=dt.datetime.now(dt.UTC))


def refresh_due(session: Session, *, now: dt.datetime) -> int:
    """Let the stations of a fictional city observe, if they have not for half an hour.

    Returns
    -------
    int
        Values written: 0 for a real site, where it is not due, and where another worker is at it.
    """
    from data_samples import SEED, weather

    if not session.scalar(select(Site.fictional)):
        return 0
    if not session.scalar(select(func.pg_try_advisory_xact_lock(Lock.SAMPLE_WEATHER))):
        return 0
    newest = session.scalar(
        select(func.max(Observation.at))
        .join(WeatherStation, Observation.station_id == WeatherStation.id)
        .where(WeatherStation.source.startswith(FICTIONAL))
    )
    if newest is not None and now - newest < DUE_AFTER:
        return 0
    return weather.observe(session, now=now, seed=SEED)
