"""Questions to the layers: in a box, around a point, nearest by air, inside a zone, by name.

Every function takes the reader's `Scope`; what lies outside it is neither listed nor counted.
"""

from layers.query.area import EVERYWHERE, Area, Circle, area
from layers.query.grouped import grouped, without_ground
from layers.query.names import search
from layers.query.page import Page, count, counts, feature, features
from layers.query.proximity import around, inside, nearest_by_line
from layers.query.scope import Scope
from layers.query.statistics import Statistics, tally
from layers.query.where import Condition, conditions

__all__ = [
    "EVERYWHERE", "Area", "Circle", "Condition", "Page", "Scope", "Statistics",
    "area", "around", "conditions",
    "count", "counts", "feature", "features", "grouped", "inside", "nearest_by_line", "search",
    "tally", "without_ground",
]  # fmt: skip
