"""The event stream: nothing missed, nothing of others, an honest reset."""

import datetime as dt
import json
import socket
import threading
from itertools import islice

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gis_server import signin, stream
from gis_server.app import create_app
from gis_server.changes import NEEDED, Access, Change
from gis_server.live import QUEUE_LENGTH, Hub, Subscription
from gis_server.roles import GRANTS
from gis_server.signin import Identity
from gis_server.state import state_of
from gis_server.stream import Stream
from gis_server.telling import Batch
from layers.database import create_engine, set_bulk
from layers.errors import BusyError
from layers.journal import watched
from layers.models import User

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
EVERYWHERE = Identity(name="all", grants=(("commander", ""),))
COUNTY = Identity(name="county", grants=(("viewer", "3301"),))


@pytest.fixture
def add(database, sealed):
    """Add teams of a region, one transaction each, and seal them."""

    def teams(region, *names):
        with Session(database) as session:
            for name in names:
                session.execute(
                    text(
                        "INSERT INTO team (name, kind, region, geom) VALUES (:name, 'fire', "
                        ":region, ST_SetSRID(ST_MakePoint(120, 30), 4326))"
                    ),
                    {"name": name, "region": region},
                )
                session.commit()
        sealed()

    return teams


@pytest.fixture
def listen(database, hub):
    """Open a stream as somebody; give an iterator over (event, id, data)."""
    opened = []

    def stream(reader=EVERYWHERE, since=None, recognise=None, **options):
        place = hub.subscribe()
        one = Stream(
            engine=database, recognise=recognise or (lambda session: reader),
            **{"heartbeat_s": 0.2, "recheck_s": 0.2, **options},
        )  # fmt: skip
        events = one.events(place, since)
        opened.append((events, place))
        return (_read(block) for text in events for block in text.split("\n\n") if block)

    yield stream
    for events, place in opened:
        events.close()
        hub.leave(place)


def _read(block):
    fields = dict(line.split(": ", 1) for line in block.strip().split("\n"))
    return fields["event"], int(fields["id"]), json.loads(fields["data"])


def changes(events, count):
    return list(islice((event for event in events if event[0] == "change"), count))


def test_a_stream_begins_with_how_far_the_journal_is(listen, add):
    add("3301", "one", "two")
    name, id, data = next(listen())
    assert (name, id, data["seq"]) == ("heartbeat", 2, 2)


def test_each_sealed_change_comes_once_in_order_with_its_seq_as_id(listen, add):
    events = listen()
    next(events)
    add("3301", "one", "two", "three")
    found = changes(events, 3)
    assert [id for _, id, _ in found] == [1, 2, 3]
    assert {data["layer"] for *_, data in found} == {"team"}
    assert all(data["revision"] == data["seq"] == id for _, id, data in found)


def test_a_stream_resumes_after_its_last_id_without_a_gap(listen, add):
    add("3301", *"abcde")
    events = listen(since=2)
    add("3301", "f")
    assert [id for _, id, _ in changes(events, 4)] == [3, 4, 5, 6]


def test_changes_made_while_a_stream_opens_are_neither_lost_nor_doubled(listen, add):
    writer = threading.Thread(target=lambda: [add("3301", f"t{n}") for n in range(30)])
    writer.start()
    streams = [listen(since=0) for _ in range(5)]
    seen = [[id for _, id, _ in changes(events, 30)] for events in streams]
    writer.join()
    assert seen == [list(range(1, 31))] * 5


def test_a_page_longer_than_one_read_is_replayed_whole(listen, database, sealed):
    with Session(database) as session, session.begin():
        session.execute(
            text(
                "INSERT INTO team (name, kind, geom) SELECT 'n', 'fire', "
                "ST_SetSRID(ST_MakePoint(120, 30), 4326) FROM generate_series(1, 1200)"
            )
        )
    sealed()
    assert [id for _, id, _ in changes(listen(since=0), 1200)] == list(range(1, 1201))


def test_a_reader_hears_nothing_of_other_regions_but_how_far_the_stream_is(listen, add):
    events = listen(COUNTY, since=0)
    next(events)
    add("3302", "theirs")
    add("3301", "mine")
    heard = list(islice(events, 2))
    assert next(event for event in heard if event[0] == "change")[1] == 2
    assert not any(data.get("seq") == 1 for name, _, data in heard if name == "change")
    assert next(event for event in events if event[0] == "heartbeat")[1] == 2


def test_a_row_without_a_region_is_told_to_readers_of_the_whole_tree_only(listen, add):
    county, whole = listen(COUNTY, since=0), listen(since=0)
    add(None, "nowhere")
    add("3301", "mine")
    assert [id for _, id, _ in changes(county, 1)] == [2]
    assert [id for _, id, _ in changes(whole, 2)] == [1, 2]


def test_a_row_that_moves_to_another_region_goes_away_for_those_it_left(
    listen, add, database, sealed
):
    add("3301", "mover")
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE team SET region = '3302'"))
    sealed()
    ((_, _, data),) = changes(listen(COUNTY, since=1), 1)
    assert data["op"] == "delete"
    ((_, _, data),) = changes(listen(since=1), 1)
    assert data["op"] == "update"


def test_a_bulk_load_is_one_event_and_its_count_is_for_readers_of_everything(
    listen, database, sealed
):
    import uuid

    with Session(database) as session, session.begin():
        set_bulk(session, uuid.uuid4())
        session.execute(
            text(
                "INSERT INTO team (name, kind, region, geom) SELECT 'n', 'fire', '3302', "
                "ST_SetSRID(ST_MakePoint(120, 30), 4326) FROM generate_series(1, 50)"
            )
        )
    sealed()
    ((_, _, whole),) = changes(listen(since=0), 1)
    ((_, _, county),) = changes(listen(COUNTY, since=0), 1)
    assert (whole["op"], whole["count"]) == ("load", 50)
    assert (county["op"], county["count"]) == ("load", None)


def test_nobody_hears_of_a_table_without_the_permission_to_read_it():
    assert set(NEEDED) <= set(watched())
    for layer in watched():
        needed = NEEDED.get(layer, "features.read")
        change = Change(1, layer, None, "update", 1, None, NOW, *[None] * 4, access=Access("open"))
        heard = {
            role for role in GRANTS
            if change.shown_to(Identity(name="a", grants=((role, ""),))) is not None
        }  # fmt: skip
        assert heard == {role for role in GRANTS if needed in GRANTS[role]}


def test_an_event_says_what_changed_and_nothing_of_what_it_holds(listen, add):
    events = listen(since=0)
    add("3301", "<script>张三 13800001111</script>")
    ((_, _, data),) = changes(events, 1)
    assert "13800001111" not in str(data)
    assert set(data) == {
        "seq", "layer", "feature", "op", "box", "version", "incident", "at", "actor",
        "revision", "count",
    }  # fmt: skip


def test_changes_of_users_are_told_to_those_who_may_see_users(listen, database, sealed, sign_in):
    sign_in(("viewer", ""), name="somebody")
    sealed()
    assert changes(listen(Identity(name="a", grants=(("admin", ""),)), since=0), 2)
    events = listen(since=0)
    assert [name for name, *_ in islice(events, 3)] == ["heartbeat"] * 3


def test_an_id_ahead_of_the_journal_resets_the_stream(listen, add):
    add("3301", "one")
    name, id, data = next(listen(since=99))
    assert (name, id, data["seq"]) == ("reset", 1, 1)


def test_an_id_before_the_oldest_kept_row_resets_the_stream(listen, add, urls):
    add("3301", *"abc")
    _forget(urls, before=3)
    name, id, _ = next(listen(since=1))
    assert (name, id) == ("reset", 3)
    assert next(listen(since=2))[0] == "heartbeat"


def test_who_missed_more_than_is_worth_telling_is_told_to_read_again(listen, add, monkeypatch):
    monkeypatch.setattr(stream, "MISSED_MAX", 3)
    add("3301", *"abcde")
    assert next(listen(since=1))[:2] == ("reset", 5)
    assert [id for _, id, _ in changes(listen(since=2), 3)] == [3, 4, 5]


def _forget(urls, *, before):
    from sqlalchemy import create_engine

    engine = create_engine(urls.superuser)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM journal WHERE seq < :seq"), {"seq": before})
    engine.dispose()


def test_a_stream_ends_when_its_session_has_ended(listen):
    known = [EVERYWHERE]
    events = listen(recognise=lambda session: known[0])
    next(events)
    known[0] = None
    assert len(list(islice(events, 20))) < 20


@pytest.fixture
def patient(config):
    """Let streams look again only after an hour, so that what ends them is not their own look."""
    return config.model_copy(update={"recheck_s": 3600.0})


@pytest.fixture
def streams(database, patient, hub):
    """Give a function: the stream of whoever holds a token, over HTTP, in another worker's app."""

    def opened(token):
        other = create_app(patient, database)
        state_of(other).hub = hub
        client = other.test_client()
        client.set_cookie("onemap_session", token)
        answer = client.get("/api/v1/events", buffered=False)
        assert answer.status_code == 200
        return answer

    return opened


def test_signing_out_ends_every_stream_of_that_session_at_once_and_no_other(
    sign_in, streams, client, database
):
    def beats(answer):
        return (1 for text in answer.iter_encoded() if b"heartbeat" in text)

    mine, theirs = sign_in(("viewer", ""), name="me"), sign_in(("viewer", ""), name="they")
    tokens = [who.get_cookie("onemap_session").value for who in (mine, theirs)]
    first, second, other = (beats(streams(tokens[0])), beats(streams(tokens[0])),
                            beats(streams(tokens[1])))  # fmt: skip
    for each in (first, second, other):
        assert next(each)
    # Whoever leaves is in another process as far as the hub knows: it hears of it by NOTIFY.
    assert mine.delete("/api/v1/session").status_code == 204
    assert len(list(islice(first, 50))) < 50
    assert len(list(islice(second, 50))) < 50
    assert len(list(islice(other, 5))) == 5
    with Session(database) as session, session.begin():
        user = session.scalars(select(User).where(User.name == "they")).one()
        signin.sign_out_everywhere(session, user.id)
    assert len(list(islice(other, 50))) < 50


def test_a_wall_whose_key_is_taken_back_hears_nothing_more(client, streams):
    made = client.post("/api/v1/walls/hall/keys", json={"title": "left screen"})
    assert made.status_code == 201, made.json
    told = (1 for text in streams(made.json["key"]).iter_encoded() if b"heartbeat" in text)
    assert len(list(islice(told, 3))) == 3
    path = f"/api/v1/walls/hall/keys/{made.json['id']}"
    assert client.delete(path).status_code in (200, 204)
    assert len(list(islice(told, 50))) < 50


def test_a_grant_taken_back_is_felt_by_an_open_stream(listen, add):
    known = [EVERYWHERE]
    events = listen(recognise=lambda session: known[0])
    next(events)
    known[0] = COUNTY
    for _ in range(3):
        next(events)
    add("3302", "theirs")
    add("3301", "mine")
    assert [id for _, id, _ in changes(events, 1)] == [2]


def test_a_city_hears_of_its_counties_and_not_of_the_neighbour_city(listen, add):
    add("330203", "theirs")
    add("330102", "mine")
    events = listen(Identity(name="city", grants=(("viewer", "330100"),)), since=0)
    assert [id for _, id, _ in changes(events, 1)] == [2]


def test_a_reader_that_does_not_keep_up_is_dropped_and_holds_nobody_up():
    place = Subscription()
    batch = Batch([_change(1)])
    for _ in range(QUEUE_LENGTH):
        place.put(batch)
    assert place.open
    place.put(batch)
    assert not place.open
    assert place.behind


def test_a_screen_that_did_not_keep_up_is_told_so_with_how_far_it_came(listen, hub, add):
    events = listen(since=0)
    next(events)
    add("3301", "one")
    changes(events, 1)
    (place,) = hub._subscriptions
    for seq in range(2, QUEUE_LENGTH + 3):
        place.put(Batch([_change(seq)]))
    *_, (name, id, _) = events
    assert (name, id) == ("behind", 1)


def test_what_a_batch_is_to_readers_of_the_same_rights_is_written_once():
    asked = []

    class Witness(Change):
        def shown_to(self, reader):
            asked.append(reader.name)
            return {"seq": self.seq}

    batch = Batch([Witness(n, "team", None, "insert", 1, None, NOW, *[None] * 4) for n in (4, 5)])
    second = Identity(name="second", grants=EVERYWHERE.grants)
    texts = {batch.told(reader, 3) for reader in (EVERYWHERE, second)}
    assert asked == ["all", "all"]
    assert len(texts) == 1
    assert [line for line in texts.pop().split("\n") if line.startswith("id")] == ["id: 4", "id: 5"]
    batch.told(COUNTY, 3)
    assert asked[2:] == ["county", "county"]
    assert "id: 4" not in batch.told(EVERYWHERE, 4)


def test_a_layer_that_names_its_owner_is_written_for_each_who_asks():
    own = Access("restricted", "one", {})
    batch = Batch([Change(1, "u_1", None, "load", 1, None, NOW, *[None] * 4, access=own)])
    one, two = (Identity(name=name, grants=(("viewer", ""),)) for name in ("one", "two"))
    assert batch.told(one, 0)
    assert not batch.told(two, 0)


def test_changes_that_come_fast_go_out_together_and_more_seldom_to_more_streams(hub):
    assert hub._pace_s() == 0.1
    hub._subscriptions.update(Subscription() for _ in range(500))
    assert hub._pace_s() == 0.5
    hub._subscriptions.update(Subscription() for _ in range(5000))
    assert hub._pace_s() == 1.0
    hub._subscriptions.clear()


def _change(seq):
    return Change(seq, "team", None, "insert", 1, None, NOW, None, None, None, None)


def test_a_process_holds_so_many_streams_and_no_more(hub):
    places = [hub.subscribe() for _ in range(20)]
    with pytest.raises(BusyError):
        hub.subscribe()
    hub.leave(places[0])
    hub.subscribe()


def test_streams_that_wait_hold_no_connection_to_the_database(urls, database, sealed):
    engine = create_engine(urls.app, pool_size=1)
    hub = Hub(engine, max_streams=20)
    places = [hub.subscribe() for _ in range(12)]
    try:
        for place in places:
            one = Stream(engine=engine, recognise=lambda session: EVERYWHERE)
            assert "heartbeat" in next(one.events(place, None))
            assert engine.pool.checkedout() == 0
    finally:
        engine.dispose()


def test_the_hub_comes_back_after_its_connection_was_cut(listen, add, database):
    events = listen(since=0)
    next(events)
    with Session(database) as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'onemap live' AND datname = current_database()"
            )
        )
    add("3301", "one")
    assert [id for _, id, _ in changes(events, 1)] == [1]


def test_the_stream_over_http_says_what_it_is(client, hub):
    answer = client.get("/api/v1/events", buffered=False)
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert b"\nevent: heartbeat" in next(answer.response)
    answer.close()
    assert not hub._subscriptions


def test_the_kernel_holds_little_of_a_stream_and_not_for_long(client, hub):
    with socket.socket() as held:
        answer = client.get(
            "/api/v1/events", buffered=False, environ_overrides={"gunicorn.socket": held}
        )
        answer.close()
        # Linux gives twice what is asked for, for its own accounts.
        assert held.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * 32 * 1024
        assert held.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 45_000


def test_an_id_that_is_not_ours_resets_the_stream_over_http(client, hub):
    for headers in ({"Last-Event-ID": "x"}, {"Last-Event-ID": "-1"}, {"Last-Event-ID": "9" * 30}):
        answer = client.get("/api/v1/events", headers=headers, buffered=False)
        assert next(answer.response).startswith(b"event: reset")
        answer.close()
