"""The past: which moment is meant, what happened when, and how everything was then."""

from layers.replay.bookmarks import bookmarks, mark, shown, unmark
from layers.replay.marks import marks
from layers.replay.moment import Moment, moment, moment_of
from layers.replay.positions import positions_at
from layers.replay.state import incidents_at, plan_at, roads_at, rows_at

__all__ = [
    "Moment", "bookmarks", "incidents_at", "mark", "marks", "moment", "moment_of", "plan_at",
    "positions_at", "roads_at", "rows_at", "shown", "unmark",
]  # fmt: skip
