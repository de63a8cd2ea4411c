"""Whom to call, as somebody without `contacts.read` may see it: that there is a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def masked(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contact or call line with its name and number covered; the post stays."""
    shown = dict(entry)
    if shown.get("phone"):
        shown["phone"] = _covered(str(shown["phone"]))
    if shown.get("name"):
        shown["name"] = str(shown["name"])[:1] + "**"
    shown["masked"] = True
    return shown


def _covered(phone: str) -> str:
    """Return a number of which the first three and the last two characters show, at most."""
    if len(phone) < 8:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 5) + phone[-2:]
