"""Print docs/models.md from the models' own declarations: python -m gis_server.models_page."""

from __future__ import annotations

import math
from collections.abc import Iterator

from analysis.hazard import MODELS
from analysis.hazard.inputs import Input
from analysis.hazard.model import CoefficientSet, Model
from gis_server.text import title

GROUPS = ("release", "air", "dispersion", "fire", "explosion", "effect", "spread")

HEAD = """# The consequence models

Every model is one file of `analysis/hazard`, runs alone (`analysis.hazard.<name>.run(inputs)`,
`POST /api/v1/models/<name>`, `onemap models run <name>`), and refuses what lies outside the ranges
below; a value outside what is usual is used and warned of. Inputs that are not required have a
default or are worked out. A coefficient set is chosen by name; the first one is the default. How
sure a source is: *sourced* was read in the source that is named, *computed* was worked out from
it, *mem 90%* is from memory and is to be checked against the source before anybody relies on it;
results that use it say so.

A result carries every step with its equation. `POST /api/v1/models/<name>/sheet.html` or
`sheet.docx` prints it as a calculation sheet.
"""

TAIL = """
This page is printed by `python -m gis_server.models_page`.
"""


def page() -> str:
    """Return the page."""
    return HEAD + "".join(_contents()) + "".join(map(_section, _ordered())) + TAIL


def _ordered() -> list[Model]:
    return sorted(MODELS.values(), key=lambda model: (GROUPS.index(model.group), model.name))


def _contents() -> Iterator[str]:
    yield "\n| group | models |\n|---|---|\n"
    for group in GROUPS:
        names = [f"[`{m.name}`](#{m.name})" for m in _ordered() if m.group == group]
        if names:
            yield f"| {group} | {', '.join(names)} |\n"


def _section(model: Model) -> str:
    zh, en = (title(language, f"model.{model.name}") for language in ("zh", "en"))
    lines = [
        f"\n## {model.name}",
        f"\n{en} ({zh}); version {model.version}.\n",
        "| input | | symbol | unit | range | usual | default |",
        "|---|---|---|---|---|---|---|",
        *map(_input, model.inputs),
    ]
    if model.receptor_inputs:
        lines += ["\nReceptors:\n", "| input | | symbol | unit | range | usual | default |",
                  "|---|---|---|---|---|---|---|", *map(_input, model.receptor_inputs)]  # fmt: skip
    lines += ["\n| coefficient set | source | how sure |", "|---|---|---|"]
    lines += map(_set, model.coefficient_sets)
    if model.validity:
        lines.append("\nValid where: " + "; ".join(map(_validity, model.validity)) + ".")
    lines += ["\nSources:\n", *(f"- {_cell(source)}" for source in model.sources), ""]
    return "\n".join(lines)


def _input(each: Input) -> str:
    cells = (
        f"`{each.name}`",
        title("en", f"model.input.{each.name}") or "",
        each.symbol,
        _unit(each),
        _range(each),
        "" if each.typical is None else _between(*each.typical),
        _default(each),
    )
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _unit(each: Input) -> str:
    shape = ("", "list of ", "rows of ")[each.dimensions]
    return f"{shape}{each.unit}"


def _range(each: Input) -> str:
    if each.choices:
        return ", ".join(f"`{choice}`" for choice in each.choices)
    return _between(each.minimum, each.maximum)


def _between(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "any"
    if math.isinf(high):
        return f"from {low:g}"
    return f"up to {high:g}" if math.isinf(low) else f"{low:g} to {high:g}"


def _default(each: Input) -> str:
    if each.default is None:
        return "required" if each.required else ""
    return f"{each.default:g}" if isinstance(each.default, float) else f"`{each.default}`"


def _set(each: CoefficientSet) -> str:
    return f"| `{each.name}` | {_cell(each.source)} | {each.certainty} |"


def _validity(code: str) -> str:
    return title("en", f"model.validity.{code}") or code


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    print(page(), end="")
