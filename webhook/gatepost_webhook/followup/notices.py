"""Mails of sequences to the owner: what the step says, and whom it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from gatepost_webhook.errors import RenderError
from gatepost_webhook.followup.actions import Notify
from gatepost_webhook.followup.lead_text import body_text, header_text
from gatepost_webhook.followup.letters import Origin, Written
from gatepost_webhook.followup.mailing import message_id, owner_address

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.enrolments import Recipient
    from gatepost_webhook.store.mails import Mail

#: Characters of the step's text that the subject shows.
_SUBJECT = 100


def write_notice(outfit: Outfit, mail: Mail, person: Recipient) -> Written:
    """Write the mail of a step `notify`. What the lead typed stands in its body alone. Raises RenderError."""
    slug, _, key = mail.step.partition("/")
    sequence = outfit.sequences.get(slug)
    step = sequence.step(key) if sequence else None
    if sequence is None or step is None or not isinstance(step.does, Notify):
        raise RenderError(f"step {mail.step!r} is in no sequence")
    words, at = outfit.languages.words(outfit.manifest.language), outfit.clock.now()
    subject = header_text(f"{sequence.title}: {step.does.text}", _SUBJECT)
    answers = [f"{name}: {text}" for name, value in person.fields.items() if (text := body_text(value))]
    about = "\n".join([words.say("mail.notice_about", email=body_text(person.email)), *answers])
    text = "\n\n".join([step.does.text, about, words.say("mail.notice_from", sequence=slug, step=key)])
    message = EmailMessage(policy=SMTP)
    identifier = message_id(mail.id, outfit.links.secrets[0], outfit.sender.domain)
    message["From"] = outfit.sender.mailbox
    message["To"] = owner_address(outfit.settings)
    message["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    message["Message-ID"] = identifier
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text + "\n", cte="quoted-printable")
    origin = Origin(f"sequences/{slug}/sequence.yml", outfit.revision, sequence.version, "", words.language)
    return Written(message.as_bytes(), identifier, subject, sha256(step.does.text.encode()).hexdigest(), origin, at)
