"""CQL2 text to CQL2 JSON: one grammar, one tree, so that both are judged by the same rules.

The parser of pygeofilter 0.4 binds AND no closer than OR, which answers `a OR b AND c` with other
rows than the standard's; it also lacks arrays, quoted quotes and most temporal functions.
"""

from __future__ import annotations

import math
from typing import Any

from layers.query.cql2.limits import MAX_DEPTH, too_large
from layers.query.cql2.tokens import Token, tokens, unexpected
from layers.query.cql2.wkt import GEOMETRIES, read_geometry

_COMPARED = ("=", "<>", "<", "<=", ">", ">=")
_KEYWORDS = frozenset({"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV"})
_DIGITS = 60


def parse(text: str) -> Any:
    """Return the CQL2 JSON of a CQL2 text; names are not looked up and types not checked.

    Raises
    ------
    FilterError
        With the character at which the text stops being CQL2; over 32 levels of brackets.
    """
    reader = Reader(tokens(text))
    tree = reader.disjunction()
    if reader.here.kind != "end":
        raise unexpected(reader.here, "AND, OR or the end")
    return tree


class Reader:
    """Words read from left to right, by one method a level of precedence."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._next = 0
        self._depth = 0

    @property
    def here(self) -> Token:
        """The word that comes next."""
        return self._words[self._next]

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.here
        if token.kind != "end":
            self._next += 1
        return token

    def takes(self, *wanted: str) -> str | None:
        """Return the next word if it is one of these signs or keywords, and go on; else None."""
        token = self.here
        said = token.value if token.kind == "sign" else token.word
        if said and said in wanted:
            self._next += 1
            return said
        return None

    def expect(self, wanted: str) -> None:
        """Go over a sign or keyword that must come now."""
        if self.takes(wanted) is None:
            raise unexpected(self.here, wanted)

    def disjunction(self) -> Any:
        """Read a OR b OR c."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_large("levels", MAX_DEPTH)
        parts = [self._conjunction()]
        while self.takes("OR"):
            parts.append(self._conjunction())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else {"op": "or", "args": parts}

    def _conjunction(self) -> Any:
        parts = [self._negation()]
        while self.takes("AND"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}

    def _negation(self) -> Any:
        if not self.takes("NOT"):
            return self._comparison()
        if self.here.word == "NOT":
            raise unexpected(self.here, "a condition after NOT")
        return _negated(self._comparison())

    def _comparison(self) -> Any:
        left = self._sum()
        sign = self.takes(*_COMPARED)
        if sign:
            return {"op": sign, "args": [left, self._sum()]}
        if self.takes("IS"):
            denied = self.takes("NOT")
            self.expect("NULL")
            found: Any = {"op": "isNull", "args": [left]}
            return _negated(found) if denied else found
        denied = self.takes("NOT")
        verb = self.takes("LIKE", "BETWEEN", "IN")
        if verb is None:
            if denied:
                raise unexpected(self.here, "LIKE, BETWEEN or IN")
            return left
        found = self._verb(verb, left)
        return _negated(found) if denied else found

    def _verb(self, verb: str, left: Any) -> Any:
        """Read what follows LIKE, BETWEEN or IN."""
        if verb == "LIKE":
            return {"op": "like", "args": [left, self._sum()]}
        if verb == "BETWEEN":
            low = self._sum()
            self.expect("AND")
            return {"op": "between", "args": [left, low, self._sum()]}
        self.expect("(")
        return {"op": "in", "args": [left, self._listed()]}

    def _sum(self) -> Any:
        left = self._product()
        while sign := self.takes("+", "-"):
            left = {"op": sign, "args": [left, self._product()]}
        return left

    def _product(self) -> Any:
        left = self._power()
        while sign := self.takes("*", "/", "%", "DIV"):
            left = {"op": sign.lower(), "args": [left, self._power()]}
        return left

    def _power(self) -> Any:
        base = self._signed()
        return {"op": "^", "args": [base, self._signed()]} if self.takes("^") else base

    def _signed(self) -> Any:
        if not self.takes("-"):
            return self._primary()
        value = self._primary()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return -value
        return {"op": "*", "args": [-1, value]}

    def _primary(self) -> Any:
        token = self.take()
        if token.kind == "number":
            return _number(token)
        if token.kind == "text":
            return token.value
        if token.kind == "quoted":
            return {"property": token.value}
        if token.kind == "sign" and token.value == "(":
            return self._bracket()
        if token.kind != "name" or token.word in _KEYWORDS:
            raise unexpected(token, "a property, a value, a function or a bracket")
        return self._named(token)

    def _bracket(self) -> Any:
        """Read an expression in brackets, or, where a comma follows it, an array."""
        if self.takes(")"):
            return []
        first = self.disjunction()
        if self.takes(","):
            return [first, *self._listed()]
        self.expect(")")
        return first

    def _listed(self) -> list[Any]:
        """Read values with commas up to the closing bracket."""
        found = [self.disjunction()]
        while self.takes(","):
            found.append(self.disjunction())
        self.expect(")")
        return found

    def _named(self, token: Token) -> Any:
        """Read what begins with a word: a literal, a geometry, a function or a property."""
        word = token.word
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if word in GEOMETRIES and (self.here.value == "(" or self.here.word in ("Z", "EMPTY")):
            return read_geometry(self, token)
        if not self.takes("("):
            return {"property": token.value}
        if word == "BBOX":
            return {"bbox": self._listed()}
        if word in ("DATE", "TIMESTAMP"):
            (value,) = self._exactly(1, token)
            return {word.lower(): value}
        if word == "INTERVAL":
            return {"interval": [_end(value) for value in self._exactly(2, token)]}
        arguments = [] if self.takes(")") else self._listed()
        name = token.value.lower()
        if name.startswith("a_"):
            arguments = [[a] if isinstance(a, str) else a for a in arguments]
        return {"op": name, "args": arguments}

    def _exactly(self, count: int, token: Token) -> list[Any]:
        values = self._listed()
        if len(values) != count:
            raise unexpected(token, f"{token.word} of {count}")
        return values


def _negated(condition: Any) -> Any:
    return {"op": "not", "args": [condition]}


def _end(value: Any) -> Any:
    """Return an end of an interval as JSON has it: dates and times as bare text."""
    if isinstance(value, dict) and len(value) == 1:
        return value.get("date", value.get("timestamp", value))
    return value


def _number(token: Token) -> int | float:
    """Return a number that is finite and of a sane number of digits."""
    if len(token.value) > _DIGITS:
        raise unexpected(token, f"a number of at most {_DIGITS} digits")
    if token.value.isdigit():
        return int(token.value)
    number = float(token.value)
    if not math.isfinite(number):
        raise unexpected(token, "a finite number")
    return number
