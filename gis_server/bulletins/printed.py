"""A bulletin as an official document: what stands around its text, and the printers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gis_server.bulletins.body import opened
from gis_server.bulletins.wording import Wording
from gis_server.sheets import official
from gis_server.sheets.blocks import Block
from gis_server.text import LANGUAGES, say
from layers.models import Bulletin


def number(row: Bulletin) -> dict[str, str] | None:
    """Return the number that a signed bulletin bears, in each language; None of a draft."""
    if row.serial is None:
        return None
    key = "duty.number.exercise" if row.exercise else "duty.number"
    params = {"year": str(row.year), "serial": row.serial}
    return {language: say(language, key, params) or "" for language in LANGUAGES}


def document(
    row: Bulletin, *, language: str, zone: dt.tzinfo, site: dict[str, Any], contacts: bool
) -> tuple[list[Block], official.Head]:
    """Return a bulletin's blocks and what stands around them.

    Parameters
    ----------
    site
        As `layers.site.describe` tells it.
    contacts
        Whether the reader may see names and numbers of people.
    """
    page = opened(row.body, contacts=contacts)["pages"][language]
    words = Wording(language, zone)
    named = number(row)
    return page["blocks"], official.Head(
        language=language,
        organ=organ(site, language),
        title=page["title"],
        number=named[language] if named else say(language, "duty.unsigned") or "",
        date=words.dated(row.signed_at or row.made_at),
        signer=(row.signer or row.signed_by or "") if row.signed_at else "",
        signed=(
            [(say(language, "duty.signed") or "", row.signer or row.signed_by or "",
              words.moment(row.signed_at))]
            if row.signed_at
            else ()
        ),
        exercise=row.exercise,
        fictional=bool(site["fictional"]),
    )  # fmt: skip


def organ(site: dict[str, Any], language: str) -> str:
    """Return the organ that a site's documents are of."""
    name = site["name"] if language == "zh" else site["name_en"] or site["name"]
    return say(language, "duty.organ", {"site": name or ""}) or ""
