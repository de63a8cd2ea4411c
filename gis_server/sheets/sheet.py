"""A sheet ready to be kept or printed: its body, its hashes, and who has signed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gis_server.sheets import canonical, drawing, page
from gis_server.sheets.content import Content
from layers.models import SIGNATURES
from layers.sheets import Frozen, Signed

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One place to sign: the role, and name and moment once somebody has."""

    role: str
    name: str | None = None
    at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a printer prints. `state` is `unsaved`, `draft` or `signed`."""

    body: Mapping[str, Any]
    body_hash: str
    state: str
    made_at: dt.datetime
    signatures: tuple[Signature, ...]


def frozen(content: Content, *, zone: dt.tzinfo) -> Frozen:
    """Return a content as the text that is kept, in both languages, with its hashes."""
    case = content.case
    drawn = None
    if content.zones:
        drawn = drawing.draw(content.zones, lon=case["lon"], lat=case["lat"])
    body = canonical.text({
        "format": FORMAT,
        "input_hash": content.input_hash,
        "result_hash": content.result_hash,
        "pages": page.pages(content, zone=zone),
        "drawing": drawn,
    })  # fmt: skip
    return Frozen(
        body=body,
        body_hash=canonical.sha256(body),
        input_hash=content.input_hash,
        result_hash=content.result_hash,
    )


def unsaved(content: Content, *, zone: dt.tzinfo, now: dt.datetime) -> Sheet:
    """Return the sheet of a content that is kept nowhere, with empty places to sign."""
    kept = frozen(content, zone=zone)
    return Sheet(
        body=json.loads(kept.body),
        body_hash=kept.body_hash,
        state="unsaved",
        made_at=now,
        signatures=tuple(Signature(role=role) for role in SIGNATURES),
    )


def stored(held: Signed) -> Sheet:
    """Return a kept sheet with its signatures, as it was frozen."""
    given = {each.role: each for each in held.signatures}
    return Sheet(
        body=json.loads(held.sheet.body),
        body_hash=held.sheet.body_hash,
        state=held.state,
        made_at=held.sheet.created_at,
        signatures=tuple(
            Signature(
                role=role,
                name=(given[role].name or given[role].signed_by) if role in given else None,
                at=given[role].signed_at if role in given else None,
            )
            for role in SIGNATURES
        ),
    )
