"""The JSON door: what is sent is bounded and read strictly, whoever asks for it."""


def test_malformed_json_is_a_400_and_the_worker_lives(client):
    for body in ("{", "[" * 100_000, '{"lon": NaN, "lat": 1}', b"\xff\xfe", "1" * 5000):
        answer = client.post(
            "/api/v1/incidents", data=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400, body[:20]
        assert answer.json["error"]["message"]
    assert client.get("/healthz").status_code == 200


def test_another_content_type_is_a_415(client):
    answer = client.post("/api/v1/incidents", data="lon=1", content_type="text/plain")
    assert answer.status_code == 415
    assert answer.json["error"]["code"] == "media_type"


def test_a_body_over_the_limit_is_a_413(client, config):
    body = b'{"title": "' + b"x" * config.max_body_bytes + b'"}'
    answer = client.post("/api/v1/incidents", data=body, content_type="application/json")
    assert answer.status_code == 413
