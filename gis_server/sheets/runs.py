"""The part of a sheet that tells one model's run, so that it can be checked by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.hazard import MODELS
from analysis.hazard.inputs import Input
from analysis.hazard.model import SURE
from gis_server.sheets import blocks
from gis_server.sheets.blocks import Block, number, unit
from gis_server.sheets.words import Words

SERIES_ROWS = 12

Run = Mapping[str, Any]


def written(run: Run, words: Words, *, place: str) -> Iterator[Block]:
    """Yield the blocks of one run, whole.

    Parameters
    ----------
    place
        Its number among the headings.
    """
    yield blocks.heading(f"{place} {words.model(run['name'])}", level=2)
    yield blocks.facts(_identity(run, words))
    if values := _coefficients(run):
        yield blocks.lines([words("coefficient_values")])
        yield blocks.facts((words.quantity(name), words.value(value)) for name, value in values)
    yield blocks.lines([words("inputs")])
    yield _inputs(run, words)
    if validity := [
        words.say(f"model.validity.{code}") or code for code in run.get("validity", ())
    ]:
        yield blocks.lines([words("validity"), *validity])
    yield from _outcome(run, words)
    yield blocks.lines(
        [words("sources"), *(_source(source, words) for source in run["sources"])], style="source"
    )


def written_beside(run: Run, words: Words, *, place: str, first: Run, at: str) -> Iterator[Block]:
    """Yield the blocks of a run that differs from another in some inputs: these, and what they did.

    Parameters
    ----------
    first, at
        The other run, of the same model and coefficients, and its number among the headings.
    """
    yield blocks.heading(f"{place} {words.model(run['name'])}", level=2)
    yield blocks.lines([words("as_before", place=at)], style="plain")
    other = {k: v for k, v in run["inputs"].items() if first["inputs"].get(k) != v}
    if other:
        yield _inputs({**run, "inputs": other}, words)
    known = {step["name"]: step for step in first.get("steps", ())}
    held = first.get("intermediates", {})
    yield from _outcome(
        {
            **run,
            "steps": [s for s in run.get("steps", ()) if known.get(s["name"]) != s],
            "intermediates": {
                k: v
                for k, v in run.get("intermediates", {}).items()
                if k not in known and held.get(k) != v
            },
            "warnings": [line for line in run["warnings"] if line not in first["warnings"]],
        },
        words,
    )


def _outcome(run: Run, words: Words) -> Iterator[Block]:
    """Yield the steps, results, further numbers and warnings of a run."""
    if run.get("steps"):
        yield blocks.lines([words("steps")])
        yield _steps(run["steps"], words)
    yield blocks.lines([words("results")])
    yield from _values(run["values"], words)
    steps = {step["name"] for step in run.get("steps", ())}
    further = {k: v for k, v in run.get("intermediates", {}).items() if k not in steps}
    if further:
        yield blocks.lines([words("intermediates")])
        yield from _values(further, words)
    if run["warnings"]:
        yield blocks.lines(map(words.message, run["warnings"]), style="warning")


def _identity(run: Run, words: Words) -> Iterator[tuple[str, str]]:
    yield words("version"), str(run["version"])
    chosen = run.get("coefficients")
    if isinstance(chosen, Mapping):
        yield words("coefficients"), chosen["name"]
        yield words("source"), chosen.get("source", "")
        yield words("certainty"), words.certainty(chosen.get("certainty", ""))
    elif chosen:
        yield words("coefficients"), str(chosen)


def _coefficients(run: Run) -> list[tuple[str, Any]]:
    chosen = run.get("coefficients")
    return list(chosen.get("values", {}).items()) if isinstance(chosen, Mapping) else []


def _inputs(run: Run, words: Words) -> Block:
    """Return every input that entered, after conversion, with symbol, unit and range."""
    model = MODELS.get(run["name"])
    declared = {each.name: each for each in model.inputs} if model else {}
    rows = []
    for name, value in run["inputs"].items():
        each = declared.get(name)
        if value is None:
            continue
        of = each.unit if each and not each.choices else None
        rows.append([
            words.quantity(name),
            each.symbol if each else "",
            words.value(value) if not isinstance(value, list) else words.value(value, of),
            unit(of) if isinstance(value, int | float) else "",
            _range(each, words) if each else "",
        ])  # fmt: skip
    head = [words(f"head.{name}") for name in ("quantity", "symbol", "value", "unit", "range")]
    return blocks.table(head, rows)


def _range(each: Input, words: Words) -> str:
    """Return the range in which an input is taken, and the one in which it usually lies."""
    if each.choices:
        return words.joint.join(words.value(choice) for choice in each.choices)
    low, high = each.minimum, each.maximum
    ends = " … ".join(number(end) if math.isfinite(end) else "∞" for end in (low, high))
    said = "" if not any(map(math.isfinite, (low, high))) else ends
    if each.typical is not None:
        usual = " … ".join(number(end) for end in each.typical)
        said = f"{said}{words('usual', range=usual)}"
    return said


def _steps(steps: Sequence[Mapping[str, Any]], words: Words) -> Block:
    rows = [
        [
            str(place),
            words.quantity(step["name"]),
            step["equation"],
            words.value(step["value"]),
            unit(step["unit"]) if not isinstance(step["value"], str | bool) else "",
        ]
        for place, step in enumerate(steps, start=1)
    ]
    head = [words(f"head.{name}") for name in ("number", "quantity", "equation", "value", "unit")]
    return {**blocks.table(head, rows), "formula": 2}


def _values(values: Mapping[str, Any], words: Words) -> Iterator[Block]:
    """Yield the plain values as facts, then each series and list of records as a table."""
    plain: list[tuple[str, str]] = []
    series: dict[str, Mapping[str, Sequence[Any]]] = {}
    records: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            records[name] = value
        elif isinstance(value, Mapping) and value:
            if all(isinstance(item, list) for item in value.values()):
                series[name] = value
            else:
                records[name] = [value]
        else:
            plain.append((words.quantity(name), words.value(value, unit_of(name))))
    if plain:
        yield blocks.facts(plain)
    for name, columns in series.items():
        yield from _table(words.quantity(name), _across(columns), words)
    for name, rows in records.items():
        yield from _table(words.quantity(name), rows, words)


def _across(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return columns as rows; a column that is shorter ends early."""
    longest = max(map(len, columns.values()))
    return [
        {name: held[row] if row < len(held) else None for name, held in columns.items()}
        for row in range(longest)
    ]


def _table(title: str, rows: Sequence[Mapping[str, Any]], words: Words) -> Iterator[Block]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown = _spread(len(rows))
    said = title if len(shown) == len(rows) else words("some_rows", title=title, count=len(rows))
    yield blocks.lines([said])
    head = [f"{words.quantity(name)} {_in(unit_of(name))}".strip() for name in names]
    yield blocks.table(head, [[words.value(rows[k].get(n)) for n in names] for k in shown])


def _spread(count: int) -> list[int]:
    """Return which rows of a long table are printed: the first, the last, and some between."""
    if count <= SERIES_ROWS:
        return list(range(count))
    return [round(k * (count - 1) / (SERIES_ROWS - 1)) for k in range(SERIES_ROWS)]


def _in(name: str) -> str:
    return f"({name})" if name else ""


_UNITS = (
    ("_kg_m2_s", "kg/(m² s)"), ("_kg_m3", "kg/m³"), ("_mg_m3", "mg/m³"), ("_kj_m2", "kJ/m²"),
    ("_kw_m2", "kW/m²"), ("_w_m2", "W/m²"), ("_kg_mol", "kg/mol"), ("_j_kg_k", "J/(kg K)"),
    ("_j_kg", "J/kg"), ("_m3_s", "m³/s"), ("_kg_s", "kg/s"), ("_m_s", "m/s"), ("_pa_s", "Pa s"),
    ("_kpa", "kPa"), ("_mpa", "MPa"), ("_pa", "Pa"), ("_m2", "m²"), ("_m3", "m³"), ("_km", "km"),
    ("_deg", "°"), ("_pct", "%"), ("_ppm", "ppm"), ("_kg", "kg"), ("_kw", "kW"), ("_min", "min"),
    ("_c", "°C"), ("_k", "K"), ("_m", "m"), ("_s", "s"), ("_j", "J"), ("_w", "W"),
)  # fmt: skip


def unit_of(name: str) -> str:
    """Return the unit that a name ends in, as every physical quantity's does."""
    return next((shown for ending, shown in _UNITS if name.endswith(ending)), "")


def _source(source: Mapping[str, str], words: Words) -> str:
    """Return a citation; one that is not sure is marked, by a sign too."""
    text, certainty = source["text"], source["certainty"]
    if certainty in SURE:
        return text
    bare = text.removesuffix(f"[{certainty}]").rstrip()
    return f"▲ {bare} ({words.certainty(certainty)})"
