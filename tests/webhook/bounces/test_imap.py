"""A mailbox at an IMAP server is read like a Maildir, over TLS, and nothing in it is deleted."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gatepost_webhook.bounces.imap import ImapAccount, ImapPostbox
from gatepost_webhook.bounces.rounds import PostRounds
from gatepost_webhook.errors import PostboxError
from tests.webhook.bounces.imap_server import ImapServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.webhook.bounces.post import Post

    Rounds = Callable[..., PostRounds]

HUMAN = b"From: ben@example.com\r\nSubject: Hello\r\n\r\nAre you there?\r\n"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imap")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - dt.timedelta(1), now + dt.timedelta(1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = builder.add_extension(here, critical=False).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("imap") / "imap.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def serving(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.fixture
def server(serving: ssl.SSLContext) -> Iterator[ImapServer]:
    with ImapServer(serving) as running:
        yield running


def rounds_at(post: Post, server: ImapServer, pem: Path, **account: Any) -> PostRounds:
    """Return what reads an account at the server."""
    values = {"host": "127.0.0.1", "port": server.port, "user": "bounces", "password": "letmein", **account}
    postbox = ImapPostbox(ImapAccount(**values), tls=ssl.create_default_context(cafile=str(pem)))
    rounds = PostRounds(post.desk.outfit.settings, post.desk.outfit.writer, post.desk.clock)
    rounds._openers = [postbox.open]
    return rounds


def test_a_report_is_acted_upon_and_marked_as_seen(post: Post, server: ImapServer, pem: Path) -> None:
    post.sent_to_a_lead()
    server.add(post.bounce())
    rounds = rounds_at(post, server, pem)
    assert rounds.run_once() == Counter({("bounced", "done"): 1})
    assert post.suppressed() == [("all", "bounced", "dsn 5.1.1")]
    assert [mail.flags for mail in server.folders["INBOX"].values()] == [{r"\Seen"}]
    assert rounds.run_once() == Counter()
    assert not any("EXPUNGE" in command or "Deleted" in command for command in server.heard)


def test_a_login_may_have_spaces_and_a_domain_before_it(post: Post, server: ImapServer, pem: Path) -> None:
    rounds_at(post, server, pem, user=r"EXAMPLE\anna smith").run_once()
    assert r'LOGIN "EXAMPLE\\anna smith" "letmein"' in server.heard


def test_a_report_that_was_read_is_moved_where_the_settings_say(post: Post, server: ImapServer, pem: Path) -> None:
    post.sent_to_a_lead()
    server.add(post.bounce())
    rounds_at(post, server, pem, done="Read bounces").run_once()
    assert (len(server.folders["INBOX"]), len(server.folders["Read bounces"])) == (0, 1)


def test_a_server_that_cannot_move_keeps_a_copy_in_both(post: Post, serving: ssl.SSLContext, pem: Path) -> None:
    post.sent_to_a_lead()
    with ImapServer(serving, moves=False) as server:
        server.add(post.bounce())
        rounds_at(post, server, pem, done="Done").run_once()
        assert [len(mails) for mails in server.folders.values()] == [1, 1]


@pytest.mark.parametrize("keywords", [True, False])
def test_what_people_write_stays_unread_and_is_fetched_once(
    post: Post, serving: ssl.SSLContext, pem: Path, *, keywords: bool
) -> None:
    with ImapServer(serving, keywords=keywords) as server:
        server.add(HUMAN)
        rounds = rounds_at(post, server, pem)
        assert [rounds.run_once(), rounds.run_once()] == [Counter({("other", "nothing"): 1}), Counter()]
        assert r"\Seen" not in server.folders["INBOX"][1].flags
        assert len([command for command in server.heard if command.startswith("UID FETCH")]) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "guess"}, r"LOGIN failed .*AUTHENTICATIONFAILED.*GATEPOST_BOUNCE_IMAP_USER"),
        ({"folder": "Nowhere"}, r"SELECT failed .*GATEPOST_BOUNCE_IMAP_FOLDER"),
        ({"port": 1}, r"cannot be reached"),
    ],
)
def test_what_does_not_work_is_said_in_one_line_without_the_password(
    post: Post, server: ImapServer, pem: Path, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(PostboxError, match=words) as caught:
        rounds_at(post, server, pem, **wrong).run_once()
    assert "letmein" not in str(caught.value)
    assert "guess" not in str(caught.value)


def test_a_server_that_nobody_vouches_for_is_told_no_password(post: Post, server: ImapServer, pem: Path) -> None:
    rounds = rounds_at(post, server, pem)
    account = ImapAccount("127.0.0.1", server.port, "bounces", "letmein")
    rounds._openers = [ImapPostbox(account).open]
    with pytest.raises(PostboxError, match="cannot be reached"):
        rounds.run_once()
    assert server.heard == []
