"""Where staged records wait: the table of a batch and layer."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from psycopg import Connection
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.errors import ConflictError
from layers.intake.merge import REFERENCES, Incoming, table_columns


def psycopg_connection(session: Session) -> Connection[Any]:
    """Return the driver's connection of a session's transaction, for COPY."""
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, Connection):
        raise TypeError("COPY needs psycopg 3")
    return driver


def staged_table(batch_id: uuid.UUID, layer: str) -> str:
    """Return the qualified name of the table in which a batch's records for a layer wait."""
    told = hashlib.sha256(layer.encode()).hexdigest()[:16]
    return f"onemap_staging.s_{batch_id.hex}_{told}"


def staged(session: Session, batch_id: uuid.UUID, layer: Layer) -> Incoming:
    """Return where a batch's records for a layer wait.

    Raises
    ------
    ConflictError
        They do not (`staging_lost`).
    """
    table = staged_table(batch_id, layer.name)
    columns = table_columns(session, table)
    if not columns:
        raise ConflictError(
            f"what was staged for {layer.name} is not there; check the file again",
            code="staging_lost",
            layer=layer.name,
        )
    tables = {target: staged_table(batch_id, target) for target in REFERENCES}
    referred = {target: t for target, t in tables.items() if table_columns(session, t)}
    return Incoming(table, columns, referred)
