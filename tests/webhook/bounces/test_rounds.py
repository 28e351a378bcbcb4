"""Mailboxes are read: each report once, everything else left to people."""

from __future__ import annotations

import mailbox
import re
from collections import Counter
from dataclasses import replace
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.bounces.deeds import act
from gatepost_webhook.bounces.maildir import MaildirPostbox
from gatepost_webhook.bounces.rounds import PostRounds
from gatepost_webhook.errors import PostboxError, SettingsError
from tests.webhook.bounces import samples

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.bounces.deeds import Office, Verdict
    from gatepost_webhook.bounces.report import Report
    from gatepost_webhook.store.database import Connection
    from tests.webhook.bounces.post import Post


@pytest.fixture
def maildir(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "bounces", create=True)


@pytest.fixture
def rounds(post: Post, tmp_path: Path, maildir: mailbox.Maildir) -> PostRounds:
    settings = post.desk.outfit.settings.model_copy(update={"bounce_maildir": str(tmp_path / "bounces")})
    return PostRounds(settings, post.desk.outfit.writer, post.desk.clock)


def flags(maildir: mailbox.Maildir) -> list[tuple[str, str]]:
    """Return (folder, flags) of every mail in it."""
    return sorted((message.get_subdir(), message.get_flags()) for message in maildir)


def test_a_maildir_is_read_once_and_nothing_in_it_is_deleted(
    post: Post, rounds: PostRounds, maildir: mailbox.Maildir
) -> None:
    post.sent_to_a_lead()
    maildir.add(post.bounce())
    assert rounds.run_once() == Counter({("bounced", "done"): 1})
    assert post.suppressed() == [("all", "bounced", "dsn 5.1.1")]
    assert flags(maildir) == [("cur", "S")]
    assert rounds.run_once() == Counter()


def test_a_report_that_is_delivered_again_is_known(post: Post, rounds: PostRounds, maildir: mailbox.Maildir) -> None:
    post.sent_to_a_lead()
    for _ in range(2):
        maildir.add(post.bounce())
    assert rounds.run_once() == Counter({("bounced", "done"): 1, ("bounced", "repeated"): 1})


def test_what_people_write_stays_unread(post: Post, rounds: PostRounds, maildir: mailbox.Maildir) -> None:
    maildir.add(b"From: anna@example.com\nSubject: Hello\n\nAre you there?\n")
    assert rounds.run_once() == Counter({("other", "nothing"): 1})
    assert flags(maildir) == [("cur", "")]


def test_what_cannot_be_read_stops_nothing(post: Post, rounds: PostRounds, maildir: mailbox.Maildir) -> None:
    post.sent_to_a_lead()
    maildir.add(b"From: mailer-daemon@example.com\n\n" + b"x" * (1 << 20))
    maildir.add(samples.SAMPLES[0].mail("v1.1.0123456789ab@example.org"))
    maildir.add(post.bounce())
    expected = {("", "unreadable"): 1, ("bounced", "forged"): 1, ("bounced", "done"): 1}
    assert rounds.run_once() == Counter(expected)
    counted = post.desk.sql("SELECT source, verdict, count FROM report_count ORDER BY source, verdict")
    assert [tuple(row.values()) for row in counted] == [
        ("dsn", "done", 1),
        ("dsn", "forged", 1),
        ("mail", "unreadable", 1),
    ]


def test_a_folder_that_is_no_maildir_is_named(post: Post, tmp_path: Path) -> None:
    settings = post.desk.outfit.settings.model_copy(update={"bounce_maildir": str(tmp_path)})
    with pytest.raises(PostboxError, match=r"is no Maildir.*GATEPOST_BOUNCE_MAILDIR"):
        PostRounds(settings, post.desk.outfit.writer, post.desk.clock).run_once()


def test_a_mailbox_that_cannot_be_read_keeps_nobody_from_the_others(
    post: Post, tmp_path: Path, maildir: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = [MaildirPostbox(tmp_path / name).open for name in ("elsewhere", "bounces")]
    monkeypatch.setattr("gatepost_webhook.bounces.rounds.postboxes", lambda _: boxes)
    post.sent_to_a_lead()
    maildir.add(post.bounce())
    rounds = PostRounds(post.desk.outfit.settings, post.desk.outfit.writer, post.desk.clock)
    with pytest.raises(PostboxError, match="elsewhere"):
        rounds.run_once()
    assert flags(maildir) == [("cur", "S")]


def test_a_mail_that_nobody_foresaw_keeps_nobody_from_the_others(
    post: Post, rounds: PostRounds, maildir: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.sent_to_a_lead()
    maildir.add(post.bounce("soft"))
    maildir.add(post.bounce())

    def surprised(connection: Connection, office: Office, report: Report) -> Verdict:
        if report.kind == "soft":
            raise LookupError("a surprise")
        return act(connection, office, report)

    monkeypatch.setattr("gatepost_webhook.bounces.rounds.act", surprised)
    assert rounds.run_once() == Counter({("bounced", "done"): 1})
    assert flags(maildir) == [("cur", "S"), ("new", "")]


def test_an_account_without_a_login_is_refused(post: Post) -> None:
    settings = post.desk.outfit.settings.model_copy(update={"bounce_imap_host": "imap.example.org"})
    with pytest.raises(SettingsError, match="GATEPOST_BOUNCE_IMAP_USER"):
        PostRounds(settings, post.desk.outfit.writer, post.desk.clock)


def test_a_mail_goes_out_with_its_own_bounce_address_which_alone_tells_whose_bounce_it_is(post: Post) -> None:
    settings = post.desk.outfit.settings.model_copy(update={"bounce_address": "bounces@example.org"})
    post.desk = replace(post.desk, outfit=replace(post.desk.outfit, settings=settings))
    post.sent_to_a_lead()
    sender = post.desk.channel.messages[-1].sender
    assert sender.startswith("bounces+v1-1-")
    assert sender.endswith("@example.org")
    assert len(sender.partition("@")[0]) <= 64
    bounce = message_from_bytes(samples.SAMPLES[0].mail("somebody-else@example.org", "anna@example.com"))
    bounce.replace_header("To", sender)
    assert post.arrives(bounce.as_bytes()) == "done"
    assert post.suppressed() == [("all", "bounced", "dsn 5.1.1")]


@pytest.mark.parametrize("subject", ["unsubscribe {token}", "Unsubscribe {token}", "Re: unsubscribe {token} please"])
def test_who_unsubscribes_by_mail_is_unsubscribed(
    post: Post, rounds: PostRounds, maildir: mailbox.Maildir, subject: str
) -> None:
    """As Outlook does with the second address in List-Unsubscribe."""
    post.sent_to_a_lead()
    offered = str(message_from_bytes(post.desk.channel.messages[-1].data)["List-Unsubscribe"])
    token = re.findall(r"mailto:hello@example.org\?subject=unsubscribe%20([\w-]{40})>", offered)[0]
    maildir.add(f"From: whoever@example.net\nSubject: {subject.format(token=token)}\n\n".encode())
    assert rounds.run_once() == Counter({("unsubscribed", "done"): 1})
    assert post.suppressed() == [("marketing", "unsubscribed", "mail")]
    assert post.desk.sql("SELECT act, method FROM receipt ORDER BY id DESC LIMIT 1") == [
        {"act": "withdrawn", "method": "mail"}
    ]
    assert post.desk.run(days=3) == []
    assert flags(maildir) == [("cur", "S")]


def test_a_mail_that_asks_for_it_without_the_token_is_left_to_people(
    post: Post, rounds: PostRounds, maildir: mailbox.Maildir
) -> None:
    post.sent_to_a_lead()
    for token in ("", "A" * 40, "x" * 41):
        maildir.add(f"From: anna@example.com\nSubject: unsubscribe {token}\n\n".encode())
    assert rounds.run_once() == Counter({("other", "nothing"): 3})
    assert post.suppressed() == []


def test_who_never_confirmed_and_leaves_by_mail_hears_nothing_at_all(post: Post) -> None:
    lead = post.desk.add_lead()
    post.desk.sql("UPDATE lead SET confirmed_at = NULL, marketing_at = NULL WHERE id = :lead", lead=lead)
    token = post.desk.outfit.links.unsubscribe_url(lead).rpartition("/")[2]
    assert post.arrives(f"Subject: unsubscribe {token}\n\n".encode()) == "done"
    assert post.suppressed() == [("all", "not-me", "mail")]
