"""The words by which sheets name fields and values, taken from the catalogues of texts.

`field.<layer>.<field>` or `field.<field>` is a word for a column, `value.<layer>.<field>.<value>`
one for a value; a sheet in any language of the product is then understood. A user's own layer
brings the words of its fields itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layers.catalog import Layer

Words = Mapping[str, str]
"""A catalogue of texts in one language, by key."""


def field_words(texts: Sequence[Words], layer: Layer) -> dict[str, list[str]]:
    """Return people's words for each field of a layer, by field name."""
    words: dict[str, list[str]] = {}
    for field in layer.fields:
        keys = (f"field.{layer.name}.{field.name}", f"field.{field.name}")
        found = [catalogue[key] for catalogue in texts for key in keys if key in catalogue]
        words[field.name] = [*found, *(own for own in (field.title, field.title_en) if own)]
    return words


def value_words(texts: Sequence[Words]) -> dict[str, dict[str, str]]:
    """Return people's words for values, in small letters, by `<layer>.<field>`."""
    words: dict[str, dict[str, str]] = {}
    for catalogue in texts:
        for key, word in catalogue.items():
            if key.startswith("value.") and key.count(".") >= 3:
                _, layer, field, value = key.split(".", 3)  # a value may hold dots: w1.1
                words.setdefault(f"{layer}.{field}", {})[word.lower()] = value
    return words


def layer_title(words: Words, layer: Layer) -> str:
    """Return what a layer is called."""
    own = layer.definition.title if layer.definition else None
    return words.get(f"layer.{layer.name}") or own or layer.name


def field_title(words: Words, layer: Layer, name: str) -> str:
    """Return what a field is called, `name` itself where nothing is said."""
    field = next((each for each in layer.fields if each.name == name), None)
    told = words.get(f"field.{layer.name}.{name}") or words.get(f"field.{name}")
    return told or (field.title if field and field.title else name)


def value_title(words: Words, layer: Layer, field: str, value: str) -> str:
    """Return the word for a value of a field's domain that the door understands again."""
    return words.get(f"value.{layer.name}.{field}.{value}", value)
