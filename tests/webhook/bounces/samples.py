"""Bounces as mail servers write them: the form of each, with addresses, dates and names of our own."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatepost_webhook.bounces.report import Kind

#: The message that comes back; {id} is its Message-ID without angle brackets.
ORIGINAL = """\
Received: by relay.example.org (Postfix, from userid 1000)
\tid 4F1D2A0C; Sun, 22 Nov 2026 09:00:01 +0000 (UTC)
From: Example <hello@example.org>
To: {to}
Date: Sun, 22 Nov 2026 09:00:00 +0000
Message-ID: <{id}>
Subject: About first
List-Unsubscribe: <https://leads.example.org/u/AWEAAAAAAAEAAAAAxx>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_inner"

--=_inner
Content-Type: text/plain; charset=utf-8

Hi there. Your mailbox is not full, and this user is unknown to nobody.
--=_inner--
"""


@dataclass(frozen=True)
class Sample:
    """One bounce."""

    server: str
    kind: Kind
    #: The status that should be found; "" when the report has none.
    status: str
    text: str

    def mail(self, message_id: str, to: str = "anna@example.net") -> bytes:
        """Return the bounce of a message."""
        original = ORIGINAL.replace("{to}", to).replace("{id}", message_id)
        text = self.text.replace("{original}", original).replace("{headers}", original.partition("\n\n")[0] + "\n")
        text = text.replace("{to}", to).replace("{id}", message_id)
        return text.replace("\n", "\r\n").encode()

    def __str__(self) -> str:
        return f"{self.server}-{self.kind}-{self.status}"


def dsn(
    sender: str,
    subject: str,
    words: str,
    fields: str,
    *,
    quoted: str = "message/rfc822",
    head: str = "",
    blocks: str = "Reporting-MTA: dns; mx.example.net\nArrival-Date: Sun, 22 Nov 2026 09:00:01 +0000",
) -> str:
    """Return a report of the standard form (RFC 3462, 3464)."""
    body = "{original}" if quoted == "message/rfc822" else "{headers}"
    return f"""\
Return-Path: <>
From: {sender}
To: bounces@example.org
Subject: {subject}
Date: Sun, 22 Nov 2026 09:00:05 +0000
Message-ID: <{zlib.crc32((sender + subject + fields).encode())}@mx.example.net>
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="outer/1"

This is a MIME-encapsulated message.

--outer/1
Content-Type: text/plain; charset=us-ascii

{words}

--outer/1
Content-Description: Delivery report
Content-Type: message/delivery-status

{blocks}

{fields}

--outer/1
Content-Description: Undelivered Message
Content-Type: {quoted}

{body}
--outer/1--
"""


def fields(action: str, status: str, diagnostic: str = "", *, remote: str = "mx.example.net") -> str:
    """Return the fields of one recipient."""
    lines = [
        "Final-Recipient: rfc822; {to}",
        "Original-Recipient: rfc822;{to}",
        f"Action: {action}",
        f"Status: {status}",
    ]
    lines += [f"Remote-MTA: dns; {remote}", f"Diagnostic-Code: {diagnostic}"] if diagnostic else []
    return "\n".join(lines)


POSTFIX = """\
This is the mail system at host relay.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{to}>: """


def postfix(kind: Kind, status: str, words: str, *, action: str = "failed", shown: str | None = None) -> Sample:
    code = "450" if status.startswith("4") else "550"
    diagnostic = f"smtp; {code} {shown if shown is not None else status} {words}"
    subject = "Delayed Mail (still being retried)" if action == "delayed" else "Undelivered Mail Returned to Sender"
    text = dsn(
        "MAILER-DAEMON@relay.example.org (Mail Delivery System)",
        subject,
        POSTFIX + f"host mx.example.net said: {code} {status}\n    {words} (in reply to RCPT TO command)",
        fields(action, status, diagnostic),
        head="Auto-Submitted: auto-replied\n",
    )
    return Sample("postfix", kind, status, text)


EXIM_WORDS = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
"""


def exim(kind: Kind, status: str, reason: str) -> Sample:
    text = dsn(
        "Mail Delivery System <Mailer-Daemon@mail.example.org>",
        "Mail delivery failed: returning message to sender",
        EXIM_WORDS
        + f"    host mx.example.net [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<{{to}}>:\n"
        f"    {reason}",
        fields("failed", "5.0.0", f"smtp; {reason}"),
        head="X-Failed-Recipients: {to}\nAuto-Submitted: auto-replied\n",
        blocks="Reporting-MTA: dns; mail.example.org",
    )
    return Sample("exim", kind, status, text)


def exim_in_words(kind: Kind, status: str, reason: str) -> Sample:
    text = f"""\
Return-path: <>
X-Failed-Recipients: {{to}}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@old.example.org>
To: bounces@example.org
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1nqXyZ-0004Qk-7m@old.example.org>
Date: Sun, 22 Nov 2026 09:00:05 +0000

{EXIM_WORDS}    {reason}

------ This is a copy of the message, including all the headers. ------

{{original}}
"""
    return Sample("exim-in-words", kind, status, text)


def qmail(kind: Kind, status: str, reason: str, server: str = "qmail") -> Sample:
    text = f"""\
Return-Path: <>
Received: (qmail 26541 invoked for bounce); 22 Nov 2026 09:00:04 -0000
Date: 22 Nov 2026 09:00:04 -0000
From: MAILER-DAEMON@mail.example.net
To: bounces@example.org
Subject: failure notice

Hi. This is the qmail-send program at mail.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{{to}}>:
{reason}

--- Below this line is a copy of the message.

{{original}}
"""
    return Sample(server, kind, status, text)


def sendmail(kind: Kind, status: str, reason: str) -> Sample:
    text = dsn(
        "Mail Delivery Subsystem <MAILER-DAEMON@mail.example.net>",
        "Returned mail: see transcript for details",
        "The original message was received at Sun, 22 Nov 2026 09:00:01 GMT\nfrom relay.example.org [192.0.2.1]\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n<{to}>\n    (reason: " + reason + ")\n\n"
        "   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n>>> DATA\n<<< " + reason,
        fields("failed", status, f"SMTP; {reason}"),
        head="Auto-Submitted: auto-generated (failure)\n",
    )
    return Sample("sendmail", kind, status, text)


def exchange(kind: Kind, status: str, code: str, reason: str) -> Sample:
    text = dsn(
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>",
        "Undeliverable: About first",
        f"Delivery has failed to these recipients or groups:\n\n{{to}}\n{reason}\n\nDiagnostic information for "
        f"administrators:\n\nGenerating server: EX01.example.net\n\n{{to}}\n#{code} ##",
        fields("failed", status, f"smtp;{code}"),
        head="X-MS-Exchange-Message-Is-Ndr:\nIn-Reply-To: <{id}>\nReferences: <{id}>\nAuto-Submitted: auto-replied\n",
        blocks="Reporting-MTA: dns;EX01.example.net",
    )
    return Sample("exchange", kind, status, text)


def exchange_online(kind: Kind, status: str, code: str) -> Sample:
    text = dsn(
        "postmaster@example.onmicrosoft.com",
        "Undeliverable: About first",
        "Your message to {to} couldn't be delivered.\n\nanna wasn't found at example.net.",
        fields("failed", status, f"smtp;{code}"),
        quoted="text/rfc822-headers",
        head="X-MS-Exchange-Message-Is-Ndr:\nAuto-Submitted: auto-generated\n",
        blocks="Reporting-MTA: dns;AM0PR01MB0001.eurprd01.prod.exchangelabs.com",
    )
    return Sample("exchange-online", kind, status, text)


def gmail(kind: Kind, status: str, words: str, *, action: str = "failed") -> Sample:
    failed = action == "failed"
    text = dsn(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        f"Delivery Status Notification ({'Failure' if failed else 'Delay'})",
        "** Address not found **\n\n" + words
        if failed
        else "** Delivery incomplete **\n\nGmail will retry for 45 more hours.",
        fields(action, status, f"smtp; {words}" if words else ""),
        head="X-Failed-Recipients: {to}\nIn-Reply-To: <{id}>\nReferences: <{id}>\nAuto-Submitted: auto-replied\n",
        blocks="Reporting-MTA: dns; googlemail.com\nX-Original-Message-ID: <{id}>",
        quoted="text/rfc822-headers",
    )
    return Sample("gmail", kind, status, text)


def courier(kind: Kind, status: str, reason: str) -> Sample:
    text = dsn(
        '"Courier mail server at mail.example.net" <@mail.example.net>',
        "NOTICE: mail delivery status.",
        "This is a delivery status notification from mail.example.net,\nrunning the Courier mail server.\n\n"
        "                  UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n"
        f"<{{to}}>:\n    mx.example.net [192.0.2.7]:\n    <<< {reason}",
        fields("failed", status, f"smtp; {reason}"),
        quoted="text/rfc822-headers; charset=utf-8",
    )
    return Sample("courier", kind, status, text)


def opensmtpd(kind: Kind, status: str, reason: str) -> Sample:
    text = dsn(
        "Mailer Daemon <MAILER-DAEMON@smtpd.example.org>",
        "Delivery status notification: error",
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY.\n\n    An error has occurred while "
        "attempting to deliver a message for\n    the following list of recipients:\n\n{to}: " + reason + "\n\n"
        "    Below is a copy of the original message:",
        fields("failed", status),
        blocks="Reporting-MTA: dns; smtpd.example.org",
    )
    return Sample("opensmtpd", kind, status, text)


def domino(kind: Kind, status: str, reason: str) -> Sample:
    text = dsn(
        "Postmaster@domino.example.net",
        "DELIVERY FAILURE: " + reason,
        "Your message\n\n  Subject: About first\n\nwas not delivered to:\n\n  {to}\n\nbecause:\n\n  " + reason,
        fields("failed", "5.0.0", "X-Notes; " + reason),
    )
    return Sample("domino", kind, status, text)


def ses(kind: Kind, status: str, reason: str) -> Sample:
    text = dsn(
        "MAILER-DAEMON@amazonses.com",
        "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\n{to}",
        fields("failed", status, f"smtp; {reason}"),
        blocks="Reporting-MTA: dns; a8-31.smtp-out.amazonses.com",
    )
    return Sample("ses", kind, status, text)


def yahoo(kind: Kind, status: str, reason: str) -> Sample:
    text = f"""\
Return-Path: <>
From: MAILER-DAEMON@yahoo.com
To: bounces@example.org
Subject: Failure Notice
Message-ID: <20261122090004.7@yahoo.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain; charset=UTF-8

Sorry, we were unable to deliver your message to the following address.

<{{to}}>:
{reason}

--part
Content-Type: message/rfc822

{{original}}
--part--
"""
    return Sample("yahoo", kind, status, text)


SAMPLES = (
    postfix("bounced", "5.1.1", "<{to}>: Recipient address rejected: User unknown in virtual mailbox table"),
    postfix(
        "bounced",
        "5.4.4",
        "Host or domain name not found. Name service error for name=example.invalid type=A",
        shown="",
    ),
    postfix("soft", "5.2.2", "The email account that you tried to reach is over quota"),
    postfix("blocked", "5.7.1", "Client host blocked using zen.example; see https://zen.example/query"),
    postfix("blocked", "5.1.8", "<hello@example.org>: Sender address rejected: Domain not found"),
    postfix("soft", "4.4.1", "connect to mx.example.net[192.0.2.7]:25: Connection timed out"),
    postfix("delayed", "4.2.0", "Greylisted, please try again later", action="delayed"),
    exim("bounced", "5.1.1", "550 5.1.1 <{to}>: User doesn't exist"),
    exim("bounced", "5.0.0", "550 No such user here"),
    exim("bounced", "5.0.0", "all relevant MX records point to non-existent hosts"),
    exim("blocked", "5.0.0", "550 Message rejected because of its reputation, see our policy"),
    exim("soft", "5.0.0", "retry timeout exceeded"),
    exim_in_words("bounced", "", "Unrouteable address"),
    exim_in_words("soft", "", "mailbox is full: retry timeout exceeded"),
    qmail("bounced", "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
    qmail(
        "bounced", "", "192.0.2.7 does not like recipient.\nRemote host said: 550 No such user\nGiving up on 192.0.2.7."
    ),
    qmail("soft", "", "user is over quota"),
    qmail("bounced", "5.1.2", "Sorry, I couldn't find any host named example.invalid. (#5.1.2)"),
    sendmail("bounced", "5.1.1", "550 5.1.1 <{to}>... User unknown"),
    sendmail("soft", "4.4.7", "452 4.2.2 <{to}>... Mailbox full"),
    sendmail("blocked", "5.2.3", "552 5.2.3 Message is too large"),
    exchange(
        "bounced",
        "5.1.10",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {to} not found by SMTP address lookup",
        "The email address you entered couldn't be found.",
    ),
    exchange(
        "soft",
        "5.2.2",
        "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException; Failed to process message",
        "The recipient's mailbox is full.",
    ),
    exchange(
        "blocked",
        "5.7.1",
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
        "You do not have permission.",
    ),
    exchange_online(
        "bounced", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied. [AM6EUR05FT032.eop-eur05.prod]"
    ),
    exchange_online("bounced", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found"),
    exchange_online("bounced", "5.1.1", "554 5.0.350 Remote server returned an error -> 550 5.1.1 User unknown"),
    exchange_online(
        "blocked", "5.7.515", "550 5.7.515 Access denied, sending domain does not meet the required authentication"
    ),
    gmail("bounced", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try"),
    gmail("soft", "4.4.1", "The recipient server did not accept our requests to connect.", action="failed"),
    gmail("delayed", "4.4.1", "", action="delayed"),
    gmail("blocked", "5.7.26", "550-5.7.26 This mail has been blocked because the sender is unauthenticated."),
    courier("bounced", "5.1.1", "550 User unknown"),
    courier("blocked", "5.7.0", "550 5.7.0 Message rejected by the content filter"),
    opensmtpd("bounced", "5.1.1", "550 5.1.1 <{to}>: user unknown"),
    opensmtpd("soft", "5.2.2", "552 5.2.2 mailbox full"),
    domino("bounced", "5.0.0", "User anna (anna@example.net) not listed in Domino Directory"),
    domino("soft", "5.0.0", "Mail file size quota exceeded"),
    ses("bounced", "5.1.1", "550 5.1.1 user unknown"),
    ses("soft", "5.4.7", "timeout"),
    yahoo(
        "bounced",
        "",
        "554: delivery error: dd This user doesn't have a yahoo.com account ({to}) [0] - mta1.example.com",
    ),
    yahoo(
        "blocked", "5.7.9", "554: 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com"
    ),
)


def complaint(message_id: str, *, kind: str = "abuse", to: str = "anna@example.net") -> bytes:
    """Return a complaint (ARF, RFC 5965) about a message."""
    original = ORIGINAL.replace("{to}", to).replace("{id}", message_id)
    text = f"""\
Return-Path: <>
From: <abusedesk@example.net>
To: <bounces@example.org>
Subject: FW: About first
Message-ID: <20261122121212.feedback@example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP
192.0.2.1 on Sun, 22 Nov 2026 09:00:05 +0000.

--part1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <bounces@example.org>
Source-IP: 192.0.2.1

--part1
Content-Type: message/rfc822
Content-Disposition: inline

{original}
--part1--
"""
    return text.replace("\n", "\r\n").encode()
