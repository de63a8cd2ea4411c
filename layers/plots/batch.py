"""What a batch of operations works on: the plots as they are now, and those that are gone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from layers.plots import history
from layers.plots.writing import Desk

PRESS, TAKE = "situation", "import"
"""What draws several plots in one go, as `PlotOp.op` names it: one key, a file."""


@dataclass(frozen=True, kw_only=True)
class Op:
    """One operation as it was asked.

    `fields` are what a put sets, by field (`layers.plots.merging`); `base` is the version it was
    made on. `digest` is the SHA-256 of all that was asked, so that an id is not used twice.
    """

    op_id: uuid.UUID
    op: str
    plot: uuid.UUID
    digest: bytes
    base: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    undoes: uuid.UUID | None = None
    version: int | None = None
    conflict: uuid.UUID | None = None
    take: str | None = None


@dataclass
class Batch:
    """What a batch knows: the plots as they are now, and where those lie that are gone."""

    desk: Desk
    present: dict[uuid.UUID, dict[str, Any]]
    removed: dict[uuid.UUID, str]
    undone: dict[uuid.UUID, tuple[str, str | None]] = field(default_factory=dict)
    """What was done before and is taken back here, or may be: its `op` and who did it."""

    def plot(self, id: uuid.UUID) -> dict[str, Any] | None:
        """Return a stored plot of the incident, None of one that is gone.

        Raises
        ------
        NotFoundError
            The incident never had it.
        """
        row = self.present.get(id)
        mine = self.desk.incident.id
        if row is not None and row["incident_id"] == mine:
            return row
        if row is None and self.removed.get(id) == str(mine):
            return None
        raise history.no_plot(id)

    def of_plan(self, op: Op) -> bool:
        """Tell whether an operation takes back what one key drew: no person's change."""
        return op.undoes is not None and self.undone[op.undoes][0] == PRESS

    def there(self, id: uuid.UUID) -> bool:
        """Tell whether a plot of this id is, or was, in any incident."""
        return id in self.present or id in self.removed

    def wrote(self, row: dict[str, Any]) -> int:
        """Take up a plot as it is now; return its version."""
        self.present[row["id"]] = row
        return int(row["version"])

    def took_off(self, id: uuid.UUID) -> None:
        """Take up that a plot is gone."""
        del self.present[id]
        self.removed[id] = str(self.desk.incident.id)
