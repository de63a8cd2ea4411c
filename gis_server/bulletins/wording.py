"""The words of the duty desk's documents in one language."""

from __future__ import annotations

import datetime as dt

from gis_server.sheets.blocks import NOTHING
from gis_server.sheets.words import Words
from gis_server.text import say


class Wording(Words):
    """Words, with moments as official documents write them, to the minute, in the site's time."""

    def said(self, key: str, **params: object) -> str:
        """Return the text `duty.said.<key>`."""
        return (say(self.language, f"duty.said.{key}", params) or "").strip()

    def moment(self, written: str | dt.datetime | None) -> str:
        """Return a moment in words, with the name of the site's time where it is not obvious."""
        if written is None:
            return NOTHING
        at = dt.datetime.fromisoformat(written) if isinstance(written, str) else written
        local = at.astimezone(self.zone)
        params = {
            **self._day(local),
            "minute": f"{local.minute:02d}",
            "hour": self._two(local.hour),
        }
        return say(self.language, "duty.moment", params) or ""

    def dated(self, at: dt.datetime) -> str:
        """Return a day as a document bears it."""
        return say(self.language, "duty.date", self._day(at.astimezone(self.zone))) or ""

    def _day(self, local: dt.datetime) -> dict[str, str]:
        return {
            "year": str(local.year), "month": self._two(local.month), "day": self._two(local.day),
        }  # fmt: skip

    def _two(self, number: int) -> str:
        """Return a number of two digits where a date is written in numbers alone."""
        return str(number) if self.language == "zh" else f"{number:02d}"
