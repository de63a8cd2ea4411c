"""What a pack says in words: titles in both languages, forms, and a page to read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gis_server.text import LANGUAGES, say
from gis_server.titles import field_title, layer_title, value_title
from layers.layer import Layer, LayerField
from layers.packs.sealing import Made


def layer_entry(layer: Layer, count: int) -> dict[str, Any]:
    """Return what the manifest says of a layer."""
    style = dict(layer.definition.style) if layer.definition is not None else {}
    return {
        "name": layer.name, **_titles(layer), "group": layer.group,
        "geometry": layer.geometry_type, "count": count,
        "fields": [
            {"name": field.name, **_field_titles(layer, field), "type": field.type,
             "unit": field.spec.unit}
            for field in layer.fields
        ],
        "style": style,
    }  # fmt: skip


def forms(layers: Sequence[Layer], folder: Path) -> Made:
    """Write what a field form needs of each layer: fields, types, rules, values."""
    told = {"layers": [_form(layer) for layer in layers]}
    path = folder / "forms.json"
    path.write_text(json.dumps(told, ensure_ascii=False, allow_nan=False), "utf-8")
    return Made(path, "forms.json", "application/json", "forms")


def headings(layers: Sequence[Layer]) -> dict[str, dict[str, str]]:
    """Return the Chinese titles by layer: its own (key "") and its fields'."""
    return {
        layer.name: {"": layer_title("zh", layer)}
        | {field.name: field_title("zh", layer, field) for field in layer.fields}
        for layer in layers
    }


def readme(said: Mapping[str, Any], parts: Sequence[Made], folder: Path) -> Made:
    """Write what the pack is and how to open it, in both languages, for whoever unpacks it."""
    made, until = (dt.datetime.fromisoformat(said[name]) for name in ("made_at", "expires_at"))
    params = {
        "name": said["name"], "made": f"{made:%Y-%m-%d %H:%M} UTC",
        "until": f"{until:%Y-%m-%d %H:%M} UTC", "revision": said["revision"],
        "parts": "\n".join(f"  {part.name}" for part in parts),
        "credits": "\n".join(f"  {credit}" for credit in said["attribution"]) or "  -",
    }  # fmt: skip
    pages = [say(language, "pack.readme", params) or "" for language in LANGUAGES]
    if said["fictional"]:
        pages = [f"{say(language, 'pack.readme_fictional')}\n\n{page}"
                 for language, page in zip(LANGUAGES, pages, strict=True)]  # fmt: skip
    path = folder / "README.txt"
    path.write_text("\n\n----\n\n".join(pages) + "\n", "utf-8")
    return Made(path, "README.txt", "text/plain; charset=utf-8", "readme")


def _titles(layer: Layer) -> dict[str, str]:
    return {"title": layer_title("zh", layer), "title_en": layer_title("en", layer)}


def _field_titles(layer: Layer, field: LayerField) -> dict[str, str]:
    return {
        "title": field_title("zh", layer, field),
        "title_en": field_title("en", layer, field),
    }


def _form(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name, **_titles(layer), "geometry": layer.geometry_type,
        "group": layer.group, "fields": [_field(layer, field) for field in layer.fields],
    }  # fmt: skip


def _field(layer: Layer, field: LayerField) -> dict[str, Any]:
    spec = field.spec
    return {
        "name": field.name, **_field_titles(layer, field), "type": field.type,
        "required": spec.required, "unit": spec.unit, "minimum": spec.minimum,
        "maximum": spec.maximum,
        "domain": [
            {"value": value, "title": value_title("zh", layer, field, value),
             "title_en": value_title("en", layer, field, value)}
            for value in spec.domain or ()
        ],
    }  # fmt: skip
