"""What officers draw in an incident, the edits that met another's, and which op was done."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

PLOT_KINDS = (
    "point", "line", "polygon", "circle", "sector", "rectangle", "text", "dimension", "arrow",
    "curved_arrow", "attack_arrow", "evacuation", "cordon", "roadblock",
)  # fmt: skip


def _owner() -> Any:
    return mapped_column(Uuid, ForeignKey("incident.id", ondelete="CASCADE"))


def _moment() -> Any:
    return mapped_column(DateTime(timezone=True), server_default=func.now())


class Plot(Identified, Base):
    """One thing drawn in an incident (标绘).

    `control` is what a person set, `geom` (EPSG:4326) what is drawn: of a parametric kind it is
    computed from `control` and `properties` (layers.plots.construction). `touched` tells of every
    field in which version who changed it last: `{field: [version, who]}`; a merge asks nothing
    else. `assessment_id` and `plan_part` name what of which plan it was made of; `by_person` is
    false until a person has changed it. `closure_id` is the closed road of a roadblock.
    """

    __tablename__ = "plot"
    __table_args__ = (
        CheckConstraint(
            "ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 "
            "AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90",
            name="geom_range",
        ),
        CheckConstraint("NOT ST_IsEmpty(geom)", name="geom_not_empty"),
        CheckConstraint("ST_NPoints(geom) <= 10000", name="geom_size"),
        CheckConstraint("ST_Dimension(geom) < 2 OR ST_IsValid(geom)", name="geom_valid"),
        CheckConstraint("jsonb_typeof(control) = 'array'", name="control"),
        CheckConstraint("jsonb_typeof(properties) = 'object'", name="properties"),
        Index("plot_incident_id_idx", "incident_id"),
        Index("plot_closure_id_idx", "closure_id"),
    )

    incident_id: Mapped[uuid.UUID] = _owner()
    region: Mapped[str | None] = mapped_column(String)
    kind: Mapped[str] = field(String, nullable=False, required=True, domain=PLOT_KINDS)
    control: Mapped[list[list[float]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=False))
    properties: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    measured: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    touched: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    sort: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    locked_by: Mapped[str | None] = mapped_column(String)
    group_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    closure_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("road_closure.id", ondelete="SET NULL")
    )
    assessment_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    plan_part: Mapped[str | None] = mapped_column(String)
    by_person: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[dt.datetime] = _moment()
    created_by: Mapped[str | None] = mapped_column(String)
    updated_by: Mapped[str | None] = mapped_column(String)


class PlotConflict(Identified, Base):
    """An edit of a field that another had changed since: `theirs` stands, `mine` is kept here.

    `field` is one of a plot's, `shape`, or `deleted`, where one removed what the other changed.
    """

    __tablename__ = "plot_conflict"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'resolved')", name="state"),
        CheckConstraint("(state = 'resolved') = (taken IS NOT NULL)", name="taken"),
        Index(
            "plot_conflict_open_idx", "incident_id", postgresql_where=text("state = 'open'")
        ),
        Index("plot_conflict_plot_id_idx", "plot_id"),
    )  # fmt: skip

    incident_id: Mapped[uuid.UUID] = _owner()
    region: Mapped[str | None] = mapped_column(String)
    plot_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    op_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    field: Mapped[str] = mapped_column(String)
    mine: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    theirs: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    author: Mapped[str | None] = mapped_column(String)
    theirs_by: Mapped[str | None] = mapped_column(String)
    base: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String, server_default="open")
    at: Mapped[dt.datetime] = _moment()
    taken: Mapped[str | None] = mapped_column(String)
    resolved_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    resolved_by: Mapped[str | None] = mapped_column(String)


class PlotOp(Base):
    """An operation that was done: what was asked (as a digest) and what was answered.

    What drew several plots in one go (`op` "situation" or "import") has no `plot_id`; `undoes` is
    the operation that this one takes back.
    """

    __tablename__ = "plot_op"
    __table_args__ = (
        Index("plot_op_at_idx", "at"),
        Index("plot_op_incident_id_idx", "incident_id"),
        Index("plot_op_plot_id_idx", "plot_id", "at"),
    )

    op_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    incident_id: Mapped[uuid.UUID] = _owner()
    plot_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    op: Mapped[str] = mapped_column(String)
    undoes: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[str | None] = mapped_column(String)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[dt.datetime] = _moment()
