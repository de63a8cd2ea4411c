"""Text that a row's searched fields contain.

Without an index on purpose: ILIKE over 1.2 million named rows takes 0.3 s on two cores, and the
trigram index that PostgreSQL offers cannot serve the two-character words that Chinese names are
searched by.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from layers.catalog import Layer
from layers.errors import InvalidInputError, OutOfRangeError
from layers.query.where import escape_like

MAX_CHARACTERS = 100


def matches(layer: Layer, q: str) -> ColumnElement[bool]:
    """Return the SQL condition: one of the layer's searched fields contains the text, any case.

    Raises
    ------
    OutOfRangeError
        More than 100 characters.
    InvalidInputError
        A NUL or a lone surrogate, which PostgreSQL's text cannot hold.
    """
    pattern = f"%{escape_like(checked(q))}%"
    return or_(*(layer.column(name).ilike(pattern, escape="\\") for name in layer.searched))


def checked(q: str) -> str:
    """Return the text without outer blanks, refused where PostgreSQL cannot hold it."""
    text = q.strip()
    if len(text) > MAX_CHARACTERS:
        raise OutOfRangeError(
            f"the search text has {len(text)} characters, wanted at most {MAX_CHARACTERS}",
            field="q", got=str(len(text)), minimum=0, maximum=MAX_CHARACTERS,
        )  # fmt: skip
    if "\x00" in text or not text.isprintable():
        raise InvalidInputError("the search text holds a character that no text has", field="q")
    return text
