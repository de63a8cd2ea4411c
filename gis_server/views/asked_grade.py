"""The grade that the rules give to what a caller says, before anything is stored."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gis_server.auth import permission
from gis_server.views.blueprint import api, spoken
from gis_server.wire.asked_grade import GradeQuestion
from layers.incidents import grade

bp = api("asked_grade")


@bp.post("/grade")
@permission("incidents.report")
def proposed(body: GradeQuestion) -> dict[str, Any]:
    """Tell which grade the rules give to these figures, and why; nothing is stored."""
    told = body.casualties.model_dump(exclude={"at", "source"}, exclude_none=True)
    counts = grade.last_counts([told])
    judged: dict[str, grade.Judgement | grade.AtRisk] = {
        "accident": grade.of_accident(counts, direct_loss_yuan=body.direct_loss_yuan),
        "at_risk": grade.at_risk(
            counts,
            important_place=body.important_place,
            serious_pollution=body.serious_pollution,
        ),
        "environment": grade.of_environment(counts),
    }
    answer: dict[str, Any] = spoken(
        {
            "proposed": {name: asdict(each) for name, each in judged.items()},
            "counts": asdict(counts),
        }
    )
    return answer
