"""One change at a time: add, change and remove a feature, its contacts and its stock or vehicles.

What comes in is checked by the rules of the door (`layers.intake`), and a change names the version
that it was made on. Nothing here commits.
"""

from layers.edit.attached import (
    contacts,
    set_contacts,
    set_stock,
    set_vehicles,
    stock,
    vehicles,
)
from layers.edit.features import add, change, remove

__all__ = [
    "add", "change", "contacts", "remove", "set_contacts", "set_stock", "set_vehicles", "stock",
    "vehicles",
]  # fmt: skip
