"""Ordinary steps of sequences, many at a time: claimed, begun and sent in a few statements for all of them.

Ordinary is a step that nothing speaks against. Whatever else becomes of a mail is decided for it alone, in claims,
handing and outcomes; what is done here for many is what they would do for each.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost_webhook.channels.channel import Outgoing, Sent
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup import enrolling, refusals
from gatepost_webhook.followup.acting import go_on_or_wait
from gatepost_webhook.followup.claimed import CLAIM_LEASE, TALK_LEASE, Claimed, step_detail
from gatepost_webhook.followup.in_force import sequence_of
from gatepost_webhook.followup.letters import compose, envelope_address
from gatepost_webhook.followup.plan import Event, Finished, Send, Wait
from gatepost_webhook.store import dossiers as store
from gatepost_webhook.store.counters import count_up
from gatepost_webhook.store.pauses import pauses
from gatepost_webhook.store.resuming import DOUBT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Row

    from gatepost_webhook.channels.channel import Outcome
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.pacing import Pacing
    from gatepost_webhook.followup.plan import Decision
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.dossiers import Dossier
    from gatepost_webhook.store.mails import Mail, Written

logger = logging.getLogger(__name__)


def claim_ordinary(
    connection: Connection, outfit: Outfit, due: Iterable[Mail], pacing: Pacing | None
) -> dict[int, Claimed]:
    """Take those due mails in hand that are ordinary steps, by their number; the others are as they were."""
    now = outfit.clock.now()
    candidates = {mail.id: mail for mail in due if _looks_ordinary(mail)}
    if len(candidates) < 2:
        return {}
    round_ = _Round(connection, outfit, now)
    known = store.dossiers(connection, candidates, now)
    hashes = {number: outfit.hash_of(dossier.person.canonical) for number, dossier in known.items()}
    barred = store.barred(connection, hashes.values())
    taken = {}
    for number, dossier in known.items():
        if hashes[number] in barred or (pacing and pacing.limits_domain(_domain(dossier))):
            continue
        if letter := round_.letter(candidates[number], dossier):
            taken[number] = (candidates[number], letter, dossier)
    rows = [(mail, letter) for mail, letter, _ in taken.values()]
    if store.claim_all(connection, rows, lease_until=now + CLAIM_LEASE, now=now) != len(rows):
        raise RuntimeError("mails that are due were claimed by somebody else within this transaction")
    passage = pacing.admit_all(connection, len(taken), now) if pacing and taken else None
    return {
        number: Claimed(
            _drawn(mail, letter), mail.fence + 1, _outgoing(outfit, mail, letter, dossier), passage, hashes[number]
        )
        for number, (mail, letter, dossier) in taken.items()
    }


def begin_ordinary(connection: Connection, outfit: Outfit, claimed: Row[Claimed]) -> dict[int, int]:
    """Note of ordinary steps that the next byte may make the relay accept them; return index -> number of hand-overs.

    Left out are those that must not be sent any more, or that somebody else has.
    """
    now = outfit.clock.now()
    barred = store.barred(connection, [one.address for one in claimed if one.address])
    found = {one.mail.id: index for index, one in enumerate(claimed) if one.address and one.address not in barred}
    fences = {number: claimed[index].fence for number, index in found.items()}
    begun = store.begin_all(connection, fences, lease_until=now + TALK_LEASE, now=now)
    handed = count_up(connection, "handed over", by=len(begun)) if begun else 0
    return {found[number]: handed for number in begun}


def end_ordinary(connection: Connection, outfit: Outfit, ends: Row[tuple[Claimed, Outcome]]) -> dict[int, None]:
    """Record of ordinary steps that they are sent, and queue the next ones; return the indexes of those."""
    now = outfit.clock.now()
    sent = {
        claimed.mail.id: index
        for index, (claimed, outcome) in enumerate(ends)
        if claimed.address and isinstance(outcome, Sent)
    }
    held = store.end_all(connection, {number: ends[index][0].fence for number, index in sent.items()}, now=now)
    ended = [number for number in sent if number in held]
    known = store.dossiers(connection, ended, now)
    steps = [(ends[sent[number]][0].mail, known[number]) for number in ended]
    store.add_events(connection, [_event(dossier, "sent", now, mail) for mail, dossier in steps])
    _go_on_all(connection, outfit, steps, now)
    for sequence, count in Counter(dossier.enrolment.sequence for _, dossier in steps).items():
        refusals.count_accepted(connection, sequence, now=now, by=count)
    return {sent[number]: None for number in ended}


def _event(dossier: Dossier, kind: str, now: int, mail: Mail | None = None) -> dict[str, object]:
    return {
        "at": now,
        "lead_id": dossier.person.id,
        "kind": kind,
        "sequence": dossier.enrolment.sequence,
        "step": mail.step if mail else "",
        "detail": step_detail(mail, dossier.enrolment) if mail else {},
    }


def _go_on_all(connection: Connection, outfit: Outfit, steps: Iterable[tuple[Mail, Dossier]], now: int) -> None:
    """Queue what comes after steps that were just sent; what is neither to come later nor nothing is done alone."""
    round_ = _Round(connection, outfit, now)
    following, over, others = [], [], []
    for mail, dossier in steps:
        sequence = sequence_of(connection, outfit, dossier.enrolment)
        if dossier.enrolment.state != "active":
            continue
        if sequence is None:
            others.append(dossier.enrolment)
            continue
        just = Event(now, "sent", dossier.enrolment.sequence, mail.step)
        match round_.decide(sequence, dossier, just):
            case Wait(step, until) if not dossier.is_waiting:
                following.append(_queued(dossier, step, until, now))
            case Finished() if not dossier.is_waiting:
                over.append(dossier)
            case _:
                others.append(dossier.enrolment)
    store.add_steps(connection, following)
    store.finish_all(connection, [dossier.enrolment.id for dossier in over], now=now)
    store.add_events(connection, [_event(dossier, "finished", now) for dossier in over])
    for enrolment in others:
        go_on_or_wait(connection, outfit, enrolment, now=now)


def _queued(dossier: Dossier, step: Step, due_at: int, now: int) -> dict[str, object]:
    return {
        "kind": "drip" if step.is_message else "step",
        "lead_id": dossier.person.id,
        "submission_id": dossier.enrolment.submission_id,
        "enrolment_id": dossier.enrolment.id,
        "step": step.key,
        "due_at": due_at,
        "now": now,
    }


def _looks_ordinary(mail: Mail) -> bool:
    """Tell whether a mail is a step that is written for the first time, and is in no doubt."""
    if mail.kind != "drip" or mail.enrolment_id is None or mail.submission_id is None:
        return False
    return mail.reason != DOUBT and not mail.reason.startswith("repeated:")


def _domain(dossier: Dossier) -> str:
    return dossier.person.canonical.rpartition("@")[2]


def _drawn(mail: Mail, letter: Written) -> Mail:
    """Return a mail with the name of the subject that was drawn for it."""
    return replace(mail, variant=letter.origin.variant) if letter.origin.variant else mail


def _outgoing(outfit: Outfit, mail: Mail, letter: Written, dossier: Dossier) -> Outgoing:
    recipient = envelope_address(dossier.person)
    return Outgoing(mail.id, outfit.envelope_sender(mail.id), recipient, letter.data, letter.message_id)


class _Round:
    """What is the same for all mails of one transaction."""

    def __init__(self, connection: Connection, outfit: Outfit, now: int) -> None:
        self._connection, self._outfit, self._now = connection, outfit, now
        self._paused = {pause.sequence for pause in pauses(connection)}

    def letter(self, mail: Mail, dossier: Dossier) -> Written | None:
        """Write the letter of a step that is to be sent now; None when there is anything to be looked at."""
        enrolment = dossier.enrolment
        if dossier.has_others or enrolment.state != "active" or enrolment.sequence in self._paused:
            return None
        sequence = sequence_of(self._connection, self._outfit, enrolment)
        if sequence is None or not dossier.may_be_mailed:
            return None
        decision = self.decide(sequence, dossier)
        if not isinstance(decision, Send) or decision.step.key != mail.step:
            return None
        try:
            letter = compose(self._outfit, mail, dossier.person, sequence, dossier.request, dossier.preferences)
            return replace(letter, data=self._outfit.signed(letter.data)) if self._outfit.signer else letter
        except GatepostError:
            # Alone it will be parked, with the reason.
            return None

    def decide(self, sequence: Sequence, dossier: Dossier, *more: Event) -> Decision:
        """Ask plan() about a lead; `more` has happened within this transaction."""
        known = (dossier.person, dossier.preferences, (*dossier.events, *more))
        return enrolling.judge(
            self._connection,
            self._outfit.surroundings,
            sequence,
            known,
            agreed=dossier.may_be_mailed,
            now=self._now,
        )
