"""Documents of features (档案文件): what may come in, where it lies, who it belongs to."""

from layers.documents.register import add, change, listed, one, remove, sweep
from layers.documents.store import Store

__all__ = ["Store", "add", "change", "listed", "one", "remove", "sweep"]
