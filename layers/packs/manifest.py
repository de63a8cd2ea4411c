"""What a pack says of itself: signed, and read before anything else of it is believed."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.errors import DamagedError, InvalidInputError
from layers.packs.container import is_name

FORMAT = "onemap-pack"
FORMAT_VERSION = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
MAX_BYTES = 4 * 1024**2

_SHA256 = re.compile("[0-9a-f]{64}")
_TEXTS = ("id", "name", "made_at", "expires_at", "epoch")


@dataclass(frozen=True)
class Part:
    """One file in a pack."""

    name: str
    size: int
    sha256: str
    media_type: str
    role: str

    def to_json(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        return {
            "name": self.name, "bytes": self.size, "sha256": self.sha256,
            "media_type": self.media_type, "role": self.role,
        }  # fmt: skip


@dataclass(frozen=True)
class Manifest:
    """A manifest as it was read: what is needed to judge the pack, and the whole as JSON."""

    id: uuid.UUID
    name: str
    made_at: dt.datetime
    expires_at: dt.datetime
    key: str
    site: str | None
    parts: tuple[Part, ...]
    body: Mapping[str, Any]

    def expired(self, now: dt.datetime) -> bool:
        """Tell whether its date has passed."""
        return self.expires_at <= now


def written(said: Mapping[str, Any], parts: Sequence[Part], *, key: str, site: str | None) -> bytes:
    """Return the bytes of a manifest: what is said of the pack, its parts, and who signs."""
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **said,
        "parts": [part.to_json() for part in parts],
        "signer": {"key": key, "site": site},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()


def parsed(raw: bytes) -> Manifest:
    """Read a manifest.

    Raises
    ------
    InvalidInputError
        It is of a format version that this program does not know yet (`pack_future`).
    DamagedError
        It is no manifest of a pack (`pack_manifest`).
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _unreadable("it is not JSON") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise _unreadable(f"its format is not {FORMAT}")
    version = body.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _unreadable("it names no format version")
    if version > FORMAT_VERSION:
        raise InvalidInputError(
            f"the pack is of format version {version}, this program reads up to {FORMAT_VERSION}",
            code="pack_future", got=version, wanted=FORMAT_VERSION,
        )  # fmt: skip
    try:
        return _of(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(f"{type(error).__name__}: {error}"[:200]) from error


def _of(body: dict[str, Any]) -> Manifest:
    texts = {name: body[name] for name in _TEXTS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("a text is missing")
    made, until = (dt.datetime.fromisoformat(texts[name]) for name in ("made_at", "expires_at"))
    if made.tzinfo is None or until.tzinfo is None:
        raise ValueError("a time without offset")
    signer = body["signer"]
    if not isinstance(signer["key"], str) or not isinstance(body["revision"], int):
        raise TypeError("the key or the revision is missing")
    return Manifest(
        id=uuid.UUID(texts["id"]), name=texts["name"], made_at=made, expires_at=until,
        key=signer["key"], site=signer.get("site"), parts=tuple(map(_part, body["parts"])),
        body=body,
    )  # fmt: skip


def _part(said: dict[str, Any]) -> Part:
    name, size, sha256 = said["name"], said["bytes"], said["sha256"]
    if not (isinstance(name, str) and is_name(name) and name not in (MANIFEST, SIGNATURE)):
        raise ValueError(f"{str(name)[:100]!r} is no name of a part")
    if not (isinstance(size, int) and size >= 0):
        raise ValueError(f"{name} has no size")
    if not (isinstance(sha256, str) and _SHA256.fullmatch(sha256)):
        raise ValueError(f"{name} has no SHA-256")
    return Part(name, size, sha256, str(said["media_type"]), str(said["role"]))


def _unreadable(reason: str) -> DamagedError:
    return DamagedError(
        f"the manifest cannot be read: {reason}", code="pack_manifest", reason=reason
    )
