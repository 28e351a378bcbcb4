"""Tells other systems what sequences have to tell them: each call until it is taken, or for two days."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from gatepost_webhook.calls.posting import CallError, post
from gatepost_webhook.calls.signing import signed_headers
from gatepost_webhook.calls.targets import Target, TargetError
from gatepost_webhook.followup.durations import DAY, HOUR, MINUTE
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.store import calls, enrolments
from gatepost_webhook.store.events import add_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.calls.hosts import Hosts
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.calls import Call
    from gatepost_webhook.store.database import Connection

T = TypeVar("T")

logger = logging.getLogger(__name__)

#: Seconds from one attempt to the next.
RETRIES = (5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR)
#: Calls under way at once.
MOST = 16
#: Calls given up in one transaction.
SOME = 100
#: Seconds after which a call is given up whose host has not answered all the while.
KEPT = 2 * DAY
#: Seconds that a call belongs to its worker: longer than it may take.
LEASE = MINUTE
_TAKEN, _GONE, _TOO_MANY, _UNABLE = range(200, 300), 410, 429, 500


async def deliver_due(outfit: Outfit, hosts: Hosts, *, stopped: Callable[[], bool]) -> int:
    """Make the calls that are due until none is left or it is `stopped`, and return how many there were."""
    under_way: set[asyncio.Task[None]] = set()
    count = 0
    while True:
        if not stopped() and len(under_way) < MOST:
            claim = functools.partial(_claimed, outfit=outfit, hosts=hosts, limit=MOST - len(under_way))
            due = await _in_writer(outfit, claim)
            count += len(due)
            for call, body in due:
                hosts.begin(call.name)
                under_way.add(asyncio.create_task(_deliver(outfit, hosts, call, body)))
        if not under_way:
            return count
        done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _in_writer(outfit: Outfit, work: Callable[[Connection], T]) -> T:
    return await asyncio.wrap_future(outfit.writer.submit(work))


def _claimed(connection: Connection, outfit: Outfit, hosts: Hosts, limit: int) -> list[tuple[Call, bytes]]:
    """Take in hand what may be called now, of each host no more than it has room for."""
    now = outfit.clock.now()
    _give_up(connection, hosts.resting(now), now)
    room = hosts.rooms(now)
    due = []
    for call in calls.due_calls(connection, now=now, without=hosts.full(now), limit=limit):
        host = hosts.of(call.name)
        if (not host or room[host] > 0) and (taken := calls.claim(connection, call, lease_until=now + LEASE, now=now)):
            room[host] -= 1
            due.append((taken, _body(connection, taken, now)))
    return due


def _give_up(connection: Connection, names: list[str], now: int) -> None:
    """Let go of what has waited long enough for hosts that do not answer."""
    for call in calls.old_calls(connection, names, before=now - KEPT, now=now, limit=SOME):
        if taken := calls.claim(connection, call, lease_until=now + LEASE, now=now):
            _end(connection, taken, "no answer for two days", now)


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


async def _deliver(outfit: Outfit, hosts: Hosts, call: Call, body: bytes) -> None:
    reason, answered = "", False
    try:
        reason, answered = await _made(outfit, call, body)
    finally:
        hosts.end(call.name, answered=answered, now=outfit.clock.now())
    await _in_writer(outfit, lambda connection: _record(connection, outfit, call, reason))


async def _made(outfit: Outfit, call: Call, body: bytes) -> tuple[str, bool]:
    """Make a call; return why it was not taken, "" when it was, and whether there was an answer that makes sense."""
    url = outfit.settings.webhooks.get(call.name)
    if url is None:
        return f"no webhook {call.name!r} in GATEPOST_WEBHOOKS", True
    # The same at every attempt, so that a receiver can tell a call that comes again.
    headers = signed_headers(outfit.settings.webhook_secrets, f"msg_{call.id}", outfit.clock.now(), body)
    try:
        status = await post(Target.of(url), headers, body)
    except (CallError, TargetError) as error:
        return str(error), False
    # 429 and 5xx are a host's way to say that it cannot; other refusals are about the one call.
    able = status != _TOO_MANY and status < _UNABLE
    return "" if status in _TAKEN else f"answered {status}", able


def _record(connection: Connection, outfit: Outfit, call: Call, reason: str) -> None:
    now = outfit.clock.now()
    wait = RETRIES[call.attempts] if call.attempts < len(RETRIES) else None
    if reason and wait and reason != f"answered {_GONE}":
        calls.give_back(connection, call, due_at=now + wait, reason=reason, now=now)
        return
    _end(connection, call, reason, now)


def _end(connection: Connection, call: Call, reason: str, now: int) -> None:
    """A call is over: taken, or given up for a reason."""
    kind = "call-failed" if reason else "called"
    if not calls.end(connection, call, "failed" if reason else "sent", reason=reason, now=now):
        return
    if reason:
        logger.error("webhook %r failed for call %s: %s", call.name, call.id, reason)
    sequence = enrolments.enrolment(connection, call.enrolment_id).sequence
    detail = {"webhook": call.name, "call": call.id} | ({"reason": reason} if reason else {})
    add_event(connection, kind, lead_id=call.lead_id, now=now, sequence=sequence, step=call.step, detail=detail)
