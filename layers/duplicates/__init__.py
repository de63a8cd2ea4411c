"""Features that may be one thing twice (疑似重复): found, shown, decided, never merged."""

from layers.duplicates.pairs import count, counts, decide, layer_of, of_feature, page
from layers.duplicates.search import Found, find, searched

__all__ = [
    "Found", "count", "counts", "decide", "find", "layer_of", "of_feature", "page", "searched",
]  # fmt: skip
