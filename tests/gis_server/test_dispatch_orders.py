"""A proposal can be ordered as it stands, and what is ordered is not offered again."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.roads.street_grid import grid_streets, place, table
from tests.gis_server.road_site import put, use
from tests.gis_server.test_dispatch import (
    AMBULANCES,
    FOAM,
    PEOPLE,
    _fleet,
    _row,
    ask,
    report,
    site,
)

__all__ = ["site"]


def order(client, incident, proposal):
    """Order what a proposal assigns to an incident."""
    named = {"stock": "item", "skill": "item", "vehicle": "kind"}
    wanted = [
        {
            **{name: one[name] for name in ("layer", "id", "what", "amount", "unit", "vehicle",
                                            "travel_time_s")},
            **({named[one["what"]]: one["item"]} if one["what"] in named else {}),
            **({"row": one["stock_id"]} if one["stock_id"] else {}),
        }
        for one in proposal["assignments"] if one["incident"] == incident
    ]  # fmt: skip
    answer = client.post(f"/api/v1/incidents/{incident}/tasks", json={"assignments": wanted})
    assert answer.status_code in (200, 201), answer.json
    return answer.json["tasks"]


def amounts(proposal, what):
    return sum(one["amount"] for one in proposal["assignments"] if one["what"] == what)


def test_what_is_ordered_is_not_offered_again_until_it_is_cancelled(client, site):
    incident = report(client, 4, 4)
    first = ask(client, (incident, FOAM, AMBULANCES, PEOPLE))
    tasks = order(client, incident, first)
    other = report(client, 5, 5)
    again = ask(client, (other, FOAM, AMBULANCES, {**PEOPLE, "amount": 60}))
    assert amounts(again, "stock") == 5000 and amounts(again, "vehicle") == 1
    assert amounts(again, "people") == 90 - 40
    short = {d["what"]: d for d in again["unmet"]}
    assert short["vehicle"]["missing"] == 2
    assert "committed" in " ".join(r["code"] for r in short["people"]["reasons"])
    for task in tasks:
        gone = client.post(f"/api/v1/tasks/{task['id']}/cancel", json={},
                           headers={"If-Match": f'"{task["version"]}"'})  # fmt: skip
        assert gone.status_code == 200, gone.json
    free = ask(client, (other, FOAM, AMBULANCES, {**PEOPLE, "amount": 60}))
    assert free["unmet"] == []


def test_an_exercise_is_offered_everything_that_is_really_there_and_takes_nothing(client, site):
    drill = report(client, 4, 4, exercise=True)
    order(client, drill, ask(client, (drill, {**FOAM, "amount": 11_000})))
    assert amounts(ask(client, (drill, FOAM)), "stock") == 0
    real, second = report(client, 4, 4), report(client, 4, 4, exercise=True)
    assert amounts(ask(client, (real, {**FOAM, "amount": 11_000})), "stock") == 11_000
    assert amounts(ask(client, (second, {**FOAM, "amount": 11_000})), "stock") == 11_000
    refused = ask(client, (real, FOAM), (drill, FOAM), status=422)
    assert refused["error"]["code"] == "dispatch_mixed_exercise"


@pytest.mark.parametrize("seed", range(3))
def test_every_proposal_can_be_ordered_whole_until_nothing_is_left(client, database, seed):
    rng = np.random.default_rng(seed)
    use(database, table(*grid_streets(9)))
    people = rng.integers(1, 40, 5).tolist()
    for number, count in enumerate(people):
        team = put(database, "team", *place(*rng.uniform(0, 8, 2)), name=f"T{number}", kind="fire",
                   people=count)  # fmt: skip
        _fleet(database, team, "泡沫消防车", int(rng.integers(1, 4)))
    stocks = rng.uniform(0.01, 7.0, 4).round(3).tolist()
    for number, tons in enumerate(stocks):
        depot = put(database, "resource", *place(*rng.uniform(0, 8, 2)), name=f"D{number}",
                    kind="depot")  # fmt: skip
        _row(database, "INSERT INTO stock (resource_id, item, quantity, unit) "
             "VALUES (:id, '泡沫液', :tons, 't')", id=depot, tons=tons)  # fmt: skip
    got = {"stock": 0.0, "people": 0.0}
    for _ in range(4):
        incident = report(client, *rng.uniform(0, 8, 2))
        proposal = ask(
            client,
            (incident, {**FOAM, "amount": float(rng.uniform(100, 9000))},
             {**PEOPLE, "amount": int(rng.integers(1, 60))}),
            solve=str(rng.choice(["greedy", "optimal"])),
        )  # fmt: skip
        if proposal["assignments"]:
            order(client, incident, proposal)
        for what in got:
            got[what] += amounts(proposal, what)
    assert got["people"] <= sum(people)
    assert got["stock"] <= 1000 * sum(stocks) + 1e-6
