"""What `onemap import` shows of each step, on standard error: tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

SHOWN_FAULTS = 20
SHOWN_COLUMNS = 8
_KINDS = ("new", "changed", "unchanged", "gone")


def analysis(seen: Mapping[str, Any]) -> None:
    """Show what the file is and how it seems to be read."""
    from gis_server.text import rendered

    crs, encoding = seen.get("crs") or {}, seen.get("encoding") or {}
    facts = [f"{seen['format']}, {seen['size_bytes']:,} bytes"]
    facts += [f"layer {each['name']!r}: {each['rows']} rows, {each['geometry_type']}"
              for each in seen.get("layers", ())]  # fmt: skip
    if crs:
        sure = "" if crs.get("certain") else " (a guess; --crs overrules it)"
        facts.append(f"coordinate system: {crs.get('name') or 'unknown'}{sure}")
        facts += [f"  {reason['text']}" for reason in rendered("en", crs.get("reasons", []))]
    if name := encoding.get("given") or encoding.get("guessed"):
        others = ", ".join(encoding.get("alternatives", ()))
        facts.append(f"encoding: {name}" + (f" (or {others}; --encoding)" if others else ""))
    facts += [f"warning: {each['text']}" for each in rendered("en", seen.get("warnings", []))]
    _say("1 analysis", *facts)


def preview(shown: Mapping[str, Any]) -> None:
    """Show the first rows, as many columns as fit."""
    if not shown["rows"]:
        return
    columns = shown["columns"][:SHOWN_COLUMNS]
    _say("first rows")
    table = Table()
    for name in columns:
        table.add_column(escape(name), overflow="ellipsis", no_wrap=True)
    for row in shown["rows"]:
        table.add_row(*(escape(cell or "") for cell in row[: len(columns)]))
    left = len(shown["columns"]) - len(columns)
    _console().print(table)
    if left:
        _say(f"... and {left} more columns")


def mapping(proposed: Mapping[str, Any]) -> None:
    """Show which column seems to fill which field."""
    if not proposed.get("fields"):
        return
    told = "as it was read before" if proposed["source_remembered"] else "by name"
    _say(f"columns of layer {proposed['layer']} ({told})")
    table = Table()
    table.add_column("field")
    table.add_column("column")
    for field, column in proposed["fields"].items():
        table.add_row(escape(field), escape(column))
    _console().print(table)


def check(report: Mapping[str, Any], faults: Sequence[Mapping[str, Any]]) -> None:
    """Show what the check found: faults, what was left out, what looks wrong altogether."""
    from gis_server.text import rendered

    lines = [
        f"{fault['severity']}: {fault.get('layer') or ''} row {fault['row']}, "
        f"{fault['field']}: {fault['rule']}: got {fault['got']!r}, wanted {fault['wanted']}"
        for fault in faults[:SHOWN_FAULTS]
    ]
    if len(faults) > SHOWN_FAULTS:
        lines.append(f"... and {len(faults) - SHOWN_FAULTS} more faults (--json lists 1,000)")
    if report.get("unmatched"):
        lines.append(f"columns that fit no field, left out: {', '.join(report['unmatched'])}")
    lines += [f"warning: {each['text']}" for each in rendered("en", report.get("warnings", []))]
    _say("2 check", *lines or ["no faults"])


def comparison(report: Mapping[str, Any]) -> None:
    """Show what publishing would do."""
    _say("3 what publishing would do")
    table = Table()
    for name in ("layer", "rows", *_KINDS, "with errors"):
        table.add_column(name, justify="left" if name == "layer" else "right")
    for name, counted in report["layers"].items():
        numbers = (counted["rows"], *(counted.get(kind, 0) for kind in _KINDS), counted["errors"])
        table.add_row(name, *(f"{number:,}" for number in numbers))
    _console().print(table)


def _console() -> Console:
    return Console(stderr=True, highlight=False)


def _say(title: str, *lines: str) -> None:
    console = _console()
    console.print(title, style="bold", markup=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
