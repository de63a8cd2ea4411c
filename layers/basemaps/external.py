"""The register of map services of others: what an administrator may say of one, and its key."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError, NotFoundError
from layers.models import ExternalKey, ExternalSource

Kind = Literal["xyz", "wmts", "wms"]
Datum = Literal["wgs84", "gcj02", "bd09"]

PLACEHOLDERS = frozenset({"s", "z", "x", "y", "-y", "key", "TileMatrix", "TileRow", "TileCol",
                          "TileMatrixSet", "Layer", "Style"})  # fmt: skip
MAX_ADDRESS = 1000
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
# What services call their keys; a literal one would be told to everybody who may list sources.
_KEY_WORDS = frozenset({"tk", "key", "ak", "token", "apikey", "api_key", "access_token",
                        "accesstoken", "secret", "password", "sig", "appkey"})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class External:
    """A map service of others; `key` is shown in no answer, no log and no `repr`."""

    name: str
    title: str
    kind: Kind
    address: str
    attribution: str
    title_en: str | None = None
    subdomains: Sequence[str] = ()
    layer: str | None = None
    style: str | None = None
    matrix_set: str | None = None
    format: str = "image/png"
    datum: Datum = "wgs84"
    min_zoom: int = 0
    max_zoom: int = 18
    opacity: float = 1.0
    intranet: bool = False
    key: str | None = field(default=None, repr=False)
    id: uuid.UUID | None = None
    version: int = 0

    @property
    def host(self) -> str:
        """The host of its addresses, `{s}` for one of its subdomains."""
        return urlsplit(self.address).netloc


_STORED = ("title", "title_en", "kind", "address", "host", "layer", "style", "matrix_set", "format",
           "datum", "min_zoom", "max_zoom", "attribution", "opacity", "intranet")  # fmt: skip


def check(told: External) -> None:
    """Refuse a service that could not be asked, or would be asked where nobody meant it.

    Raises
    ------
    InvalidInputError
        `external_bad`, with the field, what was got and what was wanted.
    """
    if not _NAME.fullmatch(told.name):
        raise _bad("name", told.name, "small letters, digits, - and _, a letter first, at most 40")
    if told.kind not in ("xyz", "wmts", "wms"):
        raise _bad("kind", told.kind, "xyz, wmts or wms")
    if told.datum not in ("wgs84", "gcj02", "bd09"):
        raise _bad("datum", told.datum, "wgs84 (CGCS2000 too), gcj02 or bd09")
    if not 0 <= told.min_zoom <= told.max_zoom <= 22:
        raise _bad("max_zoom", f"{told.min_zoom} to {told.max_zoom}", "zooms within 0 to 22")
    if not 0 < told.opacity <= 1:
        raise _bad("opacity", str(told.opacity), "more than 0, at most 1")
    if told.kind == "wms" and told.datum != "wgs84":
        raise _bad("datum", told.datum, "wgs84: a WMS is asked by its coordinate system")
    _check_words(told)
    _check_address(told)


def _check_words(told: External) -> None:
    """Refuse a key, a format or a name that cannot be a part of an address."""
    if told.key is not None and not (1 <= len(told.key) <= 500 and told.key.isprintable()):
        raise _bad("key", "what was given", "1 to 500 characters")
    if told.format not in ("image/png", "image/jpeg", "image/webp", "tiles"):
        raise _bad("format", told.format, "image/png, image/jpeg, image/webp (or what it says)")
    for one in told.subdomains:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,20}", one) or len(told.subdomains) > 20:
            raise _bad("subdomains", one[:40], "at most 20 names of letters, digits and -")


def _check_address(told: External) -> None:
    """Refuse an address of another scheme, with a key written in it, or without its places."""
    address = told.address
    if len(address) > MAX_ADDRESS or not address.isascii() or not address.isprintable():
        raise _bad("address", address[:40], f"at most {MAX_ADDRESS} plain characters")
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise _bad("address", "what was given", "https://host/path") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _bad("address", parts.scheme or "no scheme", "https:// or http:// and a host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _bad("address", "a name, password or #", "an address without them")
    if not _HOST.fullmatch(parts.netloc.replace("{s}", "s")):
        raise _bad("address", parts.netloc[:60], "a host; only {s} may stand for a part of it")
    found = set(re.findall(r"\{([^{}]*)\}", address))
    if unknown := found - PLACEHOLDERS:
        raise _bad("address", f"{{{min(unknown)}}}"[:40], "places of " + ", ".join(
            f"{{{name}}}" for name in sorted(PLACEHOLDERS)))  # fmt: skip
    if ("s" in found) != bool(told.subdomains):
        raise _bad("subdomains", ",".join(told.subdomains), "some where the address has {s}")
    for word, value in parse_qsl(parts.query, keep_blank_values=True):
        if word.casefold() in _KEY_WORDS and "{key}" not in value:
            raise _bad("address", f"{word}=...", f"{word}={{key}}, and the key apart")
    _check_places(told, found, told.key is not None)


def _check_places(told: External, found: set[str], keyed: bool) -> None:
    if ("key" in found) != keyed:
        raise _bad("key", "a key" if keyed else "no key", "a key exactly where {key} stands for it")
    rest = {"TileMatrix", "TileRow", "TileCol"}
    if told.kind == "xyz" and not ({"z", "x"} <= found and found & {"y", "-y"}):
        raise _bad("address", told.address[:80], "{z}, {x} and {y}, or {-y} counted from the south")
    if told.kind == "wmts" and found & rest and not rest <= found:
        raise _bad("address", told.address[:80], "{TileMatrix}, {TileRow} and {TileCol}, or none")
    if told.kind in ("wmts", "wms") and not told.layer:
        raise _bad("layer", "none", "the layer's name")
    if told.kind == "wmts" and not told.matrix_set:
        raise _bad("matrix_set", "none", "the tile matrix set: w, GoogleMapsCompatible, c, ...")


def put(session: Session, told: External) -> None:
    """Keep a service of others, in the place of the one of that name.

    Raises
    ------
    InvalidInputError
        See `check`.
    """
    check(told)
    row = session.scalar(select(ExternalSource).where(ExternalSource.name == told.name))
    if row is None:
        row = ExternalSource(name=told.name)
        session.add(row)
    for name in _STORED:
        setattr(row, name, getattr(told, name))
    row.subdomains, row.has_key = list(told.subdomains), told.key is not None
    # A new key alone must make its tiles new too: the row's version is part of their names.
    row.version = (row.version or 0) + 1
    session.flush()
    held = session.get(ExternalKey, row.id)
    if told.key is None and held is not None:
        session.delete(held)
    elif told.key is not None and held is not None:
        held.key = told.key
    elif told.key is not None:
        session.add(ExternalKey(source_id=row.id, key=told.key))
    session.flush()


def remove(session: Session, name: str) -> None:
    """Forget a service and its key.

    Raises
    ------
    NotFoundError
        There is none of that name (`no_external`).
    """
    row = _row(session, name)
    session.delete(row)
    session.flush()


def find(session: Session, name: str) -> External:
    """Return a service with its key.

    Raises
    ------
    NotFoundError
        There is none of that name (`no_external`).
    """
    row = _row(session, name)
    held = session.get(ExternalKey, row.id)
    fields: Mapping[str, Any] = {name: getattr(row, name) for name in _STORED if name != "host"}
    return External(
        name=row.name, subdomains=tuple(row.subdomains), key=held.key if held else None, id=row.id,
        version=row.version, **fields,
    )  # fmt: skip


def listed(session: Session) -> list[dict[str, Any]]:
    """Return every service by name: all that is on record, but its key.

    `label` is another one after each change.
    """
    rows = session.scalars(select(ExternalSource).order_by(ExternalSource.name))
    names = ("name", *_STORED, "subdomains", "has_key")
    return [
        {name: getattr(row, name) for name in names} | {"label": f"{row.id.hex[-8:]}-{row.version}"}
        for row in rows
    ]


def _row(session: Session, name: str) -> ExternalSource:
    row = session.scalar(select(ExternalSource).where(ExternalSource.name == name))
    if row is None:
        known = ", ".join(session.scalars(select(ExternalSource.name).order_by(
            ExternalSource.name)))  # fmt: skip
        raise NotFoundError(
            f"there is no map service {name[:60]!r}; there are: {known or 'none'}",
            code="no_external", got=name[:60], wanted=known,
        )  # fmt: skip
    return row


def _bad(field_: str, got: str, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"{field_}: got {got!r}, wanted {wanted}", code="external_bad", field=field_, got=got,
        wanted=wanted,
    )  # fmt: skip
