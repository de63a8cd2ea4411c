"""Put the sample city into the database, through the same door as every load."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data_samples import rasters
from data_samples.city import City
from data_samples.city.districts import CITY
from data_samples.city.draft import Rows
from data_samples.weather import observe
from layers import catalog, site
from layers.intake.load import begin, load_records
from layers.models import Contact
from layers.site import FICTIONAL

# Others point to these.
_FIRST = ("region", "park", "enterprise", "hazard_source")


def load(
    session: Session,
    city: City,
    *,
    now: dt.datetime,
    progress: Callable[[str, int], None] = lambda layer, rows: None,
) -> dict[str, int]:
    """Write every layer of the city, its rasters, its weather of this hour and the site's name.

    Roads are not written here: `city.roads` has the columns of `analysis.roads.edges.RoadEdges`.
    Loading the same city again changes nothing but the weather. Nothing is committed.

    Parameters
    ----------
    now
        When the stations observe; aware.
    progress
        Called with each layer's name and how many rows it has, before that layer is written.

    Returns
    -------
    dict
        Rows by layer.
    """
    order = [*_FIRST, *(name for name in city.layers if name not in _FIRST)]
    for name in order:
        rows = city.layers[name]
        progress(name, len(rows))
        load_records(
            session,
            catalog.find(name),
            _columns(rows),
            rows.geometry,
            source=city.source,
            children=rows.children,
        )
    rasters.write(session, city)
    observe(session, now=now, seed=city.seed)
    site.name_site(session, name=CITY[1], name_en=CITY[2], fictional=True)
    site.credit(session, f"{CITY[1]} · {city.source}")
    return {name: len(city.layers[name]) for name in order}


def remove(session: Session) -> dict[str, int]:
    """Delete every row of sample cities with what hangs on it, and the site's fictional name.

    Road networks, to which the roads belong, are `analysis.roads.store`'s. What other rows say of
    a row that is deleted here is emptied. Nothing is committed.

    Returns
    -------
    dict
        Deleted rows by layer, for layers that had any.
    """
    begin(session, uuid.uuid4())
    removed = {}
    others = [layer for layer in catalog.layers() if layer.name not in _FIRST]
    for layer in [*others, *(catalog.find(name) for name in reversed(_FIRST))]:
        table = layer.table
        ours = table.c.source.startswith(FICTIONAL)
        session.execute(
            delete(Contact).where(
                Contact.layer == layer.name, Contact.feature_id.in_(select(table.c.id).where(ours))
            )
        )
        gone = session.scalar(select(func.count()).select_from(table).where(ours)) or 0
        if gone:
            session.execute(delete(table).where(ours))
            removed[layer.name] = gone
    rasters.remove(session)
    site.forget_sample(session)
    return removed


def _columns(rows: Rows) -> dict[str, list[Any]]:
    """Return records turned to columns; what a record does not say is None."""
    names = dict.fromkeys(name for record in rows.records for name in record)
    return {name: [record.get(name) for record in rows.records] for name in names}
