"""The guard before an app that would tell everything to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from gatepost_webhook.review.guard import Guard

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PORT = 8123
ENTER = "/-/auth-token?token=secret"


async def open_app(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"actor": scope.get("actor")})(scope, receive, send)


@pytest.fixture
def client() -> TestClient:
    app = Guard(open_app, port=PORT, token="secret", policy="default-src 'none'")
    return TestClient(app, base_url=f"http://127.0.0.1:{PORT}", follow_redirects=False)


def test_without_the_token_nobody_passes(client: TestClient) -> None:
    for path in ("/", "/gatepost/leads", "/-/static/app.css", "/-/auth-token", "/-/auth-token?token=wrong"):
        assert client.get(path).status_code == 403


def test_the_token_opens_a_session_for_the_owner(client: TestClient) -> None:
    answer = client.get(ENTER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"gatepost_review_{PORT}=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=strict")
    assert client.get("/").json() == {"actor": {"id": "owner"}}


def test_the_token_works_once(client: TestClient) -> None:
    client.get(ENTER)
    assert client.get(ENTER).status_code == 303
    client.cookies.clear()
    assert client.get(ENTER).status_code == 403
    assert client.get("/-/auth-token?token=").status_code == 403


def test_asking_without_taking_does_not_spend_the_token(client: TestClient) -> None:
    assert client.head(ENTER).status_code == 403
    assert client.post(ENTER).status_code == 403
    assert client.get(ENTER).status_code == 303


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT + 1}", "localhost", f"[::1]:{PORT}", ""],
)
def test_another_host_is_turned_away_even_with_the_session(client: TestClient, host: str) -> None:
    client.get(ENTER)
    assert client.get("/", headers={"host": host}).status_code == 421


def test_two_hosts_are_no_host(client: TestClient) -> None:
    client.get(ENTER)
    headers = [("host", f"127.0.0.1:{PORT}"), ("host", "evil.example")]
    assert client.get("/", headers=headers).status_code == 421


def test_localhost_will_do(client: TestClient) -> None:
    assert client.get(ENTER, headers={"host": f"localhost:{PORT}"}).status_code == 303


@pytest.mark.parametrize("path", ["/", ENTER])
def test_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    for host in (f"127.0.0.1:{PORT}", "evil.example"):
        headers = client.get(path, headers={"host": host}).headers
        assert headers["content-security-policy"] == "default-src 'none'"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
