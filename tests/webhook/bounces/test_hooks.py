"""Callbacks of providers: proved, understood, acted upon once; anything else changes nothing."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

from gatepost_webhook.bounces.hooks import hooks_of
from gatepost_webhook.bounces.providers import PROVIDERS
from gatepost_webhook.errors import SettingsError
from gatepost_webhook.followup.mailing import message_id
from tests.webhook.bounces import signing
from tests.webhook.bounces.payloads import CALLBACKS, TO
from tests.webhook.bounces.signing import Signed, sign
from tests.webhook.intake.house import NOW, open_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx2 as httpx
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

SUPPRESSED = {
    "bounced": ("all", "bounced"),
    "complained": ("all", "complained"),
    "unsubscribed": ("marketing", "unsubscribed"),
}
#: One that suppresses, for each provider.
DEAD = {provider: payload for provider, name, payload, _ in CALLBACKS if name == "dead"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, **signing.settings(tmp_path)) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> TestClient:
    client = house.client()
    house.ask(client)
    client.post(house.confirm_path())
    # Providers are no browsers.
    del client.headers["origin"]
    return client


def send(client: TestClient, provider: str, signed: Signed) -> httpx.Response:
    return client.post(f"/hooks/{provider}", content=signed.body, headers=signed.headers)


def suppressed(house: House) -> list[tuple[str, str]]:
    return [(row["scope"], row["reason"]) for row in house.rows("SELECT scope, reason FROM suppression")]


@pytest.mark.parametrize("callback", CALLBACKS, ids=lambda callback: f"{callback[0]}-{callback[1]}")
def test_a_callback_is_understood(house: House, client: TestClient, callback: tuple[str, str, Any, str]) -> None:
    provider, _, payload, kind = callback
    response = send(client, provider, sign(provider, payload, NOW))
    assert response.status_code == PROVIDERS[provider].accepted
    assert [row["kind"] for row in house.rows("SELECT kind FROM bounce")] == ([kind] if kind else [])
    assert suppressed(house) == ([SUPPRESSED[kind]] if kind in SUPPRESSED else [])


@pytest.mark.parametrize("provider", DEAD)
def test_a_callback_that_comes_again_changes_nothing_more(house: House, client: TestClient, provider: str) -> None:
    signed = sign(provider, DEAD[provider], NOW)
    answers = {send(client, provider, signed).status_code for _ in range(3)}
    send(client, provider, sign(provider, DEAD[provider], NOW, name="two"))
    assert answers == {PROVIDERS[provider].accepted}
    assert house.one("SELECT count(*) FROM bounce") == 1


def changed(signed: Signed) -> list[Signed]:
    """Return what somebody could make of a callback without knowing the key."""
    proofs = {name: value for name, value in signed.headers.items() if name != "Content-Type"}
    return [
        dataclasses.replace(signed, body=signed.body.replace(TO.encode(), b"eve@example.com")),
        *(Signed(signed.body, {**proofs, name: "AAAA" + value[4:]}) for name, value in proofs.items()),
        *(Signed(signed.body, {other: proofs[other] for other in proofs if other != name}) for name in proofs),
        Signed(b"", proofs),
        Signed(b"[" * 100_000, proofs),
        Signed(b"\xff\xfe", proofs),
        Signed(b"null", proofs),
    ]


@pytest.mark.parametrize("provider", ["ses", "sendgrid", "resend"])
def test_a_callback_that_was_changed_anywhere_changes_nothing(house: House, client: TestClient, provider: str) -> None:
    before = house.content()
    for forged in changed(sign(provider, DEAD[provider], NOW)):
        assert send(client, provider, forged).status_code in (400, 401)
    assert house.content() == before


@pytest.mark.parametrize("provider", ["ses", "sendgrid", "resend", "mailgun"])
def test_a_callback_of_another_time_is_refused(house: House, client: TestClient, provider: str) -> None:
    tolerance = 3600 if provider == "ses" else 300
    before = house.content()
    for now in (NOW - tolerance - 2, NOW + tolerance + 2):
        assert send(client, provider, sign(provider, DEAD[provider], now)).status_code == 401
    assert house.content() == before


def test_other_words_round_a_signature_that_covers_none_are_not_believed(house: House, client: TestClient) -> None:
    delivered = next(
        payload for provider, name, payload, _ in CALLBACKS if (provider, name) == ("mailgun", "delivered")
    )
    seen = sign("mailgun", delivered, NOW)
    assert send(client, "mailgun", seen).status_code == 200
    forged = Signed(json.dumps({**json.loads(seen.body), **DEAD["mailgun"]}).encode())
    send(client, "mailgun", forged)
    assert suppressed(house) == []


@pytest.mark.parametrize("provider", ["postmark", "brevo"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic ?"},
        {"Authorization": "Bearer "},
        {"X-Gatepost-Token": "no"},
    ],
)
def test_without_the_secret_nothing_is_believed(
    house: House, client: TestClient, provider: str, headers: dict[str, str]
) -> None:
    before = house.content()
    assert send(client, provider, Signed(json.dumps(DEAD[provider]).encode(), headers)).status_code == 401
    assert house.content() == before


@pytest.mark.parametrize("place", ["token", "signature"])
def test_half_a_character_in_a_signature_is_refused_like_any_other(client: TestClient, place: str) -> None:
    inside = {"timestamp": str(NOW), "token": "t", "signature": "s", place: "\ud800"}
    assert send(client, "mailgun", Signed(json.dumps({"signature": inside}).encode())).status_code == 401


@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {signing.SHARED}"}, {"X-Gatepost-Token": signing.SHARED}]
)
def test_a_secret_may_come_as_a_token(house: House, client: TestClient, headers: dict[str, str]) -> None:
    send(client, "brevo", Signed(json.dumps(DEAD["brevo"]).encode(), headers))
    assert suppressed(house) == [("all", "bounced")]


@pytest.mark.parametrize("provider", ["unknown", "ses.php", "%2e%2e"])
def test_any_other_address_is_not_there(client: TestClient, provider: str) -> None:
    assert client.post(f"/hooks/{provider}", content=b"{}").status_code == 404


def test_a_provider_that_is_not_set_up_is_not_there(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        signed = sign("resend", DEAD["resend"], NOW)
        assert send(house.client(), "resend", signed).status_code == 404


def test_nothing_else_than_post_is_answered(client: TestClient) -> None:
    assert client.get("/hooks/resend").status_code == 405


def test_a_callback_may_be_larger_than_a_form_and_not_without_limit(client: TestClient) -> None:
    assert client.post("/hooks/resend", content=b"x" * 200_000).status_code == 401
    assert client.post("/hooks/resend", content=b"x" * 1_100_000).status_code == 413
    assert client.post("/hooks/unknown", content=b"x" * 20_000).status_code == 413


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_confirmation_of_a_subscription_is_shown_and_not_followed(
    client: TestClient, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37"
    message = {"Type": "SubscriptionConfirmation", "MessageId": "1", "Token": "2336412f37", "TopicArn": signing.TOPIC}
    message |= {"Message": "You have chosen ...", "SubscribeURL": url, "Timestamp": "2027-01-15T08:00:00.000Z"}
    assert send(client, "ses", signing.sns(message, version)).status_code == 202
    assert url in caplog.text


def test_another_customer_of_amazon_is_not_believed(house: House, client: TestClient) -> None:
    message = json.loads(sign("ses", DEAD["ses"], NOW).body)
    signed = signing.sns(
        {key: message[key] for key in ("Type", "MessageId", "Message", "Timestamp")}
        | {"TopicArn": "arn:aws:sns:eu-west-1:666:mail"}
    )
    assert send(client, "ses", signed).status_code == 401
    assert suppressed(house) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem",
        "http://sns.eu-west-1.amazonaws.com/x.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/x.pem",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_named(
    client: TestClient, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    signed = sign("ses", DEAD["ses"], NOW)
    body = signed.body.replace(signing.CERTIFICATE_URL.encode(), url.encode())
    assert send(client, "ses", Signed(body)).status_code == 401
    assert url not in caplog.text


def test_what_is_told_of_a_mail_is_kept_with_it(house: House, client: TestClient) -> None:
    mail = house.one("SELECT id FROM mail")
    event = DEAD["sendgrid"][0] | {"smtp-id": message_id(mail, house.settings.signing_secrets[0], "example.org")}
    send(client, "sendgrid", sign("sendgrid", [event], NOW))
    assert house.rows("SELECT mail_id, status, source FROM bounce") == [
        {"mail_id": mail, "status": "5.1.1", "source": "sendgrid"}
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hook_resend_secret": "short"}, "GATEPOST_HOOK_RESEND_SECRET: is no signing secret"),
        ({"hook_brevo_secret": "short"}, "GATEPOST_HOOK_BREVO_SECRET: is too short"),
        ({"hook_sendgrid_secret": "bm90IGEga2V5"}, "GATEPOST_HOOK_SENDGRID_SECRET: is no public key"),
        ({"hook_ses_topic": "arn:aws:sns:x:1:y", "hook_ses_certificate": "/nowhere"}, "CERTIFICATE: cannot be read"),
        ({"hook_ses_certificate": "/nowhere"}, "GATEPOST_HOOK_SES_TOPIC"),
    ],
)
def test_a_secret_that_cannot_work_is_refused_at_the_start(tmp_path: Path, wrong: dict[str, str], words: str) -> None:
    with open_house(tmp_path, **wrong) as house, pytest.raises(SettingsError, match=words):
        hooks_of(house.settings)


def test_a_secret_can_be_changed_without_a_gap(tmp_path: Path) -> None:
    secrets = "whsec_" + "bmV3IHNlY3JldCB0aGF0IGlzIGxvbmc=" + "," + signing.RESEND
    with open_house(tmp_path, hook_resend_secret=secrets) as house:
        assert send(house.client(), "resend", sign("resend", DEAD["resend"], NOW)).status_code == 202
