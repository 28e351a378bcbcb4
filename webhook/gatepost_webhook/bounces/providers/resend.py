"""Resend: webhooks signed as Standard Webhooks (it uses Svix)."""

from gatepost_webhook.bounces.providers.table import Provider, Rule
from gatepost_webhook.bounces.signatures import StandardWebhook

PROVIDER = Provider(
    name="resend",
    signature=StandardWebhook(),
    settings=("hook_resend_secret",),
    rules=(
        Rule({"type": "email.bounced", "data.bounce.type": "Permanent"}, "bounced", judged=True),
        Rule({"type": "email.bounced"}, "soft"),
        Rule({"type": "email.complained"}, "complained"),
        Rule({"type": "email.delivery_delayed"}, "delayed"),
        # Not sent, because it bounced or complained before.
        Rule({"type": "email.suppressed"}, "bounced"),
    ),
    each=("data.to",),
    address=("item",),
    words=("data.bounce.message",),
    message_id=("data.message_id",),
)
