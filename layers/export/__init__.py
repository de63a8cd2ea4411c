"""Features out as a file: seven formats, any coordinate system, row by row.

`export` asks, writes and tells; each format is a writer that takes chunks of rows.
"""

from layers.export.file import MAX_ROWS, Exported, Request, export
from layers.export.writer import ENCODINGS, FORMATS

__all__ = ["ENCODINGS", "FORMATS", "MAX_ROWS", "Exported", "Request", "export"]
