"""Tells other systems what sequences have to tell them: each call until it is taken, or for two days."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gatepost_webhook.calls.posting import CallError, post
from gatepost_webhook.calls.signing import signed_headers
from gatepost_webhook.calls.targets import Target, TargetError
from gatepost_webhook.followup.durations import HOUR, MINUTE
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.store import calls, enrolments
from gatepost_webhook.store.events import add_event

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.calls import Call
    from gatepost_webhook.store.database import Connection

logger = logging.getLogger(__name__)

#: Seconds from one attempt to the next.
RETRIES = (5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR)
#: Calls under way at once.
BATCH = 8
#: Seconds that a call belongs to its worker: longer than it may take.
LEASE = MINUTE
_TAKEN, _GONE = range(200, 300), 410


async def deliver_due(outfit: Outfit) -> int:
    """Make the calls that are due, some at a time, and return how many there were."""
    due = await asyncio.wrap_future(outfit.writer.submit(lambda connection: _claimed(connection, outfit)))
    await asyncio.gather(*(_deliver(outfit, call, body) for call, body in due))
    return len(due)


def _claimed(connection: Connection, outfit: Outfit) -> list[tuple[Call, bytes]]:
    now = outfit.clock.now()
    due = calls.claim_due(connection, now=now, lease_until=now + LEASE, limit=BATCH)
    return [(call, _body(connection, call, now)) for call in due]


def _body(connection: Connection, call: Call, now: int) -> bytes:
    """Say who it is about. What is not kept with the call need not be erased there."""
    person, facts = enrolments.recipient(connection, call.lead_id), facts_of(connection, call.lead_id, now)
    place = enrolments.enrolment(connection, call.enrolment_id)
    about = {"sequence": place.sequence, "step": call.step, "round": place.round}
    lead = {"id": person.id, "email": person.email, "fields": dict(person.fields)}
    known = {"tags": sorted(facts.tags), "stage": facts.stage, "score": facts.score}
    at = datetime.fromtimestamp(call.created_at, UTC).isoformat()
    document = {"type": "lead.step", "timestamp": at, "data": {**about, "lead": lead | known}}
    return json.dumps(document, ensure_ascii=False).encode()


async def _deliver(outfit: Outfit, call: Call, body: bytes) -> None:
    reason = await _reason(outfit, call, body)
    await asyncio.wrap_future(outfit.writer.submit(lambda connection: _record(connection, outfit, call, reason)))


async def _reason(outfit: Outfit, call: Call, body: bytes) -> str:
    """Make a call; return why it was not taken, "" when it was."""
    url = outfit.settings.webhooks.get(call.name)
    if url is None:
        return f"no webhook {call.name!r} in GATEPOST_WEBHOOKS"
    # The same at every attempt, so that a receiver can tell a call that comes again.
    headers = signed_headers(outfit.settings.webhook_secrets, f"msg_{call.id}", outfit.clock.now(), body)
    try:
        status = await post(Target.of(url), headers, body)
    except (CallError, TargetError) as error:
        return str(error)
    return "" if status in _TAKEN else f"answered {status}"


def _record(connection: Connection, outfit: Outfit, call: Call, reason: str) -> None:
    now = outfit.clock.now()
    wait = RETRIES[call.attempts] if call.attempts < len(RETRIES) else None
    if reason and wait and reason != f"answered {_GONE}":
        calls.give_back(connection, call, due_at=now + wait, reason=reason, now=now)
        return
    kind = "call-failed" if reason else "called"
    if not calls.end(connection, call, "failed" if reason else "sent", reason=reason, now=now):
        return
    if reason:
        logger.error("webhook %r failed for call %s: %s", call.name, call.id, reason)
    sequence = enrolments.enrolment(connection, call.enrolment_id).sequence
    detail = {"webhook": call.name, "call": call.id} | ({"reason": reason} if reason else {})
    add_event(connection, kind, lead_id=call.lead_id, now=now, sequence=sequence, step=call.step, detail=detail)
