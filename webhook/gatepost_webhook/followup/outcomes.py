"""How handing a mail over can end, one function an outcome."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.bounces.deeds import Office, refused_by_relay
from gatepost_webhook.channels.channel import Ambiguous, Away, Later, Lost, Misconfigured, Refused, Sent
from gatepost_webhook.channels.mailbox import drop_captured
from gatepost_webhook.followup import enrolling, refusals
from gatepost_webhook.followup.claims import step_decided
from gatepost_webhook.followup.drips import end_ordinary
from gatepost_webhook.followup.durations import DAY, HOUR, MINUTE
from gatepost_webhook.followup.in_force import last_sequence_of
from gatepost_webhook.followup.pacing import end_passage
from gatepost_webhook.followup.repeats import REPEATED, is_remembered
from gatepost_webhook.store import enrolments, mails

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_webhook.channels.channel import Outcome
    from gatepost_webhook.followup.claimed import Claimed
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.mails import Mail

logger = logging.getLogger(__name__)

#: Seconds from one attempt to the next. A seventh, 48 hours on, would come after the end.
RETRIES = (5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR)
#: Seconds after which a mail that is refused for now is given up.
GIVE_UP = 3 * DAY
#: Seconds until a confirmation or delivery of unknown fate is repeated, once.
REPEAT_AFTER = 15 * MINUTE
#: Characters of a relay's reply that are kept.
_REPLY = 500


@dataclass(frozen=True)
class Endings:
    """Records outcomes."""

    outfit: Outfit

    def together(self, connection: Connection, items: Sequence[tuple[Claimed, Outcome]]) -> Mapping[int, None]:
        """Record those of ordinary steps that were sent."""
        return end_ordinary(connection, self.outfit, items)

    def alone(self, connection: Connection, item: tuple[Claimed, Outcome]) -> None:
        """Record any."""
        record(connection, self.outfit, *item)


def record(connection: Connection, outfit: Outfit, claimed: Claimed, outcome: Outcome) -> None:
    """Record an outcome; nothing happens when the mail is not in this worker's hand any more."""
    end_passage(connection, claimed.passage, handed_over=not isinstance(outcome, (Away, Misconfigured, Lost)))
    if not mails.is_known(connection, claimed.mail.id):
        _erased_meanwhile(outfit, claimed)
        return
    match outcome:
        case Sent():
            _sent(connection, outfit, claimed)
        case Later(reply):
            _later(connection, outfit, claimed, reply[:_REPLY])
        case Refused(reply, dead, policy):
            _refused(connection, outfit, claimed, reply[:_REPLY], dead=dead)
            if policy:
                refusals.note(connection, claimed.mail, reply[:_REPLY], now=outfit.clock.now())
        case Ambiguous(reply):
            ambiguous(connection, outfit, claimed.mail, claimed.fence, reply[:_REPLY])
        case Away() | Misconfigured():
            give_back(connection, outfit, claimed)


def _erased_meanwhile(outfit: Outfit, claimed: Claimed) -> None:
    """Its lead was erased while it was handed over: nothing is left to record, nor what a captured mailbox kept."""
    logger.info("mail %s: its lead was erased meanwhile", claimed.mail.id)
    drop_captured(outfit.settings.mailbox, [claimed.mail.id])


def give_back(connection: Connection, outfit: Outfit, claimed: Claimed) -> None:
    """Put a mail back that was not sent, without using up an attempt."""
    mail = claimed.mail
    mails.give_back(
        connection,
        mail,
        claimed.fence,
        due_at=mail.due_at,
        reason=mail.reason,
        attempts=mail.attempts,
        now=outfit.clock.now(),
    )


def ambiguous(connection: Connection, outfit: Outfit, mail: Mail, fence: int, reply: str) -> None:
    """Decide about a mail that may have arrived: a step is never repeated, a file's link is, once.

    A relay that knows repeated mails by a header is simply asked again, as long as it remembers them.
    """
    now = outfit.clock.now()
    if outfit.settings.idempotency_header and (wait := _safe_wait(connection, mail, now)):
        mails.give_back(
            connection, mail, fence, due_at=now + wait, reason=REPEATED, attempts=mail.attempts + 1, now=now
        )
        return
    if mail.kind != "drip" and mail.reason != REPEATED:
        mails.give_back(
            connection, mail, fence, due_at=now + REPEAT_AFTER, reason=REPEATED, attempts=mail.attempts + 1, now=now
        )
        return
    if mails.end(connection, mail.id, fence, "held", reason=reply, now=now):
        logger.warning("mail %s (%s) is held: %s", mail.id, mail.message_id or mail.kind, reply)
        step_decided(connection, outfit, mail, "held", reply)


def _safe_wait(connection: Connection, mail: Mail, now: int) -> int:
    """Return the seconds to the next attempt at a relay that drops repeated mails; 0 when it may have forgotten."""
    wait = RETRIES[min(mail.attempts, len(RETRIES) - 1)]
    return wait if is_remembered(connection, mail, now + wait) else 0


def _sent(connection: Connection, outfit: Outfit, claimed: Claimed) -> None:
    now = outfit.clock.now()
    if mails.end(connection, claimed.mail.id, claimed.fence, "sent", reason="", now=now):
        step_decided(connection, outfit, claimed.mail, "sent", "")
        refusals.note_accepted(connection, claimed.mail, now=now)
    else:
        logger.error("mail %s was sent after its lease had ended", claimed.mail.id)


def _later(connection: Connection, outfit: Outfit, claimed: Claimed, reply: str) -> None:
    """Try again on the schedule, as long as the mail still makes sense."""
    mail, now = claimed.mail, outfit.clock.now()
    wait = RETRIES[mail.attempts] if mail.attempts < len(RETRIES) else None
    if wait is None or now + wait > _deadline(connection, outfit, mail):
        _failed(connection, outfit, claimed, f"given up after {mail.attempts + 1} attempts: {reply}")
        # The owner's mailbox is not the lead's.
        if mail.kind != "notify":
            refused_by_relay(connection, Office.of(outfit.settings, outfit.clock), mail.id, reply, dead=False)
        return
    # A mail that may have arrived once keeps that mark: it is not repeated a second time.
    reason = REPEATED if mail.reason == REPEATED else reply
    mails.give_back(
        connection, mail, claimed.fence, due_at=now + wait, reason=reason, attempts=mail.attempts + 1, now=now
    )


def _refused(connection: Connection, outfit: Outfit, claimed: Claimed, reply: str, *, dead: bool) -> None:
    """Give the mail up; a dead mailbox gets no mail at all any more."""
    _failed(connection, outfit, claimed, reply)
    # The owner's mailbox is not the lead's.
    if claimed.mail.kind != "notify":
        refused_by_relay(connection, Office.of(outfit.settings, outfit.clock), claimed.mail.id, reply, dead=dead)


def _failed(connection: Connection, outfit: Outfit, claimed: Claimed, reason: str) -> None:
    now = outfit.clock.now()
    if mails.end(connection, claimed.mail.id, claimed.fence, "failed", reason=reason, now=now):
        logger.warning("mail %s failed: %s", claimed.mail.id, reason)
        step_decided(connection, outfit, claimed.mail, "failed", reason)


def _deadline(connection: Connection, outfit: Outfit, mail: Mail) -> int:
    """Return the epoch second after which a mail is not tried again."""
    if mail.enrolment_id is None:
        return mail.created_at + GIVE_UP
    enrolment = enrolments.enrolment(connection, mail.enrolment_id)
    sequence = last_sequence_of(connection, outfit, enrolment)
    step = sequence.step(mail.step) if sequence else None
    if sequence is None or step is None:
        return 0
    due_at = enrolling.first_due(connection, outfit.surroundings, sequence, enrolment, outfit.clock.now())
    return due_at + min(GIVE_UP, step.max_late)
