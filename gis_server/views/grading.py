"""What GB 18218 gives for hazard sources, beside what was filed, with the working."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from analysis import grading
from gis_server import grading as grader
from gis_server.auth import permission, scope
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.grading import GradingQuery, HazardSourcePath
from layers import catalog
from layers import grading as store
from layers import query as ask
from layers.errors import NotFoundError
from layers.grading import Unit
from layers.models import Grading, HazardSource
from layers.query.scope import visible

bp = api("grading")


@bp.get("/gradings")
@permission("features.read")
def listed(query: GradingQuery) -> dict[str, Any]:
    """List computed grades beside filed ones; `counts` is of all that the reader may see."""
    differs = _differs()
    columns = (
        HazardSource.id, HazardSource.name, HazardSource.name_en, HazardSource.region,
        HazardSource.grade.label("filed_grade"), Grading.level, Grading.s, Grading.r_low,
        Grading.r_high, Grading.people_500m, Grading.computed_at, differs.label("differs"),
    )  # fmt: skip
    seen = visible(catalog.find("hazard_source"), scope())
    statement = select(*columns).join(Grading).where(seen).order_by(HazardSource.id)
    if query.differs is not None:
        statement = statement.where(differs.is_(query.differs))
    if query.level is not None:
        wanted = None if query.level == "undecided" else query.level
        statement = statement.where(Grading.level.is_not_distinct_from(wanted))
    if query.after is not None:
        statement = statement.where(HazardSource.id > query.after)
    rows = db().execute(statement.limit(query.limit)).mappings().all()
    found = [
        {**row, "id": str(row["id"]), "computed_at": row["computed_at"].isoformat()} for row in rows
    ]
    more = found[-1]["id"] if len(found) == query.limit else None
    return {"gradings": found, "counts": _counts(seen, differs), "next_after": more}


@bp.get("/hazard-sources/<id>/grading")
@permission("features.read")
def one(path: HazardSourcePath, query: NoQuery) -> dict[str, Any]:
    """Compute the grade of a hazard source from what is on record now, with every step."""
    return _shown(_unit(path.id))


@bp.post("/hazard-sources/<id>/grading")
@permission("features.write")
def again(path: HazardSourcePath, query: NoQuery) -> dict[str, Any]:
    """Compute a grade and keep it now, without waiting for the follower of the journal."""
    unit = _unit(path.id)
    grader.grade(db(), [path.id], now=dt.datetime.now(dt.UTC))
    return _shown(unit)


def _differs() -> ColumnElement[bool | None]:
    """Return whether a computed grade is another than the filed one; NULL where undecided."""
    filed = func.coalesce(HazardSource.grade, grading.NOT_MAJOR)
    return case((Grading.level.is_(None), None), else_=filed != Grading.level)


def _counts(seen: ColumnElement[bool], differs: ColumnElement[bool | None]) -> dict[str, int]:
    row = (
        db()
        .execute(
            select(
                func.count().label("graded"),
                func.count().filter(differs.is_(True)).label("differ"),
                func.count().filter(Grading.level.is_(None)).label("undecided"),
            )
            .select_from(HazardSource)
            .join(Grading)
            .where(seen)
        )
        .one()
    )
    return {"graded": row.graded, "differ": row.differ, "undecided": row.undecided}


def _unit(id: uuid.UUID) -> Unit:
    """Return what decides the grade of a hazard source that the reader may see."""
    ask.feature(db(), catalog.find("hazard_source"), id, scope=scope())
    units = store.units(db(), [id])
    if not units:
        raise NotFoundError(f"no hazard source {id}", layer="hazard_source", id=str(id))
    return units[0]


def _shown(unit: Unit) -> dict[str, Any]:
    """Return the working; protection targets of other regions are counted, not listed."""
    found = grading.grade(unit)
    theirs = [target for target in unit.nearby if scope().holds(target.region)]
    working = grading.targets_within(found.to_json(), theirs[: store.LISTED_TARGETS])
    kept = store.stored(db(), [uuid.UUID(unit.id)]).get(uuid.UUID(unit.id))
    return {
        "hazard_source": {"id": unit.id, "name": unit.name, "region": unit.region},
        "grading": spoken(working),
        "kept": None
        if kept is None
        else {
            "level": kept.level,
            "computed_at": kept.computed_at.isoformat(),
            "current": kept.inputs_sha256 == grading.inputs_sha256(unit),
        },
    }
