"""The digest of a period (值班要情): what came in, with exercises apart and in none of its sums."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from flask import Response

from gis_server import duty_document, watch_pages
from gis_server.auth import permission, scope
from gis_server.bulletins.printed import organ
from gis_server.bulletins.wording import Wording
from gis_server.errors import reader_language
from gis_server.sheets import official
from gis_server.state import config, db
from gis_server.views.blueprint import PREFIX, api
from gis_server.wire.handover import DigestQuery
from layers.incidents import watch

bp = api("digest")


@bp.get("/digest")
@permission("incidents.read")
def told(query: DigestQuery) -> dict[str, Any]:
    """Tell what came in within a period, in the reader's regions."""
    asked = urlencode({"from": query.from_.isoformat(), "to": query.to.isoformat()})
    forms = ("html", "docx", "pdf")
    links = {form: f"{PREFIX}/digest.{form}?{asked}" for form in forms}
    return _digest(query) | {"links": links}


@bp.get("/digest.html")
@permission("incidents.read")
def page(query: DigestQuery) -> Response:
    """Answer the digest as a page to print."""
    return _document(query, "html")


@bp.get("/digest.docx")
@permission("incidents.read")
def document(query: DigestQuery) -> Response:
    """Answer the digest as a DOCX document."""
    return _document(query, "docx")


@bp.get("/digest.pdf")
@permission("incidents.read")
def paper(query: DigestQuery) -> Response:
    """Answer the digest as a PDF."""
    return _document(query, "pdf")


def _digest(query: DigestQuery) -> dict[str, Any]:
    period = {"begin": query.from_, "end": query.to}
    held = watch.of_period(db(), scope(), **period)
    return watch_pages.digest(held, watch.tally(db(), scope(), **period), **period)


def _document(query: DigestQuery, form: duty_document.Form) -> Response:
    language = reader_language()
    words = Wording(language, config().zone)
    content = watch_pages.digest_page(_digest(query), words)
    site = duty_document.this_site()
    head = official.Head(
        language=language, organ=organ(site, language), title=content["title"],
        date=words.dated(dt.datetime.now(dt.UTC)), fictional=bool(site["fictional"]),
    )  # fmt: skip
    return duty_document.answer(content["blocks"], head, form=form, name="digest")
