"""What publishing would do is told before it is done, and is what it then does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.errors import ConflictError, InvalidInputError
from layers.intake import pipeline, staging
from layers.intake.load import begin, load_staged
from layers.intake.pipeline import Options

HEAD = "name,kind,people,own_code,id,lon,lat\n"
TEAM = find("team")
Sheet = Callable[..., Any]


@pytest.fixture
def sheet(session: Session, tmp_path: Path) -> Sheet:
    """Give a function that stages a sheet of teams and returns the batch and its counts."""

    def stage(*lines: str, source: str = "city", **options: Any) -> Any:
        path = tmp_path / "teams.csv"
        path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
        given = {"layer": "team", "crs": "4326", "source": source, **options}
        batch = pipeline.start(session, path.name, Options(**given))
        report = pipeline.analyse(session, batch, path)
        return batch, report["layers"]["team"]

    return stage


def uid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def line(number: int, *, people: int = 5, lon: float = 121.0, name: str | None = None) -> str:
    return f"{name or f'T{number}'},fire,{people},,{uid(number)},{lon},29.9"


def told(session: Session, batch: Any, kind: str, **page: Any) -> list[dict[str, Any]]:
    return staging.changes(session, batch, TEAM, kind, **page).changes


def test_new_changed_unchanged_and_gone_are_counted_and_shown(
    session: Session, sheet: Sheet
) -> None:
    batch, _ = sheet(line(1), line(2), line(3))
    pipeline.publish(session, batch)
    batch, counts = sheet(line(1), line(2, people=9, lon=121.5), line(4))
    counts = {kind: counts[kind] for kind in ("new", "changed", "unchanged", "gone", "existing")}
    assert counts == {"new": 1, "changed": 1, "unchanged": 1, "gone": 1, "existing": 2}
    (changed,) = told(session, batch, "changed")
    assert (changed["row"], changed["id"], changed["name"]) == (2, uid(2), "T2")
    assert {f["field"]: (f["before"], f["after"]) for f in changed["fields"]} == {
        "people": (5, 9),
        "geometry": (
            {"type": "Point", "coordinates": [121, 29.9]},
            {"type": "Point", "coordinates": [121.5, 29.9]},
        ),
    }
    assert [each["id"] for each in told(session, batch, "new")] == [uid(4)]
    assert [each["id"] for each in told(session, batch, "unchanged")] == [uid(1)]
    (gone,) = told(session, batch, "gone")
    assert (gone["id"], gone["row"], gone["lon"]) == (uid(3), None, 121)


def test_gone_rows_go_only_where_that_is_asked_for(session: Session, sheet: Sheet) -> None:
    pipeline.publish(session, sheet(line(1), line(2))[0])
    batch, _ = sheet(line(1))
    begin(session, batch)
    kept = load_staged(session, batch, TEAM)
    assert (kept.removed, session.scalar(text("SELECT count(*) FROM team"))) == (0, 2)
    done = load_staged(session, batch, TEAM, remove_gone=True)
    assert (done.removed, session.scalar(text("SELECT name FROM team"))) == (1, "T1")
    history = "SELECT count(*) FROM row_history WHERE layer = 'team'"
    assert session.scalar(text(history)) == 1


def test_rows_of_another_source_are_never_gone(session: Session, sheet: Sheet) -> None:
    pipeline.publish(session, sheet(line(1), source="province")[0])
    _, counts = sheet(line(2), source="city")
    assert counts["gone"] == 0


def test_a_row_that_the_file_holds_with_an_error_is_not_gone(
    session: Session, sheet: Sheet
) -> None:
    pipeline.publish(session, sheet(line(1), line(2))[0])
    _, counts = sheet(line(1), line(2, people=-4))
    assert (counts["gone"], counts["errors"]) == (0, 1)


def test_pages_follow_each_other_without_gap_or_overlap(session: Session, sheet: Sheet) -> None:
    batch, _ = sheet(*(line(n) for n in range(1, 24)))
    seen: list[int] = []
    cursor = None
    while True:
        page = staging.changes(session, batch, TEAM, "new", 10, cursor)
        seen += [each["row"] for each in page.changes]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == list(range(1, 24))


def test_another_kind_or_cursor_is_refused(session: Session, sheet: Sheet) -> None:
    batch, _ = sheet(line(1))
    with pytest.raises(InvalidInputError, match="wanted new, changed, unchanged, gone"):
        staging.changes(session, batch, TEAM, "other")
    with pytest.raises(InvalidInputError):
        staging.changes(session, batch, TEAM, "new", 10, "1 OR 1=1")


def test_what_was_staged_and_is_gone_is_told(session: Session, sheet: Sheet) -> None:
    batch, _ = sheet(line(1))
    staging.discard(session, batch)
    with pytest.raises(ConflictError, match="check the file again"):
        load_staged(session, batch, TEAM)


def test_two_rows_that_mean_one_feature_are_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    head = "name,own_code,id,lon,lat\n"
    path.write_text(head + f"A,E1,{uid(1)},121,29\n")
    options = Options(layer="weather_station", crs="4326", source="s")
    batch = pipeline.start(session, path.name, options)
    pipeline.analyse(session, batch, path)
    pipeline.publish(session, batch)
    path.write_text(head + f"A,,{uid(1)},121,29\nB,E1,,122,30\n")
    batch = pipeline.start(session, path.name, options)
    pipeline.analyse(session, batch, path)
    assert [(f["row"], f["rule"]) for f in pipeline.faults(session, batch)] == [(2, "doubled")]


def test_a_row_that_repeats_another_is_told(session: Session, sheet: Sheet) -> None:
    batch, counts = sheet("A,fire,5,,,121,29", "B,fire,5,,,121,29", "A,fire,7,,,121,29")
    (fault,) = pipeline.faults(session, batch)
    assert (fault["row"], fault["rule"], fault["wanted"]) == (3, "repeat", "1")
    assert fault["severity"] == "warning"
    assert (counts["new"], counts["warnings"]) == (3, 1)


def test_another_sources_fields_are_named_and_the_row_stays_its_owners(
    session: Session, sheet: Sheet
) -> None:
    def stored() -> Any:
        columns = "source, source_date::text, people, field_sources"
        return tuple(session.execute(text(f"SELECT {columns} FROM team")).one())

    pipeline.publish(session, sheet(line(1), source="city", source_date="2026-01-01")[0])
    assert stored() == ("city", "2026-01-01", 5, {})
    batch, _ = sheet(line(1, people=7), source="fire brigade", source_date="2026-02-02")
    (changed,) = told(session, batch, "changed")
    assert [f["field"] for f in changed["fields"]] == ["people"]
    pipeline.publish(session, batch)
    told_by = {"people": {"source": "fire brigade", "date": "2026-02-02"}}
    assert stored() == ("city", "2026-01-01", 7, told_by)
    _, counts = sheet(line(1, people=7), source="a third")
    assert counts["unchanged"] == 1
    pipeline.publish(session, sheet(line(1, people=8), source="city", source_date="2026-03-03")[0])
    assert stored() == ("city", "2026-03-03", 8, {})


def test_a_name_is_found_by_its_pinyin_after_an_import(session: Session, sheet: Sheet) -> None:
    pipeline.publish(session, sheet(line(1, name="临港化工队"))[0])
    key = session.scalar(text("SELECT name_pinyin FROM team"))
    assert str(key).startswith("lghgd ")
