"""The eight sections of a situation report as blocks; every number stands with its source.

Organisation, forces, supplies, knowledge and cases, analysis, scheme, tasks, scene
(应急组织、救援力量、物资保障、知识案例、辅助分析、辅助方案、任务跟踪、现场投入).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gis_server.sheets import blocks, drawing
from gis_server.sheets.blocks import Block, number, unit
from gis_server.situation_report.facts import Facts
from gis_server.situation_report.words import Telling

SECTIONS = (
    "organisation", "forces", "supplies", "knowledge", "analysis", "scheme", "tasks", "scene",
)  # fmt: skip
AVERAGED_S = (None, 1800, 3600)
"""Of limits by time of exposure: half an hour and an hour; the substance's page has them all."""
IN_THE_FIELD = ("departed", "arrived", "done")
LEVELS = {"1": "Ⅰ", "2": "Ⅱ", "3": "Ⅲ", "4": "Ⅳ"}


def report(facts: Facts, t: Telling) -> list[Block]:
    """Return the report's blocks: what happened, then the eight sections."""
    found = [*_opening(facts, t)]
    for place, name in enumerate(SECTIONS):
        count = t("numerals")[place]
        found.append(blocks.heading(t("numbered", number=count, title=t(f"section.{name}"))))
        body = list(_WRITERS[name](facts, t))
        found += body or [blocks.paragraphs([t(f"none.{name}")])]
    return found


def _opening(facts: Facts, t: Telling) -> Iterator[Block]:
    incident = facts.incident
    rows = [
        (t("fact.title"), incident["title"]),
        (t("fact.kind"), t.value_of("kind", incident["kind"])),
        (t("fact.occurred_at"), t.minute(incident["occurred_at"])),
        (t("fact.place"), f"{incident['lon']:.6f}, {incident['lat']:.6f} (CGCS2000)"),
        (t("fact.address"), incident.get("address") or ""),
        (t("fact.substance"), _substance_named(incident)),
        (t("fact.accident_grade"), t.value_of("accident.grade", incident["accident_grade"])),
        (t("fact.response_level"), LEVELS.get(incident["response_level"] or "", "")),
        (t("fact.casualties"), _casualties(incident, t)),
        (t("fact.made_at"), t.minute(facts.made_at)),
    ]
    yield blocks.facts((name, value or t("to_check")) for name, value in rows)


def _substance_named(incident: Any) -> str:
    name, cas = incident["substance"], incident["cas"]
    return f"{name} (CAS {cas})" if name and cas else name or cas or ""


def _casualties(incident: Any, t: Telling) -> str:
    told = incident["casualties"]
    if not told:
        return ""
    last = told[-1]
    names = ("dead", "missing", "serious", "poisoned", "trapped", "evacuated")
    said = [f"{t(f'casualty.{name}')} {last[name]}" for name in names if last.get(name) is not None]
    source = last.get("source") or t("source_unknown")
    told = {"said": t.joint.join(said), "at": t.minute(last.get("at")), "source": source}
    return t("casualties", **told) if said else ""


def _organisation(facts: Facts, t: Telling) -> Iterator[Block]:
    calls = facts.calls
    if calls:
        told = t.joint.join(f"{t.value_of('result', r)} {n}" for r, n in sorted(calls.items()))
        yield blocks.paragraphs([t("calls", told=told)])
    sheet = facts.plan.get("calls", ())
    yield from _table(
        t, ("whom", "post", "purpose"),
        [
            [line.get("feature_name") or "", line.get("post") or "", t.message(line.get("purpose"))]
            for line in sheet
        ],
    )  # fmt: skip
    yield from _table(
        t, ("decision", "state", "by", "at"),
        [
            [
                f"{t.value_of('decision.kind', each['kind'])}: {each['text']}",
                t.value_of("decision.state", each["state"]),
                each["decided_by"] or each["drafted_by"] or "",
                t.minute(each["decided_at"] or each["drafted_at"]),
            ]
            for each in facts.decisions
        ],
        left_out=facts.left_out["decisions"],
    )  # fmt: skip


def _forces(facts: Facts, t: Telling) -> Iterator[Block]:
    yield from _table(
        t, ("team", "class", "distance", "travel"), _near(facts, t, {"team"}),
        source=t("source.plan"),
    )  # fmt: skip


def _near(facts: Facts, t: Telling, layers: set[str]) -> Iterator[list[str]]:
    for each in facts.plan.get("nearest", ()):
        if each["layer"] in layers:
            kind = t.value_of(f"{each['layer']}.kind", each.get("kind"))
            travel = t.minutes(each.get("travel_time_s")) or t("no_road")
            yield [each.get("name") or "", kind, t.length(each.get("distance_m")), travel]


def _supplies(facts: Facts, t: Telling) -> Iterator[Block]:
    yield from _table(
        t, ("store", "class", "distance", "travel"), _near(facts, t, {"resource"}),
        source=t("source.plan"),
    )  # fmt: skip
    yield from _table(
        t, ("item", "amount", "store", "owner"),
        [
            [row["item"], f"{number(row['quantity'])} {row['unit']}", row["name"] or "",
             row["owner"] or ""]
            for row in facts.stock
        ],
        source=t("source.stock"),
    )  # fmt: skip


def _knowledge(facts: Facts, t: Telling) -> Iterator[Block]:
    substance = facts.substance
    if substance is not None:
        named = substance.name_zh if t.language == "zh" else substance.name_en
        yield blocks.heading(f"{named} (CAS {substance.cas}, UN {substance.un or '—'})", level=2)
        yield from _table(
            t, ("limit", "value", "source"),
            [
                [_limit(each), f"{number(each.value)} {unit(each.unit)}",
                 t.cited(f"{each.source} [{each.certainty}]")]
                for each in substance.thresholds
                if each.value is not None and each.averaging_s in AVERAGED_S
            ],
        )  # fmt: skip
    yield from _table(
        t, ("case", "class", "at", "dead", "cause"),
        [
            [
                case.name or "", t.value_of("accident.kind", case.kind),
                t.minute(case.occurred_at)[:10],
                "" if case.dead is None else str(case.dead), case.cause or case.description or "",
            ]
            for case in facts.cases
        ],
        source=t("source.cases"),
    )  # fmt: skip
    yield from _table(
        t, ("expert", "post", "organisation"),
        [[e.name or "", e.title or "", e.organisation or ""] for e in facts.experts],
        source=t("source.experts"),
    )  # fmt: skip


def _limit(each: Any) -> str:
    level = "" if each.level is None else f"-{each.level}"
    over = "" if not each.averaging_s else f" ({number(each.averaging_s / 60)} min)"
    return f"{each.scheme}{level}{over}"


def _analysis(facts: Facts, t: Telling) -> Iterator[Block]:
    if facts.plan_made is None:
        return
    at, by = facts.plan_made
    state = t("of_record") if facts.of_record else t("newest")
    yield blocks.paragraphs([t("plan", at=t.minute(at), by=by or "", state=state)])
    yield from _table(
        t, ("zone", "threshold", "reach", "people", "model"), _zones(facts, t),
        source=t("source.zones"),
    )  # fmt: skip
    yield from _drawing(facts, t)
    harm = (facts.plan.get("casualties") or {}).get("fatalities")
    if harm:
        yield blocks.paragraphs([t("harm", **harm)])
    told = [*facts.plan.get("reasons", ()), *facts.plan.get("warnings", ())]
    if told:
        yield blocks.lines([t("caution"), *map(t.message, told)], style="titled")
    yield from _table(
        t, ("quantity", "value", "tag", "source"),
        [
            [t.quantity(e["field"]), t.value(e["value"], e.get("unit")),
             t.value_of("tag", e["tag"]), t.message(e.get("source"))]
            for e in facts.plan.get("assumed", ()) if e["tag"] == "assumed"
        ],
    )  # fmt: skip


def _drawing(facts: Facts, t: Telling) -> Iterator[Block]:
    zones = [z for z in facts.plan.get("zones", {}).get("features", ()) if z.get("geometry")]
    drawn = drawing.draw(zones, lon=facts.incident["lon"], lat=facts.incident["lat"])
    if drawn is not None:
        yield blocks.picture(drawing.png(drawn), t("drawing"))


def _zones(facts: Facts, t: Telling) -> Iterator[list[str]]:
    people = {each["zone"]: each for each in facts.plan.get("exposure", {}).get("by_zone", ())}
    for place, feature in enumerate(facts.plan.get("zones", {}).get("features", ())):
        zone = feature["properties"]
        value = f"{number(zone['threshold'])} {unit(zone['unit'])}" if zone["threshold"] else ""
        name = t.value_of("hazard", zone.get("threshold_name")) or zone.get("threshold_name") or ""
        here = people.get(place)
        count = "" if here is None else number(here["people"])
        if here is not None and here["people_unknown"]:
            count = t("at_least", people=count, unknown=here["people_unknown"])
        cited = t.message(zone.get("threshold_source"))
        yield [t.value_of("level", zone["level"]), f"{name} {value} {cited}".strip(),
               t.length(zone["distance_m"]), count, zone["model"]]  # fmt: skip


def _scheme(facts: Facts, t: Telling) -> Iterator[Block]:
    advice = [t.message(line) for line in facts.plan.get("advice", ())]
    if advice:
        yield blocks.paragraphs(f"{place}. {text}" for place, text in enumerate(advice, start=1))
    targets = facts.plan.get("exposure", {}).get("targets", ())
    yield from _table(
        t, ("target", "people", "action", "zone"),
        [
            [each.get("name") or "", "" if each["people"] is None else str(each["people"]),
             t(f"action.{each['action']}") if each.get("action") else "",
             t.value_of("level", each.get("level"))]
            for each in targets
        ],
    )  # fmt: skip


def _tasks(facts: Facts, t: Telling) -> Iterator[Block]:
    yield from _table(
        t, ("task", "to", "state", "at", "expected"),
        [
            [task["title"] or t(f"task.{task['kind']}"), task["feature_name"] or "",
             t.value_of("task.state", task["state"]), t.minute(task["state_at"]),
             t.minute(task["expected_at"])]
            for task in facts.tasks
        ],
        left_out=facts.left_out["tasks"],
    )  # fmt: skip


def _scene(facts: Facts, t: Telling) -> Iterator[Block]:
    sent = [task for task in facts.tasks if task["state"] in IN_THE_FIELD]
    yield from _table(
        t, ("team", "state", "at", "brought"),
        [
            [task["feature_name"] or t(f"task.{task['kind']}"),
             t.value_of("task.state", task["state"]), t.minute(task["state_at"]),
             t.joint.join(_amount(item) for item in task["items"])]
            for task in sent
        ],
        source=t("source.tasks"),
    )  # fmt: skip
    yield from _table(
        t, ("at", "quantity", "value", "instrument", "by"),
        [
            [t.minute(each.at), t.quantity(each.quantity), f"{number(each.value)} {each.unit}",
             each.instrument or "", each.given_by or each.station or ""]
            for each in facts.readings
        ],
        left_out=facts.left_out["readings"],
    )  # fmt: skip
    yield from _table(
        t, ("at", "note", "by"),
        [[t.minute(note["at"]), note["text"], note["written_by"]] for note in facts.notes],
        left_out=facts.left_out["notes"],
    )  # fmt: skip


def _amount(item: Any) -> str:
    return f"{item['item']} {number(item['amount'])} {item['unit'] or ''}".strip()


_WRITERS = {
    "organisation": _organisation, "forces": _forces, "supplies": _supplies,
    "knowledge": _knowledge, "analysis": _analysis, "scheme": _scheme, "tasks": _tasks,
    "scene": _scene,
}  # fmt: skip


def _table(
    t: Telling, head: Sequence[str], rows: Iterable[Sequence[str]], *, source: str = "",
    left_out: int = 0,
) -> Iterator[Block]:  # fmt: skip
    """Yield a table with its source and how many are left out; none where nothing is to tell."""
    written = list(rows)
    if written:
        yield blocks.table([t(f"head.{name}") for name in head], written)
        if source:
            yield blocks.lines([source], style="source")
        if left_out:
            yield blocks.paragraphs([t("left_out", count=left_out)])
