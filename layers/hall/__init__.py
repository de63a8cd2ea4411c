"""The command hall: saved views, walls, and what has happened lately."""

from layers.hall.lately import Lately, lately, weather_now
from layers.hall.views import add_view, change_view, remove_view, view, views
from layers.hall.walls import WALL_NAME, show, wall, walls

__all__ = [
    "WALL_NAME", "Lately", "add_view", "change_view", "lately", "remove_view", "show", "view",
    "views", "wall", "walls", "weather_now",
]  # fmt: skip
