"""Print docs/layers.md from the fields' own declarations: python -m gis_server.layers_page."""

from __future__ import annotations

from collections.abc import Iterator

from gis_server.titles import field_title, layer_title
from layers.catalog import layers
from layers.layer import Layer, LayerField

HEAD = """# The layers and their fields

Each field is declared once, in `layers/models`; the checker, the forms, the API, the templates to
fill in (`/api/v1/layers/{layer}/template.xlsx`) and this page read that declaration. Every row has
besides: `id` (UUID), `version`, `updated_at`, and where it is (EPSG:4326). A record older than the
layer's age counts as stale; its age is counted from `source_date`, else from its last change.
"""

TAIL = """
This page is printed by `python -m gis_server.layers_page`.
"""
_SPINE = frozenset({"name", "name_en", "region", "source", "source_date"})


def page() -> str:
    """Return the page."""
    return HEAD + "".join(_section(layer) for layer in layers()) + TAIL


def _section(layer: Layer) -> str:
    place = layer.geometry_type.lower() if layer.geometry_type != "GEOMETRY" else "any shape"
    age = f"; stale after {layer.max_age_days} days" if layer.max_age_days else ""
    missing = "" if layer.geometry_required else ", may be left out"
    return "\n".join(
        [
            f"\n## {layer_title('en', layer)} ({layer_title('zh', layer)}): `{layer.name}`",
            f"\nGroup `{layer.group}`; {place}{missing}{age}.\n",
            "| field | zh | en | type | wanted |",
            "|---|---|---|---|---|",
            *(_row(layer, field) for field in _own_first(layer)),
            "",
        ]
    )


def _own_first(layer: Layer) -> Iterator[LayerField]:
    """Give the fields, those that every layer has at the end."""
    yield from (field for field in layer.fields if field.name not in _SPINE)
    yield from (field for field in layer.fields if field.name in _SPINE)


def _row(layer: Layer, field: LayerField) -> str:
    names = (field_title("zh", layer, field), field_title("en", layer, field))
    return f"| `{field.name}` | {names[0]} | {names[1]} | {field.type} | {_wanted(field)} |"


def _wanted(field: LayerField) -> str:
    spec = field.spec
    unit = f" {spec.unit}" if spec.unit not in (None, "1") else ""
    words = ["required"] if spec.required else []
    if spec.domain:
        words.append(", ".join(f"`{value}`" for value in spec.domain))
    if spec.minimum is not None and spec.maximum is not None:
        words.append(f"{spec.minimum:,.12g} to {spec.maximum:,.12g}{unit}")
    elif spec.minimum is not None:
        words.append(f"at least {spec.minimum:,.12g}{unit}")
    elif unit:
        words.append(f"in{unit}")
    if spec.rule:
        words.append(f"rule `{spec.rule}`")
    return "; ".join(words)


if __name__ == "__main__":
    print(page(), end="")
