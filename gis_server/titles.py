"""What layers and fields are called: texts for the product's, a user's own words for theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from gis_server.text import title
from layers import user_layers
from layers.layer import Layer, LayerField


def layer_title(language: str, layer: Layer) -> str:
    """Return a layer's title in a language; a user's own layer may have it in one only."""
    if layer.definition is not None:
        return _own(language, layer.definition.title, layer.definition.title_en)
    return title(language, f"layer.{layer.name}") or layer.name


def field_title(language: str, layer: Layer, field: LayerField) -> str:
    """Return a field's title in a language."""
    if field.title is not None:
        return _own(language, field.title, field.title_en)
    return title(language, f"field.{layer.name}.{field.name}", f"field.{field.name}") or field.name


def value_title(language: str, layer: Layer, field: LayerField, value: str) -> str:
    """Return what a value of a field's domain is called."""
    keys = (
        f"value.{layer.name}.{field.name}.{value}",
        f"value.{field.name}.{value}",
        f"{field.name}.{value}",
    )
    return title(language, *keys) or value


def field_of(language: str, layer: Layer, field: LayerField) -> dict[str, Any]:
    """Return a field as the wire has it: name, title, type and rules."""
    return {
        "name": field.name,
        "title": field_title(language, layer, field),
        "type": field.type,
        "required": field.spec.required,
        "unit": field.spec.unit,
        "minimum": field.spec.minimum,
        "maximum": field.spec.maximum,
        "domain": [
            {"value": value, "title": value_title(language, layer, field, value)}
            for value in field.spec.domain or ()
        ],
    }


def definition_of(session: Session, layer: Layer) -> dict[str, Any]:
    """Return what the wire tells of a layer of a user's own besides what every layer has."""
    definition = layer.definition
    if definition is None:
        return {}
    return {
        "title": definition.title,
        "title_en": definition.title_en,
        "version": definition.version,
        "owner": definition.owner,
        "source": definition.source,
        "readers": {kind: list(names) for kind, names in definition.readers.items()},
        "style": dict(definition.style),
        "created_at": definition.created_at.isoformat(),
        "can_edit": user_layers.may_change(session, layer),
    }


def _own(language: str, words: str, words_en: str | None) -> str:
    return words_en if language == "en" and words_en else words
