"""The region tree as a statistic needs it: who lies below whom, by the codes alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers import region_code
from layers.errors import InvalidInputError
from layers.models import Region


@dataclass(frozen=True)
class Districts:
    """Every region on record by code, and those of one level by what codes below them begin with.

    `names` holds `name`, `name_en` and `level` by code; `level` is None where nothing is rolled up.
    """

    names: Mapping[str, Mapping[str, Any]]
    level: str | None
    beginnings: Mapping[str, str]

    def at_level(self, code: str | None) -> str | None:
        """Return the district of the level that a region lies in, else the region itself."""
        if code is None or self.level is None:
            return code
        if code in self.names and self.names[code]["level"] == self.level:
            return code
        for length in range(len(code), 0, -1):
            found = self.beginnings.get(code[:length])
            if found is not None:
                return found
        return code


def districts(session: Session, *, level: str | None = None) -> Districts:
    """Return the region tree, ready to roll up to a level where one is named.

    Raises
    ------
    InvalidInputError
        No region on record is of that level.
    """
    rows = session.execute(select(Region.code, Region.name, Region.name_en, Region.level)).all()
    names = {row.code: {"name": row.name, "name_en": row.name_en, "level": row.level}
             for row in rows}  # fmt: skip
    if level is None:
        return Districts(names, None, {})
    beginnings: dict[str, str] = {}
    for code, said in names.items():
        if said["level"] == level:
            beginnings |= dict.fromkeys(region_code.beginnings(code), code)
    if not beginnings:
        known = ", ".join(sorted({said["level"] for said in names.values() if said["level"]}))
        raise InvalidInputError(
            f"no district is of level {level!r}; there are {known or 'none'}",
            code="bad_level", field="level", got=level[:40], known=known,
        )  # fmt: skip
    return Districts(names, level, beginnings)
