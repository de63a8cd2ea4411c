"""What the fictional city's weather stations observe: a sea breeze, seeded by the hour."""

from __future__ import annotations

import datetime as dt

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from layers.models import Observation, WeatherStation
from layers.site import FICTIONAL

# The wind that carries the chemical park's air over the city: the case worth practising.
PREVAILING_FROM_DEG = 118.0
_UNITS = {"wind_speed": "m/s", "wind_from": "deg", "temperature": "°C", "humidity": "%",
          "cloud": "tenths"}  # fmt: skip


def observed(now: dt.datetime, *, seed: int, stations: int) -> list[dict[str, float]]:
    """Return what each station observes at a moment; the same hour gives the same weather.

    Parameters
    ----------
    now
        The moment; aware.
    seed
        The city's seed.
    stations
        How many stations observe.

    Returns
    -------
    list of dict
        `wind_speed` (m/s, 10 m mean), `wind_from` (degrees from north), `temperature` (°C),
        `humidity` (%) and `cloud` (tenths), one dict a station.
    """
    hour = int(now.timestamp() // 3600)
    regional = np.random.default_rng([seed, hour])
    speed_m_s = float(np.clip(regional.gamma(6.0, 0.55), 1.2, 9.0))
    from_deg = PREVAILING_FROM_DEG + float(regional.normal(0.0, 14.0))
    temperature_c = 18.0 + 6.0 * float(np.sin(2.0 * np.pi * (hour % 24 - 2) / 24.0))
    humidity_pct = float(np.clip(regional.normal(72.0, 8.0), 35.0, 98.0))
    cloud_tenths = float(regional.integers(1, 9))
    return [
        {
            "wind_speed": round(speed_m_s * float(local.uniform(0.85, 1.15)), 1),
            "wind_from": round((from_deg + float(local.normal(0.0, 5.0))) % 360.0),
            "temperature": round(temperature_c + float(local.normal(0.0, 0.4)), 1),
            "humidity": round(humidity_pct),
            "cloud": cloud_tenths,
        }
        for local in (np.random.default_rng([seed, hour, number]) for number in range(stations))
    ]


def observe(session: Session, *, now: dt.datetime, seed: int) -> int:
    """Write a fresh observation of every fictional station; return how many values.

    Only stations whose `source` says that they are fictional observe: a real station of the same
    site never gets an invented wind. Nothing is committed.
    """
    stations = session.execute(
        select(WeatherStation.id, WeatherStation.geom)
        .where(WeatherStation.source.startswith(FICTIONAL))
        .order_by(WeatherStation.own_code)
    ).all()
    weather = observed(now, seed=seed, stations=len(stations))
    rows = [
        {
            "kind": "weather",
            "station_id": station.id,
            "quantity": quantity,
            "value": value,
            "unit": _UNITS[quantity],
            "instrument": "fictional",
            "at": now,
            "geom": station.geom,
        }
        for station, values in zip(stations, weather, strict=True)
        for quantity, value in values.items()
    ]
    if rows:
        session.execute(insert(Observation), rows)
    return len(rows)
