"""Postmark: webhooks for bounces, spam complaints and subscription changes. Unsigned, so a secret is sent along."""

from gatepost_webhook.bounces.providers.table import Provider, Rule
from gatepost_webhook.bounces.signatures import SharedSecret

PROVIDER = Provider(
    name="postmark",
    signature=SharedSecret(),
    settings=("hook_postmark_secret",),
    rules=(
        Rule({"RecordType": "SpamComplaint"}, "complained"),
        Rule({"RecordType": "Bounce", "Type": "SpamComplaint"}, "complained"),
        Rule({"RecordType": "Bounce", "Type": ("HardBounce", "BadEmailAddress")}, "bounced"),
        Rule({"RecordType": "Bounce", "Type": ("SoftBounce", "DnsError")}, "soft"),
        Rule({"RecordType": "Bounce", "Type": "Transient"}, "delayed"),
        Rule({"RecordType": "Bounce", "Type": "Unsubscribe"}, "unsubscribed"),
        Rule(
            {"RecordType": "Bounce", "Type": ("Blocked", "SpamNotification", "DMARCPolicy", "VirusNotification")},
            "blocked",
        ),
        Rule(
            {"RecordType": "SubscriptionChange", "SuppressSending": "true", "SuppressionReason": "SpamComplaint"},
            "complained",
        ),
        Rule(
            {"RecordType": "SubscriptionChange", "SuppressSending": "true", "SuppressionReason": "HardBounce"},
            "bounced",
        ),
        Rule({"RecordType": "SubscriptionChange", "SuppressSending": "true", "Origin": "Recipient"}, "unsubscribed"),
    ),
    address=("Email", "Recipient"),
    words=("Details", "Description"),
    key=("ID",),
    # Postmark's own id, unless it was asked to keep ours.
    message_id=("MessageID", "Metadata.message-id"),
    # Its documentation knows 200 alone as success.
    accepted=200,
)
