"""The words of the one-key plot, and the roads of those who are ordered."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_server.text import say
from layers.models import Task, TaskRoute
from layers.plots import Part

WORDS_MAX = {"label": 200, "note": 2_000, "text": 2_000}
UNDER_WAY = ("ordered", "accepted", "departed", "arrived")
WAYS_MAX = 50


def in_words(parts: Iterable[Part], language: str) -> dict[str, dict[str, Any]]:
    """Return the fields of a plan's parts, by name, with what they say in a language."""
    return {
        part.name: {
            **part.fields,
            **{
                name: "\n".join(_said(each, language) for each in messages)[: WORDS_MAX[name]]
                for name, messages in part.words.items()
            },
        }
        for part in parts
    }


def ordered_ways(session: Session, incident: uuid.UUID) -> list[dict[str, Any]]:
    """Return the ways of an incident's tasks under way as GeoJSON lines, the oldest first."""
    rows = session.execute(
        select(Task.id, Task.feature_name, Task.travel_time_s, func.ST_AsGeoJSON(TaskRoute.geom, 6))
        .join(TaskRoute, TaskRoute.task_id == Task.id)
        .where(Task.incident_id == incident, Task.state.in_(UNDER_WAY))
        .order_by(Task.ordered_at, Task.id)
        .limit(WAYS_MAX)
    )
    return [
        {
            "type": "Feature",
            "geometry": json.loads(line),
            "properties": {"id": str(id), "name": name, "travel_time_s": travel_time_s},
        }
        for id, name, travel_time_s, line in rows
    ]


def _said(message: Mapping[str, Any], language: str) -> str:
    """Return a message in a language; a parameter may be a message too."""
    params = {
        name: _said(value, language) if isinstance(value, Mapping) and "code" in value else value
        for name, value in (message.get("params") or {}).items()
    }
    return say(language, message["code"], params) or str(message["code"])
