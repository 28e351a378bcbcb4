"""Mailgun: webhooks with the signature in the body."""

from gatepost_webhook.bounces.providers.table import Provider, Rule
from gatepost_webhook.bounces.signatures import SignedInside

PROVIDER = Provider(
    name="mailgun",
    signature=SignedInside(),
    settings=("hook_mailgun_secret",),
    events="event-data",
    rules=(
        Rule({"event": "complained"}, "complained"),
        Rule({"event": "unsubscribed"}, "unsubscribed"),
        # What Mailgun did not send because of its own lists.
        Rule({"event": "failed", "reason": "suppress-complaint"}, "complained"),
        Rule({"event": "failed", "reason": "suppress-unsubscribe"}, "unsubscribed"),
        Rule({"event": "failed", "reason": "suppress-bounce"}, "bounced"),
        Rule({"event": "failed", "severity": "temporary"}, "delayed"),
        Rule({"event": "failed", "severity": "permanent", "reason": "bounce"}, "bounced", judged=True),
        Rule({"event": "failed", "severity": "permanent"}, "soft", judged=True),
    ),
    address=("recipient",),
    status=("delivery-status.enhanced-code",),
    words=("delivery-status.message", "delivery-status.description"),
    key=("id",),
    message_id=("message.headers.message-id",),
    # Its documentation knows 200 alone as success.
    accepted=200,
)
