"""What enters the grading of hazard sources, read from the database, and where grades are kept.

The grading itself is `analysis.grading`. People are counted from the enterprise's boundary where
its polygon holds the unit (厂区边界, as GB 18218-2018 says), else from the unit's own shape.
"""

# ruff: noqa: S608 - the shared part of two statements is a constant, values are bound

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.models import Grading, HazardSource, Tank

REACH_M = 500.0
SURVEYED_M = 5_000.0
"""Where no protection target is on record within this distance, nobody has looked: the number of
people is then unknown, not 0. A value of ours."""
LISTED_TARGETS = 50


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one part of a unit holds: the unit itself or a tank; None is unknown."""

    layer: str
    id: str
    name: str | None
    substance: str | None
    cas: str | None
    hazard_class: str | None
    quantity_t: float | None


@dataclass(frozen=True, kw_only=True)
class Nearby:
    """One protection target within 500 m: its greater number of people by day and by night."""

    id: str
    name: str | None
    kind: str
    region: str | None
    people: int | None
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Everything that decides the grade of one hazard source.

    `boundary` says whose border the 500 m are taken from; `surveyed` whether any protection
    target is on record within 5 km; `nearby` are sorted by distance.
    """

    id: str
    name: str | None
    region: str | None
    filed_grade: str | None
    filed_people: int | None
    own: Held
    tanks: tuple[Held, ...]
    boundary: str
    surveyed: bool
    nearby: tuple[Nearby, ...]


def unit_ids(session: Session) -> list[uuid.UUID]:
    """Return every hazard source's id."""
    return list(session.scalars(select(HazardSource.id).order_by(HazardSource.id)))


def units(session: Session, ids: Sequence[uuid.UUID]) -> list[Unit]:
    """Return what decides the grades of these hazard sources; ids that are gone are left out."""
    sources = session.scalars(
        select(HazardSource).where(HazardSource.id.in_(ids)).order_by(HazardSource.id)
    ).all()
    tanks: dict[uuid.UUID | None, list[Held]] = defaultdict(list)
    statement = select(Tank).where(Tank.hazard_source_id.in_(ids)).order_by(Tank.name, Tank.id)
    for tank in session.scalars(statement):
        tanks[tank.hazard_source_id].append(_held("tank", tank))
    around = _surroundings(session, ids)
    nearby = _nearby(session, ids)
    return [
        Unit(
            id=str(source.id),
            name=source.name,
            region=source.region,
            filed_grade=source.grade,
            filed_people=source.people_500m,
            own=_held("hazard_source", source),
            tanks=tuple(tanks[source.id]),
            boundary=around[source.id][0],
            surveyed=around[source.id][1],
            nearby=tuple(nearby[source.id]),
        )
        for source in sources
    ]


def _held(layer: str, row: HazardSource | Tank) -> Held:
    return Held(
        layer=layer,
        id=str(row.id),
        name=row.name,
        substance=row.substance,
        cas=row.cas,
        hazard_class=row.hazard_class,
        quantity_t=row.quantity_t,
    )


# A unit with its border and a box, in degrees, that holds everything within :reach metres of it.
# Longitudes are measured at the border's parallel nearest to a pole, and with a margin.
_BORDERS = """
    WITH unit AS MATERIALIZED (
        SELECT h.id, h.geom, e.geom AS plant,
               coalesce(e.geom, h.geom) AS border
        FROM hazard_source h
        LEFT JOIN enterprise e ON e.id = h.enterprise_id AND ST_Dimension(e.geom) = 2
             AND ST_Intersects(e.geom, h.geom)
        WHERE h.id = ANY(:ids)
    ), bordered AS MATERIALIZED (
        SELECT unit.*, ST_Expand(border,
            :reach * 1.01 / (110574.0 * greatest(0.01, cos(radians(least(89.0,
                greatest(abs(ST_YMin(border)), abs(ST_YMax(border))) + 0.1))))),
            :reach * 1.01 / 110574.0) AS box
        FROM unit
    )
"""


def _surroundings(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, bool]]:
    """Return whose border counts, and whether anybody is on record within 5 km of it."""
    rows = session.execute(
        text(
            _BORDERS + "SELECT b.id, b.plant IS NOT NULL AS of_plant, "
            "EXISTS (SELECT FROM protection_target p WHERE p.geom && b.box) AS surveyed "
            "FROM bordered b"
        ),
        {"ids": list(ids), "reach": SURVEYED_M},
    )
    return {row.id: ("enterprise" if row.of_plant else "unit", row.surveyed) for row in rows}


def _nearby(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Nearby]]:
    """Return the protection targets within 500 m of each unit's border and not inside the plant."""
    rows = session.execute(
        text(
            _BORDERS
            + """
            SELECT b.id AS unit_id, p.id, p.name, p.kind, p.region,
                   greatest(p.people_day, p.people_night) AS people,
                   ST_Distance(p.geom::geography, b.border::geography) AS distance_m
            FROM bordered b JOIN protection_target p ON p.geom && b.box
            WHERE ST_DWithin(p.geom::geography, b.border::geography, :reach)
              AND (b.plant IS NULL OR NOT ST_CoveredBy(p.geom, b.plant))
            ORDER BY b.id, distance_m, p.id
            """
        ),
        {"ids": list(ids), "reach": REACH_M},
    )
    found: dict[uuid.UUID, list[Nearby]] = defaultdict(list)
    for row in rows:
        found[row.unit_id].append(
            Nearby(
                id=str(row.id),
                name=row.name,
                kind=row.kind,
                region=row.region,
                people=row.people,
                distance_m=round(row.distance_m, 1),
            )
        )
    return found


def near_targets(session: Session, shapes: Sequence[str]) -> list[uuid.UUID]:
    """Return the units that protection targets of these shapes (GeoJSON text) may concern.

    By box, so that some too many may be named, never one too few.
    """
    return list(
        session.scalars(
            text(
                """
                SELECT DISTINCT h.id FROM unnest(CAST(:shapes AS text[])) AS given(shape),
                LATERAL (SELECT ST_SetSRID(ST_GeomFromGeoJSON(given.shape), 4326) AS geom) target,
                LATERAL (SELECT ST_Expand(target.geom,
                    :reach / (110574.0 * greatest(0.01, cos(radians(least(89.0, 0.2
                        + greatest(abs(ST_YMin(target.geom)), abs(ST_YMax(target.geom)))))))),
                    :reach / 110574.0) AS box) near,
                LATERAL (
                    SELECT id FROM hazard_source WHERE geom && near.box
                    UNION SELECT s.id FROM enterprise e JOIN hazard_source s
                          ON s.enterprise_id = e.id WHERE e.geom && near.box
                ) h
                """
            ),
            {"shapes": list(shapes), "reach": SURVEYED_M * 1.02},
        )
    )


def stored(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Grading]:
    """Return the kept gradings of hazard sources."""
    rows = session.scalars(select(Grading).where(Grading.hazard_source_id.in_(ids)))
    return {row.hazard_source_id: row for row in rows}


def digests(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the digest of what entered each kept grading of these hazard sources."""
    rows = session.execute(
        select(Grading.hazard_source_id, Grading.inputs_sha256).where(
            Grading.hazard_source_id.in_(ids)
        )
    )
    return {unit: digest for unit, digest in rows}


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep gradings, columns of `Grading` by name; return how many are new.

    What is kept already for the same inputs stays as it is, and nothing is journalled.
    """
    if not rows:
        return 0
    statement = insert(Grading)
    written = session.execute(
        statement.on_conflict_do_update(
            index_elements=["hazard_source_id"],
            set_={name: statement.excluded[name] for name in rows[0]},
            where=Grading.inputs_sha256 != statement.excluded.inputs_sha256,
        ).returning(Grading.id),
        list(rows),
    )
    return len(written.all())
