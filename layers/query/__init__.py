"""Questions to the layers: in a box, around a point, nearest by air, inside a zone, by name.

Every function takes the reader's `Scope`; what lies outside it is neither listed nor counted.
"""

from layers.query.conditions import Condition, conditions
from layers.query.features import Page, count, counts, feature, features
from layers.query.proximity import around, inside, nearest_by_line
from layers.query.scope import Scope
from layers.query.search import search

__all__ = [
    "Condition", "Page", "Scope", "around", "conditions", "count", "counts", "feature",
    "features", "inside", "nearest_by_line", "search",
]  # fmt: skip
