"""Questions about a place or a name: around, search, substances."""

from __future__ import annotations

from typing import Any

from analysis.hazard.physics.effect import probits
from gis_server.auth import permission, scope
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.feature import AroundQuery, SearchQuery, SubstancePath, SubstanceQuery
from layers import catalog, substances
from layers import query as ask
from layers.dossier.parts import facts

bp = api("places")


@bp.get("/around")
@permission("features.read")
def around(query: AroundQuery) -> dict[str, Any]:
    """List everything within a radius, by layer, nearest first, with distance and bearing."""
    names = [name for name in (query.layers or "").split(",") if name.strip()]
    found = ask.around(
        db(),
        scope=scope(),
        lon=query.lon,
        lat=query.lat,
        radius_m=query.radius_m,
        layers=[catalog.find(name, db()) for name in names] or None,
        limit=query.limit,
    )
    return {"lon": query.lon, "lat": query.lat, "radius_m": query.radius_m, "layers": found}


@bp.get("/search")
@permission("features.read")
def search(query: SearchQuery) -> dict[str, Any]:
    """Find features of any layer by part of a name, its pinyin, a code or address, best first."""
    rows = ask.search(db(), scope=scope(), q=query.q, limit=query.limit)
    return {"results": [{**row, "id": str(row["id"])} for row in rows]}


@bp.get("/substances")
@permission("layers.read")
def chemicals(query: SubstanceQuery) -> dict[str, Any]:
    """Find substances by a part of a name, CAS or UN number."""
    wanted = query.q.casefold()
    found = [entry for entry in substances.all_substances() if _names(entry, wanted)]
    found.sort(key=lambda entry: not any(n.casefold().startswith(wanted) for n in _words(entry)))
    return {
        "substances": [
            {
                "cas": entry.cas,
                "un": entry.un,
                "name": entry.name_zh,
                "name_en": entry.name_en,
                "formula": entry.formula,
                "toxic": entry.toxic,
                "flammable": entry.flammable,
            }
            for entry in found[: query.limit]
        ]
    }


@bp.get("/substances/<substance>")
@permission("layers.read")
def chemical(path: SubstancePath, query: NoQuery) -> dict[str, Any]:
    """Tell one substance: its limits with edition and what each asks for, constants, probits."""
    entry = substances.find(path.substance)
    limits = [
        {
            **shown,
            "scheme": limit.scheme,
            "level": limit.level,
            "severity": limit.severity,
            "action": {"code": f"hazard.action_toxic_{limit.severity}", "params": {}},
        }
        for shown, limit in zip(facts(entry)["thresholds"], entry.thresholds, strict=True)
    ]
    return dict(
        spoken(
            {
                **facts(entry),
                "aliases": list(entry.aliases),
                "thresholds": limits,
                "zones_by": [limit.name for limit in entry.levels()],
                "constants": {name: vars(each) for name, each in entry.constants.items()},
                "probits": [
                    {"name": each.name, "source": each.source, "certainty": each.certainty}
                    for each in probits.TOXIC
                    if each.cas == entry.cas
                ],
            }
        )
    )


def _words(entry: substances.Substance) -> list[str]:
    known = (entry.name_zh, entry.name_en, entry.cas, entry.un, entry.formula, *entry.aliases)
    return [word for word in known if word]


def _names(entry: substances.Substance, wanted: str) -> bool:
    return not wanted or any(wanted in word.casefold() for word in _words(entry))
