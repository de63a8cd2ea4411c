"""tipg's own application; runs in tipg's environment, beside a database on a Unix socket."""

from __future__ import annotations

import os
from typing import Any

from tipg import database
from tipg.main import app
from tipg.settings import PostgresSettings

__all__ = ["app"]


def _on_a_socket() -> Any:
    """Return its settings; its check of addresses knows no sockets, though its driver does."""
    settings = PostgresSettings(database_url="postgresql://nobody@localhost/none")
    settings.database_url = os.environ["ONEMAP_SOCKET_URL"]
    return settings


database.PostgresSettings = _on_a_socket
