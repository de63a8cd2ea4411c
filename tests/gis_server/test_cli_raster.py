"""`onemap raster FILE`: a file is added, what it holds is told from its ending where it can be."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from gis_server.commands import raster as command
from layers.rasters.kinds import KINDS


def test_the_command_knows_every_kind():
    assert set(command.KINDS) == set(KINDS)


def test_a_file_in_the_place_of_a_command_is_added(tmp_path):
    file = tmp_path / "list.tif"
    file.touch()
    context = click.Context(command.raster)
    for words, wanted in (([str(file), "--json"], "add"), (["list"], "list")):
        name, found, left = command.raster.resolve_command(context, list(words))
        assert (name, found is command.raster.get_command(context, wanted)) == (wanted, True)
        assert left == (words if wanted == "add" else [])
    with pytest.raises(click.UsageError):
        command.raster.resolve_command(context, [str(tmp_path / "missing.tif")])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("N34E113.hgt", "dem"),
        ("N34E113.HGT.zip", "dem"),
        ("a.png", "imagery"),
        ("a.JPG", "imagery"),
    ],
)
def test_what_a_file_holds_is_told_from_its_ending(name, kind):
    assert command._kind(Path(name)) == kind


def test_a_tiff_may_hold_anything_so_its_kind_is_asked_for():
    with pytest.raises(click.UsageError, match="--kind dem"):
        command._kind(Path("a.tif"))
