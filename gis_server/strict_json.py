"""JSON of strangers: strict UTF-8, bounded, and nothing in it that two readers read differently.

Order: size, strict UTF-8, depth (a scan, before the recursive parser), then a parse that refuses
NaN, Infinity, numbers that overflow to infinity, and doubled keys. `json.loads` alone takes all of
these: the first three turn into a blank map on every other screen, the last silently drops data.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from gis_server.errors import MalformedError
from layers.errors import TooLargeError

MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 4000  # json hands longer ones to int(), which refuses with a bare ValueError
# Possessive, and an open string runs to the end: linear whatever the bytes are.
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)

# PostgreSQL's text cannot hold it, and a driver says so too late to say where.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(raw: bytes, *, max_bytes: int) -> Any:
    """Return the value of a JSON body.

    Raises
    ------
    TooLargeError
        More than `max_bytes`.
    MalformedError
        Not UTF-8, nested deeper than `MAX_DEPTH`, not JSON, a number that is not finite, the
        character NUL, half a character, or a key given twice. The message says where.
    """
    if len(raw) > max_bytes:
        raise TooLargeError(
            f"the body has {len(raw)} bytes, at most {max_bytes} are taken", got=len(raw),
            wanted=max_bytes,
        )  # fmt: skip
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(
            f"the body is not UTF-8 at byte {error.start}", code="not_utf8", at=error.start
        ) from None
    _refuse_depth(raw)
    if (nul := _NUL.search(text)) is not None:
        raise MalformedError(
            f"the body holds the character NUL at {nul.end()}", code="nul", at=nul.end()
        )
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        raise MalformedError(
            f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}",
            code="bad_json",
            line=error.lineno,
            column=error.colno,
            reason=error.msg,
        ) from None
    if _SURROGATE.search(text) is not None:
        _refuse_halves(value)
    return value


def _refuse_halves(value: Any) -> None:
    """Raise where a text holds half a character, which UTF-8 and so the database cannot hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedError(
            "a text holds half of a surrogate pair", code="half_character"
        ) from None


def _refuse_depth(raw: bytes) -> None:
    """Raise where brackets outside strings nest too deep; one pass, no recursion."""
    depth = 0
    for token in _STRUCTURE.finditer(raw):
        first = raw[token.start()]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedError(
                    f"the body nests deeper than {MAX_DEPTH} levels at byte {token.start()}",
                    code="too_deep",
                    wanted=MAX_DEPTH,
                    at=token.start(),
                )
        elif first in b"]}":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedError(f"the body holds {name}, which is not a number", code="not_finite",
                         got=name)  # fmt: skip


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _refuse_constant(digits[:40])
    return value


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        _refuse_constant(digits[:40])
    return int(digits)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        seen: set[str] = set()
        doubled = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise MalformedError(f"the key {doubled[:80]!r} is given twice", code="doubled_key",
                             key=doubled[:80])  # fmt: skip
    return record
