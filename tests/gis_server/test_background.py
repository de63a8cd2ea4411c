"""Work beside the requests outlives whatever befalls one look."""

import threading

from sqlalchemy.exc import OperationalError

from gis_server.background import Background
from layers.errors import OneMapError


class Looking(Background):
    name = "looking"
    every_s = 0.01

    def __init__(self, errors):
        super().__init__()
        self.errors = list(errors)
        self.through = threading.Event()

    def look(self):
        if self.errors:
            raise self.errors.pop(0)
        self.through.set()


ERRORS = (
    OperationalError("SELECT 1", {}, Exception("gone")), OneMapError("no", code="no"), KeyError(3),
)  # fmt: skip


def test_looks_go_on_after_every_kind_of_failure(caplog):
    looking = Looking(ERRORS)
    looking.start()
    assert looking.through.wait(20)
    looking.stop()
    assert "looking waits" in caplog.text and "looking failed" in caplog.text


def test_nothing_is_looked_at_after_the_end():
    looking = Looking(())
    looking.start()
    assert looking.through.wait(20)
    looking.stop()
    looking.through.clear()
    assert not looking.through.wait(0.1)


def test_the_first_look_is_at_the_start_only_where_that_is_asked_for():
    first, later = Looking(()), Looking(())
    first.every_s = later.every_s = 600
    first.at_once = True
    first.start()
    later.start()
    assert first.through.wait(20)
    assert not later.through.is_set()
    first.stop()
    later.stop()
