"""Ten officers draw in one incident, five edits a second each, and ten screens follow.

Every edit is a request of its own, as a browser sends them below fifty clients; one in twenty is
sent twice, as after a lost answer. Some move plots of their own, some write the label of one plot
that all share. Measured from the moment an edit is sent, and from the moment the database writes
it, to each screen's event; at the end every screen must have heard every version exactly once.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import text

from benchmarks.site import Client, Site, site

OFFICERS = 10
SCREENS = 10
EDITS_S = 5.0
LASTS_S = 60.0
OWN_PLOTS = 5
TWICE, SHARED = 0.05, 0.2
SETTLE_S, BUSY_S = 10.0, 0.5
HERE = (114.3, 30.6)

Key = tuple[str, int]


@dataclass
class Officer:
    """One who draws: what they sent and what came of it."""

    number: int
    port: int
    url: str
    shared: str
    sent: dict[Key, float] = field(default_factory=dict)
    lasted_ms: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def run(self, until: float) -> None:
        """Draw until a moment of the monotonic clock."""
        client, tab = Client(self.port), str(uuid.uuid4())
        dice = random.Random(self.number)
        seen: dict[str, int] = {}
        pause_s = 1.0 / EDITS_S
        due = time.monotonic() + self.number * pause_s / OFFICERS
        while due < until:
            time.sleep(max(0.0, due - time.monotonic()))
            due += pause_s
            op = self._edit(dice, seen)
            begun = time.time()
            answer = self._post(client, tab, op)
            self.lasted_ms.append(1000 * (time.time() - begun))
            if dice.random() < TWICE and not self._post(client, tab, op)["repeated"]:
                raise AssertionError("an operation was done twice")
            self.asked += 1
            self.outcomes[answer["outcome"]] += 1
            seen[op["plot"]] = answer["version"]
            if answer["outcome"] in ("applied", "merged"):
                self.sent[op["plot"], answer["version"]] = begun

    def _edit(self, dice: random.Random, seen: dict[str, int]) -> dict[str, Any]:
        op: dict[str, Any] = {"op_id": str(uuid.uuid4()), "op": "put"}
        if dice.random() < SHARED:
            label = f"{self.number} {self.asked}"
            return {**op, "plot": self.shared, "base": seen.get(self.shared, 1),
                    "set": {"label": label}}  # fmt: skip
        plot = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.number} {self.asked % OWN_PLOTS}"))
        at = [HERE[0] + 0.01 * dice.random(), HERE[1] + 0.01 * dice.random()]
        base = seen.get(plot)
        fields = {"control": [at]} | ({} if base else {"kind": "circle", "radius_m": 200.0})
        return {**op, "plot": plot, "base": base, "set": fields}

    def _post(self, client: Client, tab: str, op: dict[str, Any]) -> dict[str, Any]:
        """Send an edit, again where the server says that it is busy: as the map does."""
        while True:
            try:
                done = client.post(self.url, {"client": tab, "ops": [op]})
            except RuntimeError as error:
                if ": 503 " not in str(error):
                    raise
                self.outcomes["busy"] += 1
                time.sleep(BUSY_S)
            else:
                return dict(done["results"][0])


@dataclass
class Screen:
    """One that follows the event stream: when it heard of which version."""

    port: int
    heard: list[tuple[Key, float, float]] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Listen until the server goes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", "/api/v1/events?positions=false")
        response = connection.getresponse()
        while line := response.readline():
            if line.startswith(b"event: heartbeat"):
                self.ready.set()
            elif line.startswith(b"data: ") and b'"plot"' in line:
                told, now = json.loads(line[6:]), time.time()
                if told.get("layer") == "plot":
                    written = dt.datetime.fromisoformat(told["at"]).timestamp()
                    self.heard.append(((told["feature"], told["version"]), written, now))


def run(*, rounds: int, port: int) -> dict[str, object]:
    """Print and return lags, and whether anything was lost; `rounds` is not asked for."""
    with site(port=port) as made:
        client = made.start()
        place = {"lon": HERE[0], "lat": HERE[1], "kind": "other"}
        incident = client.post("/api/v1/incidents", place)["id"]
        url = f"/api/v1/incidents/{incident}/plots"
        shared = str(uuid.uuid4())
        label = {"kind": "point", "control": [list(HERE)]}
        client.post(url, {"ops": [{"op_id": str(uuid.uuid4()), "op": "put", "plot": shared,
                                   "set": label}]})  # fmt: skip
        screens = [Screen(port) for _ in range(SCREENS)]
        for screen in screens:
            threading.Thread(target=screen.run, daemon=True).start()
        if not all(screen.ready.wait(30) for screen in screens):
            raise RuntimeError("a screen hears nothing")
        officers = [Officer(n, port, url, shared) for n in range(OFFICERS)]
        begun = time.monotonic()
        _draw(officers)
        lasted_s = time.monotonic() - begun
        _settle(officers, screens)
        return _told(made, officers, screens, url) | {
            "edits_s": round(sum(officer.asked for officer in officers) / lasted_s, 1)
        }


def _draw(officers: list[Officer]) -> None:
    until = time.monotonic() + LASTS_S
    failed: list[BaseException] = []

    def work(officer: Officer) -> None:
        try:
            officer.run(until)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=work, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _settle(officers: list[Officer], screens: list[Screen]) -> None:
    """Wait until every screen has heard all, at most `SETTLE_S`."""
    wanted = {key for officer in officers for key in officer.sent}
    end = time.monotonic() + SETTLE_S
    while time.monotonic() < end:
        if all(wanted <= {key for key, *_ in screen.heard} for screen in screens):
            return
        time.sleep(0.1)


def _told(
    made: Site, officers: list[Officer], screens: list[Screen], url: str
) -> dict[str, object]:
    sent = {key: at for officer in officers for key, at in officer.sent.items()}
    outcomes = sum((officer.outcomes for officer in officers), Counter[str]())
    asked = sum(officer.asked for officer in officers)
    heard = [Counter(key for key, *_ in screen.heard if key in sent) for screen in screens]
    with made.session() as session:
        stored, conflicts = session.execute(
            text("SELECT (SELECT count(*) FROM plot_op), (SELECT count(*) FROM plot_conflict)")
        ).one()
    plots = json.loads(Client(made.port).get(url)[1])["plots"]
    found: dict[str, object] = {
        "edits": asked, "outcomes": dict(outcomes),
        "answer": _spread([ms for officer in officers for ms in officer.lasted_ms]),
        "sent_to_screen": _spread(
            [1000 * (now - sent[key]) for s in screens for key, _, now in s.heard if key in sent]
        ),
        "written_to_screen": _spread(
            [1000 * (now - written) for s in screens for key, written, now in s.heard
             if key in sent]
        ),
        "never_heard": sum(len(sent.keys() - each.keys()) for each in heard),
        "heard_twice": sum(count - 1 for each in heard for count in each.values()),
        "not_stored": asked + 1 - stored,
        "conflicts_lost": outcomes["conflict"] - conflicts,
        "versions_lost": len(sent) + 1 - sum(plot["version"] for plot in plots),
    }  # fmt: skip
    for name, value in found.items():
        print(f"{name:34} {value}", flush=True)
    return found


def _spread(durations_ms: list[float]) -> dict[str, float]:
    p50, p95, most = np.percentile(durations_ms, [50, 95, 100])
    return {
        "p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1),
        "max_ms": round(float(most), 1), "n": len(durations_ms),
    }  # fmt: skip
