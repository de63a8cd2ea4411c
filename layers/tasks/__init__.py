"""Tasks: who was told to do what, what they hold, and how far they are.

Nothing here commits: an order, what it draws and what it says of both is one transaction.
"""

from layers.tasks.asked import Order
from layers.tasks.available import Available, StockLeft, TeamLeft, available
from layers.tasks.changes import change
from layers.tasks.claim import Claim
from layers.tasks.commitments import any_task, open_of, refuse_committed
from layers.tasks.orders import MOST_ORDERS, order
from layers.tasks.reading import history, movements, shown, way
from layers.tasks.states import ENDED, HELD, STATES, STEPS, reachable
from layers.tasks.steps import find_task, step

__all__ = [
    "ENDED", "HELD", "MOST_ORDERS", "STATES", "STEPS", "Available", "Claim", "Order", "StockLeft",
    "TeamLeft", "any_task", "available", "change", "find_task", "history", "movements", "open_of",
    "order", "reachable", "refuse_committed", "shown", "step", "way",
]  # fmt: skip
