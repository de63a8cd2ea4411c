"""An incident with a plan, in the run's shared database."""

import pytest
from sqlalchemy import text

from layers.models import Assessment, Incident


@pytest.fixture
def incident(session):
    id = session.scalar(
        text(
            "INSERT INTO incident (title, kind, occurred_at, region, geom) VALUES ('leak', 'other',"
            " now(), '330102', ST_SetSRID(ST_MakePoint(120, 30), 4326)) RETURNING id"
        )
    )
    return session.get(Incident, id)


@pytest.fixture
def plan(session, incident):
    row = Assessment(incident_id=incident.id, region=incident.region, body={})
    session.add(row)
    session.flush()
    return row
