"""onemap models: what can be computed, and one run of one model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_server.commands.console import answer, json_option
from layers.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.hazard.model import Model
    from gis_server.sheets.sheet import Sheet

LANGUAGE = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="en", show_default=True,
    help="Language of the words.",
)  # fmt: skip


@click.group(invoke_without_command=True)
@LANGUAGE
@json_option
@click.pass_context
def models(context: click.Context, lang: str, as_json: bool) -> None:
    """List the consequence models; run one of them."""
    if context.invoked_subcommand is not None:
        return
    from analysis.hazard import MODELS
    from gis_server.model_face import described

    listed = [described(model, lang) for model in MODELS.values()]
    words = "\n".join(
        f"{each['group']:11} {each['name']:24} {each['title']}"
        for each in sorted(listed, key=lambda each: (each["group"], each["name"]))
    )
    answer({"models": listed}, as_json=as_json, words=words)


@models.command()
@click.argument("name")
@click.option("-i", "--input", "inputs", multiple=True, metavar="NAME=VALUE",
              help="One input; a list or a word as JSON has it.")  # fmt: skip
@click.option("--inputs-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Inputs as a JSON object; --input overrides.")  # fmt: skip
@click.option("-s", "--set", "coefficients", metavar="SET", help="A coefficient set by name.")
@click.option("--sheet", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Print the calculation sheet into a .html or .docx file.")  # fmt: skip
@LANGUAGE
@json_option
def run(
    name: str,
    inputs: tuple[str, ...],
    inputs_file: Path | None,
    coefficients: str | None,
    sheet: Path | None,
    lang: str,
    as_json: bool,
) -> None:
    """Run one model, such as: onemap models run gas_release -i hole_diameter_m=0.01 ..."""
    from gis_server.model_face import jsonable, model_named
    from gis_server.text import rendered

    given = {} if inputs_file is None else _object(inputs_file)
    given |= dict(map(_pair, inputs))
    model = model_named(name)
    result = rendered(lang, jsonable(model.run(given, coefficients)))
    if sheet is not None:
        _print(sheet, result, lang)
    answer(result, as_json=as_json, words="\n".join(_lines(model, result)))


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"got {text!r}, wanted NAME=VALUE", param_hint="--input")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _object(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.BadParameter(f"{path}: {error}", param_hint="--inputs-file") from None
    if not isinstance(read, dict):
        raise click.BadParameter(f"{path} holds no JSON object", param_hint="--inputs-file")
    return read


def _lines(model: Model, result: Mapping[str, Any]) -> list[str]:
    chosen = result["coefficients"]
    lines = [f"{model.name} version {model.version}, coefficients {chosen['name']}: "
             f"{chosen['source']} ({chosen['certainty']})"]  # fmt: skip
    lines += [
        f"  {step['name']:32} {_told(step['value']):>14} {step['unit']:14} {step['equation']}"
        for step in result["steps"]
    ]
    lines += [f"{name:34} {_told(value)}" for name, value in result["values"].items()]
    return lines + [f"warning: {line['text']}" for line in result["warnings"]]


def _told(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _print(path: Path, result: Mapping[str, Any], lang: str) -> None:
    import datetime as dt

    from gis_server.config import Config
    from gis_server.sheets import content
    from gis_server.sheets import sheet as sheets

    zone = Config().zone
    printed = sheets.unsaved(content.of_run(result), zone=zone, now=dt.datetime.now(dt.UTC))
    path.write_bytes(_written(path, printed, lang))


def _written(path: Path, printed: Sheet, lang: str) -> bytes:
    from gis_server.config import Config
    from gis_server.sheets import html, word

    zone = Config().zone
    match path.suffix.lower():
        case ".html":
            return html.render(printed, language=lang, zone=zone).encode("utf-8")
        case ".docx":
            return word.render(printed, language=lang, zone=zone)
        case other:
            raise InvalidInputError(
                f"--sheet: got a {other or 'nameless'} file, wanted .html or .docx",
                field="sheet", got=other, wanted=".html, .docx",
            )  # fmt: skip
