"""The words: one catalogue for each language, keyed by the codes that the program speaks in.

Every `<language>/*.json` file is flat; a language's files are merged when first needed. A stored
message is `{"code", "params", ...}`; `rendered` adds `text` in the reader's language.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
_NOTHING: tuple[Any, ...] = (None, "", [], ())


class DuplicateKeyError(ValueError):
    """Two files of one language give words for one key."""


class _Params(dict[str, Any]):
    """Parameters of a text; one that is missing shows as its own name instead of failing."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return every text of a language by key.

    Raises
    ------
    DuplicateKeyError
        Two files hold the same key.
    """
    merged: dict[str, str] = {}
    folder = files(__package__) / language
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".json"):
            continue
        texts = json.loads(file.read_text(encoding="utf-8"))
        doubled = merged.keys() & texts.keys()
        if doubled:
            raise DuplicateKeyError(f"{language}/{file.name}: {sorted(doubled)}")
        merged |= texts
    return merged


def say(language: str, key: str, params: Mapping[str, Any] | None = None) -> str | None:
    """Return the text of a key, or None where the catalogue has none.

    A text `<key>.no_<param>` is the one to use where that parameter is empty, so that no sentence
    ends on a list of nothing.
    """
    texts = catalogue(language)
    empty = (f"{key}.no_{name}" for name, value in (params or {}).items() if value in _NOTHING)
    form = next((texts[special] for special in empty if special in texts), texts.get(key))
    if form is None:
        return None
    words = _Params({name: _spoken(language, value) for name, value in (params or {}).items()})
    return form.format_map(words)


def title(language: str, *keys: str) -> str | None:
    """Return the text of the first key that has one."""
    return next((text for key in keys if (text := catalogue(language).get(key))), None)


def rendered(language: str, value: Any) -> Any:
    """Return a copy of a JSON value in which every message carries its `text`."""
    if isinstance(value, Mapping):
        copy = {key: rendered(language, item) for key, item in value.items()}
        if isinstance(value.get("code"), str) and isinstance(value.get("params"), Mapping):
            # An error that was stored has its words where a raised one has them.
            keys = (value["code"], f"error.{value['code']}")
            spoken = next(
                (text for key in keys if (text := say(language, key, value["params"]))), None
            )
            copy["text"] = spoken or value.get("message") or value["code"]
        return copy
    if isinstance(value, list | tuple):
        return [rendered(language, item) for item in value]
    return value


def _spoken(language: str, value: Any) -> Any:
    """Return a parameter as it is read aloud: lists joined, numbers without a tail of digits."""
    if isinstance(value, list | tuple):
        joint = "、" if language == "zh" else ", "
        return joint.join(str(_spoken(language, item)) for item in value)
    if isinstance(value, Mapping) and isinstance(value.get("code"), str):
        return say(language, value["code"], value.get("params")) or value["code"]
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else float(f"{value:.4g}")
    return value
