"""A sheet as blocks in one language, frozen with it: what was signed is what is printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.hazard import MODELS
from gis_server import __version__
from gis_server.sheets import blocks, canonical, runs
from gis_server.sheets.blocks import Block, number, unit
from gis_server.sheets.content import Content
from gis_server.sheets.words import Words
from gis_server.text import LANGUAGES

HECTARE_M2 = 1e4
_PASSAGE = ("arrives_s", "passed_s")
_CHOSEN_BY = ("spill", "container", "wind", "period")


def pages(content: Content, *, zone: dt.tzinfo) -> dict[str, Any]:
    """Return the page in every language: `{"title", "blocks"}` each."""
    return {language: page(content, Words(language, zone)) for language in LANGUAGES}


def page(content: Content, words: Words) -> dict[str, Any]:
    """Return the page in one language."""
    return {"title": blocks.clean(_title(content, words)), "blocks": list(_blocks(content, words))}


def _title(content: Content, words: Words) -> str:
    case = content.case
    named = case.get("title") or (case.get("model") and words.model(case["model"]))
    told = str(named or words.say(f"kind.{case.get('kind')}") or "")
    return f"[{words('case.exercise')}] {told}" if case.get("exercise") else told


def _blocks(content: Content, words: Words) -> Iterator[Block]:
    sections = iter(range(1, 10))
    yield blocks.heading(f"{next(sections)} {words('case')}")
    yield blocks.facts(_case(content, words))
    if content.entered:
        yield blocks.heading(f"{next(sections)} {words('entered')}")
        yield _entered(content, words)
    if content.distances:
        yield blocks.heading(f"{next(sections)} {words('distances')}")
        yield _distances(content.distances, words)
    if content.reasons:
        yield blocks.heading(f"{next(sections)} {words('reasons')}")
        yield blocks.lines(map(words.message, content.reasons), style="plain")
    if content.models:
        place = next(sections)
        yield blocks.heading(f"{place} {words('models')}")
        yield from _models(content.models, words, place=place)
    if content.zones:
        yield blocks.heading(f"{next(sections)} {words('zones')}")
        yield from _zones(content.zones, words)
    if content.warnings:
        yield blocks.heading(f"{next(sections)} {words('warnings')}")
        yield blocks.lines(map(words.message, content.warnings), style="warning")
    yield blocks.heading(f"{next(sections)} {words('hashes')}")
    yield blocks.lines([words("hashes_mean")], style="plain")
    yield {
        **blocks.facts([
            (words("input_hash"), content.input_hash), (words("result_hash"), content.result_hash)
        ]),
        "style": "hash",
    }  # fmt: skip


def _models(models: Sequence[Mapping[str, Any]], words: Words, *, place: int) -> Iterator[Block]:
    """Yield every run; one that repeats another with other inputs tells only what differs."""
    firsts: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for count, run in enumerate(models, start=1):
        here = f"{place}.{count}"
        kind = canonical.digest([run["name"], run["version"], run.get("coefficients")])
        if kind in firsts:
            at, first = firsts[kind]
            yield from runs.written_beside(run, words, place=here, first=first, at=at)
        else:
            firsts[kind] = (here, run)
            yield from runs.written(run, words, place=here)


def _case(content: Content, words: Words) -> Iterator[tuple[str, str]]:
    case = content.case
    for name in ("title", "enterprise", "hazard_source"):
        yield words(f"case.{name}"), case.get(name) or ""
    if case.get("model"):
        yield words("case.model"), words.model(case["model"])
    if case.get("kind"):
        yield words("case.kind"), words.say(f"kind.{case['kind']}") or case["kind"]
    yield words("case.substance"), _substance(case)
    if case.get("lon") is not None:
        yield words("case.place"), f"{case['lon']:.6f}, {case['lat']:.6f} (WGS 84)"
        yield words("case.occurred_at"), words.moment(case.get("occurred_at"))
        yield words("case.at"), words.moment(case.get("at"))
    yield words("case.exercise"), words("yes") if case.get("exercise") else ""
    yield words("case.program"), f"onemap {__version__}"


def _substance(case: Mapping[str, Any]) -> str:
    name, cas = case.get("substance"), case.get("cas")
    return f"{name} (CAS {cas})" if name and cas else str(name or cas or "")


def _entered(content: Content, words: Words) -> Block:
    symbols = _symbols(content.models)
    rows = [
        [
            words.quantity(entry["field"]),
            symbols.get(entry["field"].rpartition(".")[2], ""),
            words.value(entry["value"]),
            unit(entry.get("unit")) if not isinstance(entry["value"], str | bool) else "",
            words.say(f"tag.{entry['tag']}") or entry["tag"],
            words.message(entry.get("source")),
        ]
        for entry in content.entered
    ]
    names = ("quantity", "symbol", "value", "unit", "tag", "source")
    return blocks.table([words(f"head.{name}") for name in names], rows)


def _symbols(models: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the symbol by which the equations of a case write an input."""
    known = [MODELS[run["name"]] for run in models if run["name"] in MODELS]
    return {each.name: each.symbol for model in reversed(known) for each in model.inputs}


def _distances(rows: Sequence[Mapping[str, Any]], words: Words) -> Block:
    written = [
        [
            f"{row['table']} ({row['edition']})",
            words.joint.join(_choice(row[k], words) for k in _CHOSEN_BY if row.get(k)),
            words.value(row["isolation_m"]),
            words.value(row["protection_m"]),
            words.certainty(row["certainty"]) if row.get("certainty") else "",
        ]
        for row in rows
    ]
    names = ("table", "row", "isolation", "protection", "certainty")
    return blocks.table([words(f"head.{name}") for name in names], written)


def _choice(word: str, words: Words) -> str:
    return words.say(f"calculation.row.{word}", f"value.{word}") or word


def _zones(zones: Sequence[Mapping[str, Any]], words: Words) -> Iterator[Block]:
    rows, sources = [], {}
    held = [feature["properties"] for feature in zones]
    timed = any(zone.get(name) is not None for zone in held for name in _PASSAGE)
    for zone in held:
        sources[zone["threshold_name"]] = zone["threshold_source"]
        rows.append([
            _level(zone, words),
            words.say(f"hazard.{zone['hazard']}") or zone["hazard"],
            _threshold(zone, words),
            words.value(_rounded(zone["distance_m"], 1.0)),
            words.value(_rounded(zone["area_m2"], HECTARE_M2, 4)),
            *([_passage(zone)] if timed else ()),
            zone["model"],
            words.message(zone.get("action")),
        ])  # fmt: skip
    names = ("level", "hazard", "threshold", "reach", "area", *(("passage",) if timed else ()),
             "model", "action")  # fmt: skip
    yield blocks.table([words(f"head.{name}") for name in names], rows)
    yield blocks.drawing(words("drawing"))
    yield blocks.heading(words("thresholds"), level=2)
    yield blocks.facts(
        (_threshold_name(name, words), words.message(source)) for name, source in sources.items()
    )


def _rounded(value: float | None, divisor: float, digits: int | None = None) -> float | None:
    """Return a quantity in another unit, to some digits, or to a whole number."""
    if value is None:
        return None
    return float(round(value / divisor) if digits is None else f"{value / divisor:.{digits}g}")


def _passage(zone: Mapping[str, Any]) -> str:
    """Return the minutes in which a cloud comes over a zone, and in which it has left it."""
    return " … ".join(
        blocks.NOTHING if zone.get(name) is None else number(round(zone[name] / 60, 1))
        for name in _PASSAGE
    )


def _level(zone: Mapping[str, Any], words: Words) -> str:
    level = words.say(f"level.{zone['level']}") or zone["level"]
    return f"{level} {words('confidence')}" if zone.get("role") == "confidence" else level


def _threshold_name(name: str | None, words: Words) -> str:
    return words.say(f"hazard.{name}") or name or ""


def _threshold(zone: Mapping[str, Any], words: Words) -> str:
    name = _threshold_name(zone["threshold_name"], words)
    if zone["threshold"] is None:
        return name
    over = zone.get("averaging_s")
    time = f", {number(over / 60)} min" if over else ""
    return f"{name} {number(zone['threshold'])} {unit(zone['unit'])}{time}".strip()
