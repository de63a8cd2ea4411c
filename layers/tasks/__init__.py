"""Tasks: who was told to do what, what they hold, and how far they are.

Nothing here commits: an order, what it draws and what it says of both is one transaction.
"""

from layers.tasks.available import Available, StockLeft, TeamLeft, available
from layers.tasks.states import ENDED, HELD, STATES, STEPS, reachable

__all__ = [
    "ENDED", "HELD", "STATES", "STEPS", "Available", "StockLeft", "TeamLeft", "available",
    "reachable",
]  # fmt: skip
