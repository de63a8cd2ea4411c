"""How every noun of the API begins: its prefix, its tag, and the one shape of its errors."""

from __future__ import annotations

from typing import Any

from flask_openapi import APIBlueprint, Tag

from gis_server.errors import reader_language
from gis_server.text import rendered
from gis_server.wire.base import ErrorBody

PREFIX = "/api/v1"
REFUSALS = ("401", "403", "404", "422", "503")


def api(noun: str) -> APIBlueprint:
    """Return the blueprint of a noun below /api/v1."""
    return APIBlueprint(
        noun,
        f"gis_server.views.{noun}",
        url_prefix=PREFIX,
        abp_tags=[Tag(name=noun)],
        abp_responses=dict.fromkeys(REFUSALS, ErrorBody),
    )


def spoken(value: Any) -> Any:
    """Return a JSON value with its messages in the reader's language."""
    return rendered(reader_language(), value)
