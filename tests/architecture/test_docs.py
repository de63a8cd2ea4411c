"""What the documents say is true of the program."""

from pathlib import Path

from gis_server.cli import COMMANDS
from gis_server.config import Config
from gis_server.layers_page import page as layers_page
from gis_server.models_page import page as models_page
from gis_server.permissions_page import page as permissions_page
from gis_server.views.docs import description

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_permissions_is_the_one_in_force():
    """Mend it with: python -m gis_server.permissions_page > docs/permissions.md"""
    assert (DOCS / "permissions.md").read_text(encoding="utf-8") == permissions_page()


def test_the_page_of_the_layers_is_what_their_fields_declare():
    """Mend it with: python -m gis_server.layers_page > docs/layers.md"""
    assert (DOCS / "layers.md").read_text(encoding="utf-8") == layers_page()


def test_the_page_of_the_models_is_what_they_declare():
    """Mend it with: python -m gis_server.models_page > docs/models.md"""
    assert (DOCS / "models.md").read_text(encoding="utf-8") == models_page()


def test_the_api_page_names_every_address(app):
    written = (DOCS / "api.md").read_text(encoding="utf-8")
    for path in description(app)["paths"]:
        if path.startswith(("/api/v1/", "/tiles/", "/healthz")) and "docs" not in path:
            assert f"`{path}`" in written, path


def test_the_api_page_names_every_command_and_setting():
    written = (DOCS / "api.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`onemap {name}`" in written, name
    for name in Config.model_fields:
        assert f"`ONEMAP_{name.upper()}`" in written, name
