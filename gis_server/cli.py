"""The `onemap` command.

Commands live in gis_server/commands and are imported when one is called, so that `--help` answers
at once. Every command ends with 0, or says on standard error what went wrong and what to do.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("serve:serve", "Run the database and the server until stopped."),
    "init": ("site:init", "Make the database and the first administrator."),
    "sample": ("sample:sample", "Load the fictional sample city."),
    "import": ("load:load", "Check a file row by row and load it into a layer."),
    "roads": ("roads:roads", "Build a road network; list, change and remove its versions."),
    "speeds": ("speeds:speeds", "Slow the roads by the hour, as a file says."),
    "batch": ("batch:batch", "Compute the zones of every hazard source in every wind."),
    "raster": ("raster:raster", "Register rasters: terrain, fuel, people, images, grids."),
    "basemap": ("basemap:basemap", "Make the base map of an OpenStreetMap extract."),
    "pack": ("pack:pack", "Make a pack of a region to take along; list and verify packs."),
    "grade": ("grade:grade", "Grade the hazard sources by GB 18218."),
    "models": ("models:models", "List the consequence models; run one, print its sheet."),
    "layers": ("layers:layers", "List the layers; remove and restore users' own."),
    "user": ("user:user", "Add users, grant roles, set passwords."),
    "backup": ("backup:backup", "Write everything to one file."),
    "restore": ("backup:restore", "Put a backup in place of the database."),
    "check": ("site:check", "Say what the site or its database server lacks."),
}


class Commands(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(f"gis_server.commands.{module}"), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onemap", prog_name="onemap")
def onemap() -> None:
    """One map (一张图) for emergency command: facts in, a response plan on every screen."""


def main() -> None:
    """Run a command; turn an error that we raise on purpose into words and an exit code."""
    from layers.errors import OneMapError

    try:
        onemap(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except OneMapError as error:
        _tell(error)
        sys.exit(1)
    except Exception as error:
        if (known := _settings_error(error)) is None:
            raise
        click.secho(f"error: {known}", err=True, fg="red")
        sys.exit(2)


def _tell(error: Any) -> None:
    if "--json" in sys.argv:
        details = json.loads(json.dumps(error.details, default=str))
        body = {"error": {"code": error.code, "message": error.message, "details": details}}
        click.echo(json.dumps(body, ensure_ascii=False))
    else:
        click.secho(f"error: {error.message}", err=True, fg="red")


def _settings_error(error: Exception) -> str | None:
    """Return what is wrong with `ONEMAP_*`, where that is what the error is about."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError) or error.title != "Config":
        return None
    return "; ".join(
        f"ONEMAP_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
        for fault in error.errors()
    )
