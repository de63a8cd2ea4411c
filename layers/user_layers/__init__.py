"""Layers of a user's own (自建图层): defined, filled, changed, removed; a table each.

`create` stores the definition and makes the table. Who fills a fresh table by COPY asks for it
unfinished and calls `finish` in the same transaction: keys, indexes and triggers are built once,
over all rows. From there on such a layer is one of the catalogue like the rest.
"""

from layers.user_layers.changes import (
    KEPT,
    change,
    definition,
    may_change,
    purge,
    remove,
    removed,
    restore,
)
from layers.user_layers.creation import create, finish
from layers.user_layers.fields import FieldDraft, own_fields
from layers.user_layers.inference import Proposal, fields_of, geometry_type_of, proposed

__all__ = [
    "KEPT", "FieldDraft", "Proposal", "change", "create", "definition", "fields_of", "finish",
    "geometry_type_of", "may_change", "own_fields", "proposed", "purge", "remove", "removed",
    "restore",
]  # fmt: skip
