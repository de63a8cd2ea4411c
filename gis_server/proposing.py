"""What the scene says against the plans of open incidents, followed by one worker of a site.

A look reads what was measured lately, so a restart misses nothing, and proposes nothing twice: a
proposal that stands, was dismissed or was run covers what is near it and no worse, and the table
refuses a second one of the same cause. Each incident is judged in a savepoint of its own.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import shape
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from analysis import exposure
from analysis.against_plan import BACK_DEG, TURNED_DEG, Answer, level_at, outside, turned, turned_by
from analysis.comparison import exposed_anew
from analysis.limits import WEATHER
from analysis.local import GEOD
from analysis.reading import Judge, Judged
from analysis.scenario import LEVELS, Scenario
from analysis.situation import situation
from gis_server.assessing import COMPUTED_WITHIN_S, merged
from gis_server.background import Background
from gis_server.closures import wind_of
from layers.database import let_idle, set_actor
from layers.errors import NotFoundError, OneMapError
from layers.locks import Lock
from layers.models import Assessment, Incident, Proposal
from layers.query.scope import EVERYTHING
from layers.response import proposals
from layers.response.readings import Reading, newest_wind, readings
from layers.substances import Substance, find

log = logging.getLogger(__name__)

NAME = "proposals"
LOOK_EVERY_S = 2.0
READING_HOLDS = dt.timedelta(minutes=30)
READINGS_MAX = 500
NEAR_M = 250.0
CALM_M_S = 1.0
EXPOSED_MAX = 500


class Proposer(Background):
    """Judges what was measured against the plans in force."""

    name = NAME
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def look(self) -> None:
        """Propose what is new."""
        with Session(self._engine) as session, session.begin():
            propose(session, now=dt.datetime.now(dt.UTC))


def propose(session: Session, *, now: dt.datetime) -> int:
    """Look at every open incident with a plan; return how many proposals are new.

    Where another worker is at it, nothing.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(Lock.PROPOSALS))):
        return 0
    set_actor(session, NAME)
    let_idle(session, seconds=COMPUTED_WITHIN_S)
    made = 0
    for incident, plan in proposals.followed(session):
        try:
            with session.begin_nested():
                made += _judge(session, incident, plan, now)
        except OneMapError as error:
            log.warning("incident %s is not judged: %s", incident.id, error)
        except Exception:
            # What one incident holds must not blind the others.
            log.exception("incident %s could not be judged", incident.id)
    return made


def _judge(session: Session, incident: Incident, plan: Assessment, now: dt.datetime) -> int:
    old = proposals.overtaken(session, incident.id, plan.id)
    proposals.supersede(session, old, actor=NAME, why="")
    told = proposals.told(session, incident.id, plan.id, since=now - READING_HOLDS)
    made = 0
    for reason, look in (("wind_turned", _wind), ("reading_outside", _reading)):
        if reason in proposals.full(session, plan.id, now=now):
            log.warning("incident %s has too many proposals: %s waits", incident.id, reason)
        else:
            made += look(session, incident, plan, told, now)
    return made


def _wind(
    session: Session, incident: Incident, plan: Assessment, told: Sequence[Proposal],
    now: dt.datetime,
) -> int:  # fmt: skip
    """Propose a run where the wind has turned since the plan was made; return how many."""
    planned = wind_of(plan.body)
    if planned is None or not _turns(plan.body):
        return 0
    since = max(plan.created_at, now - READING_HOLDS)
    wind = newest_wind(session, incident, since=since)
    if wind is None or (wind.speed_m_s is not None and wind.speed_m_s < CALM_M_S):
        return 0
    winds = [each for each in told if each.reason == "wind_turned"]
    away = turned_by(planned, wind.from_deg)
    if away <= BACK_DEG:
        proposals.supersede(session, winds, actor=NAME, why="")
    if away <= TURNED_DEG or any(_covers_wind(each, wind.from_deg) for each in winds):
        return 0
    weather = {"wind_from_deg": wind.from_deg}
    if wind.speed_m_s is not None and WEATHER["wind_speed_m_s"].holds(wind.speed_m_s):
        weather["wind_speed_m_s"] = wind.speed_m_s
    answer = turned(_remake(session, incident, plan, now), plan_from_deg=planned, weather=weather)
    values = {
        "from_deg": round(planned), "to_deg": round(wind.from_deg), "value": round(wind.from_deg),
        "unit": "deg", "turned_deg": round(away), "speed_m_s": wind.speed_m_s,
        "station": wind.station, "at": wind.at.isoformat(), "distance_m": round(wind.distance_m),
    }  # fmt: skip
    proposals.supersede(session, winds, actor=NAME, why="")
    turn = proposals.ever(session, plan.id, "wind_turned")
    cause = f"wind_turned:{plan.id}:{turn}:{round(wind.from_deg / 10) * 10 % 360}"
    _add(session, incident, plan, "wind_turned", cause, values, answer, now)
    return 1


def _reading(
    session: Session, incident: Incident, plan: Assessment, told: Sequence[Proposal],
    now: dt.datetime,
) -> int:  # fmt: skip
    """Propose a run for the worst reading outside its zone that nothing covers yet."""
    found = readings(
        session, incident, since=now - READING_HOLDS, limit=READINGS_MAX, scope=EVERYTHING
    )
    own = substance_of(incident)
    judge = Judge(plan.body, own)
    beyond: list[tuple[Judged, Reading]] = []
    for reading in found:
        judged = judged_by(judge, own, reading)
        if judged is not None and judged.outside and not reading.late:
            beyond.append((judged, reading))
    beyond.sort(key=lambda pair: LEVELS.index(pair[0].level or "blue"))
    standing = [each for each in told if each.reason == "reading_outside"]
    for judged, reading in beyond:
        cause = f"reading_outside:{plan.id}:{judged.level}:{reading.lon:.3f},{reading.lat:.3f}"
        if any(_covers(each, judged, reading) for each in standing):
            continue
        if proposals.known(session, incident.id, cause):
            continue
        _propose_reading(session, incident, plan, judged, reading, cause, now)
        return 1
    return 0


def judged_by(judge: Judge, own: Substance | None, reading: Reading) -> Judged | None:
    """Return what a reading says against a plan; one of another substance says nothing of it."""
    if reading.cas is not None and (own is None or reading.cas != own.cas):
        return None
    return judge.judge(
        reading.quantity, reading.value, reading.unit, lon=reading.lon, lat=reading.lat
    )


def substance_of(incident: Incident) -> Substance | None:
    """Return what an incident is of, or None where that is not known."""
    named = incident.cas or incident.substance
    try:
        return find(named) if named else None
    except NotFoundError:
        return None


def _propose_reading(
    session: Session, incident: Incident, plan: Assessment, judged: Judged, reading: Reading,
    cause: str, now: dt.datetime,
) -> None:  # fmt: skip
    assert judged.level is not None
    answer = outside(
        _remake(session, incident, plan, now), lon=reading.lon, lat=reading.lat,
        level=judged.level, hazard=judged.limit.hazard,
    )  # fmt: skip
    names = ("quantity", "value", "unit", "lon", "lat", "station", "instrument", "given_by")
    values = {
        **{name: getattr(reading, name) for name in names},
        "observation": reading.id,
        "at": reading.at.isoformat(),
        "level": judged.level,
        "judged": judged.to_json(),
    }
    _add(session, incident, plan, "reading_outside", cause, values, answer, now)


def _add(
    session: Session, incident: Incident, plan: Assessment, reason: str, cause: str,
    values: Mapping[str, Any], answer: Answer, now: dt.datetime,
) -> None:  # fmt: skip
    inputs = merged(plan.body.get("changes") or {}, answer.inputs)
    scenario = _remake(session, incident, plan, now)(answer.inputs)
    targets = exposure.targets(session, scenario, answer.zones, scope=EVERYTHING)
    before = plan.body.get("zones", {}).get("features", ())
    exposes = [
        {**target, "was": target["was"] or level_at(before, target["lon"], target["lat"])}
        for target in exposed_anew(plan.body, targets)
    ]
    exposes = [each for each in exposes if each["was"] is None or _worse(each)]
    exposes.sort(key=lambda each: (LEVELS.index(each["level"]), each["arrival_s"] or 0.0))
    zones = {"type": "FeatureCollection", "features": [z.to_feature() for z in answer.zones]}
    proposals.add(
        session, incident, plan, reason=reason, cause=cause,
        body={
            "values": dict(values), "inputs": inputs, "basis": answer.basis.to_json(),
            "zones": zones, "exposes": exposes[:EXPOSED_MAX],
        },
    )  # fmt: skip


def _worse(target: Mapping[str, Any]) -> bool:
    return LEVELS.index(target["level"]) < LEVELS.index(target["was"])


def _remake(session: Session, incident: Incident, plan: Assessment, now: dt.datetime) -> Any:
    """Return the function from changed inputs to the scenario that a run would compute."""
    base = plan.body.get("changes") or {}

    def scenario(changes: Mapping[str, Any]) -> Scenario:
        return situation(session, incident, now=now, changes=merged(base, changes)).scenario

    return scenario


def _turns(body: Mapping[str, Any]) -> bool:
    """Say whether any zone of a plan is turned by the wind."""
    features = body.get("zones", {}).get("features", ())
    return any(
        f["properties"].get("shape") != "circle"
        and f["properties"]["hazard"] in ("toxic", "flammable")
        for f in features
    )


def _covers_wind(proposal: Proposal, from_deg: float) -> bool:
    """Say whether a proposal that stands, was run or was dismissed was about this wind."""
    return turned_by(proposal.body["values"]["to_deg"], from_deg) <= TURNED_DEG


def _covers(proposal: Proposal, judged: Judged, reading: Reading) -> bool:
    """Say whether a proposal was about a place this near, or holds it, at no milder a level."""
    values = proposal.body["values"]
    assert judged.level is not None
    if LEVELS.index(values["level"]) > LEVELS.index(judged.level):
        return False
    _, _, away_m = GEOD.inv(values["lon"], values["lat"], reading.lon, reading.lat)
    if away_m <= NEAR_M:
        return True
    place = shapely.Point(reading.lon, reading.lat)
    return any(
        LEVELS.index(f["properties"]["level"]) <= LEVELS.index(judged.level)
        and shape(f["geometry"]).intersects(place)
        for f in proposal.body["zones"]["features"]
    )
