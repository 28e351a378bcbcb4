"""What mail servers write is understood, and believed only with a mark of ours."""

from __future__ import annotations

import base64
import itertools
import quopri
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.bounces.reading import read_report
from gatepost_webhook.bounces.traces import tagged
from gatepost_webhook.followup.mailing import message_id
from tests.webhook.bounces import samples
from tests.webhook.bounces.samples import SAMPLES, Sample, complaint

if TYPE_CHECKING:
    from gatepost_webhook.bounces.report import Kind

SECRET = b"s" * 32
OLD = b"o" * 32
ID = message_id(17, SECRET, "example.org").strip("<>")
FORGED = "v1.17.0123456789ab@example.org"

#: What mail servers say when they refuse somebody, and what it means.
REPLIES: list[tuple[Kind, str]] = [
    ("bounced", "550 5.1.1 <{to}>: Recipient address rejected: User unknown in local recipient table"),
    ("bounced", "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking"),
    ("bounced", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)"),
    ("bounced", "550 Requested action not taken: mailbox unavailable"),
    ("bounced", "550 5.2.1 The email account that you tried to reach is disabled."),
    ("bounced", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    ("bounced", "550 Unknown user"),
    ("bounced", "550 No such recipient here"),
    ("bounced", "551 5.1.1 user not local or invalid address"),
    ("bounced", "550 Invalid recipient <{to}> (#5.1.1)"),
    ("bounced", "553 5.3.0 <{to}>... Addressee unknown, user unknown"),
    ("bounced", "550 #5.1.0 Address rejected."),
    ("bounced", "550 5.1.2 Bad destination mailbox system address: domain not found"),
    ("bounced", "556 5.1.10 Recipient address has null MX"),
    ("bounced", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
    ("bounced", "550 mailbox not found"),
    ("bounced", "550 5.0.1 Recipient rejected: no such user"),
    ("soft", "552 5.2.2 The email account that you tried to reach is over quota."),
    ("soft", "452 4.2.2 Mailbox full"),
    ("soft", "552 Quota exceeded (mailbox for user is full)"),
    ("soft", "451 4.3.0 Temporary lookup failure"),
    ("soft", "450 4.7.1 Service unavailable, try again later"),
    ("soft", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException"),
    ("soft", "550 5.4.6 Routing loop detected"),
    ("soft", "550 that went wrong"),
    ("blocked", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example"),
    ("blocked", "550 5.7.26 Unauthenticated email is not accepted due to domain's DMARC policy"),
    ("blocked", "550-5.7.1 Our system has detected that this message is likely unsolicited mail."),
    ("blocked", "550 5.7.515 Access denied, sending domain does not meet the required authentication level"),
    ("blocked", "554 Message rejected due to content restrictions"),
    ("blocked", "550 spam message rejected"),
    ("blocked", "554 5.7.9 Message not accepted for policy reasons"),
    ("blocked", "552 5.3.4 Message size exceeds fixed limit"),
    ("blocked", "550 5.1.8 Sender address rejected: Domain not found"),
    ("blocked", "550 Sender verify failed"),
    ("blocked", "550 Your message was rejected: from address must match authenticated domain"),
]
FORMS = (
    lambda kind, reply: samples.postfix(kind, _status(reply), reply.split(" ", 1)[1], shown=""),
    lambda kind, reply: samples.exim(kind, "5.0.0", reply),
    lambda kind, reply: samples.exim_in_words(kind, "", f"host mx.example.net [192.0.2.7]: {reply}"),
    lambda kind, reply: samples.qmail(
        kind, "", f"192.0.2.7 failed after I sent the message.\nRemote host said: {reply}"
    ),
    lambda kind, reply: samples.sendmail(kind, _status(reply), reply),
    lambda kind, reply: samples.exchange(kind, _status(reply), reply, "The message could not be delivered."),
    lambda kind, reply: samples.exchange_online(kind, _status(reply), reply),
    lambda kind, reply: samples.gmail(kind, _status(reply), reply),
    lambda kind, reply: samples.courier(kind, _status(reply), reply),
    lambda kind, reply: samples.opensmtpd(kind, _status(reply), reply),
    lambda kind, reply: samples.domino(kind, "5.0.0", reply),
    lambda kind, reply: samples.ses(kind, _status(reply), reply),
    lambda kind, reply: samples.yahoo(kind, "", reply),
)


def _status(reply: str) -> str:
    """Return the status that a server writes which takes it from the reply it got."""
    word = reply.split(" ")[1]
    return word if word.count(".") == 2 and word[0].isdigit() else f"{reply[0]}.0.0"


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_bounce_is_understood(sample: Sample) -> None:
    report = read_report(sample.mail(ID), [SECRET])
    assert (report.kind, report.status, report.mail) == (sample.kind, sample.status, 17), report.diagnostic
    assert report.diagnostic or sample.kind == "delayed"


def test_whatever_mail_server_writes_about_whatever_reply_is_understood() -> None:
    """Promise T27: at least 99 % of those from twelve mail servers."""
    wrong = []
    cases = list(itertools.product(FORMS, REPLIES))
    for form, (kind, reply) in cases:
        report = read_report(form(kind, reply).mail(ID), [SECRET])
        if (report.kind, report.mail) != (kind, 17):
            wrong.append((form(kind, reply).server, reply, report.kind))
    assert len(wrong) <= len(cases) / 100, wrong


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_bounce_of_a_message_that_is_not_ours_names_no_mail(sample: Sample) -> None:
    assert read_report(sample.mail(FORGED), [SECRET]).mail is None


@pytest.mark.parametrize(
    ("feedback", "kind"),
    [("abuse", "complained"), ("opt-out", "unsubscribed"), ("not-spam", "other"), ("auth-failure", "other")],
)
def test_feedback_is_a_complaint_or_not(feedback: str, kind: str) -> None:
    report = read_report(complaint(ID, kind=feedback), [SECRET])
    assert (report.source, report.kind) == ("arf", kind)
    assert report.mail == (None if kind == "other" else 17)


def test_the_envelope_senders_tag_names_the_mail_where_nothing_is_quoted() -> None:
    recipient = tagged("bounces@example.org", 17, SECRET)
    text = (
        SAMPLES[0]
        .mail("not-ours@example.org")
        .replace(b"To: bounces@example.org", b"To: " + recipient.upper().encode())
    )
    assert read_report(text, [SECRET]).mail == 17


def test_a_tag_in_the_body_is_worth_nothing() -> None:
    recipient = tagged("bounces@example.org", 17, SECRET)
    text = SAMPLES[0].mail("not-ours@example.org").replace(b"I'm sorry", recipient.encode())
    assert read_report(text, [SECRET]).mail is None


def test_a_report_that_names_several_of_our_mails_names_none() -> None:
    other = message_id(18, SECRET, "example.org").encode()
    text = SAMPLES[0].mail(ID).replace(b"I'm sorry", b"About " + other)
    assert read_report(text, [SECRET]).mail is None


def test_marks_made_with_a_retired_secret_are_ours_still() -> None:
    assert read_report(SAMPLES[0].mail(ID), [OLD, SECRET]).mail == 17
    assert read_report(SAMPLES[0].mail(ID), [OLD]).mail is None


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_what_is_quoted_may_be_encoded(encoding: str) -> None:
    quoted = samples.ORIGINAL.replace("{id}", ID).replace("{to}", "anna@example.net").partition("\n\n")[0].encode()
    encoded = base64.encodebytes(quoted) if encoding == "base64" else quopri.encodestring(quoted, quotetabs=True)
    text = (
        samples.gmail("bounced", "5.1.1", "550 5.1.1 user unknown")
        .text.replace("{id}", "x")
        .replace("{to}", "a@b.example")
    )
    text = text.replace("rfc822-headers\n", f"rfc822-headers\nContent-Transfer-Encoding: {encoding}\n")
    assert read_report(text.replace("{headers}", encoded.decode()).encode(), [SECRET]).mail == 17


@pytest.mark.parametrize(
    "head",
    [
        "From: Anna <anna@example.net>\nSubject: Re: About first\n",
        "From: Anna <anna@example.net>\nSubject: Out of office\nAuto-Submitted: auto-replied\nReturn-Path: <>\n",
        "From: Anna <anna@example.net>\nSubject: Abwesend\nReturn-Path: <>\n",
        "From: Undeliverable <anna@example.net>\nSubject: Undelivered Mail Returned to Sender\n",
    ],
)
def test_what_a_person_writes_is_no_bounce_whatever_it_says(head: str) -> None:
    body = "550 5.1.1 user unknown: could not be delivered. The mailbox is full of mails like yours."
    text = f"{head}In-Reply-To: <{ID}>\nReferences: <{ID}>\n\n{body}\n"
    report = read_report(text.encode(), [SECRET])
    assert (report.kind, report.mail) == ("other", None)


def test_a_receipt_of_reading_is_no_bounce() -> None:
    text = SAMPLES[0].mail(ID).replace(b"message/delivery-status", b"message/disposition-notification")
    assert read_report(text.replace(b"MAILER-DAEMON", b"anna"), [SECRET]).kind == "other"


def test_a_report_that_people_alone_can_read_in_html_is_read_too() -> None:
    text = samples.yahoo("bounced", "", "<b>550</b> user unknown").mail(ID).replace(b"text/plain", b"text/html")
    assert read_report(text, [SECRET]).kind == "bounced"


def test_a_diagnostic_is_one_printable_line_of_500_characters_at_most() -> None:
    words = "550 5.1.1 \x1b[31m\u202euser\u200b unknown\x00 <script>alert(1)</script> " + "x" * 5000
    report = read_report(samples.postfix("bounced", "5.1.1", words).mail(ID), [SECRET])
    assert report.diagnostic.isprintable()
    assert len(report.diagnostic) <= 500
    assert "user unknown" in report.diagnostic


def test_the_same_report_has_the_same_key_and_another_one_another() -> None:
    first, second = (read_report(sample.mail(ID), [SECRET]) for sample in SAMPLES[:2])
    assert read_report(SAMPLES[0].mail(ID), [SECRET]).key == first.key != second.key
