"""onemap import."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gis_server.commands.console import answer, json_option, progress

LISTED_FAULTS = 1000


@click.command("import")
@click.argument("file", required=False,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--layer", help="The layer that the file is for (see onemap layers).")
@click.option("--new-layer", "title", help="Make a layer of your own of this title for the file.")
@click.option("--crs", help="Its coordinate system where it does not tell: EPSG:4490, GCJ-02.")
@click.option("--encoding", help="Its text encoding where it is not recognised: gb18030.")
@click.option("--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A mapping (TOML) of the file's columns to fields.")  # fmt: skip
@click.option("--source-layer", help="The layer or sheet inside the file.")
@click.option("--source", help="Who says what the file says (the file's name).")
@click.option("--source-date", help="As of when: 2026-01-31.")
@click.option("--preview", is_flag=True, help="Look into the file and stop: nothing is loaded.")
@click.option("--good-rows", is_flag=True, help="Load the good rows even where others are bad.")
@click.option("--remove-gone", is_flag=True,
              help="Remove what this source gave before and the file no longer holds.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Publish without asking.")
@click.option("--reject", is_flag=True, help="Check the file, tell what is wrong, load nothing.")
@click.option("--take-back", "taken", type=click.UUID, metavar="ID",
              help="Take a published import back whole; no FILE then.")  # fmt: skip
@click.option("--keep-edited", is_flag=True,
              help="With --take-back: leave rows that were edited since.")  # fmt: skip
@json_option
def load(file: Path | None, taken: uuid.UUID | None, as_json: bool, **given: Any) -> None:
    """Look into FILE, check it row by row, compare it with what is stored, and load it.

    GeoJSON, GeoPackage, Shapefile (zipped, or its .shp), KML, KMZ, GPX, FlatGeobuf, Parquet, DXF,
    CSV, XLSX; an OpenStreetMap extract (.osm.pbf) fills several layers and needs no --layer. What
    is stored already is updated, not doubled. All rows are loaded or none, unless --good-rows. On
    a terminal it asks before it publishes; elsewhere it publishes what has no errors.
    """
    from gis_server.config import Config
    from gis_server.site import opened

    if (file is None) == (taken is None):
        raise click.UsageError("give a FILE, or --take-back ID")
    config = Config()
    result: dict[str, Any] = {}
    words = ""
    with opened(config) as site:
        if taken is not None:
            result, words = _take_back(site, taken, keep_edited=given["keep_edited"])
        elif file is not None:
            result, words = _Import(site, file, given, quiet=as_json).run(config.timezone)
    answer(result, as_json=as_json, words=words)


def _take_back(site: Any, batch_id: uuid.UUID, *, keep_edited: bool) -> tuple[dict[str, Any], str]:
    from layers.intake import pipeline

    with site.work("import") as session:
        done = pipeline.take_back(session, batch_id, keep_edited=keep_edited)
    words = f"{done.removed:,} removed, {done.restored:,} restored"
    if done.edited_since:
        words += f"; {len(done.edited_since):,} edited since and left as they are"
    return {"batch": str(batch_id), **vars(done)}, words


class _Import:
    """One file on its way, step by step; each step is a transaction of its own."""

    def __init__(self, site: Any, file: Path, given: dict[str, Any], *, quiet: bool) -> None:
        self._site, self._file, self._given, self._quiet = site, file, given, quiet
        self._asks = sys.stdin.isatty() and sys.stderr.isatty() and not (quiet or given["yes"])
        self._id = uuid.UUID(int=0)

    def run(self, timezone: str) -> tuple[dict[str, Any], str]:
        """Take the file as far as the person wants; return the result and its words."""
        seen = self._look(timezone)
        if self._given["preview"]:
            self._reject()
            return {"batch": str(self._id), "analysis": seen}, "nothing was loaded"
        self._settle(seen)
        report = self._check()
        faults = self._faults()
        result = {"batch": str(self._id), "analysis": seen, "report": report, "faults": faults}
        if not self._quiet:
            from gis_server.commands import import_view

            import_view.check(report, faults)
            import_view.comparison(report)
        if self._given["reject"] or (self._asks and not self._agreed(report)):
            self._reject()
            return result, "nothing was loaded"
        loaded = self._publish()
        words = "\n".join(
            f"{name}: {done['inserted']:,} new, {done['updated']:,} changed, "
            f"{done['unchanged']:,} as before" + (f", {done['removed']:,} removed"
                                                  if done.get("removed") else "")
            for name, done in loaded.items()
        )  # fmt: skip
        words += f"\nto take it back: onemap import --take-back {self._id}"
        return {**result, "loaded": loaded}, words

    def _look(self, timezone: str) -> dict[str, Any]:
        from gis_server.jobs import words
        from layers.intake import pipeline
        from layers.intake.pipeline import Options

        names = ("layer", "crs", "encoding", "source_layer", "source", "source_date")
        map_file, title = self._given["map_file"], self._given["title"]
        options = Options(
            **{name: self._given[name] for name in names},
            map_text=map_file.read_text(encoding="utf-8") if map_file else None,
            new_layer={"title": title} if title else None,
            timezone=timezone,
        )
        with self._site.work("import") as session:
            self._id = pipeline.start(session, self._file.name, options, actor="onemap import")
        with progress(f"analysis of {self._file.name}") as tell, self._kept() as session:
            seen = pipeline.look(session, self._id, self._file, titles=words(), progress=tell)
        if not self._quiet:
            self._show(seen)
        return seen

    def _show(self, seen: dict[str, Any]) -> None:
        from gis_server.commands import import_view
        from layers.errors import OneMapError
        from layers.intake.preview import preview

        import_view.analysis(seen)
        proposed = seen["proposed"]
        source_layer = self._given["source_layer"] or proposed["source_layer"]
        try:
            import_view.preview(preview(
                self._file, source_layer=source_layer, crs=self._given["crs"],
                encoding=self._given["encoding"],
            ))  # fmt: skip
        except OneMapError as error:
            click.echo(f"no preview: {error.message}", err=True)
        import_view.mapping(proposed)

    def _settle(self, seen: dict[str, Any]) -> None:
        """Where the file's layer is not said, take what the person says to the proposal."""
        from layers.errors import InvalidInputError
        from layers.intake import pipeline

        with self._site.work("import") as session:
            if pipeline.status(session, self._id)["status"] != "analysed":
                return
        proposed = seen["proposed"]["layer"]
        if not self._asks:
            self._reject()
            hint = f"; it looks like {proposed}" if proposed else ""
            raise InvalidInputError(
                f"say which layer the file is for (--layer){hint}", code="layer_needed",
                wanted=proposed or "--layer",
            )  # fmt: skip
        layer = click.prompt("layer", default=proposed, err=True)
        said = {"layer": layer}
        if not (seen.get("crs") or {}).get("certain"):
            guessed = (seen.get("crs") or {}).get("name")
            said["crs"] = click.prompt("coordinate system", default=guessed, err=True)
        with self._site.work("import") as session:
            pipeline.settle(session, self._id, said)

    def _check(self) -> dict[str, Any]:
        from gis_server.jobs import words
        from layers.intake import pipeline

        with progress(f"check of {self._file.name}") as tell, self._kept() as session:
            return pipeline.check(session, self._id, self._file, titles=words(), progress=tell)

    def _faults(self) -> list[dict[str, Any]]:
        from gis_server.faults import in_words
        from layers.intake import pipeline

        with self._site.work("import") as session:
            return in_words("en", pipeline.faults(session, self._id, limit=LISTED_FAULTS))

    def _agreed(self, report: dict[str, Any]) -> bool:
        errors = sum(counted["errors"] for counted in report["layers"].values())
        which = "publish"
        if errors:
            which = f"{errors:,} rows have errors; publish the good rows alone"
            self._given["good_rows"] = True
        return click.confirm(which, default=not errors, err=True)

    def _publish(self) -> dict[str, Any]:
        from gis_server.jobs import publish
        from layers.errors import QualityError

        good, gone = self._given["good_rows"], self._given["remove_gone"]
        try:
            with progress(f"load of {self._file.name}") as tell:
                tell("loading", 0)
                with self._site.work("import") as session:
                    return publish(session, self._id, good_rows_only=good, remove_gone=gone)
        except QualityError as error:
            self._reject()
            if error.details.get("good") and not good:
                error.message += (
                    ". Mend the rows named above, or load the good ones with --good-rows"
                )
            raise

    def _reject(self) -> None:
        from layers.intake import pipeline

        with self._site.work("import") as session:
            pipeline.reject(session, self._id)

    @contextmanager
    def _kept(self) -> Iterator[Any]:
        """Give a transaction; a batch whose step fails in it is kept as failed."""
        from layers.errors import OneMapError
        from layers.intake import pipeline

        try:
            with self._site.work("import") as session:
                yield session
        except OneMapError as error:
            with self._site.work("import") as session:
                pipeline.fail(session, self._id, error)
            raise
