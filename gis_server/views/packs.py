"""Packs of a region to take along: how large, made, listed, fetched in pieces, deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify, send_file

from gis_server import pack_jobs
from gis_server.auth import permission, who
from gis_server.errors import reader_language
from gis_server.pack_estimate import Estimate, estimate
from gis_server.pack_owner import NEEDED, Owner
from gis_server.packing import Asked
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.pack import NewPack, PackAsked, PackPath
from layers import catalog, site
from layers.errors import NotFoundError, PermissionError_, TooLargeError
from layers.models import Pack
from layers.packs import register, signing
from layers.packs.sealing import too_large

bp = api("packs")


@bp.post("/packs/estimate")
@permission("packs.make")
def how_large(body: PackAsked) -> dict[str, Any]:
    """Say about how large a pack would be, by part; nothing is made."""
    found = _estimated(_asked(body))
    return {
        "bytes": found.size,
        "parts": [{"part": part, "bytes": size} for part, size in found.parts.items()],
        "tiles": found.tiles,
        "features": found.features,
        "limit_bytes": config().pack_max_bytes,
        "fits": found.size <= config().pack_max_bytes,
    }


@bp.post("/packs")
@permission("packs.make")
def make(body: NewPack) -> Response:
    """Ask for a pack; 202 with its address, where its progress and then its file are told."""
    owner = Owner.of(who())
    asked = _asked(body)
    _refuse_too_large(_estimated(asked).size)
    pack = register.ask(
        db(),
        name=body.name,
        owner=owner.name,
        asked=asked.to_json(),
        scope=owner.scope,
        expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=body.expires_days),
    )
    response = jsonify(_shown(pack))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/packs/{pack.id}"
    return response


@bp.get("/packs")
@permission("packs.make")
def every(query: NoQuery) -> dict[str, Any]:
    """List one's own packs, newest first; an administrator's list has everybody's."""
    return {"packs": [_shown(pack) for pack in register.listed(db(), owner=_whose())]}


@bp.get("/packs/key")
@permission("features.read")
def key(query: NoQuery) -> dict[str, Any]:
    """Tell the public key that this site's packs are signed with."""
    own = signing.public(signing.site_key(config().keys_dir, given=config().pack_key))
    about = site.describe(db(), name=config().site_name, name_en=config().site_name_en)
    return {"key": own, "fingerprint": signing.fingerprint(own), "site": about["name"]}


@bp.get("/packs/<id>")
@permission("packs.make")
def one(path: PackPath, query: NoQuery) -> dict[str, Any]:
    """Tell what became of a pack, or how far its making has come."""
    return _shown(register.find(db(), path.id, owner=_whose()))


@bp.get("/packs/<id>/file")
@permission("packs.make")
def file(path: PackPath, query: NoQuery) -> Response:
    """Answer the pack itself; `Range` with `If-Range` goes on where a download was cut."""
    pack = register.find(db(), path.id, owner=_whose())
    _refuse_beyond_rights(pack)
    if pack.status != "ready" or pack.sha256 is None:
        raise _no_file(pack)
    there = pack_jobs.file_of(config(), pack.id)
    try:
        # By its path: of an open file alone no part could be asked for.
        response = send_file(
            there.resolve(), mimetype="application/octet-stream", as_attachment=True,
            download_name=f"{pack.name}{pack_jobs.ENDING}", etag=pack.sha256,
            last_modified=pack.made_at, max_age=0, conditional=True,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise _no_file(pack) from error
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.delete("/packs/<id>")
@permission("packs.make")
def remove(path: PackPath) -> Response:
    """Delete a pack and its file; one that is being made is stopped."""
    pack = register.find(db(), path.id, owner=_whose())
    register.remove(db(), pack)
    pack_jobs.forget(config(), pack.id)
    return Response(status=204)


def _no_file(pack: Pack) -> NotFoundError:
    return NotFoundError(
        f"the pack {pack.name} is {pack.status}; there is no file", code="pack_no_file",
        id=str(pack.id), status=pack.status,
    )  # fmt: skip


def _whose() -> str | None:
    """Return whose packs the one who asks may see; None: everybody's."""
    return None if who().reader.admin else who().name


def _asked(body: PackAsked) -> Asked:
    return body.asked(reader_language(), demo=who().demo)


def _estimated(asked: Asked) -> Estimate:
    return estimate(db(), config(), asked, Owner.of(who()))


def _refuse_too_large(size: int) -> None:
    if size > config().pack_max_bytes:
        raise too_large(size, config().pack_max_bytes)
    if (held := register.stored_bytes(db())) + size > config().packs_max_bytes:
        raise TooLargeError(
            f"the packs of this site have {held} bytes; with this one they would have more than "
            f"{config().packs_max_bytes}. Delete some first",
            code="packs_full", got=held + size, wanted=config().packs_max_bytes,
        )  # fmt: skip


def _refuse_beyond_rights(pack: Pack) -> None:
    """Refuse a pack that holds more than the one who asks may see by now."""
    scope = who().scope(NEEDED)
    regions = [None] if pack.regions is None else pack.regions
    inside = scope.regions is None or all(scope.holds(region) for region in regions)
    known = {layer.name for layer in catalog.layers(db())}
    if not inside or not known.issuperset(pack.report.get("layers", {})):
        raise PermissionError_(
            "the pack holds what may not be seen any more", code="pack_beyond_rights",
            id=str(pack.id),
        )  # fmt: skip


def _shown(pack: Pack) -> dict[str, Any]:
    ready = pack.status == "ready" and pack_jobs.file_of(config(), pack.id).is_file()
    return {
        "id": str(pack.id),
        "name": pack.name,
        "owner": pack.owner,
        "status": pack.status,
        "progress": pack_jobs.progress_of(config(), pack.id),
        "error": spoken(pack.report.get("error")),
        "bytes": pack.size_bytes,
        "sha256": pack.sha256,
        "file": f"/api/v1/packs/{pack.id}/file" if ready else None,
        "asked": pack.asked,
        "created_at": pack.created_at.isoformat(),
        "made_at": pack.made_at.isoformat() if pack.made_at else None,
        "expires_at": pack.expires_at.isoformat(),
        "revision": pack.revision,
        "epoch": pack.report.get("epoch"),
        "layers": pack.report.get("layers"),
        "version": pack.version,
    }
