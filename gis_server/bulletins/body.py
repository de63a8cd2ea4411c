"""A bulletin's content as text: items in both languages and the blocks that they make."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gis_server.bulletins.facts import Facts
from gis_server.bulletins.items import ITEMS
from gis_server.bulletins.wording import Wording
from gis_server.sheets import blocks, canonical
from gis_server.sheets.blocks import Block
from gis_server.text import LANGUAGES, say
from layers.errors import InvalidInputError

FORMAT = 1
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("basics", ("source", "time", "place", "unit", "nature")),
    ("harm", ("course", "casualties", "loss")),
    ("handling", ("response", "measures", "leaders")),
    ("situation", ("situation", "weather")),
    ("changes", ("changes", "outcome")),
    ("requests", ("requests", "next", "other")),
    ("contact", ("contact",)),
)


@dataclass(frozen=True)
class Edit:
    """Words of a person for one item; a language left out stays as it is."""

    key: str
    zh: str | None = None
    en: str | None = None


def composed(facts: Facts, *, kind: str, zone: dt.tzinfo) -> str:
    """Return the text of a new bulletin of a kind."""
    return _text(kind, facts.incident.title, _items(facts, kind=kind, zone=zone), facts.now)


def renewed(body: str, facts: Facts, *, kind: str, zone: dt.tzinfo) -> str:
    """Return a draft as of now; what a person worded stays as it was worded."""
    kept = {item["key"]: item for item in opened(body)["items"] if item["edited_by"]}
    fresh = _items(facts, kind=kind, zone=zone)
    items = [kept.get(item["key"], item) for item in fresh]
    return _text(kind, facts.incident.title, items, facts.now)


def edited(body: str, edits: Iterable[Edit], *, actor: str, now: dt.datetime) -> str:
    """Return a draft with a person's words.

    An item worded in one language only has the same words in the other as long as that is empty;
    emptied in both, it is to be verified again.

    Raises
    ------
    InvalidInputError
        `"no_bulletin_item"`: the bulletin has no item of this name.
    """
    content = opened(body)
    items = {item["key"]: item for item in content["items"]}
    for edit in edits:
        held = items.get(edit.key)
        if held is None:
            raise InvalidInputError(
                f"no item {edit.key!r}", code="no_bulletin_item", field="items", got=edit.key,
                wanted=", ".join(items),
            )  # fmt: skip
        said = {name: getattr(edit, name) for name in LANGUAGES if getattr(edit, name) is not None}
        words = {name: held[name] for name in LANGUAGES} | said
        filled = next((text for text in words.values() if text), "")
        if len(said) == 1 and filled:
            words = {name: text or filled for name, text in words.items()}
        items[edit.key] = {
            **held, **words, "missing": held["required"] and not filled, "edited_by": actor,
            "edited_at": now.isoformat(),
        }  # fmt: skip
    return _text(content["kind"], content["subject"], list(items.values()), content["as_of"])


def opened(body: str, *, contacts: bool = True) -> dict[str, Any]:
    """Return a stored content; without `contacts`, items that name people are covered.

    Returns
    -------
    dict
        `kind`, `subject`, `as_of`, `items` (`key`, `zh`, `en`, `required`, `private`, `missing`,
        `edited_by`, `edited_at`), `pages`: by language `title` and `blocks`.
    """
    content: dict[str, Any] = json.loads(body)
    if contacts:
        return content
    items = [_covered(item) for item in content["items"]]
    return {**content, "items": items, "pages": _pages(content["kind"], content["subject"], items)}


def _covered(item: Mapping[str, Any]) -> dict[str, Any]:
    if not item["private"] or not (item["zh"] or item["en"]):
        return dict(item)
    said = {name: say(name, "duty.withheld") or "" for name in LANGUAGES}
    return {**item, **said, "masked": True}


def _items(facts: Facts, *, kind: str, zone: dt.tzinfo) -> list[dict[str, Any]]:
    """Return every item of a kind in both languages, cleaned of what no page can hold."""
    found = []
    for item in ITEMS:
        if kind not in item.kinds:
            continue
        words = {name: blocks.clean(item.word(facts, Wording(name, zone))) for name in LANGUAGES}
        found.append({
            "key": item.key, "required": item.required, "private": item.private, **words,
            "missing": item.required and not any(words.values()),
            "edited_by": None, "edited_at": None,
        })  # fmt: skip
    return found


def _text(kind: str, subject: str, items: list[dict[str, Any]], as_of: dt.datetime | str) -> str:
    moment = as_of if isinstance(as_of, str) else as_of.isoformat()
    return canonical.text({
        "format": FORMAT,
        "kind": kind,
        "subject": subject,
        "as_of": moment,
        "items": items,
        "pages": _pages(kind, subject, items),
    })  # fmt: skip


def _pages(kind: str, subject: str, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    held = {item["key"]: item for item in items}
    return {
        name: {
            "title": say(name, f"duty.bulletin.title.{kind}", {"subject": blocks.clean(subject)}),
            "blocks": _blocks(name, held),
        }
        for name in LANGUAGES
    }


def _blocks(language: str, items: Mapping[str, Mapping[str, Any]]) -> list[Block]:
    """Return the sections that have something to say, numbered as official documents are."""
    made: list[Block] = []
    number = 0
    for section, keys in SECTIONS:
        lines = [line for key in keys if key in items for line in _lines(language, key, items[key])]
        if not lines:
            continue
        number += 1
        named = say(language, f"duty.section.{section}") or section
        numeral = say(language, f"duty.numeral.{number}") or str(number)
        made.append(blocks.heading(f"{numeral}{named}"))
        made.append(blocks.paragraphs(lines))
    return made


def _lines(language: str, key: str, item: Mapping[str, Any]) -> list[str]:
    named = say(language, f"duty.item.{key}") or key
    text = item[language]
    if item["missing"]:
        text = say(language, "duty.to_verify") or ""
    if not text:
        return []
    first, *rest = text.split("\n")
    return [say(language, "duty.line", {"item": named, "text": first}) or "", *rest]
