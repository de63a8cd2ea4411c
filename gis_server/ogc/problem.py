"""Errors of /ogc as problem documents (RFC 9457): what went wrong, in the reader's language.

A parameter that cannot be used is 400 here, as OGC 17-069r4 (7.5) wants it, not 422.
"""

from __future__ import annotations

from flask import Response, jsonify, request
from flask_openapi import APIBlueprint

from gis_server import errors
from gis_server.ogc.basic import challenge

PROBLEM = "application/problem+json"


def register(blueprint: APIBlueprint) -> None:
    """Let a blueprint answer its errors as problems."""
    blueprint.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """Return an error as a problem document."""
    plain = errors.respond(error)
    if plain.status_code < 400:
        return plain
    said = plain.get_json()["error"]
    status = 400 if plain.status_code == 422 else plain.status_code
    response = jsonify(
        type="about:blank",
        title=said["code"],
        status=status,
        detail=said["message"],
        instance=request.path[:200],
        **({"parameter": said["details"]["field"]} if "field" in said["details"] else {}),
    )
    response.status_code = status
    response.mimetype = PROBLEM
    for name in ("Retry-After", "Allow"):
        if name in plain.headers:
            response.headers[name] = plain.headers[name]
    return challenge(response)
