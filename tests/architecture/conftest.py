"""The application, to compare documents with."""

from tests.gis_server.conftest import app, config

__all__ = ["app", "config"]
