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
            "year": str(local.year), "month": local.month, "day": local.day,
            "hour": str(local.hour), "minute": f"{local.minute:02d}",
        }  # fmt: skip
        return say(self.language, "duty.moment", params) or ""

    def dated(self, at: dt.datetime) -> str:
        """Return a day as a document bears it."""
        local = at.astimezone(self.zone)
        params = {"year": str(local.year), "month": local.month, "day": local.day}
        return say(self.language, "duty.date", params) or ""
