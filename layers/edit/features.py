"""Add, change and remove one feature under the version it was made on."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from layers import region_code, tasks
from layers.catalog import Layer
from layers.district import district_of
from layers.edit.derived import with_pinyin
from layers.edit.geometry import checked
from layers.errors import ConflictError, InvalidInputError, PermissionError_, QualityError
from layers.intake.quality import check_record
from layers.query.page import feature_id, no_feature
from layers.query.rows import feature_columns, to_feature
from layers.query.scope import Scope, visible

READ_ONLY = frozenset({"layer", "fid", "version", "updated_at", "distance_m", "bearing_deg"})
"""Properties that an answer carries and a change may echo: they are not the writer's."""


def add(
    session: Session, layer: Layer, feature: Mapping[str, Any], *, scope: Scope
) -> dict[str, Any]:
    """Add a GeoJSON feature and return it as stored.

    `id` may be given (a UUID made by the client). Where no region is given, it is the smallest
    district that holds the feature.

    Raises
    ------
    InvalidInputError
        An unknown property or an unusable geometry.
    QualityError
        The properties break the layer's rules; `report` lists every fault.
    ConflictError
        There is a feature with this id already.
    PermissionError_
        The feature lies outside the writer's regions.
    """
    geometry = checked(layer, feature.get("geometry"))
    properties = feature.get("properties") or {}
    given = {name: value for name, value in properties.items() if value is not None}
    record = _clean(layer, given, partial=False)
    if geometry is not None and not record.get("region"):
        record["region"] = district_of(session, geometry)
    _check_scope(layer, scope, record.get("region"))
    values = {"geom": geometry, **with_pinyin(layer, record)}
    if feature.get("id") is not None:
        values["id"] = _free_id(session, layer, feature["id"])
    table = layer.table
    statement = insert(table).values(values).returning(table.c.id)
    return _read(session, layer, session.execute(statement).scalar_one())


def change(
    session: Session,
    layer: Layer,
    id: uuid.UUID | str,
    patch: Mapping[str, Any],
    *,
    version: int,
    scope: Scope,
) -> dict[str, Any]:
    """Change a part of a feature and return it as stored; what the patch leaves out stays.

    Parameters
    ----------
    patch
        `properties` and `geometry`, each optional, as in the GeoJSON of the feature. A new
        geometry in another district takes that region, unless the patch gives one.
    version
        The version that the writer saw.

    Raises
    ------
    ConflictError
        Somebody else was faster: `mine` is the patch, `theirs` the feature as it is now.
    NotFoundError
        There is no such feature, or none that this writer may see.
    InvalidInputError, QualityError, PermissionError_
        As `add`.
    """
    current = _locked(session, layer, id, scope)
    _check_version(layer, current, version, mine=patch)
    values = _clean(layer, patch.get("properties") or {}, partial=True)
    if "geometry" in patch:
        values["geom"] = checked(layer, patch["geometry"])
        district = district_of(session, values["geom"])
        held = current["properties"]["region"]
        if district and not (held and region_code.holds(district, held)):
            values.setdefault("region", district)
    if "region" in values:
        _check_scope(layer, scope, values["region"])
    key = uuid.UUID(current["id"])
    if values:
        table = layer.table
        session.execute(update(table).where(table.c.id == key).values(with_pinyin(layer, values)))
    return _read(session, layer, key)


def remove(
    session: Session, layer: Layer, id: uuid.UUID | str, *, version: int, scope: Scope
) -> None:
    """Remove a feature; its last version stays in the journal.

    Raises
    ------
    ConflictError, NotFoundError
        As `change`; `mine` is None. `"committed"`: a task holds the team or place.
    """
    current = _locked(session, layer, id, scope)
    _check_version(layer, current, version, mine=None)
    if layer.name in ("team", "resource"):
        tasks.refuse_committed(session, [uuid.UUID(current["id"])], what=layer.name)
    table = layer.table
    session.execute(delete(table).where(table.c.id == uuid.UUID(current["id"])))


def next_version(
    session: Session,
    layer: Layer,
    id: uuid.UUID | str,
    *,
    version: int,
    scope: Scope,
    mine: Mapping[str, Any],
    theirs: Callable[[uuid.UUID], Mapping[str, Any]],
) -> uuid.UUID:
    """Lock a feature because what hangs on it changes, and raise its version; return its id.

    Raises
    ------
    ConflictError, NotFoundError
        As `change`; `theirs` is called for what hangs on the feature now.
    """
    current = _locked(session, layer, id, scope)
    key = uuid.UUID(current["id"])
    if current["properties"]["version"] != version:
        current |= theirs(key)
    _check_version(layer, current, version, mine=mine)
    table = layer.table
    raised = {"version": table.c.version + 1}  # the table's trigger takes this for a touch
    session.execute(update(table).where(table.c.id == key).values(raised))
    return key


def _clean(layer: Layer, given: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
    """Return the given properties as columns hold them; refuse what breaks the layer's rules."""
    for name in given:
        if name not in READ_ONLY:
            layer.field(name)
    own = {name: value for name, value in given.items() if name not in READ_ONLY}
    record, faults = check_record(layer, own, partial=partial)
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        first = errors[0]
        raise QualityError(
            f"{layer.name}: field {first.field} breaks rule {first.rule}: "
            f"got {first.got!r}, wanted {first.wanted}",
            errors,
            layer=layer.name,
            faults=[fault.to_json() for fault in errors],
        )
    return record


def _check_scope(layer: Layer, scope: Scope, region: str | None) -> None:
    """Refuse a feature outside the writer's regions."""
    if not scope.holds(region):
        raise PermissionError_(
            f"a feature of layer {layer.name} in region {region or 'unknown'} lies outside "
            "the regions of this writer",
            code="outside_regions", layer=layer.name, region=region,
        )  # fmt: skip


def _free_id(session: Session, layer: Layer, id: Any) -> uuid.UUID:
    """Return a client's id, refused where it is no UUID or already taken."""
    try:
        key = uuid.UUID(str(id))
    except ValueError as error:
        raise InvalidInputError(f"{id!r} is not a UUID", field="id", got=str(id)[:80]) from error
    table = layer.table
    if session.execute(select(table.c.id).where(table.c.id == key)).first() is not None:
        raise ConflictError(
            f"layer {layer.name} has a feature {key} already",
            code="already_exists", layer=layer.name, id=str(key),
        )  # fmt: skip
    return key


def _locked(session: Session, layer: Layer, id: uuid.UUID | str, scope: Scope) -> dict[str, Any]:
    """Return the feature and keep others from changing it until this transaction ends."""
    key = feature_id(layer, id)
    statement = (
        select(*feature_columns(layer))
        .where(layer.column("id") == key, visible(layer, scope))
        .with_for_update(of=layer.table)
    )
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise no_feature(layer, id)
    _check_scope(layer, scope, row["region"])
    return to_feature(layer, row)


def _check_version(layer: Layer, current: dict[str, Any], version: int, *, mine: Any) -> None:
    """Refuse a change that was made on another version than the current one."""
    if current["properties"]["version"] != version:
        raise ConflictError(
            f"feature {current['id']} of layer {layer.name} is at version "
            f"{current['properties']['version']}; the change was made on {version}",
            layer=layer.name,
            id=current["id"],
            mine=dict(mine) if mine is not None else None,
            theirs=current,
        )


def _read(session: Session, layer: Layer, key: uuid.UUID) -> dict[str, Any]:
    """Return a feature that was just written."""
    statement = select(*feature_columns(layer)).where(layer.column("id") == key)
    return to_feature(layer, session.execute(statement).mappings().one())
