"""Paths of road networks."""

from __future__ import annotations

import uuid

from gis_server.wire.base import Wire


class NetworkPath(Wire):
    """Which version of a network."""

    id: uuid.UUID
