"""Cards of the communities in a plan's zones: what to do, which road, whom to call; to print."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from sqlalchemy import select

from analysis.dispatch.evacuation import COACH, Evacuation
from analysis.roads.moment import roads_at
from analysis.scenario import Message
from gis_server import card_page, evacuating, excerpt, incident_face, printing
from gis_server import closures as closing
from gis_server.auth import may, permission, scope
from gis_server.cards import Context, cards
from gis_server.contacts import masked
from gis_server.errors import reader_language
from gis_server.headers import page_policy
from gis_server.proposing import substance_of
from gis_server.state import commit, config, db
from gis_server.views.blueprint import PREFIX, api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from gis_server.wire.response_room import CardPath, CardsQuery
from layers import site
from layers.errors import NoRouteError, NotFoundError
from layers.models import Assessment, Contact, Incident, ProtectionTarget
from layers.response.plan import plan_of

bp = api("cards")

CALLED = 3
PRINTED_MAX = 100
PICTURE_MM, PICTURE_DPI = 190.5, 144
"""A picture of 1080 pixels: 7.5 inches at 144 dots an inch."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """The cards of a plan as the reader may have them, and what they were made of."""

    incident: Incident
    row: Assessment | None
    plan: excerpt.Plan
    cards: Sequence[dict[str, Any]]


@bp.get("/incidents/<id>/cards")
@permission("incidents.read")
def every(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """Make one card a community in a zone of the plan in force, the soonest reached first."""
    made = _made(path.id)
    if made.row is None:
        return {"plan": None, "at": None, "cards": []}
    base = f"{PREFIX}/incidents/{made.incident.id}/cards"
    listed = [
        {**card, "links": {kind: f"{base}/{card['target']}.{kind}" for kind in _KINDS}}
        for card in made.cards
    ]
    return dict(spoken({"plan": str(made.row.id), "at": made.plan["at"], "cards": listed}))


@bp.get("/incidents/<id>/cards.pdf")
@permission("incidents.read")
def together(path: IncidentPath, query: CardsQuery) -> Response:
    """Print the cards as one PDF, a page each, the soonest reached first; `offset` leaves some out.

    So many as `PRINTED_MAX` are in one file.
    """
    made = _made(path.id)
    wanted = made.cards[query.offset : query.offset + PRINTED_MAX]
    if not wanted:
        raise NotFoundError(
            f"the plan has {len(made.cards)} cards", code="no_card", id=str(path.id)
        )
    printed = printing.pdf(_paper(made, wanted), config=config())
    return _file(printed, "application/pdf", f"cards-{path.id}.pdf")


@bp.get("/incidents/<id>/cards/<target>.html")
@permission("incidents.read")
def page(path: CardPath, query: NoQuery) -> Response:
    """Print a card as one page for A4."""
    response = Response(_page(path), mimetype="text/html")
    response.headers["Content-Security-Policy"] = page_policy(card_page.style())
    return response


@bp.get("/incidents/<id>/cards/<target>.pdf")
@permission("incidents.read")
def pdf(path: CardPath, query: NoQuery) -> Response:
    """Print a card as PDF."""
    made = printing.pdf(_page(path), config=config())
    return _file(made, "application/pdf", f"card-{path.target}.pdf")


@bp.get("/incidents/<id>/cards/<target>.png")
@permission("incidents.read")
def png(path: CardPath, query: NoQuery) -> Response:
    """Print a card as a picture, 1080 pixels wide."""
    made = printing.png(_page(path), config=config(), width_mm=PICTURE_MM, dpi=PICTURE_DPI)
    return _file(made, "image/png", f"card-{path.target}.png")


_KINDS = ("html", "pdf", "png")


def _page(path: CardPath) -> str:
    made = _made(path.id)
    card = next((card for card in made.cards if card["target"] == str(path.target)), None)
    if card is None:
        raise NotFoundError(
            f"no zone of the plan holds {path.target}", code="no_card", id=str(path.target)
        )
    return _paper(made, [card])


def _paper(made: Made, wanted: Sequence[dict[str, Any]]) -> str:
    """Return cards of a plan as a page to print."""
    if made.row is None:
        raise NotFoundError("there is no plan", code="no_card", id=str(made.incident.id))
    described = site.describe(db(), name=config().site_name, name_en=config().site_name_en)
    commit()  # No transaction idles while a page is printed.
    return card_page.render(
        wanted, made.plan, language=reader_language(), site=described, zone=config().zone,
        made={
            "incident": made.incident.title, "at": made.row.created_at.isoformat(),
            "by": made.row.created_by,
        },
    )  # fmt: skip


def _made(id: uuid.UUID) -> Made:
    now = dt.datetime.now(dt.UTC)
    incident = incident_face.find_incident(db(), id, scope=scope())
    row = plan_of(db(), incident.id)
    if row is None:
        return Made(incident=incident, row=None, plan={}, cards=())
    plan = excerpt.seen_by(db(), row.body, scope=scope())
    substance = substance_of(incident)
    context = Context(
        incident=incident,
        plan=plan,
        substance=(substance.name_zh, substance.name_en) if substance else None,
        wind_from_deg=closing.wind_of(plan),
        zone=config().zone,
        calls=_calls(plan),
    )
    answer, no_road = _evacuation(incident, row, plan, now)
    return Made(
        incident=incident, row=row, plan=plan, cards=cards(context, answer, no_road=no_road)
    )


def _evacuation(
    incident: Incident, row: Assessment, plan: excerpt.Plan, now: dt.datetime
) -> tuple[Evacuation | None, Message | None]:
    """Return who goes where by road, or why nobody can say."""
    closed = closing.of_question(
        db(), incident=incident.id, assessment=row.id, at=now, scope=scope()
    )
    case = evacuating.asked(db(), incident, plan, closed, scope=scope())
    if case is None:
        return None, None
    try:
        found = roads_at(
            db(), plan["lon"], plan["lat"], cache_dir=config().networks_dir, at=now, profile=COACH
        )
    except NoRouteError as error:
        return None, Message(code=f"error.{error.code}", params={})
    return case.solve(found.network, now=now), None


def _calls(plan: excerpt.Plan) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return whom to call at each target, masked for who may not read its contacts."""
    ids = [uuid.UUID(target["id"]) for target in plan.get("exposure", {}).get("targets", ())]
    rows = db().execute(
        select(Contact, ProtectionTarget.region)
        .join(ProtectionTarget, ProtectionTarget.id == Contact.feature_id)
        .where(Contact.layer == "protection_target", Contact.feature_id.in_(ids))
        .order_by(Contact.rank, Contact.id)
    )
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each, region in rows:
        line = {"name": each.name, "post": each.post, "phone": each.phone}
        if not may("contacts.read", region):
            line = masked(line)
        held = found.setdefault((each.layer, str(each.feature_id)), [])
        if len(held) < CALLED:
            held.append(line)
    return found


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
