"""A handover (交接班) and a digest (值班要情) in words; exercises stand apart."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from gis_server.bulletins.wording import Wording
from gis_server.sheets import blocks, canonical
from gis_server.sheets.blocks import Block
from gis_server.text import LANGUAGES, say
from layers.incidents.watch import Line, Tally, Watch

FORMAT = 1
COLUMNS = ("received", "title", "grade", "status", "casualties", "open", "missed")
PEOPLE = ("dead", "missing", "serious", "poisoned", "trapped", "evacuated")


def told(line: Line) -> dict[str, Any]:
    """Return an incident of a watch as the wire carries it."""
    incident = line.incident
    names = ("title", "kind", "status", "exercise", "region", "accident_grade", "response_level",
             "warning_level", "substance")  # fmt: skip
    received = incident.received_at or incident.reported_at
    return {
        "id": str(incident.id),
        **{name: getattr(incident, name) for name in names},
        "received_at": received.isoformat(),
        "casualties": asdict(line.counts),
        "open_tasks": line.open_tasks,
        "unanswered_calls": line.unanswered_calls,
        "missed_deadlines": line.missed_deadlines,
        "bulletins": line.bulletins,
    }


def shift(watch: Watch) -> dict[str, Any]:
    """Return what a handover keeps of a watch: its lines, and how many there are in all."""
    return {
        "incidents": [told(line) for line in watch.lines],
        "real": watch.real,
        "exercises": watch.played,
        "left_out": _left_out(watch),
    }


def handover(
    held: Mapping[str, Any], *, begin: dt.datetime, end: dt.datetime, notes: str, zone: dt.tzinfo
) -> str:
    """Return the text of a handover, of a `shift` or of one `opened`: kept, hashed and signed."""
    return canonical.text({
        **{name: held[name] for name in ("incidents", "real", "exercises", "left_out")},
        "format": FORMAT,
        "notes": notes,
        "pages": {
            name: _handover_page(held, Wording(name, zone), begin=begin, end=end, notes=notes)
            for name in LANGUAGES
        },
    })  # fmt: skip


def opened(body: str) -> dict[str, Any]:
    """Return a stored handover: what `shift` gives, `notes` and `pages`."""
    content: dict[str, Any] = json.loads(body)
    return content


def digest(watch: Watch, sums: Tally, *, begin: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    """Return what a period held; exercises apart, and in none of its sums."""
    real = [line for line in watch.lines if not line.incident.exercise]
    played = [line for line in watch.lines if line.incident.exercise]
    left_out = _left_out(watch)
    return {
        "from": begin.isoformat(),
        "to": end.isoformat(),
        "real": {
            "incidents": [told(line) for line in real], **asdict(sums),
            "left_out": left_out["real"],
        },
        "exercises": {
            "incidents": [told(line) for line in played], "count": watch.played,
            "left_out": left_out["exercises"],
        },
    }  # fmt: skip


def digest_page(found: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    """Return a digest's page: sums first, then the incidents, then what was only played."""
    real, played = found["real"], found["exercises"]
    people = words.joint.join(
        words.said(f"people.{name}", count=real["casualties"][name]) for name in PEOPLE
    )
    grades = words.joint.join(
        words.said("count_of", name=_grade(grade, words), count=count)
        for grade, count in sorted(real["by_grade"].items())
    )
    unknown = [
        words.say(f"duty.people.{name}") or name
        for name in ("dead", "missing", "serious", "poisoned") if real["unknown"][name]
    ]  # fmt: skip
    said = [
        words.said("period", begin=words.moment(found["from"]), end=words.moment(found["to"])),
        words.said("period_count", count=real["count"], grades=grades),
        words.said("period_people", people=people),
        words.said("period_unknown", names=unknown) if unknown else "",
        words.said("period_missed", count=real["missed_deadlines"]),
    ]
    made: list[Block] = [_heading(words, 1, "summary"), blocks.paragraphs(said)]
    made += _section(words, 2, "incidents", real["incidents"], real["left_out"])
    made += _section(words, 3, "exercises", played["incidents"], played["left_out"])
    return {"title": say(words.language, "duty.digest.title"), "blocks": made}


def _left_out(watch: Watch) -> dict[str, int]:
    return {
        "real": watch.left_out(exercises=False), "exercises": watch.left_out(exercises=True),
    }  # fmt: skip


def _handover_page(
    held: Mapping[str, Any], words: Wording, *, begin: dt.datetime, end: dt.datetime, notes: str
) -> dict[str, Any]:
    real = [line for line in held["incidents"] if not line["exercise"]]
    played = [line for line in held["incidents"] if line["exercise"]]
    left_out = held["left_out"]
    made = [_heading(words, 1, "shift")]
    made.append(
        blocks.paragraphs([
            words.said("shift", begin=words.moment(begin), end=words.moment(end)),
            words.said("shift_count", count=held["real"], exercises=held["exercises"]),
        ])
    )  # fmt: skip
    made += _section(words, 2, "incidents", real, left_out["real"])
    made += _section(words, 3, "exercises", played, left_out["exercises"])
    made.append(_heading(words, 4, "notes"))
    made.append(blocks.paragraphs((notes or words.said("nothing")).split("\n")))
    return {"title": say(words.language, "duty.handover.title"), "blocks": made}


def _section(
    words: Wording, number: int, name: str, lines: Sequence[Mapping[str, Any]], left_out: int
) -> list[Block]:
    more = [blocks.paragraphs([words.said("left_out", count=left_out)])] if left_out else []
    head = [words.say(f"duty.column.{column}") or column for column in COLUMNS]
    if not lines and not more:
        return [_heading(words, number, name), blocks.paragraphs([words.said("nothing")])]
    return [
        _heading(words, number, name),
        blocks.table(head, [_row(line, words) for line in lines]),
        *more,
    ]


def _row(line: Mapping[str, Any], words: Wording) -> list[str]:
    people = words.joint.join(
        words.said(f"people.{name}", count=line["casualties"][name])
        for name in PEOPLE if line["casualties"][name]
    )  # fmt: skip
    open_now = words.joint.join(
        words.said(f"open.{name}", count=line[name])
        for name in ("open_tasks", "unanswered_calls") if line[name]
    )  # fmt: skip
    return [
        words.moment(line["received_at"]),
        line["title"],
        _grade(line["accident_grade"] or "none", words),
        words.say(f"status.{line['status']}") or line["status"],
        people or blocks.NOTHING,
        open_now or blocks.NOTHING,
        str(line["missed_deadlines"] or blocks.NOTHING),
    ]


def _grade(grade: str, words: Wording) -> str:
    return words.say(f"value.incident.accident_grade.{grade}") or words.said("ungraded")


def _heading(words: Wording, number: int, name: str) -> Block:
    numeral = words.say(f"duty.numeral.{number}") or str(number)
    return blocks.heading(f"{numeral}{words.say(f'duty.section.{name}') or name}")
