"""The fields of a user's own layer: as a person gives them, checked, and as they are stored."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from layers.errors import InvalidInputError, OutOfRangeError
from layers.layer import FieldType, Layer, LayerField
from layers.user_layers.naming import column_name

MAX_FIELDS = 200
MAX_TITLE = 200
MAX_VALUES = 200
TYPES: tuple[FieldType, ...] = ("text", "integer", "number", "boolean", "time", "date", "list")
_SPINE_COUNT = (2, 3)  # name and name_en before the own fields; region, source and its date after


@dataclass(frozen=True, kw_only=True)
class FieldDraft:
    """A field that is to be: its title as a person reads it, its type and its rules.

    `searched` and `tiled`: whether a search reads it, and whether the map's tiles carry it.
    """

    title: str
    type: FieldType = "text"
    title_en: str | None = None
    unit: str | None = None
    required: bool = False
    domain: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    searched: bool = False
    tiled: bool = False


def own_fields(layer: Layer) -> tuple[LayerField, ...]:
    """Return the fields of a user's layer that its user gave it, in their order."""
    before, after = _SPINE_COUNT
    return layer.fields[before : len(layer.fields) - after]


def stored(drafts: Iterable[FieldDraft], present: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return drafts as a definition stores them, numbered after the present fields.

    Raises
    ------
    InvalidInputError
        A title that is empty, or that another field has; a rule that does not fit the type.
    OutOfRangeError
        More than 200 fields, counting those that were removed.
    """
    made = [checked(draft) for draft in drafts]
    total = len(present) + len(made)
    if total > MAX_FIELDS:
        raise OutOfRangeError(
            f"{total} fields, wanted at most {MAX_FIELDS}",
            field="fields", got=str(total), minimum=0, maximum=MAX_FIELDS,
        )  # fmt: skip
    refuse_twins([field for field in present if not field.get("removed")] + made)
    return [
        {"name": column_name(number, field["title"]), **field}
        for number, field in enumerate(made, start=len(present) + 1)
    ]


def refuse_twins(fields: Sequence[dict[str, Any]]) -> None:
    """Refuse two fields of one title."""
    seen: set[str] = set()
    for field in fields:
        title = field["title"].casefold()
        if title in seen:
            raise InvalidInputError(
                f"two fields have the title {field['title']!r}",
                code="field_twice", field=field["title"],
            )  # fmt: skip
        seen.add(title)


def title_of(text: str, *, field: str) -> str:
    """Return a title on one line, NFC.

    Raises
    ------
    InvalidInputError
        Nothing but blanks, more than 200 characters, or a character that cannot be shown.
    """
    title = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(title) <= MAX_TITLE or not title.isprintable():
        raise InvalidInputError(
            f"{field}: a title has 1 to {MAX_TITLE} characters that can be shown; "
            f"got {text[:80]!r}",
            code="bad_title", field=field, got=text[:80], maximum=MAX_TITLE,
        )  # fmt: skip
    return title


def checked(draft: FieldDraft) -> dict[str, Any]:
    """Return a draft as it is stored, without name."""
    title = title_of(draft.title, field="fields")
    if draft.type not in TYPES:
        raise _wrong(title, "type", str(draft.type), ", ".join(TYPES))
    _check_range(draft, title)
    domain = _domain(draft, title)
    texts = {"title_en": draft.title_en, "unit": draft.unit}
    short = {name: title_of(text, field=name) for name, text in texts.items() if text}
    marks = {name: True for name in ("required", "searched", "tiled") if getattr(draft, name)}
    if draft.searched and draft.type != "text":
        raise _wrong(title, "searched", draft.type, "text")
    limits = {n: getattr(draft, n) for n in ("minimum", "maximum") if getattr(draft, n) is not None}
    return {"type": draft.type, "title": title, **short, **marks, **limits, **domain}


def _check_range(draft: FieldDraft, title: str) -> None:
    limits = [limit for limit in (draft.minimum, draft.maximum) if limit is not None]
    if limits and draft.type not in ("integer", "number"):
        raise _wrong(title, "minimum", draft.type, "integer | number")
    if not all(map(math.isfinite, limits)) or limits != sorted(limits):
        raise _wrong(title, "minimum", f"{draft.minimum}..{draft.maximum}", "minimum <= maximum")


def _domain(draft: FieldDraft, title: str) -> dict[str, Any]:
    if draft.domain is None:
        return {}
    if draft.type != "text":
        raise _wrong(title, "domain", draft.type, "text")
    values = [title_of(value, field="domain") for value in draft.domain]
    if not 0 < len(set(values)) == len(values) <= MAX_VALUES:
        raise _wrong(title, "domain", str(len(values)), f"1..{MAX_VALUES}")
    return {"domain": values}


def _wrong(title: str, rule: str, got: str, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"field {title!r}: {rule} is {got}, wanted {wanted}",
        code="bad_field", field=title, rule=rule, got=got, wanted=wanted,
    )  # fmt: skip
