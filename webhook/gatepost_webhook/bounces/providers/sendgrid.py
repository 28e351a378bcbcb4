"""SendGrid: the signed event webhook, many events in one call."""

from gatepost_webhook.bounces.providers.table import Provider, Rule
from gatepost_webhook.bounces.signatures import EllipticCurve

PROVIDER = Provider(
    name="sendgrid",
    signature=EllipticCurve(
        header="x-twilio-email-event-webhook-signature", time_header="x-twilio-email-event-webhook-timestamp"
    ),
    settings=("hook_sendgrid_secret",),
    rules=(
        Rule({"event": "spamreport"}, "complained"),
        Rule({"event": ("unsubscribe", "group_unsubscribe")}, "unsubscribed"),
        Rule({"event": "bounce", "type": "blocked"}, "blocked", judged=True),
        Rule({"event": "bounce"}, "bounced", judged=True),
        Rule({"event": "deferred"}, "delayed"),
        # What SendGrid did not send because of its own lists.
        Rule({"event": "dropped", "reason": "Spam Reporting Address"}, "complained"),
        Rule({"event": "dropped", "reason": "Unsubscribed Address"}, "unsubscribed"),
        Rule({"event": "dropped", "reason": ("Bounced Address", "Invalid")}, "bounced"),
    ),
    address=("email",),
    status=("status",),
    words=("reason", "response"),
    key=("sg_event_id",),
    message_id=("smtp-id",),
)
