"""Zones of one scenario and of a thousand, beside pyELDQM on the same plume."""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis import batch
from analysis.scenario import Choices, Release, Scenario, Weather
from analysis.zones import zones
from benchmarks import peers
from benchmarks.timing import Figures, figures, show, timed
from layers.substances import all_substances, find

ROOT = Path(__file__).parents[1]
PEER = "pyeldqm==0.1.3"
START = dt.datetime(2024, 6, 1, 3, tzinfo=dt.UTC)
PLACE = (113.6254, 34.7466)
RATE_KG_S, WIND_M_S, WIND_FROM_DEG = 1.0, 3.0, 270.0
BATCH, WINDS = 1000, 8


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Measure one scenario by each engine, the peer on the first of them, and a batch."""
    del port
    found: dict[str, Any] = {}
    peer = _peer(min(rounds, 20))
    rows = (
        ("1 kg/s chlorine, Gaussian plume", _chlorine("gaussian_plume"), peer),
        ("1 kg/s chlorine, finite release", _chlorine("finite_release"), None),
        ("1 kg/s chlorine, SLAB", _chlorine("slab"), None),
        ("10 t chlorine, what the rule takes", _rupture(), None),
        ("1 t carbon monoxide, puff", _monoxide(Release(leak="rupture", mass_kg=1000.0)), None),
        ("1 kg/s carbon monoxide, calm", _monoxide(Release(rate_kg_s=1.0), wind_m_s=0.3), None),
        ("petrol pool fire of 30 m", _fire("pool_fire", "汽油", pool_diameter_m=30.0), None),
        ("fireball of 20 t of propane", _fire("fireball", "丙烷", mass_kg=20_000.0), None),
        ("cloud explosion of 10 t of propane", _fire("explosion", "丙烷", mass_kg=1e4), None),
    )
    for name, scenario, beside in rows:
        drawn = zones(scenario)
        durations = [timed(lambda s=scenario: zones(_turned(s)))[1] for _ in range(min(rounds, 30))]
        found[name] = figures(durations)
        show(name, found[name], beside, "pyELDQM")
        engines = sorted({zone.model for zone in drawn.zones if zone.basis == "model"})
        print(f"    {len(drawn.zones)} zones, {len(drawn.slices)} slices: {', '.join(engines)}")
    if peer is not None:
        print(f"    reach of AEGL-3/2/1 by pyELDQM's own coefficients: {peer['reach_m']} m")
    found["batch"] = _batch()
    return found


_turn = iter(np.linspace(0.0, 359.9, 100_000))


def _turned(scenario: Scenario) -> Scenario:
    """Return the same case in a wind not asked for before, so that no answer is a kept one."""
    return replace(scenario, weather=replace(scenario.weather, wind_from_deg=float(next(_turn))))


def _chlorine(engine: str) -> Scenario:
    return _scenario(
        "toxic_release", "氯", Release(rate_kg_s=RATE_KG_S, duration_s=1800.0),
        Choices(dispersion=engine),
    )  # fmt: skip


def _monoxide(release: Release, *, wind_m_s: float = WIND_M_S) -> Scenario:
    case = _scenario("toxic_release", "一氧化碳", release, Choices())
    return replace(case, weather=replace(case.weather, wind_speed_m_s=wind_m_s, stability="F"))


def _rupture() -> Scenario:
    return _scenario("toxic_release", "氯", Release(leak="rupture", mass_kg=10_000.0), Choices())


def _fire(kind: str, substance: str, **release: float) -> Scenario:
    return _scenario(kind, substance, Release(**release), Choices())  # type: ignore[arg-type]


def _scenario(kind: str, substance: str, release: Release, choices: Choices) -> Scenario:
    weather = Weather(
        wind_speed_m_s=WIND_M_S, wind_from_deg=WIND_FROM_DEG, stability="D", terrain="rural",
        temperature_c=25.0, humidity_pct=50.0,
    )  # fmt: skip
    return Scenario(
        kind=kind, lon=PLACE[0], lat=PLACE[1], occurred_at=START,
        at=START + dt.timedelta(hours=1), substance=find(substance), release=release,
        weather=weather, choices=choices,
    )  # fmt: skip


def _batch() -> dict[str, Any]:
    """Time a thousand cases in one process, and on clusters of one and two workers."""
    cases = _cases()
    print(f"{BATCH} cases: {BATCH // WINDS} hazard sources in {WINDS} winds")
    here = _spent(cases, workers=1)
    rows = {"in this process": here}
    with _cluster() as cluster:
        for workers in (1, 2):
            cluster.scale(workers)
            _settle(cluster, workers)
            rows[f"Dask, {workers} worker(s)"] = _spent(cases, scheduler=cluster.scheduler_address)
    one, two = rows["Dask, 1 worker(s)"], rows["Dask, 2 worker(s)"]
    for name, seconds in rows.items():
        print(f"{name:34} {seconds:9.2f} s   {BATCH / seconds:9.1f} cases/s")
    print(f"two workers against one: {one / two:.2f} times, of 2")
    return {name: round(seconds, 2) for name, seconds in rows.items()} | {"scaling": one / two}


def _cluster() -> Any:
    from distributed import LocalCluster

    return LocalCluster(n_workers=0, threads_per_worker=1, dashboard_address=None, host="127.0.0.1")


def _settle(cluster: Any, workers: int) -> None:
    """Wait for the workers and let each import what it computes with."""
    from distributed import Client

    with Client(cluster) as client:
        client.wait_for_workers(workers)
        client.run(batch.compute, _cases()[:WINDS])


def _spent(cases: list[batch.Case], **where: Any) -> float:
    start = time.perf_counter()
    rows = batch.run(cases, **where)
    assert len(rows) >= len(cases)
    return time.perf_counter() - start


def _cases() -> list[batch.Case]:
    """Return cases over all substances that make a cloud, leaks and quantities by turns."""
    dangerous = [s for s in all_substances() if s.toxic or s.flammable]
    leaks = ("medium", "large", "rupture")
    rng = np.random.default_rng(1000)
    found = []
    for number in range(BATCH // WINDS):
        substance = dangerous[number % len(dangerous)]
        lon, lat = (rng.uniform(112.0, 115.0), rng.uniform(33.0, 36.0))
        kind = "toxic_release" if substance.toxic else "flash_fire"
        for turn in range(WINDS):
            weather = {
                "wind_speed_m_s": 3.0, "stability": "D", "wind_from_deg": 360.0 * turn / WINDS,
                "temperature_c": 25.0, "terrain": "rural",
            }  # fmt: skip
            found.append(batch.Case(
                key=str(number), name=None, kind=kind,
                substance=substance.cas, lon=float(lon), lat=float(lat), at=START.isoformat(),
                release={"leak": leaks[number % 3], "inventory_kg": 20_000.0}, weather=weather,
            ))  # fmt: skip
    return found


def _peer(rounds: int) -> Figures | None:
    """Return pyELDQM's times for the same plume and thresholds, in an environment of its own."""
    substance = find("氯")
    asked = {
        "rounds": rounds, "lon": PLACE[0], "lat": PLACE[1], "rate_g_s": RATE_KG_S * 1000.0,
        "wind_m_s": WIND_M_S, "wind_from_deg": WIND_FROM_DEG,
        "thresholds": {t.name: t.value for t in substance.levels()},
    }  # fmt: skip
    answer = peers.answer("pyeldqm", "peer_zones.py", json.dumps(asked), packages=(PEER,))
    if answer is None:
        return None
    return figures(answer["durations_ms"]) | {"reach_m": answer["reach_m"]}
