"""Text that a row's searched fields contain, or the pinyin of its name.

Without an index on purpose: ILIKE over 1.2 million named rows takes 0.3 s on two cores, LIKE a
third of it; the trigram indexes that PostgreSQL offers cannot serve the two-character words that
Chinese names are searched by, and cost a load dear (7 s for names and pinyin of 300,000 rows).
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_

from layers import pinyin
from layers.catalog import Layer
from layers.errors import InvalidInputError, OutOfRangeError
from layers.query.where import escape_like

MAX_CHARACTERS = 100


def matches(layer: Layer, q: str) -> ColumnElement[bool]:
    """Return the SQL condition: a searched field or the name's pinyin contains the text, any case.

    Letters are sought in the initials of a name; in its whole reading anywhere from three letters
    on, at its beginning before that: `hg` and `gang` find 临港化工, `an` does not.

    Raises
    ------
    OutOfRangeError
        More than 100 characters.
    InvalidInputError
        A NUL or a lone surrogate, which PostgreSQL's text cannot hold.
    """
    text = checked(q)
    pattern = f"%{escape_like(text)}%"
    # Chinese has no capitals, and LIKE takes a third of the time that ILIKE does.
    cased = text.lower() != text.upper()
    columns = [layer.column(name) for name in layer.searched]
    found = [
        column.ilike(pattern, escape="\\") if cased else column.like(pattern, escape="\\")
        for column in columns
    ]
    letters = pinyin.asked(text)
    if letters is not None:
        found += [layer.column("name_pinyin").like(form) for form in _forms(letters)]
    return or_(*found)


def begins(layer: Layer, q: str) -> ColumnElement[bool]:
    """Return the SQL condition: the initials or the whole reading of the name begin with this."""
    letters = pinyin.asked(checked(q))
    if letters is None:
        return false()
    key = layer.column("name_pinyin")
    return or_(key.like(f"{letters}%"), key.like(f"% {letters}%"))


def _forms(letters: str) -> tuple[str, ...]:
    """Return the patterns by which letters are sought in a key `initials reading`."""
    if len(letters) == 1:
        return (f"{letters}%",)
    if len(letters) == 2:
        return (f"%{letters}% %", f"% {letters}%")
    return (f"%{letters}%",)


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
