"""The door: who asks, from where, and whether the route's permission is theirs.

Every view declares what it needs with `@permission(...)`; a view without one is shut. The order is
demo door, cross-site check, identity, permission; the view then finds `scope()`, the regions in
which the one who asks holds the route's permission.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, g, request

from gis_server.errors import CrossSiteError, DemoDoorError
from gis_server.guard import UPLOADS
from gis_server.ogc import basic
from gis_server.roles import PERMISSIONS, PUBLIC, SIGNED_IN
from gis_server.signin import DEMO, Identity, identify
from gis_server.state import commit, config, db, state
from gis_server.tiling import reader
from layers.catalog import set_reader
from layers.database import set_actor
from layers.errors import NotSignedInError, PermissionError_
from layers.query import Scope

COOKIE = "onemap_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
DEMO_HOSTS = frozenset({"localhost", "127.0.0.1"})

View = TypeVar("View", bound=Callable[..., Any])


def permission(name: str, *, remembered: bool = False) -> Callable[[View], View]:
    """Declare what a view needs: a permission of the table, `public` or `signed_in`.

    A view that only reads may take who asks from memory (`gis_server.tiling.reader`).
    """
    if name not in PERMISSIONS and name not in (PUBLIC, SIGNED_IN):
        raise ValueError(f"no permission {name!r}")

    def mark(view: View) -> View:
        view.permission = name  # type: ignore[attr-defined]
        view.remembered = remembered  # type: ignore[attr-defined]
        return view

    return mark


def register(app: Flask) -> None:
    """Put the door in front of every route."""
    app.before_request(_door)


def declared(app: Flask, endpoint: str) -> str | None:
    """Return the permission that a route declares, or None."""
    return getattr(app.view_functions.get(endpoint), "permission", None)


def identity() -> Identity | None:
    """Return who asks, or None where nobody is signed in."""
    if "identity" not in g and g.get("remembered"):
        g.identity = reader.recognised(token())
    elif "identity" not in g:
        g.identity = _recognise()
        if g.identity is not None:
            set_actor(db(), g.identity.name)
            set_reader(db(), g.identity.reader)
    return cast("Identity | None", g.identity)


def who() -> Identity:
    """Return who asks.

    Raises
    ------
    NotSignedInError
        Nobody is signed in.
    """
    asker = identity()
    if asker is None:
        raise NotSignedInError("nobody is signed in")
    return asker


def scope() -> Scope:
    """Return where the one who asks holds the permission of this route."""
    return who().scope(g.needed)


def may(name: str, region: str | None) -> bool:
    """Say whether the one who asks holds a permission over a region, not merely somewhere."""
    asker = identity()
    return asker is not None and asker.scope(name).holds(region)


def token() -> str | None:
    """Return the session token that came with the request."""
    return request.cookies.get(COOKIE)


def _door() -> None:
    if config().demo:
        _refuse_strangers()
    if request.routing_exception is not None or request.endpoint is None:
        return
    if request.method not in SAFE_METHODS:
        _refuse_other_sites()
    from flask import current_app

    g.needed = declared(current_app, request.endpoint)
    if g.needed is None:
        raise PermissionError_(f"{request.endpoint} declares no permission", code="undeclared")
    if g.needed == PUBLIC:
        return
    g.remembered = getattr(current_app.view_functions[request.endpoint], "remembered", False)
    asker = who()
    if asker.read_only and request.method not in SAFE_METHODS:
        raise PermissionError_(
            f"a session of {asker.name} that only reads", code="read_only_session"
        )
    if g.needed != SIGNED_IN and g.needed not in asker.permissions:
        raise PermissionError_(
            f"{asker.name} lacks {g.needed}", permission=g.needed, roles=list(asker.roles)
        )
    if request.endpoint in UPLOADS:
        _receive(asker)


def _receive(asker: Identity) -> None:
    """Receive a file between two transactions: a slow line takes longer than one may idle."""
    commit()
    _ = request.form
    set_actor(db(), asker.name)


def _recognise() -> Identity | None:
    if not config().demo and basic.names_somebody():
        return basic.recognise(db(), state().engine)
    held = token()
    known = identify(db(), held, config()) if held else None
    if known is None and config().demo:
        return DEMO
    return known


def _refuse_strangers() -> None:
    """Demo mode signs everybody in, so nobody may reach it through a proxy or another name."""
    for name in request.headers.keys():  # noqa: SIM118, the mapping iterates pairs
        lowered = name.lower()
        if lowered in ("forwarded", "via", "x-real-ip") or lowered.startswith("x-forwarded-"):
            raise DemoDoorError(
                f"demo mode takes no forwarded request; got the header {name}", header=name
            )
    host = request.host.rpartition(":")[0] or request.host
    if request.host.rpartition(":")[2].isdigit() is False:
        host = request.host
    if host not in DEMO_HOSTS:
        raise DemoDoorError(
            f"demo mode answers to localhost and 127.0.0.1; got host {request.host[:100]!r}",
            host=request.host[:100],
        )
    address = request.remote_addr or ""
    if not address or not ip_address(address).is_loopback:
        raise DemoDoorError(f"demo mode serves this machine only; got {address}", address=address)


def _refuse_other_sites() -> None:
    """Let a change pass only where no other site's page can have sent it.

    Browsers name the sender in Origin and Sec-Fetch-Site; a foreign one is refused always. With a
    session cookie there must be proof: our own origin, or a header that no form can set. Without
    a cookie and without any of these the sender is a program, not a page.
    """
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    own = urlsplit(request.host_url)
    foreign = origin is not None and urlsplit(origin)[:2] != (own.scheme, own.netloc)
    if foreign or site in ("cross-site", "same-site"):
        raise CrossSiteError("the change came from another site", origin=origin, site=site)
    proven = origin is not None or site in ("same-origin", "none")
    if proven or request.headers.get("X-Requested-With") == "onemap":
        return
    if token() is not None:
        raise CrossSiteError(
            "a change with a session cookie needs the header X-Requested-With: onemap",
            header="X-Requested-With",
        )
