"""Callbacks with the fields that each provider documents, and values of our own."""

from __future__ import annotations

import json
from typing import Any

TO = "ada@example.com"
WHEN = 1_800_000_000

#: (provider, what happened, payload, kind; "" for what is not acted upon)
CALLBACKS: list[tuple[str, str, Any, str]] = []


def _cases(*cases: tuple[str, Any, str]) -> tuple[tuple[str, Any, str], ...]:
    return cases


def _ses(kind: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    mail = {
        "timestamp": "2027-01-15T08:00:00.000Z",
        "source": "hello@example.org",
        "sourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.org",
        "sendingAccountId": "123456789012",
        "messageId": "0102018f0a1b2c3d-11111111-2222-3333-4444-555555555555-000000",
        "destination": [TO],
        "headersTruncated": False,
        "headers": [{"name": "From", "value": "Example <hello@example.org>"}],
        "commonHeaders": {
            "from": ["hello@example.org"],
            "to": [TO],
            "messageId": "<x@example.org>",
            "subject": "About",
        },
    }
    return {kind: name, "mail": mail, **body}


def _ses_bounce(kind: str, subtype: str, **recipient: str) -> dict[str, Any]:
    bounce = {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": TO, **recipient}],
        "timestamp": "2027-01-15T08:00:01.000Z",
        "feedbackId": f"0102018f-{kind}-{subtype}",
        "remoteMtaIp": "192.0.2.7",
        "reportingMTA": "dns; a8-31.smtp-out.amazonses.com",
    }
    return {"bounce": bounce}


def _ses_complaint(feedback: str) -> dict[str, Any]:
    complaint = {
        "complainedRecipients": [{"emailAddress": TO}],
        "timestamp": "2027-01-15T08:00:01.000Z",
        "feedbackId": f"0102018f-{feedback}",
        "complaintSubType": None,
        "userAgent": "Feedback/1.0",
        "complaintFeedbackType": feedback,
        "arrivalDate": "2027-01-15T08:00:00.000Z",
    }
    return {"complaint": complaint}


_DEAD = {"status": "5.1.1", "action": "failed", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
_DELIVERY = {"timestamp": "2027-01-15T08:00:01.000Z", "recipients": [TO], "smtpResponse": "250 ok"}
for name, payload, kind in _cases(
    ("dead", _ses("notificationType", "Bounce", _ses_bounce("Permanent", "General", **_DEAD)), "bounced"),
    ("no words", _ses("eventType", "Bounce", _ses_bounce("Permanent", "NoEmail")), "bounced"),
    ("on their list", _ses("eventType", "Bounce", _ses_bounce("Permanent", "OnAccountSuppressionList")), "bounced"),
    ("full", _ses("notificationType", "Bounce", _ses_bounce("Transient", "MailboxFull")), "soft"),
    ("content", _ses("notificationType", "Bounce", _ses_bounce("Transient", "ContentRejected")), "blocked"),
    ("unclear", _ses("notificationType", "Bounce", _ses_bounce("Undetermined", "Undetermined")), "soft"),
    ("spam", _ses("notificationType", "Complaint", _ses_complaint("abuse")), "complained"),
    ("not spam", _ses("eventType", "Complaint", _ses_complaint("not-spam")), ""),
    ("delivered", _ses("notificationType", "Delivery", {"delivery": _DELIVERY}), ""),
):
    CALLBACKS.append(("ses", name, payload, kind))


def _postmark(kind: str, code: int, **more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807 + code,
        "Type": kind,
        "TypeCode": code,
        "Name": kind,
        "Tag": "Test",
        "MessageID": "883953f4-1111-42a2-a16a-77a8eac79483",
        "Metadata": {},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message.",
        "Details": "smtp;550 5.1.1 user unknown",
        "Email": TO,
        "From": "hello@example.org",
        "BouncedAt": "2027-01-15T08:00:00Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "About first",
        "Content": "",
        **more,
    }


def _postmark_change(reason: str | None, origin: str, *, suppress: bool = True) -> dict[str, Any]:
    return {
        "RecordType": "SubscriptionChange",
        "MessageID": "883953f4-1111-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "MessageStream": "broadcast",
        "ChangedAt": "2027-01-15T08:00:00Z",
        "Recipient": TO,
        "Origin": origin,
        "SuppressSending": suppress,
        "SuppressionReason": reason,
        "Tag": "",
        "Metadata": {},
    }


for name, payload, kind in _cases(
    ("dead", _postmark("HardBounce", 1), "bounced"),
    ("bad address", _postmark("BadEmailAddress", 100000), "bounced"),
    ("soft", _postmark("SoftBounce", 4096, Details="smtp;452 4.2.2 full"), "soft"),
    ("delayed", _postmark("Transient", 2), "delayed"),
    ("blocked", _postmark("Blocked", 100006), "blocked"),
    ("spam", _postmark("SpamComplaint", 512, RecordType="SpamComplaint"), "complained"),
    ("autoresponder", _postmark("AutoResponder", 64), ""),
    ("left", _postmark_change("ManualSuppression", "Recipient"), "unsubscribed"),
    ("came back", _postmark_change(None, "Recipient", suppress=False), ""),
    ("delivered", {"RecordType": "Delivery", "MessageID": "8839", "Recipient": TO, "Details": "250 ok"}, ""),
):
    CALLBACKS.append(("postmark", name, payload, kind))


def _mailgun(event: str, **more: Any) -> dict[str, Any]:
    data = {
        "event": event,
        "id": f"G9Bn5sl1TC6nu79C8C0bwg-{event}-{len(json.dumps(more))}",
        "timestamp": 1_800_000_000.123,
        "log-level": "error",
        "recipient": TO,
        "recipient-domain": "example.com",
        "envelope": {"sender": "hello@example.org", "transport": "smtp", "targets": TO},
        "message": {"headers": {"to": TO, "message-id": "x@example.org", "from": "hello@example.org"}, "size": 111},
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "tags": [],
        "user-variables": {},
        **more,
    }
    return {"event-data": data}


def _mailgun_failed(severity: str, reason: str, code: int, words: str, enhanced: str = "") -> dict[str, Any]:
    status = {"attempt-no": 1, "message": words, "code": code, "enhanced-code": enhanced, "description": ""}
    return _mailgun("failed", severity=severity, reason=reason, **{"delivery-status": status})


for name, payload, kind in _cases(
    ("dead", _mailgun_failed("permanent", "bounce", 550, "5.1.1 The account does not exist", "5.1.1"), "bounced"),
    ("no words", _mailgun_failed("permanent", "bounce", 550, ""), "bounced"),
    ("as spam", _mailgun_failed("permanent", "bounce", 550, "5.7.1 rejected as spam", "5.7.1"), "blocked"),
    ("too old", _mailgun_failed("permanent", "old", 602, "Too old"), "soft"),
    ("on their list", _mailgun_failed("permanent", "suppress-bounce", 605, ""), "bounced"),
    ("still trying", _mailgun_failed("temporary", "generic", 452, "4.2.2 over quota", "4.2.2"), "delayed"),
    ("spam", _mailgun("complained"), "complained"),
    ("left", _mailgun("unsubscribed"), "unsubscribed"),
    ("delivered", _mailgun("delivered"), ""),
):
    CALLBACKS.append(("mailgun", name, payload, kind))


def _sendgrid(event: str, **more: Any) -> dict[str, Any]:
    return {
        "email": TO,
        "timestamp": WHEN,
        "smtp-id": "<x@example.org>",
        "event": event,
        "category": ["drip"],
        "sg_event_id": f"ZGVmZXJyYWwt-{event}-{len(json.dumps(more))}",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        **more,
    }


_GONE = {"reason": "550 5.1.1 user unknown", "status": "5.1.1", "type": "bounce", "ip": "192.0.2.1"}
_BULK = {"reason": "550 5.7.1 bulk mail rejected", "status": "5.7.1", "type": "blocked", "ip": "192.0.2.1"}
for name, payload, kind in _cases(
    ("dead", [_sendgrid("bounce", **_GONE, bounce_classification="Invalid Address")], "bounced"),
    ("no words", [_sendgrid("bounce", reason="", status="5.0.0", type="bounce")], "bounced"),
    ("blocked", [_sendgrid("bounce", **_BULK, bounce_classification="Reputation")], "blocked"),
    ("full", [_sendgrid("bounce", reason="552 5.2.2 over quota", status="5.2.2", type="bounce")], "soft"),
    ("deferred", [_sendgrid("deferred", response="452 try later", attempt="5")], "delayed"),
    ("spam", [_sendgrid("spamreport")], "complained"),
    (
        "left",
        [_sendgrid("group_unsubscribe", asm_group_id=10, useragent="Mozilla/5.0", ip="192.0.2.2")],
        "unsubscribed",
    ),
    ("on their list", [_sendgrid("dropped", reason="Bounced Address", status="5.0.0")], "bounced"),
    (
        "several",
        [_sendgrid("processed"), _sendgrid("delivered", response="250 OK"), _sendgrid("bounce", **_GONE)],
        "bounced",
    ),
    ("opened", [_sendgrid("open")], ""),
):
    CALLBACKS.append(("sendgrid", name, payload, kind))


def _brevo(event: str, **more: Any) -> dict[str, Any]:
    return {
        "event": event,
        "email": TO,
        "id": 26224,
        "date": "2027-01-15 09:00:00",
        "ts": WHEN,
        "message-id": "<x@example.org>",
        "ts_event": WHEN,
        "subject": "About first",
        "tag": '["drip"]',
        "tags": ["drip"],
        "sending_ip": "192.0.2.1",
        "ts_epoch": WHEN * 1000,
        **more,
    }


for name, payload, kind in _cases(
    ("dead", _brevo("hard_bounce", reason="550 5.1.1 user unknown"), "bounced"),
    ("invalid", _brevo("invalid_email"), "bounced"),
    ("soft", _brevo("soft_bounce", reason="452 4.2.2 full"), "soft"),
    ("deferred", _brevo("deferred", reason="try later"), "delayed"),
    ("blocked", _brevo("blocked", reason="blocked : due to blacklist user"), "blocked"),
    ("spam", _brevo("spam"), "complained"),
    ("left", _brevo("unsubscribed", user_agent="Mozilla/5.0"), "unsubscribed"),
    ("opened", _brevo("opened"), ""),
):
    CALLBACKS.append(("brevo", name, payload, kind))


def _resend(event: str, **more: Any) -> dict[str, Any]:
    data = {
        "broadcast_id": "8b146471-e88e-4322-86af-016cd36fd216",
        "created_at": "2027-01-15T08:00:00.000Z",
        "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
        "from": "Example <hello@example.org>",
        "to": [TO],
        "subject": "About first",
        "tags": {"category": "drip"},
        **more,
    }
    return {"type": event, "created_at": "2027-01-15T08:00:01.000Z", "data": data}


for name, payload, kind in _cases(
    (
        "dead",
        _resend(
            "email.bounced", bounce={"message": "550 5.1.1 user unknown", "subType": "General", "type": "Permanent"}
        ),
        "bounced",
    ),
    (
        "soft",
        _resend("email.bounced", bounce={"message": "full", "subType": "MailboxFull", "type": "Transient"}),
        "soft",
    ),
    ("delayed", _resend("email.delivery_delayed"), "delayed"),
    ("spam", _resend("email.complained"), "complained"),
    ("delivered", _resend("email.delivered"), ""),
):
    CALLBACKS.append(("resend", name, payload, kind))
