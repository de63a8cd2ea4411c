"""A card as a message: so short that it is sent, with names cut before words are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis_server.text import say

SHORTEST = 2
CUT = "…"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a message is made of: the card, what happened, and in which time zone."""

    card: Mapping[str, Any]
    kind: str
    substance: tuple[str, str] | None
    zone: dt.tzinfo

    def say(self, size: str, language: str, limit: int) -> str:
        """Return the message of a size in a language, of at most `limit` characters."""
        params = self._params(language)
        keys = ["card_text.drill"] if self.card["exercise"] else []
        keys.append(f"card_text.{size}_{self._form()}")
        if size == "long":
            keys += [
                f"card_text.long_{name}" for name in ("by", "arrives", "phone") if params[name]
            ]
        return fitted(language, keys, params, limit=limit)

    def _form(self) -> str:
        if self.card["action"] == "shelter":
            return "shelter"
        return "road" if self.card["to"] is not None else "away"

    def _params(self, language: str) -> dict[str, str]:
        card = self.card
        where = card["to"] or {}
        road = card["road"] or {}
        call: Mapping[str, Any] = next((line for line in card["calls"] if line.get("phone")), {})
        return {
            "name": _named(card, language),
            "what": self._what(language),
            "road": str(road.get("name") or ""),
            "to": _named(where, language),
            "away": say(language, card["away"]["compass"]["code"]) or "",
            "by": self._clock(road.get("leave_by")),
            "arrives": self._clock(card["arrives_at"]),
            "phone": str(call.get("phone") or ""),
        }

    def _what(self, language: str) -> str:
        kind = say(language, f"kind.{self.kind}") or self.kind
        if self.substance is None:
            return kind
        name = self.substance[0] if language == "zh" else self.substance[1]
        return say(language, "incident.title", {"substance": name, "kind": kind}) or name

    def _clock(self, moment: str | None) -> str:
        if moment is None:
            return ""
        return f"{dt.datetime.fromisoformat(moment).astimezone(self.zone):%H:%M}"


def fitted(language: str, keys: Sequence[str], params: Mapping[str, str], *, limit: int) -> str:
    """Return the texts of some keys within a limit: the longest parameter loses its end.

    Where nothing is left to cut, the text itself ends in an ellipsis.
    """
    values = {name: " ".join(value.split()) for name, value in params.items()}
    text = _joined(language, keys, values)
    while len(text) > limit:
        used = [name for name, value in values.items() if value and value in text]
        longest = max(used, key=lambda name: len(values[name]), default=None)
        if longest is None or len(values[longest]) <= SHORTEST:
            return text[: limit - 1] + CUT
        over = max(1, min(len(text) - limit, len(values[longest]) // 4))
        values[longest] = values[longest].removesuffix(CUT)[:-over].rstrip() + CUT
        text = _joined(language, keys, values)
    return text


def _joined(language: str, keys: Sequence[str], values: Mapping[str, str]) -> str:
    return "".join(say(language, key, values) or key for key in keys)


def _named(place: Mapping[str, Any], language: str) -> str:
    own, foreign = place.get("name"), place.get("name_en")
    return str((own if language == "zh" else foreign) or own or foreign or "")
