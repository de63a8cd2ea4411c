"""onemap grade."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import click

from gis_server.commands.console import answer, json_option


@click.command()
@click.option("--differs", is_flag=True, help="List only those whose filed grade is another.")
@json_option
def grade(differs: bool, as_json: bool) -> None:
    """Grade every hazard source by GB 18218-2018 and say where the filed grade is another."""
    from gis_server.config import Config
    from gis_server.site import opened

    with opened(Config()) as site, site.work("onemap grade") as session:
        listed, written = _grade(session)
    shown = [each for each in listed if each["differs"]] if differs else listed
    levels = Counter(each["level"] or "undecided" for each in listed)
    summary = {level: levels[level] for level in sorted(levels)}
    words = "\n".join(
        f"{each['name'] or each['id']:40} filed {each['filed_grade'] or '-':4} "
        f"computed {each['level'] or '?':4} {_bounds(each)}"
        for each in shown
    )
    words += f"\n{len(listed):,} hazard sources, {written:,} grades new: " + ", ".join(
        f"{level} {count:,}" for level, count in summary.items()
    )
    answer({"gradings": shown, "levels": summary, "written": written}, as_json=as_json, words=words)


def _grade(session: Any) -> tuple[list[dict[str, Any]], int]:
    from analysis import grading
    from gis_server import grading as grader
    from layers import grading as store

    ids = store.unit_ids(session)
    written = grader.grade(session, ids, now=dt.datetime.now(dt.UTC))
    listed = []
    for first in range(0, len(ids), grader.UNITS_AT_ONCE):
        for unit in store.units(session, ids[first : first + grader.UNITS_AT_ONCE]):
            found = grading.grade(unit)
            listed.append({
                "id": unit.id, "name": unit.name, "filed_grade": unit.filed_grade,
                "level": found.level, "s": found.s, "r_low": found.r_low,
                "r_high": found.r_high, "differs": found.differs,
            })  # fmt: skip
    return listed, written


def _bounds(each: dict[str, Any]) -> str:
    if each["r_low"] == each["r_high"]:
        return f"R = {each['r_low']:.4g}"
    high = "" if each["r_high"] is None else f" to {each['r_high']:.4g}"
    return f"R at least {each['r_low']:.4g}{high}"
