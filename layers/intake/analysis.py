"""Analysis (分析): what a file holds, how it seems to be read, and where it seems to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from layers.crs import Candidate, guess
from layers.crs.fitting import Bounds
from layers.errors import InvalidInputError
from layers.intake import files
from layers.intake.look import CrsLook, LayerLook, Look, coordinates
from layers.intake.options import Options
from layers.intake.places import place_columns
from layers.intake.proposal import Proposal, propose
from layers.site import describe

_ALTERNATIVES = 8


def look(
    session: Session,
    path: Path,
    options: Options,
    *,
    file_name: str,
    titles: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return what a batch keeps of a look into its file.

    Returns
    -------
    `format`, `size_bytes`, `sha256`, `layers` (what is inside: name, geometry type, rows, fields
    with examples), `crs` and `encoding` (given, told, guessed, how certain, why, what else it could
    be), `proposed` (layer, column for each field, layer inside the file), `columns` of the layer
    looked at, `warnings`.

    Raises
    ------
    OneMapError
        The file cannot be read at all.
    """
    seen = files.look(path, crs=options.crs, encoding=options.encoding)
    inside = chosen(seen, options.source_layer)
    if inside is None:
        return {**seen.to_json(), "columns": [], "proposed": _proposed(Proposal(None, {}), None)}
    columns = [field.name for field in inside.fields]
    proposal = propose(
        session, columns, file_name=file_name, geometry_type=inside.geometry_type,
        place=place_columns(columns) if _is_sheet(seen, inside) else {},
        layer=options.layer, source=options.source, titles=titles,
    )  # fmt: skip
    several = inside.name if len(seen.layers) > 1 else None
    return {
        **seen.to_json(),
        "columns": columns,
        "crs": _crs(session, seen, inside, proposal),
        "proposed": _proposed(proposal, several),
    }


def chosen(seen: Look, name: str | None) -> LayerLook | None:
    """Return the layer inside a file that is meant: the named one, or the first with rows.

    None where the file's rows go to layers by themselves (OpenStreetMap).

    Raises
    ------
    InvalidInputError
        There is no layer of that name (`unknown_source_layer`), or none can be read.
    """
    if not seen.layers:
        return None
    if name is not None:
        for layer in seen.layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in seen.layers]
        raise InvalidInputError(
            f"the file has no layer {name!r}; its layers are {', '.join(names)}",
            code="unknown_source_layer",
            got=name,
            wanted=names,
        )
    readable = [layer for layer in seen.layers if layer.table is not None]
    return next((layer for layer in readable if layer.rows != 0), (readable or [*seen.layers])[0])


def _crs(session: Session, seen: Look, inside: LayerLook, proposal: Proposal) -> dict[str, Any]:
    """Return the coordinate system with what else it could be, remembered or near the site."""
    found: dict[str, Any] = seen.to_json()["crs"]
    others = candidates(session, inside) if _is_open(seen.crs) else ()
    if _is_open(seen.crs) and others:
        best = others[0]
        found |= {
            "guessed": best.crs.name, "name": best.crs.name, "certain": best.certain,
            "swapped": best.swapped, "reasons": [note.to_json() for note in best.reasons],
        }  # fmt: skip
    remembered = proposal.settings.get("crs")
    if _is_open(seen.crs) and remembered:
        told = {"code": "crs.remembered", "params": {"crs": remembered}}
        found |= {"guessed": remembered, "name": remembered, "reasons": [told, *found["reasons"]]}
    names = dict.fromkeys(each.crs.name for each in others)
    return {**found, "alternatives": list(names)[:_ALTERNATIVES]}


def _is_sheet(seen: Look, inside: LayerLook) -> bool:
    """Tell whether columns say where, not geometries of the format's own."""
    plain = inside.table is None or inside.table.crs is None
    return seen.format in ("csv", "xlsx") or (seen.format == "parquet" and plain)


def _is_open(crs: CrsLook) -> bool:
    """Tell whether neither a person nor the file says what the system is."""
    return crs.given is None and crs.told is None


def candidates(session: Session, inside: LayerLook) -> tuple[Candidate, ...]:
    """Return the systems that a layer's numbers could be in, those at the site first."""
    if inside.table is None:
        return ()
    box = describe(session)["bbox"]
    near: Bounds | None = tuple(box) if box else None
    return guess(*coordinates([inside.table]), near=near)


def _proposed(proposal: Proposal, source_layer: str | None) -> dict[str, Any]:
    return {
        "layer": proposal.layer,
        "source_layer": source_layer,
        "fields": dict(proposal.fields),
        "source_remembered": proposal.source_remembered,
        "settings": dict(proposal.settings),
        "candidates": [{"layer": name, "points": points} for name, points in proposal.candidates],
    }
