"""Addresses of the files of enterprises and parks."""

from __future__ import annotations

import uuid

from gis_server.wire.base import Wire


class OwnerPath(Wire):
    """Whose file."""

    id: uuid.UUID
