"""The API's own description and a page to read it, both from this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask_openapi_swagger
from flask import Blueprint, Response, current_app, jsonify, send_from_directory
from flask_openapi import OpenAPI

from gis_server.auth import permission

SWAGGER = Path(flask_openapi_swagger.__file__).parent / "templates" / "swagger"

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>onemap API</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/api/v1/docs/css/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/v1/docs/js/swagger-ui-bundle.js"></script>
<script src="/api/v1/docs/start.js"></script>
</body>
</html>
"""

START = """SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  requestInterceptor: (request) => {
    request.headers["X-Requested-With"] = "onemap";
    return request;
  },
});
"""

bp = Blueprint("docs", __name__, url_prefix="/api/v1")


def register(app: OpenAPI) -> None:
    """Give an application its description."""
    app.register_blueprint(bp)


@bp.get("/openapi.json")
@permission("public")
def openapi() -> Response:
    """Answer the description of every route (OpenAPI 3.1)."""
    return jsonify(description(current_app))  # type: ignore[arg-type]


@bp.get("/docs")
@permission("public")
def page() -> Response:
    """Answer the page that shows it."""
    return Response(PAGE, mimetype="text/html")


@bp.get("/docs/start.js")
@permission("public")
def start() -> Response:
    """Answer the script that starts the page; inline it would break the policy."""
    return Response(START, mimetype="text/javascript")


@bp.get("/docs/<path:name>")
@permission("public")
def file(name: str) -> Response:
    """Answer a file of Swagger UI."""
    return send_from_directory(SWAGGER, name)


def description(app: OpenAPI) -> dict[str, Any]:
    """Return the OpenAPI document: what the library made, and the pages it does not know."""
    document = dict(app.api_doc)
    paths = dict(document["paths"])
    for rule in app.url_map.iter_rules():
        path = _template(rule.rule)
        if path not in paths and "GET" in (rule.methods or ()):
            view = app.view_functions[rule.endpoint]
            paths[path] = {"get": _operation(rule.endpoint, view, sorted(rule.arguments))}
    document["paths"] = dict(sorted(paths.items()))
    return document


def _template(rule: str) -> str:
    """Return a Flask rule as an OpenAPI path: `<path:name>` is `{name}`."""
    parts = rule.replace("<", "{").replace(">", "}")
    for converter in ("path:", "int:", "uuid:", "string:"):
        parts = parts.replace("{" + converter, "{")
    return parts


def _operation(endpoint: str, view: Any, arguments: list[str]) -> dict[str, Any]:
    return {
        "operationId": endpoint.replace(".", "_"),
        "tags": ["pages"],
        "summary": (view.__doc__ or "").partition("\n")[0],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in arguments
        ],
        "responses": {"200": {"description": "OK"}, "404": {"description": "Not Found"}},
    }
