"""A layer of a user's own for a file that fits none of the others: made at its check.

Until the file is published nobody but its owner sees the layer, and what is not published takes
the layer with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from layers import user_layers
from layers.intake.points import held_as_points
from layers.intake.table import Table
from layers.layer import Layer
from layers.models import UserLayer
from layers.user_layers.creation import readers_of


def make(
    session: Session, table: Table, wanted: Mapping[str, Any], *, owner: str | None, timezone: str
) -> tuple[Layer, dict[str, str]]:
    """Make the layer that a file's columns and shapes ask for; return it and `{field: column}`.

    Parameters
    ----------
    wanted
        `title`, and as far as they are given `title_en`, `group` and `style`; who may see it is
        said when it is published.

    Raises
    ------
    InvalidInputError, OutOfRangeError
        As `layers.user_layers.create`.
    """
    proposal = user_layers.fields_of(table.columns, timezone=timezone)
    points = held_as_points(table.geometry) is not None
    kind = "POINT" if points else user_layers.geometry_type_of(table.geometry)
    given = {name: wanted[name] for name in ("title_en", "group", "style") if wanted.get(name)}
    layer = user_layers.create(
        session, title=wanted["title"], geometry_type=kind, fields=proposal.fields,
        access="restricted", owner=owner, **given,
    )  # fmt: skip
    return layer, proposal.mapping(layer)


def show(session: Session, name: str, wanted: Mapping[str, Any]) -> None:
    """Let those see the layer whom its maker named (`access`, `readers`)."""
    session.execute(
        update(UserLayer)
        .where(UserLayer.name == name)
        .values(
            access=wanted.get("access") or "region",
            readers=readers_of(session, wanted.get("readers") or {}),
        )
    )


def drop(session: Session, name: str) -> None:
    """Drop a layer that was never published, with its table."""
    gone = update(UserLayer).where(UserLayer.name == name).values(removed_at=func.now())
    if session.execute(gone.returning(UserLayer.id)).first() is not None:
        session.execute(select(func.onemap_drop_layer(name)))
