"""Whether a pack can be believed: every byte of it, who signed it, and until when.

Order: the file's form, the manifest, the signature, the signer, the parts, the file once more as
its manifest describes it, the date. What comes later is not looked at where something earlier
does not hold, so that no error speaks of bytes that anybody may have written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import IO

from layers.errors import DamagedError, InvalidInputError
from layers.packs import container, signing
from layers.packs.container import Entry, Held
from layers.packs.manifest import MANIFEST, MAX_BYTES, SIGNATURE, Manifest, Part, parsed

Progress = Callable[[str, int], None]
_SIGNATURE_BYTES = 88


def verify(
    path: Path,
    *,
    now: dt.datetime,
    trusted: Collection[str] | None,
    progress: Progress = lambda part, done: None,
) -> Manifest:
    """Check a pack and return its manifest.

    Parameters
    ----------
    now
        Against which the date is held; aware.
    trusted
        Public keys (`signing.public`) whose packs are believed; None believes any signer.
    progress
        Called with each part's name and how many bytes of the file were read.

    Raises
    ------
    DamagedError
        See `container.read` and `manifest.parsed`; a signature that does not fit
        (`pack_signature`), a part that is not as signed (`pack_part`), parts that are missing
        or more than the manifest names (`pack_parts`), other bytes between them (`pack_changed`).
    InvalidInputError
        Signed by somebody unknown (`pack_signer`), of a later format (`pack_future`), or past
        its date (`pack_expired`).
    """
    with path.open("rb") as file:
        held = container.read(file)
        manifest, entries = _manifest(file, held, trusted)
        for part, there in zip(manifest.parts, held[2:], strict=True):
            entries.append(_checked(file, part, there))
            progress(part.name, there.start + part.size)
        _exact(file, entries)
    if manifest.expired(now):
        raise InvalidInputError(
            f"the pack expired on {manifest.expires_at.isoformat()}",
            code="pack_expired", until=manifest.expires_at.isoformat(),
        )  # fmt: skip
    return manifest


def _manifest(
    file: IO[bytes], held: Sequence[Held], trusted: Collection[str] | None
) -> tuple[Manifest, list[Entry]]:
    """Return the manifest, signed by somebody believed, and the first two entries as they are."""
    names = [there.entry.name for there in held]
    if names[:2] != [MANIFEST, SIGNATURE]:
        raise DamagedError("the file does not begin with a signed manifest", code="pack_manifest",
                           reason="it does not come first")  # fmt: skip
    first, second = held[:2]
    if first.entry.size > MAX_BYTES or second.entry.size != _SIGNATURE_BYTES:
        raise DamagedError("the manifest or its signature has no usable size",
                           code="pack_manifest", reason="its size")  # fmt: skip
    body, signature = (_content(file, there) for there in (first, second))
    manifest = parsed(body)
    if not signing.signed(manifest.key, signature, body):
        raise DamagedError(
            "the signature does not fit the manifest: it was changed after it was signed",
            code="pack_signature",
        )
    if trusted is not None and manifest.key not in trusted:
        said = signing.fingerprint(manifest.key)
        raise InvalidInputError(
            f"the pack is signed by {manifest.site or 'a site'} with a key that is not known "
            f"here: {manifest.key} ({said})",
            code="pack_signer", site=manifest.site, key=manifest.key, fingerprint=said,
        )  # fmt: skip
    if names[2:] != [part.name for part in manifest.parts]:
        raise DamagedError("the parts are not those that the manifest names", code="pack_parts")
    entries = [Entry(MANIFEST, len(body), zlib.crc32(body)),
               Entry(SIGNATURE, len(signature), zlib.crc32(signature))]  # fmt: skip
    return manifest, entries


def _content(file: IO[bytes], there: Held) -> bytes:
    file.seek(there.start)
    return file.read(there.entry.size)


def _checked(file: IO[bytes], part: Part, there: Held) -> Entry:
    """Return a part's entry with the check sum of what is there; refuse what was not signed."""
    if there.entry.size != part.size:
        raise DamagedError(
            f"{part.name} has {there.entry.size} bytes, {part.size} were signed",
            code="pack_size", part=part.name,
        )  # fmt: skip
    file.seek(there.start)
    digest, crc, left = hashlib.sha256(), 0, part.size
    while left and (piece := file.read(min(left, container.COPY_BYTES))):
        digest.update(piece)
        crc = zlib.crc32(piece, crc)
        left -= len(piece)
    if left or digest.hexdigest() != part.sha256:
        raise DamagedError(f"{part.name} is not what was signed", code="pack_part", part=part.name)
    return Entry(part.name, part.size, crc)


def _exact(file: IO[bytes], entries: Sequence[Entry]) -> None:
    """Refuse a file of which any byte outside the parts is not as a pack has it."""
    offset = 0
    for entry in entries:
        wanted = container.header(entry)
        file.seek(offset)
        if file.read(len(wanted)) != wanted:
            raise DamagedError(f"the header of {entry.name} was changed", code="pack_changed")
        offset += len(wanted) + entry.size
    file.seek(offset)
    wanted = container.directory(entries)
    if file.read(len(wanted) + 1) != wanted:
        raise DamagedError("the directory was changed", code="pack_changed")
