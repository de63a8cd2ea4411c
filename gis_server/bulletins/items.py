"""The items of a bulletin (国务院令第493号 第十二条), each in words of one language.

A text is "" where nothing is known: the item stands in the bulletin as to be verified (待核).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gis_server.bulletins.facts import Facts
from gis_server.bulletins.wording import Wording
from layers import substances
from layers.crs import written as angle_written
from layers.models import Task

_NEAREST_M = 10


@dataclass(frozen=True)
class Item:
    """One item: how it is worded, in which kinds it stands, whether the law asks for it.

    A `private` one names people with their numbers: readers without `contacts.read` do not see it.
    """

    key: str
    word: Callable[[Facts, Wording], str]
    required: bool = True
    private: bool = False
    kinds: tuple[str, ...] = ("first", "follow", "final")


def _source(facts: Facts, words: Wording) -> str:
    incident, caller = facts.incident, facts.incident.caller or {}
    if not caller and incident.channel is None:
        return ""
    who = words.joint.join(
        str(caller[name]) for name in ("unit", "name", "phone") if caller.get(name)
    )
    channel = words.say(f"value.incident.channel.{incident.channel}") if incident.channel else ""
    received = words.moment(incident.received_at or incident.reported_at)
    return words.said("source", at=received, who=who, channel=channel or "")


def _time(facts: Facts, words: Wording) -> str:
    return words.moment(facts.incident.occurred_at)


def _place(facts: Facts, words: Wording) -> str:
    zh = words.language == "zh"
    region = facts.region if zh else facts.region_en or facts.region
    named = [part for part in (region, facts.incident.address) if part]
    lon, lat = facts.case["lon"], facts.case["lat"]
    place = f"{angle_written(lon, 'lon')} {angle_written(lat, 'lat')}"
    return words.said("place", named=("" if zh else ", ").join(named), place=place)


def _unit(facts: Facts, words: Wording) -> str:
    named = [facts.case.get(name) for name in ("enterprise", "hazard_source")]
    return words.joint.join(str(name) for name in named if name)


def _nature(facts: Facts, words: Wording) -> str:
    incident = facts.incident
    kind = words.say(f"kind.{incident.kind}") or incident.kind
    if incident.substance is None:
        return kind
    name = incident.substance
    if words.language != "zh" and incident.cas:
        name = substances.find(incident.cas).name_en
    return words.said("nature", kind=kind, substance=name, cas=incident.cas or "")


def _course(facts: Facts, words: Wording) -> str:
    return facts.incident.course or ""


def _casualties(facts: Facts, words: Wording) -> str:
    counts = facts.counts
    names = ("dead", "missing", "serious", "poisoned", "trapped", "in_danger", "evacuated")
    known = [
        words.said(f"people.{name}", count=getattr(counts, name))
        for name in names
        if getattr(counts, name) is not None
    ]
    if not known:
        return ""
    unknown = [
        words.say(f"duty.people.{name}") or name
        for name in ("dead", "missing", "serious", "poisoned")
        if getattr(counts, name) is None
    ]
    said = words.joint.join(known)
    if unknown:
        said = words.said("people_and_unknown", known=said, unknown=unknown)
    at = words.moment(facts.counted_at) if facts.counted_at else ""
    return words.said("people_as_of", said=said, at=at)


def _loss(facts: Facts, words: Wording) -> str:
    loss = facts.incident.direct_loss_yuan
    return "" if loss is None else words.said("loss", count=f"{loss / 1e4:,.10g}")


def _measures(facts: Facts, words: Wording) -> str:
    said = [facts.incident.measures or ""]
    said += [
        words.said("decision", at=words.moment(each.decided_at), text=each.text)
        for each in facts.decisions
    ]
    states = [
        words.said("tasks_of", state=words.say(f"task.state.{state}") or state, count=count)
        for state, count in sorted(facts.task_states.items())
    ]
    if states:
        said.append(words.said("tasks", states=states))
    said += [_task(each, words) for each in facts.tasks]
    return "\n".join(line for line in said if line)


def _task(task: Task, words: Wording) -> str:
    state = words.say(f"task.state.{task.state}") or task.state
    title = task.title or words.say(f"task.kind.{task.kind}") or task.kind
    who = task.feature_name or ""
    return words.said("task", who=who, title=title, state=state)


def _leaders(facts: Facts, words: Wording) -> str:
    return facts.incident.leaders or ""


def _requests(facts: Facts, words: Wording) -> str:
    return facts.incident.requests or ""


def _contact(facts: Facts, words: Wording) -> str:
    contact = facts.incident.site_contact or {}
    return " ".join(str(contact[name]) for name in ("name", "phone") if contact.get(name))


def _response(facts: Facts, words: Wording) -> str:
    """Return the three ladders, each by its own name."""
    said = []
    for name in ("accident_grade", "response_level", "warning_level"):
        value = getattr(facts.incident, name)
        named = value and words.say(f"value.incident.{name}.{value}", f"{name}.{value}")
        if named:
            said.append(words.said(name, level=named))
    return words.joint.join(said)


def _situation(facts: Facts, words: Wording) -> str:
    """Return what the plan computes: how far its zones reach, and how many people are in them."""
    if facts.plan is None:
        return ""
    zones = facts.plan.get("zones", {}).get("features", ())
    reach: dict[tuple[str, str], float] = {}
    for zone in zones:
        named = zone["properties"]
        if named.get("distance_m") is not None:
            key = (named["level"], named["hazard"])
            reach[key] = max(reach.get(key, 0.0), float(named["distance_m"]))
    said = [
        words.said("zone", level=words.say(f"level.{level}") or level,
            hazard=words.say(f"hazard.{hazard}") or hazard,
            distance=f"{round(metres / _NEAREST_M) * _NEAREST_M:.0f}",
        )
        for (level, hazard), metres in reach.items()
    ]  # fmt: skip
    people = facts.plan.get("exposure", {}).get("people")
    if people:
        said.append(words.said("exposed", count=people))
    if not said:
        return ""
    at = words.moment(facts.plan.get("at"))
    lines = [words.said("situation", at=at, zones=said)]
    if facts.plan_outdated:
        lines.append(words.said("plan_outdated"))
    return "\n".join(lines)


def _weather(facts: Facts, words: Wording) -> str:
    """Return wind and temperature as the plan took them, else as reported."""
    entered = {each["field"]: each["value"] for each in (facts.plan or {}).get("assumed", ())}
    said = facts.incident.weather
    reported: Mapping[str, object] = said if isinstance(said, Mapping) else {}
    values = {
        name: entered.get(f"weather.{name}", entered.get(name, reported.get(name)))
        for name in ("wind_from_deg", "wind_speed_m_s", "temperature_c")
    }
    return words.joint.join(
        words.said(name, value=value) for name, value in values.items() if value is not None
    )


def _changes(facts: Facts, words: Wording) -> str:
    """Return what was corrected and noted since the last bulletin."""
    said = [
        words.said("corrected", at=words.moment(each.at),
            fields=[_field(name, words) for name in each.changes], why=each.why or "",
        )
        for each in reversed(facts.corrected)
    ]  # fmt: skip
    said += [words.said("note", at=words.moment(note.at), text=note.text) for note in facts.notes]
    return "\n".join(said)


def _outcome(facts: Facts, words: Wording) -> str:
    status = facts.incident.status
    return "" if status == "open" else words.say(f"status.{status}") or status


def _nothing(facts: Facts, words: Wording) -> str:
    return ""


def _field(name: str, words: Wording) -> str:
    return words.say(f"duty.field.{name}", f"field.incident.{name}", f"field.{name}") or name


ITEMS = (
    Item("source", _source, private=True),
    Item("time", _time),
    Item("place", _place),
    Item("unit", _unit),
    Item("nature", _nature),
    Item("course", _course),
    Item("casualties", _casualties),
    Item("loss", _loss),
    Item("measures", _measures),
    Item("leaders", _leaders),
    Item("response", _response, required=False),
    Item("situation", _situation, required=False),
    Item("weather", _weather, required=False),
    Item("changes", _changes, required=False, kinds=("follow", "final")),
    Item("outcome", _outcome, kinds=("final",)),
    Item("requests", _requests),
    Item("next", _nothing, required=False),
    Item("other", _nothing, required=False),
    Item("contact", _contact, private=True),
)
"""In the order in which they are printed."""
