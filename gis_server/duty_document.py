"""Documents of the duty desk answered as a page, for Word, or on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from flask import Response

from gis_server import printing
from gis_server.headers import page_policy
from gis_server.sheets import official
from gis_server.sheets.blocks import Block
from gis_server.state import commit, config, db
from layers import site

Form = Literal["html", "docx", "pdf"]


def answer(blocks: Sequence[Block], head: official.Head, *, form: Form, name: str) -> Response:
    """Return a document in a form; `name` is its file's, without ending.

    Raises
    ------
    SetupError
        `"no_printer"`: it is to be a PDF, and there is no Chromium on this machine.
    """
    if form == "html":
        response = Response(official.html(blocks, head), mimetype="text/html")
        response.headers["Content-Security-Policy"] = page_policy(official.style(), pictures=True)
        return response
    if form == "docx":
        response = Response(official.docx(blocks, head), mimetype=official.MEDIA_TYPE)
    else:
        # Paper takes longer than a transaction may idle.
        commit()
        paper = printing.pdf(official.html(blocks, head), config=config())
        response = Response(paper, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response


def this_site() -> dict[str, Any]:
    """Return what the site says of itself, by the names of the settings."""
    return site.describe(db(), name=config().site_name, name_en=config().site_name_en)
