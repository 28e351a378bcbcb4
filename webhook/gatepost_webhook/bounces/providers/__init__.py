"""Mail providers that tell by a callback what became of a mail: one table each."""

from gatepost_webhook.bounces.providers import brevo, mailgun, postmark, resend, sendgrid, ses
from gatepost_webhook.bounces.providers.table import Provider

#: Name in the address of the callback -> its table.
PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        brevo.PROVIDER,
        mailgun.PROVIDER,
        postmark.PROVIDER,
        resend.PROVIDER,
        sendgrid.PROVIDER,
        ses.PROVIDER,
    )
}
