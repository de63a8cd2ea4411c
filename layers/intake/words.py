"""The words by which sheets name fields and values, taken from the catalogues of texts.

`field.<layer>.<field>` or `field.<field>` is a word for a column, `value.<layer>.<field>.<value>`
one for a value; a sheet in any language of the product is then understood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layers.catalog import find


def field_words(texts: Sequence[Mapping[str, str]], layer: str) -> dict[str, list[str]]:
    """Return people's words for each field of a layer, by field name."""
    words: dict[str, list[str]] = {}
    for field in find(layer).fields:
        keys = (f"field.{layer}.{field.name}", f"field.{field.name}")
        found = [catalogue[key] for catalogue in texts for key in keys if key in catalogue]
        words[field.name] = found
    return words


def value_words(texts: Sequence[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return people's words for values, in small letters, by `<layer>.<field>`."""
    words: dict[str, dict[str, str]] = {}
    for catalogue in texts:
        for key, word in catalogue.items():
            if key.startswith("value.") and key.count(".") == 3:
                _, layer, field, value = key.split(".")
                words.setdefault(f"{layer}.{field}", {})[word.lower()] = value
    return words
