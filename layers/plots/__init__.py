"""What officers draw in an incident (情况标绘): drawn together, merged, every version kept."""

from layers.plots.batch import PRESS, TAKE, Op
from layers.plots.construction import FREE, PARAMETRIC, VERTICES_MAX, Drawn, draw
from layers.plots.history import as_of, taken_off, versions
from layers.plots.merging import SHAPE, Author
from layers.plots.ops import apply, forget
from layers.plots.pressing import Pressed, press
from layers.plots.reading import changes, listed, some
from layers.plots.situation import Part, parts
from layers.plots.writing import Desk

__all__ = [
    "FREE", "PARAMETRIC", "PRESS", "SHAPE", "TAKE", "VERTICES_MAX", "Author", "Desk", "Drawn", "Op",
    "Part", "Pressed", "apply", "as_of", "changes", "draw", "forget", "listed", "parts", "press",
    "some", "taken_off", "versions",
]  # fmt: skip
