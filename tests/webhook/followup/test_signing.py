"""DKIM signatures that the library itself verifies, and the keys that are refused; the idempotency header."""

from __future__ import annotations

import base64
import dataclasses
from typing import TYPE_CHECKING

import dkim  # type: ignore[import-untyped]
import nacl.signing
import pytest

from gatepost_webhook.channels.channel import Ambiguous
from gatepost_webhook.errors import SettingsError
from gatepost_webhook.followup import signing
from gatepost_webhook.followup.signing import signer_of
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.settings import Settings, load_settings
from tests.webhook.followup.desk import DAY, SEQUENCE
from tests.webhook.followup.keys import RSA, RSA_RECORD
from tests.webhook.followup.test_reload import edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gatepost_webhook.channels.channel import Outgoing
    from tests.webhook.followup.desk import Desk

SEED = bytes(range(32))


def private(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def ed25519_record() -> bytes:
    public = bytes(nacl.signing.SigningKey(SEED).verify_key)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public)


def pkcs8() -> bytes:
    inner = base64.encodebytes(bytes.fromhex("302e020100300506032b657004220420") + SEED)
    return b"-----BEGIN PRIVATE KEY-----\n" + inner + b"-----END PRIVATE KEY-----\n"


def sent_with(desk: Desk, key: Path, **more: object) -> list[Outgoing]:
    settings = desk.outfit.settings.model_copy(update={"dkim_selector": "gp", "dkim_key": key, **more})
    desk.outfit = dataclasses.replace(desk.outfit, settings=settings)
    desk.worker = Worker(desk.outfit)
    lead = desk.add_lead()
    desk.enrol(lead)
    desk.queue("delivery", lead)
    return [*desk.run(), *desk.run(days=1)]


def dns(record: bytes, *, at: bytes = b"gp._domainkey.example.org.") -> Callable[..., bytes | None]:
    return lambda name, timeout=5: record if (name, timeout) == (at, 5) else None


@pytest.mark.parametrize("kind", ["rsa", "pem", "base64"])
def test_every_mail_carries_a_signature_that_verifies(desk: Desk, tmp_path: Path, kind: str) -> None:
    keys = {"rsa": RSA, "pem": pkcs8(), "base64": base64.b64encode(SEED) + b"\n"}
    record = RSA_RECORD if kind == "rsa" else ed25519_record()
    messages = sent_with(desk, private(tmp_path / "key", keys[kind]))
    assert len(messages) == 2
    for message in messages:
        assert dkim.verify(message.data, dnsfunc=dns(record))
        assert not dkim.verify(message.data.replace(b"Subject: ", b"Subject: Not "), dnsfunc=dns(record))
        assert not dkim.verify(b"From: eve@example.net\r\n" + message.data, dnsfunc=dns(record))
        assert message.data.count(b"\r\n") == message.data.count(b"\n")
        assert max(map(len, message.data.split(b"\r\n"))) <= 998
    # What is kept is what went out.
    assert {row["mime"] for row in desk.sql("SELECT mime FROM mail WHERE state = 'sent'")} == {
        message.data for message in messages
    }


def test_a_signature_covers_what_one_click_unsubscription_needs(desk: Desk, tmp_path: Path) -> None:
    *_, drip = sent_with(desk, private(tmp_path / "key", pkcs8()))
    parsed = dkim.DKIM(drip.data)
    assert parsed.verify(dnsfunc=dns(ed25519_record()))
    covered = [name.strip() for name in parsed.signature_fields[b"h"].split(b":")]
    wanted = {b"from", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post"}
    assert wanted <= set(covered)
    assert covered.count(b"from") == 2


def test_another_domain_may_sign(desk: Desk, tmp_path: Path) -> None:
    message, _ = sent_with(desk, private(tmp_path / "key", pkcs8()), dkim_domain="mail.example.org")
    assert dkim.verify(message.data, dnsfunc=dns(ed25519_record(), at=b"gp._domainkey.mail.example.org."))


def settings_with(key: Path | None, selector: str = "gp") -> Settings:
    return load_settings(dkim_key=key, dkim_selector=selector)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = private(tmp_path / "key", pkcs8())
    path.chmod(0o640)
    with pytest.raises(SettingsError) as caught:
        signer_of(settings_with(path), "example.org")
    assert str(caught.value) == (f"GATEPOST_DKIM_KEY: {path} can be read by others (mode 0640); run: chmod 600 {path}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"nothing", "is no key; write an RSA or Ed25519 private key in PEM"),
        (b"", "is no key"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "cannot sign"),
        (None, "cannot be read (No such file or directory)"),
    ],
)
def test_what_is_no_key_is_refused_at_the_start(tmp_path: Path, data: bytes | None, message: str) -> None:
    path = tmp_path / "key"
    if data is not None:
        private(path, data)
    with pytest.raises(SettingsError) as caught:
        signer_of(settings_with(path), "example.org")
    assert f"{path} {message}" in str(caught.value)


def test_half_a_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GATEPOST_DKIM_KEY is not set"):
        signer_of(settings_with(None), "example.org")
    with pytest.raises(SettingsError, match="GATEPOST_DKIM_SELECTOR is not set"):
        signer_of(settings_with(private(tmp_path / "key", pkcs8()), ""), "example.org")
    assert signer_of(settings_with(None, ""), "example.org") is None


def test_without_the_extra_its_name_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "dkim", None)
    with pytest.raises(SettingsError, match=r"pip install 'gatepost\[dkim\]'"):
        signer_of(settings_with(private(tmp_path / "key", pkcs8())), "example.org")


def keep_keys(desk: Desk) -> None:
    """Let the relay know repeated mails by a header."""
    settings = desk.outfit.settings.model_copy(
        update={"channel": "smtp", "smtp_idempotency_header": "Resend-Idempotency-Key"}
    )
    desk.outfit = dataclasses.replace(desk.outfit, settings=settings)
    desk.worker = Worker(desk.outfit)


def test_a_relay_that_drops_repeated_mails_is_asked_again_with_the_same_bytes_for_a_day(desk: Desk) -> None:
    keep_keys(desk)
    desk.enrol(desk.add_lead())
    desk.end_with(*[Ambiguous("no answer")] * 20)
    first = desk.run(days=1)
    begin, copies = desk.clock.now(), list(first)
    while desk.states()[0] == "due":
        due_at = desk.sql("SELECT due_at FROM mail WHERE id = 1")[0]["due_at"]
        assert isinstance(due_at, int)
        desk.clock.advance_to(due_at)
        copies += desk.run()
    assert len(copies) == 6
    assert len({copy.data for copy in copies}) == 1
    local = copies[0].message_id.strip("<>").partition("@")[0]
    assert f"\r\nResend-Idempotency-Key: {local}\r\n".encode() in copies[0].data
    assert desk.clock.now() - begin < DAY
    assert desk.mails()[0][2:] == ("held", "no answer")


def test_an_answer_to_a_repeated_mail_ends_it(desk: Desk) -> None:
    keep_keys(desk)
    desk.enrol(desk.add_lead())
    desk.end_with(Ambiguous("no answer"))
    desk.run(days=1)
    assert len(desk.run(days=301 / DAY)) == 1
    assert desk.states() == ["sent", "due"]


def test_a_relay_that_has_forgotten_by_now_is_not_asked_again(desk: Desk) -> None:
    keep_keys(desk)
    desk.enrol(desk.add_lead())
    desk.end_with(Ambiguous("no answer"))
    assert len(desk.run(days=1)) == 1
    # Nobody worked for two days.
    assert desk.run(days=2) == []
    assert desk.mails()[0][2] == "held"
    assert desk.events()[-1] == ("held", "first")


@pytest.mark.parametrize(("days", "copies", "state"), [(0.1, 2, "sent"), (0.97, 1, "held")])
def test_a_step_taken_out_and_brought_back_is_still_one_that_may_have_arrived(
    desk: Desk, days: float, copies: int, state: str
) -> None:
    keep_keys(desk)
    desk.enrol(desk.add_lead(fields='{"company": "Bakery"}'))
    desk.end_with(Ambiguous("no answer"))
    desk.run(days=1)
    edit(desk, SEQUENCE.replace("  - key: first\n    wait: 1 day\n    message: first.md\n", ""))
    assert desk.states()[0] == "cancelled"
    desk.clock.advance(int(days * DAY))
    edit(desk, first="Another text.")
    first = [message.data for message in desk.channel.messages if message.mail == 1]
    assert (len(first), len(set(first))) == (copies, 1)
    assert desk.states()[0] == state


@pytest.mark.parametrize("name", ["Message-ID", "X Key", "List-Key", "Key:", "ключ"])
def test_a_header_of_our_own_is_no_idempotency_header(name: str) -> None:
    with pytest.raises(SettingsError, match="GATEPOST_SMTP_IDEMPOTENCY_HEADER: must be the name of a header"):
        load_settings(smtp_idempotency_header=name)
