"""Versions of road networks: which is in use, which stay to go back to, which overlap."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from analysis.roads import store
from layers.errors import ConflictError, NotFoundError
from layers.locks import NETWORK_NAME
from layers.models import RoadNetwork as NetworkRow

KEPT_INACTIVE = 2


def hold(session: Session, name: str) -> None:
    """Keep others from importing a network of this name until the transaction ends.

    Raises
    ------
    ConflictError
        Somebody else imports it at this moment.
    """
    key = sa.func.hashtext(name)
    if not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(NETWORK_NAME, key))):
        raise ConflictError(
            f"the road network {name!r} is being imported by somebody else at this moment",
            code="network_busy", name=name,
        )  # fmt: skip


def find(session: Session, what: str) -> uuid.UUID:
    """Return the version that an id means, or the newest of a name that is not in use.

    Where the only version of a name is in use already, it is that.

    Raises
    ------
    NotFoundError
        There is neither.
    """
    versions = _meant(session, what)
    spare = [each for each in versions if not each["active"]]
    found: uuid.UUID = (spare or versions)[0]["id"]
    return found


def version(session: Session, what: str) -> dict[str, Any]:
    """Return the one version that an id means, or the name of a network that has no other.

    Raises
    ------
    NotFoundError
        There is none.
    ConflictError
        The name has several versions.
    """
    versions = _meant(session, what)
    if len(versions) > 1:
        raise ConflictError(
            f"{what} has {len(versions)} versions; say which by its id (onemap roads --list)",
            code="network_versions", name=what, count=len(versions),
        )  # fmt: skip
    return versions[0]


def _meant(session: Session, what: str) -> list[dict[str, Any]]:
    found = [n for n in store.networks(session) if what in (str(n["id"]), n["name"])]
    if not found:
        raise NotFoundError(f"no road network {what}", code="network_not_found", got=what)
    return found


def prune(
    session: Session, name: str, *, kept: int = KEPT_INACTIVE, spared: uuid.UUID | None = None
) -> tuple[uuid.UUID, ...]:
    """Remove versions of a network that are not in use, but for the newest `kept` of them.

    `spared` is no such version: it was only just stored.
    """
    spare = session.scalars(
        sa.select(NetworkRow.id)
        .where(NetworkRow.name == name, ~NetworkRow.active, NetworkRow.id != spared)
        .order_by(NetworkRow.created_at.desc(), NetworkRow.id.desc())
        .offset(kept)
    ).all()
    for network_id in spare:
        store.remove(session, network_id)
    return tuple(spare)


def overlapping(session: Session, network_id: uuid.UUID) -> list[str]:
    """Return the names of the other active networks whose extent meets a network's."""
    mine = sa.select(NetworkRow.extent).where(NetworkRow.id == network_id).scalar_subquery()
    own_name = sa.select(NetworkRow.name).where(NetworkRow.id == network_id).scalar_subquery()
    return list(
        session.scalars(
            sa.select(NetworkRow.name)
            .where(
                NetworkRow.active, NetworkRow.name != own_name,
                sa.func.ST_Intersects(NetworkRow.extent, mine),
            )
            .order_by(NetworkRow.name)
        )
    )  # fmt: skip
