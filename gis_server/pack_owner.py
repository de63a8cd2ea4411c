"""For whom a pack is made: what its owner may see now decides what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from gis_server.signin import DEMO, Identity, identity_named
from layers.catalog import PROGRAM, Reader
from layers.errors import PermissionError_
from layers.query import Scope

NEEDED = "packs.make"


@dataclass(frozen=True)
class Owner:
    """Who a pack is for: the regions of which it holds rows, and where its contacts are shown."""

    name: str | None
    reader: Reader
    scope: Scope
    contacts: Scope

    @classmethod
    def of(cls, identity: Identity) -> Owner:
        """Return what somebody who is signed in may take along.

        Raises
        ------
        PermissionError_
            Nothing: the permission to make packs is not theirs (any more).
        """
        if NEEDED not in identity.permissions:
            raise PermissionError_(
                f"{identity.name} lacks {NEEDED}", permission=NEEDED, roles=list(identity.roles)
            )
        return cls(
            identity.name, identity.reader, identity.scope(NEEDED), identity.scope("contacts.read")
        )


PROGRAM_ITSELF = Owner(None, PROGRAM, Scope(None), Scope(()))
"""Whoever runs the command line without naming a person: all regions, contacts covered."""


def owner_named(session: Session, name: str | None, *, demo: bool = False) -> Owner:
    """Return for whom a pack is made that somebody asked for; as their rights are now.

    `demo`: it was asked in demo mode. The name alone does not say so, users choose theirs.

    Raises
    ------
    PermissionError_
        The person is gone, shut out, or may make no packs any more.
    """
    if name is None:
        return PROGRAM_ITSELF
    identity = DEMO if demo else identity_named(session, name)
    if identity is None:
        raise PermissionError_(f"there is no user {name} any more", permission=NEEDED, roles=[])
    return Owner.of(identity)
