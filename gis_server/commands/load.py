"""onemap import."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gis_server.commands.console import answer, json_option, note, progress

SHOWN_FAULTS = 20


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--layer", help="The layer that the file is for (see onemap layers).")
@click.option("--crs", help="Its coordinate system where it does not tell: EPSG:4490, GCJ-02.")
@click.option("--encoding", help="Its text encoding where it is not recognised: gb18030.")
@click.option("--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A mapping (TOML) of the file's columns to fields.")  # fmt: skip
@click.option("--source-layer", help="The layer or sheet inside the file.")
@click.option("--source", help="Who says what the file says (the file's name).")
@click.option("--good-rows", is_flag=True, help="Load the good rows even where others are bad.")
@json_option
def load(file: Path, map_file: Path | None, good_rows: bool, as_json: bool, **given: Any) -> None:
    """Check FILE row by row and load it: all rows or none, unless --good-rows.

    GeoJSON, GeoPackage, zipped Shapefile, Parquet, CSV, XLSX; an OpenStreetMap extract (.osm.pbf)
    fills several layers and needs no --layer. What is stored already is updated, not doubled.
    """
    from gis_server.config import Config
    from gis_server.site import opened
    from layers.intake.pipeline import Options

    config = Config()
    text = map_file.read_text(encoding="utf-8") if map_file else None
    options = Options(**given, map_text=text, timezone=config.timezone)
    with opened(config) as site, progress(f"import of {file.name}") as tell:
        batch_id, report = _analyse(site, file, options, tell)
        faults = _faults(site, batch_id)
        if not as_json:
            _show(faults, report)
        tell("loading", 0)
        loaded = _publish(site, batch_id, report, good_rows=good_rows)
    result = {"batch": str(batch_id), "report": report, "faults": faults, "loaded": loaded}
    words = "\n".join(
        f"{name}: {done['inserted']:,} new, {done['updated']:,} changed, "
        f"{done['unchanged']:,} as before"
        for name, done in loaded.items()
    )
    answer(result, as_json=as_json, words=words)


def _analyse(site: Any, file: Path, options: Any, tell: Any) -> tuple[uuid.UUID, dict[str, Any]]:
    """Check and stage the file; a batch whose file cannot be used is kept as failed."""
    from gis_server.jobs import words
    from layers.errors import OneMapError
    from layers.intake import pipeline

    with site.work("import") as session:
        batch_id = pipeline.start(session, file.name, options, actor="onemap import")
    try:
        with site.work("import") as session:
            report = pipeline.analyse(session, batch_id, file, titles=words(), progress=tell)
    except OneMapError as error:
        with site.work("import") as session:
            pipeline.fail(session, batch_id, error)
        raise
    return batch_id, report


def _publish(
    site: Any, batch_id: uuid.UUID, report: Mapping[str, Any], *, good_rows: bool
) -> dict[str, Any]:
    from layers.errors import QualityError
    from layers.intake import pipeline
    from layers.site import credit

    try:
        with site.work("import") as session:
            loaded = pipeline.publish(session, batch_id, good_rows_only=good_rows)
            if report.get("format") == "osm_pbf":
                credit(session, "© OpenStreetMap contributors")
    except QualityError as error:
        with site.work("import") as session:
            pipeline.reject(session, batch_id)
        if error.details.get("good") and not good_rows:
            error.message += ". Mend the rows named above, or load the good ones with --good-rows"
        raise
    return {name: vars(done) for name, done in loaded.items()}


def _faults(site: Any, batch_id: uuid.UUID) -> list[dict[str, Any]]:
    from gis_server.faults import in_words
    from layers.intake import pipeline

    with site.work("import") as session:
        return in_words("en", pipeline.faults(session, batch_id, limit=1000))


def _show(faults: list[dict[str, Any]], report: Mapping[str, Any]) -> None:
    for fault in faults[:SHOWN_FAULTS]:
        note(
            f"{fault['severity']}: {fault.get('layer') or ''} row {fault['row']}, "
            f"{fault['field']}: {fault['rule']}: got {fault['got']!r}, wanted {fault['wanted']}"
        )
    if len(faults) > SHOWN_FAULTS:
        note(f"... and {len(faults) - SHOWN_FAULTS} more faults (--json lists 1,000)")
    if report.get("unmatched"):
        note(f"columns that fit no field, left out: {', '.join(report['unmatched'])}")
