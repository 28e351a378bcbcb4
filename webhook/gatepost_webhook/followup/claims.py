"""Claiming what is due: everything is judged again in the transaction that takes a mail in hand."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost_webhook.channels.channel import Outgoing
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.acting import act, go_on, go_on_or_wait
from gatepost_webhook.followup.claimed import CLAIM_LEASE, TALK_LEASE, Claimed, step_detail
from gatepost_webhook.followup.drips import claim_ordinary
from gatepost_webhook.followup.durations import HOUR
from gatepost_webhook.followup.in_force import sequence_of
from gatepost_webhook.followup.letters import envelope_address, write_letter
from gatepost_webhook.followup.mailing import message_id, owner_address
from gatepost_webhook.followup.notices import write_notice
from gatepost_webhook.followup.plan import Act, Event, Send, Skip, Wait
from gatepost_webhook.followup.repeats import FORGOTTEN, is_forgotten
from gatepost_webhook.store import enrolments, mails
from gatepost_webhook.store.consents import suppressed
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.handovers import bytes_to_repeat
from gatepost_webhook.store.pauses import WAITING, delay, pause_of_enrolment, paused
from gatepost_webhook.store.resuming import DOUBT, name_mail

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.pacing import Pacing
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment, Recipient
    from gatepost_webhook.store.mails import Mail

logger = logging.getLogger(__name__)

#: Seconds until a step is looked at again whose sequence is paused or not there.
PAUSE = HOUR


def claim_batch(
    connection: Connection, outfit: Outfit, limit: int, *, drips: bool, pacing: Pacing | None = None
) -> tuple[int, list[Claimed]]:
    """Look at what is due; return how many mails were dealt with, and those that are to be handed over now.

    `pacing` says how many that may be; None is no limit.
    """
    now = outfit.clock.now()
    if paused(connection):
        return 0, []
    due = _due(connection, now, limit, drips=drips, pacing=pacing)
    ordinary = claim_ordinary(connection, outfit, due, pacing)
    claimed: dict[int, Claimed] = {}
    for mail in due:
        # A mail that matters more may have gone before its turn.
        if mail.id in claimed:
            continue
        if mail.id in ordinary:
            claimed[mail.id] = ordinary[mail.id]
            continue
        alone = _claim_paced(connection, outfit, mail, pacing) if pacing else _claim(connection, outfit, mail)
        claimed |= {one.mail.id: one for one in alone}
    return len(due), list(claimed.values())


def _due(connection: Connection, now: int, limit: int, *, drips: bool, pacing: Pacing | None) -> list[Mail]:
    """Return what is due and may go."""
    if pacing is None:
        return mails.due_mails(connection, now, limit, drips=drips)
    room = pacing.room(connection, now)
    due = mails.due_mails(connection, now, min(limit, room.mails), drips=False)
    if drips and (rest := min(limit, room.drips) - len(due)) > 0:
        due += mails.due_drips(connection, now, rest)
    return due


def _claim_paced(connection: Connection, outfit: Outfit, mail: Mail, pacing: Pacing) -> list[Claimed]:
    """Claim a mail unless its domain has enough for now; then it is due again when its turn comes."""
    now = outfit.clock.now()
    domain = ""
    if pacing.policy.domains:
        domain = enrolments.recipient(connection, mail.lead_id).canonical.rpartition("@")[2]
        if wait := pacing.delay(connection, domain, now):
            delay(connection, mail.id, due_at=wait.until, reason=wait.reason, now=now)
            return []
    claimed = _claim(connection, outfit, mail)
    return [replace(one, passage=pacing.admit(connection, domain, now)) for one in claimed]


def begin_talking(connection: Connection, outfit: Outfit, claimed: Claimed) -> bool:
    """Note that the next byte may make the relay accept the mail; False when it must not be sent any more."""
    now, mail = outfit.clock.now(), claimed.mail
    if not mails.is_known(connection, mail.id):
        return False
    person = enrolments.recipient(connection, mail.lead_id)
    if reason := _forbidden(connection, outfit, mail, person):
        if mails.end(connection, mail.id, claimed.fence, "cancelled", reason=reason, now=now):
            _cancelled(connection, mail, reason, now)
        return False
    if pause_of_enrolment(connection, mail.enrolment_id):
        due_at, attempts = now + PAUSE, mail.attempts
        reason = mail.reason if mail.reason.startswith("repeated:") else WAITING
        mails.give_back(connection, mail, claimed.fence, due_at=due_at, reason=reason, attempts=attempts, now=now)
        return False
    return mails.begin_talking(connection, mail.id, claimed.fence, lease_until=now + TALK_LEASE, now=now)


def _claim(connection: Connection, outfit: Outfit, mail: Mail) -> list[Claimed]:
    """Take a mail in hand if it is to go now, after those to the same lead that matter more."""
    now = outfit.clock.now()
    person = enrolments.recipient(connection, mail.lead_id)
    if reason := _forbidden(connection, outfit, mail, person):
        _cancel(connection, mail, reason, now)
        return []
    if mail.enrolment_id is None:
        return _take(connection, outfit, mail, person, None)
    enrolment = enrolments.enrolment(connection, mail.enrolment_id)
    sequence = sequence_of(connection, outfit, enrolment)
    if sequence is None:
        logger.warning("mail %s waits: sequences/%s is not there", mail.id, enrolment.sequence)
        mails.postpone(connection, mail.id, due_at=now + PAUSE, now=now)
        return []
    step = sequence.step(mail.step)
    if step is not None and step.is_message and (doubt := _doubt(connection, mail, now)):
        _hold_doubtful(connection, outfit, mail, doubt)
        return []
    if pause_of_enrolment(connection, enrolment.id):
        delay(connection, mail.id, due_at=now + PAUSE, reason=WAITING, now=now)
        return []
    return _claim_step(connection, outfit, mail, person, (enrolment, sequence))


def _doubt(connection: Connection, mail: Mail, now: int) -> str:
    """Say why a step may have arrived that nobody would notice coming twice, "" when it has not."""
    if mail.reason == DOUBT:
        return DOUBT
    return FORGOTTEN if is_forgotten(connection, mail, now) else ""


def _hold_doubtful(connection: Connection, outfit: Outfit, mail: Mail, doubt: str) -> None:
    """Hold a step that may have arrived; its sequence goes on as after any such mail."""
    name_mail(connection, mail.id, message_id(mail.id, outfit.links.secrets[0], outfit.sender.domain))
    if mails.end_due(connection, mail.id, "held", doubt, outfit.clock.now()):
        step_decided(connection, outfit, mail, "held", doubt)


def _claim_step(
    connection: Connection, outfit: Outfit, mail: Mail, person: Recipient, place: tuple[Enrolment, Sequence]
) -> list[Claimed]:
    """Do what plan() says; a row whose step is not the planned one makes way for it."""
    enrolment, sequence = place
    now = outfit.clock.now()
    match enrolling.decide(connection, outfit.surroundings, sequence, enrolment, now=now):
        case Send(step) if (step.key, mail.kind) == (mail.step, "drip"):
            return _claim_in_turn(connection, outfit, mail, person, place)
        case Skip(step, reason) if step.key == mail.step:
            mails.end_due(connection, mail.id, "skipped", reason, now)
            _step_event(connection, mail, enrolment, ("skipped", reason), now)
        case Act(step, _, way) if step.key == mail.step:
            mails.end_due(connection, mail.id, "acted", "", now)
            act(connection, outfit, enrolment, step, way, now=now)
    go_on(connection, outfit, sequence, enrolment, now=now)
    return []


def _claim_in_turn(
    connection: Connection, outfit: Outfit, mail: Mail, person: Recipient, place: tuple[Enrolment, Sequence]
) -> list[Claimed]:
    """Take a mail in hand unless another one to the lead is on its way; one that matters more goes first."""
    enrolment, sequence = place
    others = enrolments.drips_under_way(connection, mail, outfit.clock.now())
    if not others:
        return _take(connection, outfit, mail, person, sequence)
    first = [
        one
        for number, state, slug in others
        if state == "due" and _matters_more(outfit, slug, sequence)
        for rival in [mails.due_mail(connection, number)]
        if rival
        for one in _claim(connection, outfit, rival)
    ]
    now = outfit.clock.now()
    others = enrolments.drips_under_way(connection, mail, now)
    sending = [Event(now, "sending", slug) for _, state, slug in others if state != "due"]
    match enrolling.decide(connection, outfit.surroundings, sequence, enrolment, now=now, under_way=sending):
        case Wait(_, until):
            mails.postpone(connection, mail.id, due_at=until, now=now)
        case Send():
            return [*first, *_take(connection, outfit, mail, person, sequence)]
    return first


def _matters_more(outfit: Outfit, slug: str, than: Sequence) -> bool:
    other = outfit.sequences.get(slug)
    return other is not None and other.rules.priority > than.rules.priority


def _take(
    connection: Connection, outfit: Outfit, mail: Mail, person: Recipient, sequence: Sequence | None
) -> list[Claimed]:
    """Write the mail, keep its bytes, and take it in hand. A mail that cannot be written harms no other one."""
    now = outfit.clock.now()
    try:
        recipient = owner_address(outfit.settings) if mail.kind == "notify" else envelope_address(person)
        kept = bytes_to_repeat(connection, mail)
        if kept is not None:
            taken = mails.reclaim(connection, mail, lease_until=now + CLAIM_LEASE, now=now)
            data, identifier = kept, mail.message_id
        else:
            written = (
                write_notice(outfit, mail, person)
                if mail.kind == "notify"
                else write_letter(connection, outfit, mail, person, sequence)
            )
            written = replace(written, data=outfit.signed(written.data))
            taken = mails.claim(connection, mail, written, lease_until=now + CLAIM_LEASE, now=now)
            data, identifier = written.data, written.message_id
            mail = replace(mail, variant=written.origin.variant)
    except GatepostError as error:
        park(connection, outfit, mail, str(error), now)
        return []
    # What comes back from the owner's mailbox must not be held against the lead.
    sender = outfit.sender.address if mail.kind == "notify" else outfit.envelope_sender(mail.id)
    outgoing = Outgoing(mail.id, sender, recipient, data, identifier)
    return [Claimed(mail, mail.fence + 1, outgoing)] if taken else []


def park(connection: Connection, outfit: Outfit, mail: Mail, reason: str, now: int) -> None:
    """Give a mail up that cannot be written; its sequence goes on with the next step."""
    kind = "could not be written" if mail.kind != "drip" else f"step {mail.step!r} could not be written"
    logger.error("mail %s failed: %s: %s", mail.id, kind, reason)
    mails.end_due(connection, mail.id, "failed", reason, now)
    step_decided(connection, outfit, mail, "failed", reason)


def step_decided(connection: Connection, outfit: Outfit, mail: Mail, kind: str, reason: str) -> None:
    """Record how a mail ended, and queue the next step of its enrolment, in the same transaction."""
    now = outfit.clock.now()
    if mail.enrolment_id is None:
        detail = {"mail": mail.id, "kind": mail.kind} | ({"reason": reason} if reason else {})
        magnet = enrolments.request(connection, mail.submission_id).magnet if mail.submission_id else ""
        add_event(connection, kind, lead_id=mail.lead_id, now=now, magnet=magnet, detail=detail)
        return
    enrolment = enrolments.enrolment(connection, mail.enrolment_id)
    _step_event(connection, mail, enrolment, (kind, reason), now)
    if enrolment.state == "active":
        go_on_or_wait(connection, outfit, enrolment, now=now)


def _step_event(connection: Connection, mail: Mail, enrolment: Enrolment, outcome: tuple[str, str], now: int) -> None:
    kind, reason = outcome
    detail = step_detail(mail, enrolment, reason)
    add_event(
        connection, kind, lead_id=mail.lead_id, now=now, sequence=enrolment.sequence, step=mail.step, detail=detail
    )


def _forbidden(connection: Connection, outfit: Outfit, mail: Mail, person: Recipient) -> str:
    """Say why a mail must not go out, "" when it may."""
    # What the owner is told is no mail to the lead.
    return "" if mail.kind == "notify" else _forbidden_to_lead(connection, outfit, mail, person)


def _forbidden_to_lead(connection: Connection, outfit: Outfit, mail: Mail, person: Recipient) -> str:
    scopes = suppressed(connection, outfit.hash_of(person.canonical))
    if "all" in scopes:
        return "suppressed"
    if mail.kind == "confirm" and enrolments.request(connection, mail.submission_id or 0).confirmed_at is not None:
        return "confirmed already"
    if mail.enrolment_id is None:
        return ""
    if scopes:
        return "unsubscribed"
    enrolment = enrolments.enrolment(connection, mail.enrolment_id)
    if not (person.consents or enrolments.is_requested(connection, enrolment)):
        return "no consent"
    return "" if enrolment.state == "active" else enrolment.state


def _cancel(connection: Connection, mail: Mail, reason: str, now: int) -> None:
    if mails.end_due(connection, mail.id, "cancelled", reason, now):
        _cancelled(connection, mail, reason, now)


def _cancelled(connection: Connection, mail: Mail, reason: str, now: int) -> None:
    place = enrolments.enrolment(connection, mail.enrolment_id) if mail.enrolment_id is not None else None
    add_event(
        connection,
        "cancelled",
        lead_id=mail.lead_id,
        now=now,
        sequence=place.sequence if place else "",
        step=mail.step,
        detail={"mail": mail.id, "kind": mail.kind, "reason": reason},
    )
    if place:
        enrolling.stop(connection, place, reason, now=now)
