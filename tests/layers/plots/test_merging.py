"""Merging by field: two editors in any order lose nothing, and what stands is what came first."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from layers.plots.merging import Author, changed_by_others, marked, merge

WANG, LI = Author("wang"), Author("li")


def test_a_field_that_nobody_touched_applies() -> None:
    merged = merge({"label": "B"}, current={"label": "A"}, touched={}, base=1, by=WANG)
    assert (merged.accepted, merged.lost, merged.others) == ({"label": "B"}, {}, False)


def test_a_field_that_another_changed_since_stands() -> None:
    touched = marked({}, {"label": "B"}, version=2, by=LI)
    merged = merge(
        {"label": "C", "size": 4}, current={"label": "B"}, touched=touched, base=1, by=WANG
    )
    assert (merged.accepted, merged.lost) == ({"size": 4}, {"label": "li"})


def test_what_was_seen_before_the_edit_is_no_conflict() -> None:
    touched = marked({}, {"label": "B"}, version=2, by=LI)
    merged = merge({"label": "C"}, current={"label": "B"}, touched=touched, base=2, by=WANG)
    assert merged.accepted == {"label": "C"}


def test_the_same_person_in_another_tab_is_another_editor() -> None:
    one, other = Author("wang", "tab 1"), Author("wang", "tab 2")
    touched = marked({}, {"label": "B"}, version=2, by=one)
    assert changed_by_others(touched, base=1, by=other) == "wang"
    assert changed_by_others(touched, base=1, by=one) is None


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_every_edit_stands_or_is_kept_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    edits: list[tuple[Author, dict[str, Any]]] = [
        (WANG, {"label": "w", "colour": "#111111"}), (LI, {"label": "l", "size": 9}),
        (WANG, {"size": 7}), (LI, {"colour": "#222222", "note": "n"}),
    ]  # fmt: skip
    current: dict[str, Any] = {}
    touched: Any = {}
    kept: list[tuple[str, Any]] = []
    version = 1
    for n in order:
        by, wanted = edits[n]
        merged = merge(wanted, current=current, touched=touched, base=1, by=by)
        assert merged.accepted.keys().isdisjoint(merged.lost)
        assert merged.accepted.keys() | merged.lost.keys() == wanted.keys()
        kept += [(name, wanted[name]) for name in merged.lost]
        if merged.accepted:
            version += 1
            touched = marked(touched, merged.accepted, version=version, by=by)
            current |= merged.accepted
    assert {"note": "n"}.items() <= current.items()
    asked = [(name, value) for _, wanted in edits for name, value in wanted.items()]
    assert all(current[name] == value or (name, value) in kept for name, value in asked)
