"""Filters in the Common Query Language of OGC (CQL2, 21-065r2), as text and as JSON.

Text becomes JSON, JSON becomes SQL: one tree, judged once. `CONFORMANCE` lists what is claimed.
"""

from layers.query.cql2.clause import clause, operators
from layers.query.cql2.limits import MAX_DEPTH, MAX_NODES, FilterError
from layers.query.cql2.read import CONFORMANCE, Language, read
from layers.query.cql2.terms import Kind, kinds

__all__ = [
    "CONFORMANCE", "MAX_DEPTH", "MAX_NODES", "FilterError", "Kind", "Language", "clause", "kinds",
    "operators", "read",
]  # fmt: skip
