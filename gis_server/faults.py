"""An import's faults in words: what the check stored, and what each rule wanted to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gis_server.text import rendered, say


def in_words(language: str, faults: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return faults with `wanted` and `text` in the reader's language.

    What a rule wants is data (a list of values, a limit, a form) or a phrase: the text
    `wanted.<rule>.<field>` or `wanted.<rule>`, which may name the data as {wanted}.
    """
    return [_in_words(language, fault) for fault in faults]


def _in_words(language: str, fault: Mapping[str, Any]) -> dict[str, Any]:
    keys = (f"wanted.{fault['rule']}.{fault['field']}", f"wanted.{fault['rule']}")
    phrases = (say(language, key, fault["params"]) for key in keys)
    wanted = next((phrase for phrase in phrases if phrase), fault["wanted"])
    told = {**fault, "wanted": wanted, "params": {**fault["params"], "wanted": wanted}}
    return dict(rendered(language, told))
