"""Calculation sheets: frozen once an assessment, signed by four, then the signed set of zones."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError
from layers.models import SIGNATURES, Assessment, CalculationSheet, SheetSignature


@dataclass(frozen=True)
class Frozen:
    """What a sheet is made of: its content as text, and the hashes of what entered and came out."""

    body: str
    body_hash: str
    input_hash: str
    result_hash: str


@dataclass(frozen=True)
class Signed:
    """A sheet with its signatures, in the order in which they were given."""

    sheet: CalculationSheet
    signatures: tuple[SheetSignature, ...]

    @property
    def state(self) -> str:
        """Return `signed` once all four have signed, else `draft`."""
        return "draft" if self.next_role else "signed"

    @property
    def next_role(self) -> str | None:
        """Return which signature is the next, None where none is left."""
        given = len(self.signatures)
        return SIGNATURES[given] if given < len(SIGNATURES) else None

    @property
    def signed_at(self) -> dt.datetime | None:
        """Return when it was approved."""
        return None if self.next_role else self.signatures[-1].signed_at


def freeze(
    session: Session, assessment: Assessment, frozen: Frozen, *, region: str | None, actor: str
) -> tuple[Signed, bool]:
    """Keep the sheet of an assessment; return it, and whether it was made now.

    An assessment has one sheet: asked again, or by two at once, the first one stays.
    """
    made = session.execute(
        insert(CalculationSheet)
        .values(
            assessment_id=assessment.id,
            incident_id=assessment.incident_id,
            region=region,
            created_by=actor,
            **vars(frozen),
        )
        .on_conflict_do_nothing(index_elements=["assessment_id"])
        .returning(CalculationSheet.id)
    ).scalar_one_or_none()
    return of_assessment(session, assessment.id), made is not None


def of_assessment(session: Session, assessment: uuid.UUID) -> Signed:
    """Return the sheet of an assessment.

    Raises
    ------
    NotFoundError
        `code="no_sheet"`: none was made.
    """
    found = session.scalar(
        select(CalculationSheet).where(CalculationSheet.assessment_id == assessment)
    )
    if found is None:
        raise NotFoundError(
            f"assessment {assessment} has no calculation sheet", code="no_sheet", id=str(assessment)
        )
    return _with_signatures(session, [found])[0]


def of_incident(session: Session, incident: uuid.UUID) -> list[Signed]:
    """Return the sheets of an incident, oldest first."""
    found = session.scalars(
        select(CalculationSheet)
        .where(CalculationSheet.incident_id == incident)
        .order_by(CalculationSheet.created_at, CalculationSheet.id)
    )
    return _with_signatures(session, list(found))


def sign(session: Session, held: Signed, role: str, *, user: str, name: str | None) -> Signed:
    """Sign a sheet in a role.

    Raises
    ------
    ConflictError
        `"sheet_signed"`: it is locked; `"sheet_order"`: another signature comes first;
        `"sheet_same_person"`: who prepared it signs nothing else.
    """
    sheet = held.sheet
    # Two who sign at once would both think it their turn: the second waits and looks again.
    session.execute(
        select(CalculationSheet.id).where(CalculationSheet.id == sheet.id).with_for_update()
    )
    (held,) = _with_signatures(session, [sheet])
    wanted = held.next_role
    if wanted is None:
        raise ConflictError("the sheet is signed and locked", code="sheet_signed", role=role)
    if role != wanted:
        raise ConflictError(
            f"the next signature is {wanted}, not {role}", code="sheet_order", got=role,
            wanted=wanted,
        )  # fmt: skip
    if held.signatures and held.signatures[0].signed_by == user:
        raise ConflictError(
            f"{user} prepared the sheet and cannot sign it as {role}", code="sheet_same_person",
            user=user, role=role,
        )  # fmt: skip
    session.add(
        SheetSignature(
            sheet_id=sheet.id,
            incident_id=sheet.incident_id,
            region=sheet.region,
            role=role,
            signed_by=user,
            name=name,
            body_hash=sheet.body_hash,
        )
    )
    session.flush()
    return _with_signatures(session, [sheet])[0]


def _with_signatures(session: Session, sheets: Iterable[CalculationSheet]) -> list[Signed]:
    held = list(sheets)
    given: dict[uuid.UUID, list[SheetSignature]] = {sheet.id: [] for sheet in held}
    if held:
        rows = session.scalars(
            select(SheetSignature)
            .where(SheetSignature.sheet_id.in_(given))
            .execution_options(populate_existing=True)
        )
        for row in rows:
            given[row.sheet_id].append(row)
    order = {role: number for number, role in enumerate(SIGNATURES)}
    return [
        Signed(sheet, tuple(sorted(given[sheet.id], key=lambda row: order[row.role])))
        for sheet in held
    ]
