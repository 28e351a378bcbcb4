"""Amazon SES: notifications and published events, through a topic of Amazon SNS."""

from gatepost_webhook.bounces.providers.table import Provider, Rule
from gatepost_webhook.bounces.sns import SnsMessage, notification

_BOUNCE: tuple[dict[str, str], ...] = ({"notificationType": "Bounce"}, {"eventType": "Bounce"})
_REFUSED = ("ContentRejected", "AttachmentRejected", "MessageTooLarge")

PROVIDER = Provider(
    name="ses",
    signature=SnsMessage(),
    settings=("hook_ses_topic", "hook_ses_certificate"),
    unwrap=notification,
    rules=(
        *(Rule({**kind, "bounce.bounceType": "Permanent"}, "bounced", judged=True) for kind in _BOUNCE),
        *(Rule({**kind, "bounce.bounceSubType": _REFUSED}, "blocked") for kind in _BOUNCE),
        *(Rule(kind, "soft") for kind in _BOUNCE),
        Rule({"complaint.complaintFeedbackType": "not-spam"}, "other"),
        Rule({"notificationType": "Complaint"}, "complained"),
        Rule({"eventType": "Complaint"}, "complained"),
        Rule({"eventType": "DeliveryDelay"}, "delayed"),
    ),
    each=("bounce.bouncedRecipients", "complaint.complainedRecipients", "deliveryDelay.delayedRecipients"),
    address=("item.emailAddress",),
    status=("item.status",),
    words=("item.diagnosticCode",),
    key=("bounce.feedbackId", "complaint.feedbackId"),
    # The one that we gave it; Amazon sends under an id of its own.
    message_id=("mail.commonHeaders.messageId",),
)
