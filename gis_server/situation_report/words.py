"""The words of a situation report in one language."""

from __future__ import annotations

from typing import Any

from gis_server.sheets.words import Words
from gis_server.text import say

PREFIX = "situation_report"


class Telling(Words):
    """Words that begin with the report's own."""

    def __call__(self, key: str, **params: Any) -> str:
        """Return the text `situation_report.<key>`."""
        return say(self.language, f"{PREFIX}.{key}", params) or key

    def value_of(self, name: str, value: Any) -> str:
        """Return a coded value in words: `<name>.<value>`, else the value itself."""
        if value in (None, ""):
            return ""
        return self.say(f"{name}.{value}", f"value.{name}.{value}") or str(value)

    def minute(self, written: Any) -> str:
        """Return a moment to the minute, in the site's time."""
        return self.moment(written)[:16] if written else ""

    def length(self, metres: float | None) -> str:
        """Return a distance as people say it."""
        if metres is None:
            return ""
        return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"

    def minutes(self, seconds: float | None) -> str:
        """Return a time of travel in minutes."""
        return "" if seconds is None else f"{seconds / 60:.0f} min"
