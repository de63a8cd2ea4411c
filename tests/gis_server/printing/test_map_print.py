"""The printing of a page that runs: it reaches its own server alone, and is whole or refused."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

import pytest

from gis_server import printing
from gis_server.config import Config
from gis_server.printing import MapOrder, sheet
from gis_server.printing.places import place
from gis_server.text import say
from layers.errors import BusyError, OneMapError
from tests.gis_server.printing.conftest import Listener

Listen = Callable[[], Listener]
PAGE = """<!doctype html><meta charset=utf-8><body>
<div id=map style="width:200px;height:100px;background:#060"></div><img id=picture>
<script src=/script.js></script>"""
pytestmark = pytest.mark.timeout(600)
READY = b"document.documentElement.dataset.print = 'ready';"


@pytest.fixture
def home(listen: Listen) -> Listener:
    home = listen()
    home.answers["/print"] = (200, {"Content-Type": "text/html"}, PAGE.encode())
    home.answers["/script.js"] = (200, {"Content-Type": "text/javascript"}, READY)
    return home


def order(home: Listener) -> MapOrder:
    return MapOrder(
        origin=home.address, path="/print?job=1", cookie="onemap_session=secret", format="pdf",
        paper=sheet("A4", landscape=True), language="zh",
    )  # fmt: skip


def script(home: Listener, text: str) -> None:
    home.answers["/script.js"] = (200, {"Content-Type": "text/javascript"}, text.encode())


def test_a_page_that_runs_reaches_its_own_server_and_nobody_else(
    home: Listener, canary: Listener, config: Config
) -> None:
    host = canary.address.removeprefix("http://")
    script(
        home,
        f"""
        const soon = (work) => Promise.race([work, new Promise((r) => setTimeout(r, 2000))]);
        const anyway = (work) => {{ try {{ return Promise.resolve(work()).catch(() => 0) }}
                                    catch {{ return Promise.resolve(0) }} }};
        const never = (make) => soon(new Promise((done) => {{
            try {{ const one = make(); one.onerror = one.onclose = done; }} catch {{ done(); }}
        }}));
        (async () => {{
            await soon(anyway(() => fetch("{canary.address}/fetch", {{ mode: "no-cors" }})));
            await soon(anyway(() => fetch("http://localhost:{host.partition(":")[2]}/name")));
            await soon(anyway(() => fetch("http://[::ffff:127.0.0.1]:{host.partition(":")[2]}/six")));
            await soon(anyway(() => navigator.sendBeacon("{canary.address}/beacon", "x")));
            await soon(anyway(() => fetch("/api/v1/incidents", {{ method: "POST" }})));
            await never(() => new WebSocket("ws://{host}/socket"));
            await never(() => new EventSource("{canary.address}/stream"));
            await never(() => new Worker(URL.createObjectURL(new Blob(
                ["fetch('{canary.address}/worker', {{mode:'no-cors'}}).catch(() => 0)"
                 + ".then(() => {{ throw 1 }})"]))));
            const frame = document.createElement("iframe");
            frame.src = "{canary.address}/frame";
            document.body.append(frame);
            window.open("{canary.address}/window");
            const link = document.createElement("link");
            Object.assign(link, {{ rel: "prefetch", href: "{canary.address}/prefetch" }});
            document.head.append(link);
            const peer = new RTCPeerConnection({{ iceServers: [{{ urls: "stun:{host}" }}] }});
            peer.createDataChannel("x");
            await soon(peer.createOffer().then((offer) => peer.setLocalDescription(offer)));
            document.documentElement.dataset.print = "ready";
        }})();
        """,
    )
    assert printing.map_print(order(home), config=config).startswith(b"%PDF-")
    assert canary.asked == []
    assert {asked.partition(" ")[0] for asked in home.asked} == {"GET"}
    assert all(seen["Cookie"] == "onemap_session=secret" for seen in home.seen)


def test_a_map_that_lacks_a_part_is_not_printed(home: Listener, config: Config) -> None:
    script(home, "fetch('/tile').then(() => { document.documentElement.dataset.print='ready' })")
    home.answers["/tile"] = (500, {}, b"")
    with pytest.raises(OneMapError) as caught:
        printing.map_print(order(home), config=config)
    assert caught.value.code == "print_incomplete"


def test_what_a_page_says_of_itself_is_the_reason(home: Listener, config: Config) -> None:
    script(home, "document.documentElement.dataset.print = 'print_scale'")
    with pytest.raises(OneMapError) as caught:
        printing.map_print(order(home), config=config)
    assert caught.value.code == "print_scale"


@pytest.mark.parametrize("never", ["", "for (;;) {}"])
def test_a_page_that_never_gets_ready_ends_in_words_and_frees_its_place(
    home: Listener, config: Config, never: str
) -> None:
    script(home, never)
    hurried = config.model_copy(update={"print_limit_s": 6.0})
    with pytest.raises(OneMapError) as caught:
        printing.map_print(order(home), config=hurried)
    assert caught.value.code == "print_too_long"
    for language in ("zh", "en"):
        said = say(language, f"error.{caught.value.code}", caught.value.details)
        assert said and "6" in said and "{" not in said, said
    with place(config.prints_dir, places=1, wait_s=0.1):
        pass


def test_a_sheet_is_one_page_of_its_paper(home: Listener, config: Config) -> None:
    printed = printing.map_print(order(home), config=config)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1


def test_a_print_that_nobody_wants_any_more_is_stopped(home: Listener, config: Config) -> None:
    script(home, "")
    began = threading.Event()

    def wanted() -> bool:
        began.set()
        return False

    with pytest.raises(OneMapError) as caught:
        printing.map_print(order(home), config=config, wanted=wanted)
    assert caught.value.code == "print_dropped"
    assert began.is_set()
    with place(config.prints_dir, places=1, wait_s=0.1):
        pass


def test_while_a_map_is_made_a_second_one_waits_and_a_report_is_printed(
    home: Listener, config: Config
) -> None:
    script(home, "")
    stop, faults = threading.Event(), []

    def make() -> None:
        try:
            printing.map_print(order(home), config=config, wanted=lambda: not stop.is_set())
        except OneMapError as error:
            faults.append(error.code)

    thread = threading.Thread(target=make)
    thread.start()
    while not home.asked:
        time.sleep(0.05)
    with pytest.raises(BusyError) as caught:
        printing.map_print(order(home), config=config, wait_s=0.1)
    assert caught.value.code == "print_busy"
    assert printing.pdf("<p>x</p>", config=config, wait_s=0.1).startswith(b"%PDF-")
    stop.set()
    thread.join()
    assert faults == ["print_dropped"]
