"""Who is signed in, and what the site is."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from flask import Response, jsonify, request
from pydantic import Field

from gis_server import signin
from gis_server.auth import COOKIE, identity, permission, token
from gis_server.state import config, db, state
from gis_server.text import say
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery, Wire
from layers import journal
from layers.site import describe

bp = api("session")
SIGHT = "onemap_sight"
MOST_COOKIE_S = 400 * 86_400
"""Browsers keep no cookie for longer (RFC 6265bis, 5.5); the key itself is what ends."""


class Credentials(Wire):
    """A name and a password."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=1000)]


class WallKeyIn(Wire):
    """The key of a wall."""

    key: Annotated[str, Field(min_length=20, max_length=200)]


@bp.get("/session")
@permission("public")
def show(query: NoQuery) -> Response:
    """Tell who asks, what they may do, and the site's name, place and credits.

    A cookie names what was granted. Tiles are kept by browsers for as long as their cookies are the
    same (`Vary`): after a grant or its end none is shown that was made for other rights.
    """
    known = identity()
    response = jsonify(_shown(known, token()))
    # A visitor of demo mode has no rights that could change.
    if known is not None and known.user_id is not None:
        sight = _sight(known)
        if request.cookies.get(SIGHT) != sight:
            _set_cookie(response, SIGHT, sight)
    return response


@bp.post("/session")
@permission("public")
def sign_in(body: Credentials) -> Response:
    """Sign in; the token comes as an HttpOnly cookie and is always a new one."""
    fresh, known = signin.sign_in(
        state().engine,
        config(),
        name=body.name,
        password=body.password,
        address=request.remote_addr or "",
    )
    if (old := token()) is not None:
        signin.sign_out(db(), old)
    response = jsonify(_shown(known, fresh))
    response.status_code = 201
    _set_cookie(response, COOKIE, fresh)
    return response


@bp.post("/session/wall")
@permission("public")
def enter_wall(body: WallKeyIn) -> Response:
    """Sign a screen in with the key of its wall, for as long as the key is in force.

    What comes is a session that only reads, for that wall; it has no end after hours.
    """
    known = signin.enter_wall(db(), body.key, config())
    if (old := token()) is not None:
        signin.sign_out(db(), old)
    response = jsonify(_shown(known, body.key))
    response.status_code = 201
    _set_cookie(response, COOKIE, body.key, max_age_s=MOST_COOKIE_S)
    return response


@bp.delete("/session")
@permission("public")
def sign_out() -> Response:
    """Sign out: the token is forgotten by the server, not only by the browser."""
    if (held := token()) is not None:
        signin.sign_out(db(), held)
    response = Response(status=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return response


def _set_cookie(response: Response, name: str, value: str, *, max_age_s: int | None = None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=config().session_absolute_s if max_age_s is None else max_age_s,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/",
    )


def _sight(known: signin.Identity) -> str:
    """Return what is the same for as long as somebody's rights are."""
    return hashlib.blake2b(repr(sorted(known.grants)).encode(), digest_size=8).hexdigest()


def _ends_in_s(held: str | None) -> float | None:
    """Return how long a token still opens something if nothing more is done with it."""
    found = signin.recognise(db(), held, config()) if held else None
    return None if found is None else round(found.ends_in_s, 1)


def _shown(known: signin.Identity | None, held: str | None) -> dict[str, Any]:
    site = describe(db(), name=config().site_name, name_en=config().site_name_en)
    site["name"] = site["name"] or say("zh", "site.default")
    site["name_en"] = site["name_en"] or say("en", "site.default")
    site["timezone"] = config().timezone
    return {
        # How many changes there were is for those who are in.
        "epoch": str(journal.epoch(db())),
        "seq": journal.high_water(db()) if known else None,
        "user": {"name": known.name, "title": known.title} if known else None,
        "roles": list(known.roles) if known else [],
        "permissions": sorted(known.permissions) if known else [],
        "wall": known.wall if known else None,
        "ends_in_s": _ends_in_s(held),
        "demo": config().demo,
        "site": site,
    }
