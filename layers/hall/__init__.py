"""The command hall: saved views, walls and their keys, what happened lately, who is at risk."""

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
from layers.hall.people import DistrictAtRisk, at_risk
from layers.hall.views import add_view, change_view, remove_view, view, views
from layers.hall.walls import WALL_NAME, held, refuse_outside, show, wall, walls

__all__ = [
    "WALL_NAME", "DistrictAtRisk", "Lately", "add_key", "add_view", "at_risk", "change_view",
    "held", "key_in_force", "key_shown", "keys", "keys_held", "lately", "refuse_outside",
    "remove_view", "revoke_key", "revoke_keys_of", "show", "view", "views", "wall", "walls",
    "weather_now",
]  # fmt: skip
