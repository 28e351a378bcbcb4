"""The app as a whole: names, methods, headers, failures."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gatepost_webhook.errors import NotBuiltError
from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import BASE, DAY, NOW, without_asset
from tests.webhook.intake.wire import HOST, Sent, ask_all

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

GENERAL = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


class _Ours(logging.Filter):
    """Leaves out what the test's own client logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.name.startswith("httpx")


def _broken(_: Request) -> Response:
    raise RuntimeError("a secret of the machine")


def test_two_apps_live_side_by_side(house: House) -> None:
    assert house.client().get("/healthz").text == "ok\n"
    assert house.client(serve_site=False).get("/").status_code == 404


def test_a_magnet_that_was_not_built_stops_the_start(house: House) -> None:
    with pytest.raises(NotBuiltError) as raised:
        house.app(manifest=without_asset(house.manifest, "guide"))

    root = house.project.root
    assert str(raised.value) == f"{root}: magnet 'guide' is not in the last build; run 'gatepost build'"


def test_every_answer_carries_the_general_headers(house: House, client: TestClient) -> None:
    client = house.client(extra_routes=[Route("/broken", _broken)])
    answers = [
        house.ask(client),
        house.ask(client, "no"),
        client.get("/c/x"),
        client.get(house.confirm_path()),
        client.post(house.confirm_path()),
        client.put("/f/guide"),
        client.get("/broken"),
        client.post("/f/guide", content=b"x" * 20_000),
        client.get("/", headers={"host": "evil.example"}),
        client.get("/healthz"),
    ]

    assert [answer.status_code for answer in answers] == [303, 400, 404, 200, 200, 405, 500, 413, 421, 200]
    for answer in answers:
        assert GENERAL.items() <= dict(answer.headers).items()
        assert "set-cookie" not in answer.headers
        assert "strict-transport-security" not in answer.headers


def test_https_is_remembered(house: House) -> None:
    settings = house.settings.model_copy(update={"base_url": "https://leads.example.com"})
    client = house.client(settings=settings)

    answer = client.get("/healthz", headers={"host": "leads.example.com"})

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_our_pages_allow_one_style_and_forms_to_us_and_the_site(house: House) -> None:
    settings = house.settings.model_copy(update={"site_url": "https://www.example.com/shop"})
    page = house.client(settings=settings).get("/c/x")

    policy = page.headers["content-security-policy"]
    pattern = (
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self' https://www\.example\.com; "
        r"base-uri 'none'; frame-ancestors 'none'"
    )
    assert re.fullmatch(pattern, policy)
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    assert "style=" not in page.text
    assert "<script" not in page.text


def test_the_site_keeps_its_scripts_and_tells_its_origin_to_forms(client: TestClient) -> None:
    page = client.get("/get/guide/")

    assert page.text.endswith("Ask for it")
    assert "content-security-policy" not in page.headers
    assert page.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert page.headers["cross-origin-resource-policy"] == "cross-origin"
    assert page.headers["x-content-type-options"] == "nosniff"


def test_the_site_has_its_own_404_page(client: TestClient) -> None:
    page = client.get("/nowhere")

    assert (page.status_code, page.text[-16:]) == (404, "Not on this site")


def test_a_folder_leads_to_its_page_by_path_alone(house: House, client: TestClient) -> None:
    answer = client.get("/get/guide?from=mail")

    assert (answer.status_code, answer.headers["location"]) == (307, "/get/guide/?from=mail")
    (got,) = ask_all(house.app(), [Sent("GET", "//get/guide", HOST)])
    assert (got.status, got.headers["location"]) == (307, "/get/guide/")


def test_a_site_that_is_not_built_yet_is_a_page_that_is_not_there(house: House, client: TestClient) -> None:
    for name in ("index.html", "404.html"):
        (house.project.public / name).unlink()

    assert client.get("/").status_code == 404


def test_extra_routes_come_first(house: House) -> None:
    async def mailbox(_: Request) -> Response:
        return PlainTextResponse("mails", headers={"Content-Security-Policy": "frame-ancestors 'self'"})

    answer = house.client(extra_routes=[Route("/_mailbox/", mailbox)]).get("/_mailbox/")

    assert (answer.text, answer.headers["content-security-policy"]) == ("mails", "frame-ancestors 'self'")


def test_a_failure_shows_a_number_and_logs_it_without_the_token(house: House, caplog: pytest.LogCaptureFixture) -> None:
    client = house.client(extra_routes=[Route("/c/{token}", _broken)])
    token = house.links.token(Purpose.CONFIRM, 1, expires=NOW + DAY)

    with caplog.at_level(logging.DEBUG), caplog.filtering(_Ours()):
        answer = client.get(f"/c/{token}")

    assert answer.status_code == 500
    assert "secret of the machine" not in answer.text
    assert "Traceback" not in answer.text
    reference = re.search(r"name ([0-9a-f]{8})\.", answer.text)
    assert reference
    assert f"failure {reference[1]} in 'GET' /c" in caplog.text
    assert token not in caplog.text


def test_the_health_check_writes_and_leaves_nothing(house: House, client: TestClient) -> None:
    before = house.content()

    assert (client.get("/healthz").status_code, client.head("/healthz").status_code) == (200, 200)
    assert house.content() == before


def test_a_wrong_method_is_told_the_right_ones(client: TestClient) -> None:
    allowed = {
        "/f/guide": {"POST"},
        "/c/x": {"GET", "HEAD", "POST"},
        "/d/x": {"GET", "HEAD", "POST"},
        "/u/x": {"GET", "HEAD", "POST"},
        "/healthz": {"GET", "HEAD"},
        "/": {"GET", "HEAD"},
    }
    for path, methods in allowed.items():
        answer = client.request("DELETE", path)
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == methods


METHODS = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "__CLASS__",
    "DISPATCH",
]
PIECES = ["", "f", "c", "d", "u", "healthz", "guide", "..", "%2e%2e", "\x00", "é", "\\", "a" * 300, ".env", "x.php"]


def test_no_path_and_no_method_breaks_anything(house: House) -> None:
    paths = [f"/{first}/{second}" for first in PIECES for second in PIECES] + [
        f"//{first}//{second}/" for first in PIECES[:5] for second in PIECES
    ]
    requests = [Sent(method, path, HOST) for path in paths for method in METHODS]

    answers = ask_all(house.app(), requests)

    assert len(answers) == 300 * 12
    assert {answer.status for answer in answers if answer.status >= 500} == set()
    assert not any(b"Traceback" in answer.body for answer in answers)
    outside = [answer for answer in answers if not answer.headers.get("location", "/").startswith(("/", BASE))]
    assert outside == []


#: The settings name 127.0.0.1; people who try things out on their own machine also type its other names.
OWN_HOSTS = ("127.0.0.1:8000", "localhost:8000", "[::1]:8000")


def test_this_machine_answers_under_all_its_names(house: House) -> None:
    requests = [Sent("GET", "/healthz", [(b"host", host.encode())]) for host in OWN_HOSTS]
    assert [answer.status for answer in ask_all(house.app(), requests)] == [200, 200, 200]


def _hosts() -> list[bytes]:
    names = ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost:8000", "127.0.0.1:8000.evil.example", "0:8000", ""]
    names += ["127.0.0.1:8000@evil.example", "evil.example@127.0.0.1:8000", "127.0.0.1:8000,evil.example", "[::1]:8000"]
    names += ["127.1:8000", "0x7f000001:8000", "2130706433:8000", "127.0.0.1:08000", "127.0.0.1:8000/", "*", "null"]
    marks = ["", " ", "\t", ".", "%00", "\x00", "#", "?", "/", "\\", ":", "é", "..", "%2e", "a", "a.", ";"]
    return [f"{name}{mark}".encode() for name in names for mark in marks if f"{name}{mark}" not in OWN_HOSTS]


def test_a_foreign_host_is_turned_away(house: House) -> None:
    hosts = _hosts()
    requests = [Sent("GET", path, [(b"host", host)]) for host in hosts for path in ("/", "/c/x")]
    requests += [Sent("GET", "/", []), Sent("GET", "/", [*HOST, *HOST])]

    answers = ask_all(house.app(), requests)

    assert len(hosts) > 300
    assert {answer.status for answer in answers} == {421}
    assert not any(b"evil" in answer.body or "evil" in str(answer.headers) for answer in answers)


def test_what_a_proxy_says_of_the_host_counts_for_nothing(house: House, client: TestClient) -> None:
    names = ["x-forwarded-host", "forwarded", "x-host", "x-original-host", "x-forwarded-server", "x-forwarded-proto"]
    for number, name in enumerate(names):
        data = house.form(f"a{number}@example.com")
        for value in ("evil.example", "host=evil.example", "127.0.0.1:8000, evil.example"):
            answer = client.post("/f/guide", data=data, headers={name: value})
            assert answer.headers["location"] == f"{BASE}/get/guide/thanks/"
            assert "evil" not in client.get("/get/guide", headers={name: value}).headers["location"]


@pytest.mark.parametrize(
    "field", ["return", "next", "redirect", "redirect_to", "url", "page", "website_url", "wording"]
)
def test_nothing_in_a_request_decides_where_it_leads(house: House, client: TestClient, field: str) -> None:
    payloads = [
        "//evil.example",
        "https:evil.example",
        "\\\\evil.example",
        "https://a@evil.example",
        "/\r\nX: y",
        "javascript:1",
    ]
    for number, payload in enumerate(payloads):
        data = house.form(f"{number}@example.com", **{field: payload})
        answer = client.post(f"/f/guide?{field}={number}", data=data, headers={"referer": "https://evil.example/"})
        assert answer.headers["location"] == f"{BASE}/get/guide/thanks/"


def test_reading_changes_nothing_however_often(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    house.ask(client, "bob@example.com", marketing="yes")
    paths = [house.confirm_path("bob@example.com"), house.confirm_path(), house.download_path()]
    paths += [house.leave_path(), house.unsubscribe_path(), house.unsubscribe_path("bob@example.com")]
    paths += ["/", "/get/guide/", "/healthz", "/f/guide", "/c/x", "/nowhere"]
    paths += [house.visit_path()]
    before = house.content()

    requests = [Sent(method, path, HOST) for path in paths for method in ("GET", "HEAD", "OPTIONS")] * 60
    ask_all(house.app(), requests)

    assert len(requests) > 2000
    assert house.content() == before
    assert client.post(paths[0]).status_code == 200
    assert client.post(house.leave_path()).status_code == 200
