"""How much of a body is read, when the sender does not say how long it is."""

import io

import pytest

LIMIT = 4096


class Endless(io.RawIOBase):
    """A chunked body as the server hands it on; it counts what is taken of it."""

    def __init__(self, size):
        self.left, self.taken = size, 0

    def readable(self):
        return True

    def readinto(self, buffer):
        count = min(len(buffer), self.left)
        buffer[:count] = b" " * count
        self.left -= count
        self.taken += count
        return count


@pytest.fixture
def config(tmp_path):
    from gis_server.config import Config

    return Config(var=tmp_path, max_body_bytes=LIMIT, max_upload_bytes=64 * 1024**2)


def test_a_chunked_body_is_read_no_further_than_the_limit(app):
    """Nobody is signed in: signing in is where a stranger may send a body at all."""
    body = Endless(32 * 1024**2)
    answer = app.test_client().post(
        "/api/v1/session",
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_large")
    assert body.taken < 1024**2


def test_a_file_may_be_longer_than_json(client):
    text = "name,kind,lon,lat\n" + "一站,fire,120.1,30.1\n" * LIMIT
    answer = client.post(
        "/api/v1/imports",
        data={"file": (io.BytesIO(text.encode()), "teams.csv"), "layer": "team"},
    )
    assert answer.status_code == 202, answer.json
