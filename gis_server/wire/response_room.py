"""Notes, decisions and proposals of an incident."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Moment, Placed, Query, Text, Wire
from gis_server.wire.incident import IncidentPath, Ladder

NoteKind = Literal["note", "phone", "photo", "file", "survey"]
DecisionKind = Literal["start_response", "evacuate", "shelter", "warn", "widen", "end", "other"]
LEVELLED = ("start_response", "widen", "warn")
Why = Annotated[str, Field(min_length=1, max_length=2000)]
Documents = Annotated[list[uuid.UUID], Field(max_length=20)]


class NewNote(Placed):
    """An entry of the log; `at` is the time that it speaks of, now where left out.

    `documents` are ids of documents of the incident (`POST /documents` with layer=incident).
    """

    id: uuid.UUID | None = None
    text: Text = ""
    kind: NoteKind = "note"
    at: Moment | None = None
    documents: Documents = []


class NoteChange(Placed):
    """What changes of a note; a field left out stays."""

    text: Text | None = None
    kind: NoteKind | None = None
    at: Moment | None = None
    documents: Documents | None = None


class Struck(Wire):
    """Why a note is struck, or a decision refused or taken back, or a proposal dismissed."""

    reason: Why


class Approved(Wire):
    """What the one who approves adds."""

    reason: Why | None = None


class Basis(Wire):
    """What a decision rests on: an assessment, a zone of it by its index, a proposal, words."""

    assessment: uuid.UUID | None = None
    zone: Annotated[int, Field(ge=0, le=1000)] | None = None
    proposal: uuid.UUID | None = None
    text: Text | None = None


class NewDecision(Wire):
    """A decision as it is drafted; nothing of it changes later.

    `level` is the response level that `start_response` or `widen` asks for, or the warning level
    that `warn` gives; approving the decision sets it.
    """

    id: uuid.UUID | None = None
    kind: DecisionKind
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    level: Ladder | None = None
    basis: Basis = Basis()
    area: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _level_of_what_has_one(self) -> Self:
        if self.level is not None and self.kind not in LEVELLED:
            raise ValueError(f"a level only with one of {', '.join(LEVELLED)}")
        return self


class NothingMore(Wire):
    """No inputs."""


class NotePath(IncidentPath):
    """Which note of an incident."""

    note: uuid.UUID


class DecisionPath(IncidentPath):
    """Which decision of an incident."""

    decision: uuid.UUID


class ProposalPath(IncidentPath):
    """Which proposal of an incident."""

    proposal: uuid.UUID


class NotesQuery(Query):
    """How many notes, the newest of them, oldest first; `before` is the note that they precede."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    before: uuid.UUID | None = None


class ProposalsQuery(Query):
    """Which proposals, newest first."""

    state: Literal["open", "run", "dismissed", "superseded"] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ReadingsQuery(Query):
    """How far back, and how many, the newest of them."""

    hours: Annotated[float, Field(gt=0, le=720)] = 24
    limit: Annotated[int, Field(ge=1, le=2000)] = 500


class CardsQuery(Query):
    """How many cards, the soonest reached, are left out of the file."""

    offset: Annotated[int, Field(ge=0, le=100_000)] = 0


class CardPath(IncidentPath):
    """Whose card of an incident's plan: a protection target by its id."""

    target: uuid.UUID
