"""Publishing (正式入库) and taking back (撤回): what a person decides over a checked batch."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import asdict

from shapely.errors import GEOSException
from sqlalchemy.orm import Session

from layers import outlines
from layers.catalog import find
from layers.errors import QualityError
from layers.intake import checking, outside, own_layer, remembered, staging, takeback
from layers.intake.batches import found
from layers.intake.load import begin, load_staged
from layers.intake.merge import Loaded
from layers.intake.options import Options, stored
from layers.intake.takeback import TakenBack
from layers.models import Batch

log = logging.getLogger(__name__)


def order(
    session: Session,
    batch_id: uuid.UUID,
    *,
    by: str,
    good_rows_only: bool = False,
    remove_gone: bool = False,
) -> None:
    """Take down that a staged batch is to be published, and by whom; the next step is `publish`.

    Raises
    ------
    QualityError, ConflictError
        As `publish`.
    """
    batch = found(session, batch_id, ("staged",))
    _refuse_bad(batch, good_rows_only=good_rows_only)
    decision = {"by": by, "good_rows_only": good_rows_only, "remove_gone": remove_gone}
    batch.progress = {"decision": decision}
    batch.status = "publishing"
    session.flush()


def publish(
    session: Session,
    batch_id: uuid.UUID,
    *,
    good_rows_only: bool = False,
    remove_gone: bool = False,
) -> dict[str, Loaded]:
    """Load a staged batch into its layers; return what each layer got. Status `published`.

    All rows or none, unless the person asks for the good rows. A batch that is published already
    answers what it did then and does nothing.

    Raises
    ------
    QualityError
        Rows have errors and the good rows alone were not asked for, or no row is good.
    ConflictError
        The batch was rejected, failed, or is not staged yet.
    """
    batch = found(session, batch_id, ("staged", "publishing", "published"))
    if batch.status == "published":
        return {name: Loaded(**done) for name, done in batch.report["loaded"].items()}
    options = stored(batch.options)
    begin(session, batch_id)
    _mark_outside(session, batch, options)
    _refuse_bad(batch, good_rows_only=good_rows_only)
    report = dict(batch.report)
    loaded = {
        name: load_staged(session, batch_id, find(name, session), remove_gone=remove_gone)
        for name in sorted(report["layers"], key=_load_order)
    }
    if options.made is not None:
        own_layer.show(session, options.made, options.new_layer or {})
    _outline(session, loaded)
    report["loaded"] = {name: asdict(done) for name, done in loaded.items()}
    report.pop("error", None)
    batch.status, batch.report = "published", report
    _remember(session, batch, options)
    staging.discard(session, batch_id)
    session.flush()
    return loaded


def _outline(session: Session, loaded: Iterable[str]) -> None:
    """Simplify areas with their neighbours now, so that no tile is made of them apart."""
    for name in loaded:
        layer = find(name, session)
        if outlines.has_areas(layer):
            try:
                outlines.renew(session, layer, most=outlines.AT_INTAKE)
            except GEOSException as error:
                # Rows are none the worse: each is simplified by itself when it is drawn.
                log.warning("the areas of %s cannot be simplified together: %s", name, error)


def _mark_outside(session: Session, batch: Batch, options: Options) -> None:
    """Look once more whether every row lies where the importer may write: rows move meanwhile."""
    if options.regions is None:
        return
    report = dict(batch.report)
    layers = {name: dict(counted) for name, counted in report["layers"].items()}
    for name, counted in layers.items():
        late = outside.mark(session, batch.id, find(name, session), options.regions)
        if late:
            counted |= checking.counts(session, batch.id, find(name, session), options)
    batch.report = {**report, "layers": layers}


def _refuse_bad(batch: Batch, *, good_rows_only: bool) -> None:
    counts = batch.report["layers"].values()
    errors = sum(counted["errors"] for counted in counts)
    good = sum(counted["new"] + counted["existing"] for counted in counts)
    if (errors and not good_rows_only) or not good:
        raise QualityError(
            f"{errors} rows have errors, {good} are good; nothing was loaded",
            batch.report,
            errors=errors,
            good=good,
        )


def _remember(session: Session, batch: Batch, options: Options) -> None:
    """Keep how this file was read for the next one of its source."""
    columns = batch.analysis.get("columns")
    if not columns or options.layer is None or options.map_text is not None:
        return
    proposed, layer = batch.analysis["proposed"], find(options.layer, session).name
    settings = asdict(options)
    if options.fields is None and proposed["layer"] == layer:
        settings["fields"] = proposed["fields"]
    if "+" in (options.crs or ""):
        settings["crs"] = None  # an old datum's parameters are the person's, not the source's
    remembered.remember(
        session, columns, name=remembered.source_name(batch.file_name, options.source),
        layer=layer, settings=settings, actor=batch.created_by,
    )  # fmt: skip


def _load_order(name: str) -> tuple[int, str]:
    """Return the place of a layer: regions place the others, the next ones are referred to."""
    first = ("region", "park", "enterprise", "hazard_source")
    return (first.index(name) if name in first else len(first)), name


def take_back(session: Session, batch_id: uuid.UUID, *, keep_edited: bool = False) -> TakenBack:
    """Take a published batch back whole; status `taken_back`. A second time it changes nothing.

    Raises
    ------
    ConflictError
        It is not published, or rows were edited since and are not to be left (`edited_since`).
    """
    batch = found(session, batch_id, ("published", "taken_back"))
    if batch.status == "taken_back":
        return TakenBack(**batch.report["taken_back"])
    done = takeback.take_back(session, batch_id, keep_edited=keep_edited)
    batch.status, batch.report = "taken_back", {**batch.report, "taken_back": asdict(done)}
    session.flush()
    return done
