"""One step of one sequence, rendered and put into bytes, for tests that care for nothing else."""

from __future__ import annotations

from gatepost_webhook.followup.mailing import Letter, Sender, build_message, message_id
from gatepost_webhook.followup.messages import Occasion, Rendered, render_step
from gatepost_webhook.followup.steps import Message, Sequence, Step

SENDER = Sender("Example Ltd", "hello@example.org", "reply@example.org", "leave@example.org")
TOKEN = "t" * 40
UNSUBSCRIBE = f"https://leads.example.org/u/{TOKEN}"
PREFERENCES = "https://leads.example.org/p/" + "t" * 40
OCCASION = Occasion(
    kind="drip",
    site_name="Example",
    site_url="https://example.org/sub/",
    magnet_title="The Checklist",
    landing_url="https://example.org/sub/get/checklist/",
    asked_at=1_795_338_000,
    sender="Example Ltd",
    postal_address="Example Ltd, 1 High Street, Bristol",
    unsubscribe_url=UNSUBSCRIBE,
    preferences_url=PREFERENCES,
)


def rendered(body: str, subject: str = "About it", **answers: str) -> Rendered:
    """Render a step with a text; "there" stands for a first name that was not given."""
    step = Step("first", 0, Message("first.md", subject, "A preview", body))
    sequence = Sequence("after", "After", (step,), {"first_name": "there"}, "")
    return render_step(
        OCCASION, sequence, step.message, answers=answers, download_url="https://leads.example.org/d/" + "d" * 40
    )


def letter(kind: str = "drip", sender: Sender = SENDER) -> Letter:
    """Return what surrounds the text of a mail."""
    return Letter(
        kind=kind,
        sender=sender,
        to="anna@example.com",
        at=1_795_338_000,
        message_id=message_id(7, b"s" * 32, sender.domain),
        unsubscribe_url=UNSUBSCRIBE,
        sequence="after" if kind == "drip" else "",
        step="first" if kind == "drip" else "",
        magnet="checklist",
    )


def message(subject: str, **answers: str) -> bytes:
    """Return the bytes of a step with a subject."""
    return build_message(rendered("Hello.", subject, **answers), letter())
