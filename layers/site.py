"""What the site says of itself: name, place, credits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.models import Region, RoadNetwork, Site

# How the `source` of every row of a sample city begins.
FICTIONAL = "fictional sample city"


def describe(
    session: Session, *, name: str | None = None, name_en: str | None = None
) -> dict[str, Any]:
    """Return the site's name, whether it is invented, its box and whom its data credits.

    Parameters
    ----------
    name, name_en
        Names from the settings; they win over the stored ones.

    Returns
    -------
    dict
        `bbox` is west, south, east, north in degrees: of the newest active road network, one of
        the sample city only where there is no other, else of the regions; None, as
        `center` and `zoom`, where the site is empty.
    """
    row = session.get(Site, 1)
    box = _extent(session)
    networks = session.scalars(
        select(RoadNetwork.attribution)
        .where(RoadNetwork.active, RoadNetwork.attribution.is_not(None))
        .distinct()
    )
    credits = [*(row.attributions if row else []), *(text for text in networks if text)]
    return {
        "name": name or (row.name if row else None),
        "name_en": name_en or (row.name_en if row else None),
        "fictional": bool(row and row.fictional),
        "bbox": list(box) if box else None,
        "center": [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] if box else None,
        "zoom": _zoom(box) if box else None,
        "attribution": list(dict.fromkeys(credits)),
    }


def credit(session: Session, attribution: str) -> None:
    """Remember whom data of this site must credit; a second time changes nothing."""
    session.execute(insert(Site).values(id=1).on_conflict_do_nothing())
    row = session.get_one(Site, 1)
    if attribution not in row.attributions:
        row.attributions = [*row.attributions, attribution]
        session.flush()


def name_site(session: Session, *, name: str, name_en: str | None, fictional: bool) -> None:
    """Give the site its name."""
    values = {"name": name, "name_en": name_en, "fictional": fictional}
    session.execute(
        insert(Site)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def forget_sample(session: Session) -> None:
    """Take the name, the mark and the credit of a sample city from the site; a real site keeps all.

    Its rows are `data_samples.load.remove`'s.
    """
    row = session.get(Site, 1)
    if row is None or not row.fictional:
        return
    row.name, row.name_en, row.fictional = None, None, False
    row.attributions = [credit for credit in row.attributions if FICTIONAL not in credit]
    session.flush()


def _extent(session: Session) -> tuple[float, float, float, float] | None:
    invented = func.coalesce(RoadNetwork.source, "").startswith(FICTIONAL)
    newest = (
        select(RoadNetwork.extent.label("shape"))
        .where(RoadNetwork.active)
        .order_by(invented, RoadNetwork.created_at.desc(), RoadNetwork.id.desc())
        .limit(1)
    )
    for shapes in (newest.subquery(), select(Region.geom.label("shape")).subquery()):
        box = func.ST_Extent(shapes.c.shape)
        row = session.execute(
            select(func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
        ).one()
        if row[0] is not None:
            return (float(row[0]), float(row[1]), float(row[2]), float(row[3]))
    return None


def _zoom(box: tuple[float, float, float, float]) -> int:
    """Return the zoom at which a box fills a screen 1,500 px wide (256 px tiles)."""
    width = max(box[2] - box[0], box[3] - box[1], 1e-4)
    zoom = 0
    while zoom < 16 and width * 2 ** (zoom + 1) / 360 * 256 < 1500:
        zoom += 1
    return zoom
