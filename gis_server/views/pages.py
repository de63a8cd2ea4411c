"""The built web map: pages, files with a hash kept for ever, a clear page when not built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from gis_server.auth import permission
from gis_server.errors import reader_language
from gis_server.text import say

WEB = Path(__file__).resolve().parent.parent / "web"
PAGES = {
    "/": "index", "/hall": "hall", "/desk": "desk", "/planner": "planner", "/field": "field",
    "/print": "print",
}  # fmt: skip
HASHED = "assets"

bp = Blueprint("pages", __name__)


def register(app: Flask) -> None:
    """Give an application its pages."""
    app.register_blueprint(bp)


@bp.get("/", endpoint="index")
@bp.get("/hall", endpoint="hall")
@bp.get("/desk", endpoint="desk")
@bp.get("/planner", endpoint="planner")
@bp.get("/field", endpoint="field")
@bp.get("/print", endpoint="print")
@permission("public")
def page() -> Response:
    """Answer the page of an entrance."""
    from flask import request

    name = f"{PAGES[request.path]}.html"
    if not (WEB / name).is_file():
        return _not_built()
    return _file(name, "no-cache")


@bp.get("/<path:name>")
@permission("public")
def file(name: str) -> Response:
    """Answer a file of the built bundle."""
    return _file(name, _kept(name))


def _file(name: str, cache: str) -> Response:
    if not WEB.is_dir():
        raise NotFound
    response: Any = send_from_directory(WEB, name)
    response.headers["Cache-Control"] = cache
    return response  # type: ignore[no-any-return]


def _kept(name: str) -> str:
    hashed = name.partition("/")[0] == HASHED
    return "public, max-age=31536000, immutable" if hashed else "no-cache"


def _not_built() -> Response:
    words = say(reader_language(), "page.not_built") or ""
    return Response(f"<!doctype html><meta charset=utf-8><title>onemap</title><p>{words}</p>",
                    status=503, mimetype="text/html")  # fmt: skip
