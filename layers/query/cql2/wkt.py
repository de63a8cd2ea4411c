"""A geometry inside a CQL2 text, as GeoJSON; what it holds is judged where GeoJSON is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.query.cql2.tokens import Token, unexpected

if TYPE_CHECKING:
    from layers.query.cql2.text import Reader

_DEPTH = {"POINT": 0, "LINESTRING": 1, "POLYGON": 2,
          "MULTIPOINT": 1, "MULTILINESTRING": 2, "MULTIPOLYGON": 3}  # fmt: skip
_TYPES = {
    "POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint", "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}  # fmt: skip
GEOMETRIES = frozenset({*_TYPES, "GEOMETRYCOLLECTION"})


def read_geometry(reader: Reader, token: Token) -> dict[str, Any]:
    """Read the rest of a geometry (WKT) whose type was just read.

    Raises
    ------
    FilterError
        A collection, an empty geometry, or no WKT; with the character.
    """
    if token.word not in _TYPES:
        raise unexpected(token, ", ".join(_DEPTH))
    reader.takes("Z")
    nested = _nested(reader, _DEPTH[token.word])
    if token.word == "POINT":
        nested = nested[0]
    return {"type": _TYPES[token.word], "coordinates": nested}


def _nested(reader: Reader, depth: int) -> list[Any]:
    """Read a bracket of positions, or of brackets."""
    reader.expect("(")
    found = [_part(reader, depth)]
    while reader.takes(","):
        found.append(_part(reader, depth))
    reader.expect(")")
    return found


def _part(reader: Reader, depth: int) -> list[Any]:
    if depth > 1:
        return _nested(reader, depth - 1)
    # The points of a MULTIPOINT may stand in brackets of their own.
    return _nested(reader, 0)[0] if reader.here.value == "(" else _position(reader)


def _position(reader: Reader) -> list[float]:
    """Read the numbers of one position."""
    numbers: list[float] = []
    while reader.here.kind == "number" or reader.here.value == "-":
        sign = -1.0 if reader.takes("-") else 1.0
        token = reader.take()
        if token.kind != "number":
            raise unexpected(token, "a number")
        numbers.append(sign * float(token.value))
    if len(numbers) not in (2, 3):
        raise unexpected(reader.here, "a position of 2 or 3 numbers")
    return numbers
