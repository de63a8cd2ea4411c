"""Which values speak for an incident, and which came too late to."""

import datetime as dt

import pytest

from layers.models import Observation
from layers.query import Scope
from layers.response import readings

NEAR, FAR = "SRID=4326;POINT(120.01 30)", "SRID=4326;POINT(125 30)"


def told(session, kind="reading", quantity="ppm", *, geom=NEAR, late=dt.timedelta(0), **fields):
    now = dt.datetime.now(dt.UTC)
    row = Observation(
        kind=kind, quantity=quantity, value=fields.pop("value", 5.0), unit="ppm", at=now - late,
        received_at=now, geom=geom, **fields,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def found(session, incident):
    since = incident.occurred_at - dt.timedelta(hours=2)
    return readings.readings(session, incident, since=since, limit=9, scope=Scope())


@pytest.mark.parametrize(
    ("geom", "named", "counts"), [(NEAR, False, 1), (FAR, False, 0), (FAR, True, 1)]
)
def test_a_reading_counts_near_by_or_where_it_names_the_incident(
    session, incident, geom, named, counts
):
    told(session, geom=geom, incident_id=incident.id if named else None)
    assert len(found(session, incident)) == counts


def test_an_exercise_takes_only_its_own_readings(session, incident):
    incident.exercise = True
    session.flush()
    told(session)
    assert found(session, incident) == []
    told(session, incident_id=incident.id)
    assert len(found(session, incident)) == 1


def test_what_is_told_half_an_hour_late_is_kept_and_marked(session, incident):
    incident.occurred_at -= dt.timedelta(hours=2)
    session.flush()
    told(session, late=readings.LATE_AFTER)
    told(session, late=readings.LATE_AFTER + dt.timedelta(seconds=1))
    assert sorted(each.late for each in found(session, incident)) == [False, True]


def test_a_wind_that_was_told_late_or_far_away_turns_nothing(session, incident):
    incident.occurred_at -= dt.timedelta(hours=2)
    session.flush()
    since = incident.occurred_at

    def wind():
        return readings.newest_wind(session, incident, since=since)

    late = readings.LATE_AFTER + dt.timedelta(seconds=1)
    told(session, "weather", "wind_from", late=late, value=90.0)
    told(session, "weather", "wind_from", geom=FAR, value=90.0)
    assert wind() is None
    told(session, "weather", "wind_from", value=450.0)
    assert (wind().from_deg, wind().speed_m_s) == (90.0, None)
