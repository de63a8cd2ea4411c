"""The command hall: saved views, walls and their keys, and what has happened lately."""

from layers.hall.keys import (
    add_key,
    key_in_force,
    key_shown,
    keys,
    keys_held,
    revoke_key,
    revoke_keys_of,
)
from layers.hall.lately import Lately, lately, weather_now
from layers.hall.views import add_view, change_view, remove_view, view, views
from layers.hall.walls import WALL_NAME, show, wall, walls

__all__ = [
    "WALL_NAME", "Lately", "add_key", "add_view", "change_view", "key_in_force", "key_shown",
    "keys", "keys_held", "lately", "remove_view", "revoke_key", "revoke_keys_of", "show", "view",
    "views", "wall", "walls", "weather_now",
]  # fmt: skip
