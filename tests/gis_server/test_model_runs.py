"""Runs of models over HTTP: few at once, and a worker that is busy says so."""

import pytest

from gis_server import model_face
from gis_server.wire.model import RunBody
from layers.errors import BusyError

BODY = RunBody(inputs={"mass_kg": 100.0, "threshold_kpa": 10.0})


def test_as_many_runs_as_are_allowed_keep_the_next_one_out(monkeypatch):
    monkeypatch.setattr(model_face, "WAIT_S", 0.01)
    held = [model_face._RUNS.acquire(timeout=1) for _ in range(model_face.RUNS_AT_ONCE)]
    assert all(held)
    try:
        with pytest.raises(BusyError):
            model_face.ran("blast", BODY)
    finally:
        for _ in held:
            model_face._RUNS.release()
    assert model_face.ran("blast", BODY)["values"]["reach_m"] > 0


def test_a_run_that_is_refused_gives_its_place_back():
    for _ in range(model_face.RUNS_AT_ONCE + 1):
        with pytest.raises(Exception, match="mass_kg"):
            model_face.ran("blast", RunBody(inputs={"mass_kg": -1.0}))
