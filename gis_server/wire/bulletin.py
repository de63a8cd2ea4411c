"""Bulletins: which to write, and what a person words in them."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field

from gis_server.wire.base import Text, Wire
from gis_server.wire.incident import IncidentPath

Kind = Literal["first", "follow", "final"]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class NewBulletin(Wire):
    """Which bulletin; `id` is made by the sender, to send it once."""

    id: uuid.UUID | None = None
    kind: Kind


class ItemWords(Wire):
    """Words for one item; a language left out stays, an empty text is to be verified again."""

    key: Annotated[str, Field(min_length=1, max_length=40)]
    zh: Text | None = None
    en: Text | None = None


class BulletinChange(Wire):
    """Items that a person words."""

    items: Annotated[list[ItemWords], Field(min_length=1, max_length=40)]


class SignBulletin(Wire):
    """The hash of what the signer has read."""

    body_hash: Hash


class BulletinPath(IncidentPath):
    """Which bulletin of an incident."""

    bulletin: uuid.UUID
