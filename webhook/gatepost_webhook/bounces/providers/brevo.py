"""Brevo: transactional webhooks. They carry no signature, so a secret is sent along."""

from gatepost_webhook.bounces.providers.table import Provider, Rule
from gatepost_webhook.bounces.signatures import SharedSecret

PROVIDER = Provider(
    name="brevo",
    signature=SharedSecret(),
    settings=("hook_brevo_secret",),
    rules=(
        Rule({"event": ("hard_bounce", "hardBounce", "invalid_email", "invalid")}, "bounced"),
        Rule({"event": ("soft_bounce", "softBounce")}, "soft"),
        Rule({"event": ("spam", "complaint")}, "complained"),
        Rule({"event": ("unsubscribed", "unsubscribe")}, "unsubscribed"),
        Rule({"event": "deferred"}, "delayed"),
        Rule({"event": "blocked"}, "blocked"),
    ),
    address=("email",),
    words=("reason",),
    message_id=("message-id",),
)
