"""The models against published figures: python -m benchmarks.validation writes docs/validation.md.

The cases lie in tests/analysis/hazard/published, one file a subject, and the tests hold each of
them within its tolerance; this page prints the same comparison.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.hazard import MODELS

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "analysis" / "hazard" / "published"
PAGE = ROOT / "docs" / "validation.md"

HEAD = """# Validation: the models against what others printed and measured

Every line below is a case of `tests/analysis/hazard/published`, run by the models as they are and
held within its tolerance by the test suite. "printed" figures stand in the source that is named,
with the page where it is known; "calculated" ones were worked out independently from the published
equations, and prove the arithmetic, not the physics. The error is ours against the source's.
"""

TAIL = """
## Beside measurements

![Burro 8](validation/burro_8.svg)

Burro 8 is the trial of stable, weak wind over water that siting rules are written for; the measured
distance to the lower flammable limit, 455 m, is the one of table 9 of PHMSA's final environmental
assessment of Phast 8.4 (which itself gives 191 m there), read through the documentation of slabx.
The arc-wise records of Burro, Desert Tortoise, Thorney Island and Prairie Grass could not be read
in a source that may be kept here; slabx documents its own comparison with 38 such trials.

This page is written by `python -m benchmarks.validation`.
"""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of a case: where it stands in the answer, what the source says, what we say."""

    value: str
    published: float | str
    ours: float | str
    tolerance: float
    unit: str

    @property
    def error(self) -> float:
        """Return our relative error; for words 0 or 1."""
        if isinstance(self.published, str) or isinstance(self.ours, str):
            return float(self.ours != self.published)
        if self.published == 0.0:
            return abs(self.ours)
        return self.ours / self.published - 1.0

    @property
    def holds(self) -> bool:
        """Say whether the error is within the tolerance."""
        return abs(self.error) <= self.tolerance


@dataclass(frozen=True, kw_only=True)
class Case:
    """One published case, as its file says it."""

    subject: str
    name: str
    kind: str
    model: str
    source: str
    inputs: Mapping[str, Any]
    expected: tuple[Mapping[str, Any], ...]
    coefficients: str | None = None
    receptors: tuple[Mapping[str, float], ...] = ()
    note: str = ""

    def figures(self) -> list[Figure]:
        """Run the model and return each expected figure beside ours."""
        answer = MODELS[self.model].run(self.inputs, self.coefficients, self.receptors)
        return [
            Figure(
                value=each["value"],
                published=each["published"],
                ours=_found(answer, each["value"]),
                tolerance=each.get("tolerance", 0.0),
                unit=each.get("unit", ""),
            )
            for each in self.expected
        ]


def cases() -> Iterator[Case]:
    """Give every case, in the order of files and lines."""
    for path in sorted(CASES.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield Case(
                subject=path.stem,
                **{
                    key: tuple(value) if isinstance(value, list) else value
                    for key, value in entry.items()
                },
            )


def page() -> str:
    """Return the page."""
    sections: dict[str, list[str]] = {}
    for case in cases():
        sections.setdefault(case.subject, []).extend(_rows(case))
    parts = [HEAD]
    for subject, rows in sections.items():
        title = subject.partition("_")[2].replace("_", " ").capitalize()
        parts += [
            f"\n## {title}\n",
            "| case | model / set | figure | source says | ours | error | source |",
            "|---|---|---|---:|---:|---:|---|",
            *rows,
        ]
    return "\n".join(parts) + "\n" + TAIL


def _rows(case: Case) -> Iterator[str]:
    ran = f"`{case.model}`" + (f" / `{case.coefficients}`" if case.coefficients else "")
    for figure in case.figures():
        source = f"{case.source} ({case.kind})" + (f"; {case.note}" if case.note else "")
        yield (
            f"| {case.name} | {ran} | `{figure.value}` | {_shown(figure.published, figure.unit)} |"
            f" {_shown(figure.ours, figure.unit)} | {_percent(figure)} | {source} |"
        )


def _found(answer: Mapping[str, Any], path: str) -> Any:
    """Return a value by its dotted path in `values`, else in `intermediates`."""
    for part in ("values", "intermediates"):
        found: Any = answer[part]
        for step in path.split("."):
            if isinstance(found, list):
                found = found[int(step)]
            elif isinstance(found, Mapping):
                found = found.get(step)
        if found is not None and found != answer[part]:
            return found
    raise KeyError(f"{answer['model']} answers no {path}")


def _shown(value: float | str, unit: str) -> str:
    shown = value if isinstance(value, str) else f"{value:.6g}"
    return f"{shown} {unit}".strip()


def _percent(figure: Figure) -> str:
    if isinstance(figure.published, str):
        return "equal" if figure.holds else "differs"
    return f"{figure.error * 100:+.2f} %"


if __name__ == "__main__":
    from benchmarks.validation_plots import draw

    draw()
    PAGE.write_text(page(), encoding="utf-8")
