"""Handing over the watch (交接班): written, signed by who leaves and by who takes over, printed."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from gis_server import duty_document, watch_pages
from gis_server.auth import permission, scope, who
from gis_server.bulletins.printed import organ
from gis_server.bulletins.wording import Wording
from gis_server.errors import reader_language
from gis_server.sheets import canonical, official
from gis_server.state import config, db
from gis_server.text import say
from gis_server.views.blueprint import PREFIX, api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.handover import (
    HandoverChange,
    HandoverPath,
    HandoverQuery,
    NewHandover,
    SignHandover,
)
from layers import region_code
from layers.errors import InvalidInputError, PermissionError_
from layers.incidents import handovers, watch
from layers.models import Handover
from layers.query import Scope
from layers.response.once import stored

bp = api("handovers")


@bp.get("/handovers")
@permission("incidents.read")
def every(query: HandoverQuery) -> dict[str, Any]:
    """List handovers in the reader's regions, the newest shift first.

    `desks` are the regions that the reader may write one of; empty is the whole tree, or nobody's.
    """
    found = handovers.listed(db(), scope(), limit=query.limit)
    desks = who().scope("incidents.write").regions or ()
    return {"handovers": [_shown(each) for each in found], "desks": list(desks)}


@bp.post("/handovers")
@permission("incidents.write")
def write(body: NewHandover) -> Response:
    """Write a handover from what is open now; 201, or 200 where it was written before."""
    if body.id is not None and db().get(Handover, body.id) is not None:
        return _answer(handovers.find(db(), body.id, scope=scope()), 200)
    region = _desk(body.region)
    held = watch.of_shift(
        db(), Scope(None if region is None else (region,)), begin=body.shift_from,
        end=body.shift_to,
    )  # fmt: skip
    text = watch_pages.handover(
        watch_pages.shift(held), begin=body.shift_from, end=body.shift_to, notes=body.notes,
        zone=config().zone,
    )  # fmt: skip
    row = Handover(
        id=body.id, region=region, shift_from=body.shift_from, shift_to=body.shift_to,
        made_by=who().name, body=text, body_hash=canonical.sha256(text),
    )  # fmt: skip
    if not stored(db(), row):
        return _answer(handovers.find(db(), row.id, scope=scope()), 200)
    return _answer(row, 201)


@bp.get("/handovers/<handover>")
@permission("incidents.read")
def one(path: HandoverPath, query: NoQuery) -> Response:
    """Read a handover; `ETag` is its version."""
    return _answer(handovers.find(db(), path.handover, scope=scope()), 200)


@bp.patch("/handovers/<handover>")
@permission("incidents.write")
def note(path: HandoverPath, body: HandoverChange) -> Response:
    """Write other notes to the next officer, before anybody has signed."""
    row = handovers.find(db(), path.handover, scope=scope(), version=wanted_version())
    text = watch_pages.handover(
        watch_pages.opened(row.body), begin=row.shift_from, end=row.shift_to, notes=body.notes,
        zone=config().zone,
    )  # fmt: skip
    row.body, row.body_hash = text, canonical.sha256(text)
    db().flush()
    db().refresh(row)
    return _answer(row, 200)


@bp.delete("/handovers/<handover>")
@permission("incidents.write")
def drop(path: HandoverPath) -> Response:
    """Remove a handover that nobody has signed; the journal keeps its words."""
    db().delete(handovers.find(db(), path.handover, scope=scope(), version=wanted_version()))
    db().flush()
    return Response(status=204)


@bp.post("/handovers/<handover>/sign")
@permission("reports.sign")
def sign(path: HandoverPath, body: SignHandover) -> Response:
    """Sign as who leaves, or, after that, as who takes over: two people."""
    row = handovers.find(db(), path.handover, scope=scope())
    handovers.sign(
        db(), row, body.role, body_hash=body.body_hash, user=who().name, name=who().title
    )
    return _answer(row, 201)


@bp.get("/handovers/<handover>.html")
@permission("incidents.read")
def page(path: HandoverPath, query: NoQuery) -> Response:
    """Answer a handover as a page to print."""
    return _document(path, "html")


@bp.get("/handovers/<handover>.docx")
@permission("incidents.read")
def document(path: HandoverPath, query: NoQuery) -> Response:
    """Answer a handover as a DOCX document."""
    return _document(path, "docx")


@bp.get("/handovers/<handover>.pdf")
@permission("incidents.read")
def paper(path: HandoverPath, query: NoQuery) -> Response:
    """Answer a handover as a PDF."""
    return _document(path, "pdf")


def _desk(asked: str | None) -> str | None:
    """Return the region of the desk that hands over; None is the whole tree.

    A handover is read by its region, so it tells of that region's incidents and of no others.
    """
    own = scope()
    if asked is None:
        if own.regions is not None and len(own.regions) > 1:
            named = ", ".join(own.regions)
            raise InvalidInputError(
                f"region: wanted one of {named}", code="which_desk", field="region", got=None,
                wanted=named,
            )  # fmt: skip
        return own.regions[0] if own.regions else None
    if not region_code.is_code(asked):
        raise InvalidInputError(
            f"region: {asked!r} is no code", code="bad_value", field="region", got=asked,
            wanted="330102",
        )  # fmt: skip
    if not own.holds(asked):
        raise PermissionError_(
            f"the desk is of region {asked}", code="outside_region", region=asked,
            regions=list(own.regions or ()),
        )  # fmt: skip
    return asked


def _document(path: HandoverPath, form: duty_document.Form) -> Response:
    row = handovers.find(db(), path.handover, scope=scope())
    language = reader_language()
    words = Wording(language, config().zone)
    content = watch_pages.opened(row.body)["pages"][language]
    site = duty_document.this_site()
    given = [(say(language, f"duty.{role}") or role, name or user or "", words.moment(at))
             for role, name, user, at in (("giver", row.giver, row.given_by, row.given_at),
                                          ("taker", row.taker, row.taken_by, row.taken_at))
             if at is not None]  # fmt: skip
    head = official.Head(
        language=language, organ=organ(site, language), title=content["title"],
        number="" if given else say(language, "duty.unsigned") or "",
        date=words.dated(row.shift_to), signed=given, fictional=bool(site["fictional"]),
    )  # fmt: skip
    return duty_document.answer(content["blocks"], head, form=form, name=f"handover-{row.id}")


def _answer(row: Handover, status: int) -> Response:
    content = watch_pages.opened(row.body)
    response = jsonify(_shown(handovers.Listed(row, content["notes"], content["incidents"])))
    response.status_code = status
    response.headers["ETag"] = f'"{row.version}"'
    if status == 201:
        response.headers["Location"] = f"{PREFIX}/handovers/{row.id}"
    return response


def _shown(each: handovers.Listed) -> dict[str, Any]:
    row = each.row
    address = f"{PREFIX}/handovers/{row.id}"
    state = "done" if row.taken_at else "given" if row.given_at else "draft"
    return {
        "id": str(row.id),
        "region": row.region,
        "shift_from": row.shift_from.isoformat(),
        "shift_to": row.shift_to.isoformat(),
        "state": state,
        "made_at": row.made_at.isoformat(),
        "made_by": row.made_by,
        "given": row.given_at
        and {"by": row.given_by, "name": row.giver, "at": row.given_at.isoformat()},
        "taken": row.taken_at
        and {"by": row.taken_by, "name": row.taker, "at": row.taken_at.isoformat()},
        "body_hash": row.body_hash,
        "version": row.version,
        "notes": each.notes,
        "incidents": each.incidents,
        "links": {form: f"{address}.{form}" for form in ("html", "docx", "pdf")},
    }
