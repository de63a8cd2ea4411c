"""Layers of a user's own (自建图层): defined, filled, changed, removed; a table each.

`create` stores the definition and makes the table. Who fills a fresh table by COPY asks for it
unfinished and calls `finish` in the same transaction: keys, indexes and triggers are built once,
over all rows. From there on such a layer is one of the catalogue like the rest.
"""

from layers.user_layers.creation import create, finish
from layers.user_layers.fields import FieldDraft, own_fields

__all__ = ["FieldDraft", "create", "finish", "own_fields"]
