"""Sheets of paper, ISO 216."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PaperName = Literal["A4", "A3"]
MM_PER_INCH = 25.4
CSS_DPI = 96
"""Dots an inch that a style sheet counts in, on screen and on paper."""

PAPERS: dict[str, tuple[float, float]] = {"A4": (210, 297), "A3": (297, 420)}
"""Width and height upright, mm."""


@dataclass(frozen=True)
class Paper:
    """One sheet, as it lies."""

    width_mm: float
    height_mm: float

    @property
    def width_px(self) -> int:
        """Return its width in the pixels of a style sheet."""
        return round(self.width_mm / MM_PER_INCH * CSS_DPI)

    @property
    def height_px(self) -> int:
        """Return its height in the pixels of a style sheet."""
        return round(self.height_mm / MM_PER_INCH * CSS_DPI)


def sheet(name: PaperName, *, landscape: bool = False) -> Paper:
    """Return a sheet of a name, upright or lying."""
    width, height = PAPERS[name]
    return Paper(height, width) if landscape else Paper(width, height)
