"""The words of a CQL2 text (OGC 21-065r2, annex B)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from layers.query.cql2.limits import MAX_CHARACTERS, FilterError, too_large

Kind = Literal["number", "text", "name", "quoted", "sign", "end"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<text>'(?:[^'\\]|''|\\.)*+')
    | (?P<quoted>"(?:[^"]|"")++")
    | (?P<name>[:_]*[^\W\d][\w.:]*)
    | (?P<sign><>|<=|>=|[-+*/%^=<>(),])
    )""",
    re.VERBOSE | re.DOTALL,
)

_QUOTE = re.compile(r"''|\\'")


@dataclass(frozen=True)
class Token:
    """One word: its kind, what it says, and where it begins, from 1."""

    kind: Kind
    value: str
    at: int

    @property
    def word(self) -> str:
        """The keyword that it may be; empty where it is none."""
        return self.value.upper() if self.kind == "name" else ""


def tokens(text: str) -> list[Token]:
    """Return the words of a filter, ended by one of kind `end`.

    Raises
    ------
    FilterError
        More than 100,000 characters, or one that begins no word.
    """
    if len(text) > MAX_CHARACTERS:
        raise too_large("characters", MAX_CHARACTERS)
    found: list[Token] = []
    at, length = 0, len(text.rstrip())
    while at < length:
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise unexpected(Token("sign", text[start : start + 20], start + 1), "a word of CQL2")
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        found.append(Token(kind, _value(kind, match[kind]), match.start(kind) + 1))
        at = match.end()
    return [*found, Token("end", "", length + 1)]


def unexpected(token: Token, wanted: str) -> FilterError:
    """Return the error for a word that cannot stand where it does."""
    got = token.value[:40] if token.kind != "end" else "the end"
    return FilterError(
        f"the filter has {got!r} at character {token.at}, wanted {wanted}",
        code="filter_text", field="filter", got=got, at=token.at, wanted=wanted,
    )  # fmt: skip


def _value(kind: Kind, raw: str) -> str:
    """Return what a word says, without its quotes."""
    if kind == "text":
        return _QUOTE.sub("'", raw[1:-1])
    if kind == "quoted":
        return raw[1:-1].replace('""', '"')
    return raw
