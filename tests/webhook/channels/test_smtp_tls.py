"""The connection is encrypted as the settings say, or nothing is sent."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Away, Sent
from tests.webhook.channels.scripted import ScriptedRelay, outgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.webhook.channels.scripted import Spoken

    Opener = Callable[..., Spoken]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself, in one file."""
    if shutil.which("openssl") is None:
        pytest.fail("The tests of encryption need openssl. On Debian or Ubuntu: sudo apt-get install openssl")
    path = tmp_path / "relay.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=relay", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(path), "-out", str(tmp_path / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)
    with path.open("ab") as file:
        file.write((tmp_path / "certificate.pem").read_bytes())
    return path


@pytest.fixture(params=["tls", "starttls"])
def encrypted(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[ScriptedRelay, str]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    relay = ScriptedRelay(tls=context, tls_at_once=request.param == "tls")
    if request.param == "starttls":
        relay.script["EHLO"] = ["250-relay.example\r\n250 STARTTLS", "250-relay.example\r\n250 AUTH PLAIN"]
        relay.script["STARTTLS"] = ["220 go on"]
    else:
        relay.script["EHLO"] = ["250-relay.example\r\n250 AUTH PLAIN"]
    relay.start()
    yield relay, request.param
    relay.stop()


def test_the_login_is_sent_encrypted(
    encrypted: tuple[ScriptedRelay, str], channel_to: Opener, certificate: Path
) -> None:
    relay, security = encrypted
    trusting = ssl.create_default_context(cafile=str(certificate))
    channel = channel_to(relay.port, smtp_security=security, tls=trusting, smtp_user="ann", smtp_password="secret")
    assert channel.deliver(outgoing(), lambda: True) == Sent("250 2.0.0 kept")
    before = ["EHLO", "STARTTLS"] if security == "starttls" else []
    assert [line.split()[0] for line in relay.commands] == [*before, "EHLO", "AUTH", "MAIL", "RCPT", "DATA"]


def test_a_certificate_that_nobody_vouches_for_ends_it(
    encrypted: tuple[ScriptedRelay, str], channel_to: Opener
) -> None:
    relay, security = encrypted
    found = channel_to(relay.port, smtp_security=security, smtp_user="ann").deliver(outgoing(), lambda: True)
    assert isinstance(found, Away)
    assert "CERTIFICATE_VERIFY_FAILED" in found.reply
    assert not any(line.startswith(("AUTH", "MAIL")) for line in relay.commands)
