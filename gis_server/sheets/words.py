"""The words of a sheet in one language: names of quantities, values, units, messages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from gis_server.sheets.blocks import NOTHING, number, unit
from gis_server.text import rendered, say, title

_LONG = 12
_MARK = re.compile(r"\s*\[([^\[\]]+)\]\s*$")
_PERCENT = re.compile(r"(.*?) ?(\d+) ?%")


class Words:
    """One language, and the time zone in which moments are told."""

    def __init__(self, language: str, zone: dt.tzinfo) -> None:
        self.language = language
        self.zone = zone

    def __call__(self, key: str, **params: Any) -> str:
        """Return the text `calculation.<key>`."""
        return say(self.language, f"calculation.{key}", params) or key

    def say(self, *keys: str) -> str | None:
        """Return the text of the first key that has one."""
        return title(self.language, *keys)

    def quantity(self, name: str) -> str:
        """Return the name of an input, a step or a value."""
        last = name.rpartition(".")[2]
        keys = (f"model.input.{name}", f"input.{name}", f"model.input.{last}")
        return self.say(*keys, f"calculation.quantity.{last}", f"value.{last}") or name

    def model(self, name: str) -> str:
        """Return a model's title and name."""
        found = self.say(f"model.{name}")
        return f"{found} ({name})" if found else name

    def value(self, value: Any, of: str | None = None) -> str:
        """Return a value with its unit; a long list is told by its ends."""
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return self("yes") if value else self("no")
        if isinstance(value, int | float):
            return f"{number(value)} {unit(of)}".rstrip()
        if isinstance(value, list | tuple):
            return self._listed(list(value), of)
        if isinstance(value, Mapping):
            return self.joint.join(f"{self.quantity(k)} {self.value(v)}" for k, v in value.items())
        word = str(value)
        return self.say(f"value.{word}") or f"{word} {unit(of)}".rstrip()

    def message(self, message: Any) -> str:
        """Return a message in words with its source; a bare text is itself."""
        if not isinstance(message, Mapping):
            return "" if message is None else self.cited(str(message))
        text = str(rendered(self.language, self._unmarked(message)).get("text", ""))
        source = message.get("source")
        said = self.message(source) if source else ""
        return f"{text} [{said}]" if said and said != text else text

    def _unmarked(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a message that marks a source with the mark in words, and once."""
        params = message.get("params") or {}
        if "certainty" not in params:
            return message
        told = {
            "certainty": self.certainty(str(params["certainty"])),
            "source": _MARK.sub("", str(params.get("source", ""))),
        }
        return {**message, "params": {**params, **told}}

    def cited(self, source: str) -> str:
        """Return a citation, the mark in brackets at its end told in words."""
        return _MARK.sub(lambda found: f" ({self.certainty(found.group(1))})", source)

    def certainty(self, mark: str) -> str:
        """Return how sure a source is, in words."""
        return self.joint.join(map(self._sure, mark.split(", ")))

    def _sure(self, part: str) -> str:
        found = _PERCENT.fullmatch(part)
        name, percent = (found.group(1), found.group(2)) if found else (part, "")
        return say(self.language, f"certainty.{name}", {"percent": percent}) or part

    def moment(self, written: str | dt.datetime | None) -> str:
        """Return a moment in the site's time, with its offset."""
        if written is None:
            return NOTHING
        at = dt.datetime.fromisoformat(written) if isinstance(written, str) else written
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S %z")

    @property
    def joint(self) -> str:
        """Return what stands between the members of a list."""
        return "、" if self.language == "zh" else ", "

    def _listed(self, values: list[Any], of: str | None) -> str:
        if values and isinstance(values[0], list | tuple):
            return self("grid", rows=len(values), columns=len(values[0]), unit=unit(of)).rstrip()
        if len(values) <= _LONG:
            told = self.joint.join(self.value(item) for item in values)
            return f"{told} {unit(of)}".rstrip()
        return self(
            "listed",
            count=len(values),
            first=self.value(values[0]),
            last=self.value(values[-1], of),
        )
