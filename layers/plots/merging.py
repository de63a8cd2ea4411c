"""Two people, one plot: which fields of an edit apply, and which met another's. Pure.

A field is one of `OWN` or a property; control points and geometry are one field, `shape`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SHAPE, DELETED = "shape", "deleted"
OWN = ("kind", SHAPE, "order", "locked", "group")

Fields = Mapping[str, Any]
Touched = Mapping[str, Any]
"""Of every field that was changed: `[version, key of who, name of who]`."""


@dataclass(frozen=True)
class Author:
    """Who draws. `key` tells editors apart: a person, and of one person the tabs of browsers."""

    name: str
    client: str | None = None

    @property
    def key(self) -> str:
        """What `touched` remembers."""
        return self.name if self.client is None else f"{self.name} {self.client}"


@dataclass(frozen=True)
class Merged:
    """`accepted` applies; of `lost`, by field, another's value stands: their name is the value.

    `others` says that somebody else changed the plot since, wherever.
    """

    accepted: dict[str, Any] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    others: bool = False


def merge(wanted: Fields, *, current: Fields, touched: Touched, base: int, by: Author) -> Merged:
    """Return what of an edit made on version `base` applies to a plot as it is now.

    What others changed since `base` stands; what they left alone, and what has the wanted value
    already, is no conflict. One's own changes since never are.
    """
    accepted: dict[str, Any] = {}
    lost: dict[str, str] = {}
    for name, value in wanted.items():
        if current.get(name) == value:
            continue
        version, key, person = touched.get(name, (0, by.key, by.name))
        if version > base and key != by.key:
            lost[name] = person
        else:
            accepted[name] = value
    return Merged(accepted, lost, others=changed_by_others(touched, base=base, by=by) is not None)


def changed_by_others(touched: Touched, *, base: int, by: Author) -> str | None:
    """Return who else changed a plot last since a version, None where nobody did."""
    since = [each for each in touched.values() if each[0] > base and each[1] != by.key]
    return max(since)[2] if since else None


def marked(touched: Touched, names: Mapping[str, Any], *, version: int, by: Author) -> Touched:
    """Return `touched` after somebody has changed some fields in a version."""
    return {**touched, **{name: [version, by.key, by.name] for name in names}}
