"""/u/<token>: one click by the mail program (RFC 8058), or a page with buttons; it always works, and for good."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from gatepost_webhook.followup import enrolling
from gatepost_webhook.intake.forms import read_form_or_nothing
from gatepost_webhook.intake.tokens import subject_of
from gatepost_webhook.leads.address import masked
from gatepost_webhook.links import Purpose
from gatepost_webhook.store import consents, enrolments, submissions
from gatepost_webhook.store.departures import cancel_mails
from gatepost_webhook.store.events import add_event

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment
    from gatepost_webhook.store.submissions import Lead

_PURPOSES = (Purpose.UNSUBSCRIBE, Purpose.LEAVE)


@dataclass(frozen=True)
class Leaver:
    """Who the link names, and the enrolment that the mail belonged to."""

    lead: Lead
    enrolment: Enrolment | None
    #: The address gets nothing any more but what it asks for.
    stopped: bool
    #: In which they asked last; "" when that is not known.
    language: str


class Leaving:
    """The endpoint behind every mail's way out. No login, no Origin, no limit stands before it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, request: Request) -> Response:
        """Show the buttons. Changes nothing."""
        desk = self._desk
        purpose, row = subject_of(desk, request, _PURPOSES)
        leaver = await desk.read(functools.partial(_find, desk, purpose=purpose, row=row))
        if leaver is None:
            raise HTTPException(404)
        not_me = not leaver.lead.confirmed
        slug = leaver.enrolment.sequence if leaver.enrolment and leaver.enrolment.state == "active" else ""
        stopped = leaver.stopped and not slug
        pages = desk.pages.speaking(leaver.language)
        asking = "leave.heading_stopped" if stopped else "leave.heading"
        return pages.page(
            "leave",
            heading=pages.words.say("leave.heading_not_you" if not_me else asking),
            not_me=not_me,
            stopped=stopped,
            address=masked(leaver.lead.email),
            sequence=desk.sequences[slug].title if slug in desk.sequences else slug,
            preferences=desk.links.preferences_url(leaver.lead.id),
        )

    async def post(self, request: Request) -> Response:
        """Stop what the form says, and everything when it says nothing: a POST here can mean nothing else."""
        desk = self._desk
        purpose, row = subject_of(desk, request, _PURPOSES)
        form = await read_form_or_nothing(request)
        one_click = any(name.lower() == "list-unsubscribe" for name in form)
        # Only a sequence's own link names one; any other way out leads out of everything.
        only = purpose is Purpose.LEAVE and not one_click and form.get("scope") == "sequence"
        method: consents.Method = "page" if form.get("scope") else "one-click"
        work = functools.partial(_leave_one, desk) if only else functools.partial(_leave_all, desk, method=method)
        leaver = await desk.commit(functools.partial(work, purpose=purpose, row=row))
        if leaver is None:
            raise HTTPException(404)
        pages = desk.pages.speaking(leaver.language)
        say = pages.words.say
        if method == "one-click":
            return PlainTextResponse(f"{say('leave.one_click')}\n", headers={"Cache-Control": "no-store"})
        if only:
            return pages.message(200, say("leave.one_done"), say("leave.one_then"))
        return pages.message(200, say("leave.all_done"), say("leave.all_then"))


def leave_everything(desk: Desk, connection: Connection, *, lead: int) -> None:
    """Stop all marketing to a lead who says so on a page of ours. Runs in the writer's transaction."""
    _leave_all(desk, connection, method="page", purpose=Purpose.UNSUBSCRIBE, row=lead)


def _find(desk: Desk, connection: Connection, *, purpose: Purpose, row: int) -> Leaver | None:
    enrolment = None
    if purpose is Purpose.LEAVE:
        try:
            enrolment = enrolments.enrolment(connection, row)
        except LookupError:
            return None
        row = enrolment.lead_id
    lead = submissions.find_lead(connection, row)
    if lead is None:
        return None
    stopped = bool(consents.suppressed(connection, desk.address_of(lead.canonical)))
    return Leaver(lead, enrolment, stopped, submissions.language_of_lead(connection, lead.id))


def _leave_one(desk: Desk, connection: Connection, *, purpose: Purpose, row: int) -> Leaver | None:
    """Stop one sequence. Runs in the writer's transaction."""
    leaver = _find(desk, connection, purpose=purpose, row=row)
    if leaver and leaver.enrolment:
        now = desk.clock.now()
        enrolling.stop(connection, leaver.enrolment, "left", now=now)
    return leaver


def _leave_all(
    desk: Desk, connection: Connection, *, method: consents.Method, purpose: Purpose, row: int
) -> Leaver | None:
    """Stop all marketing, or every mail to an address that nobody confirmed. Runs in the writer's transaction."""
    leaver = _find(desk, connection, purpose=purpose, row=row)
    if leaver is None:
        return None
    lead, now = leaver.lead, desk.clock.now()
    scope: Literal["marketing", "all"] = "marketing" if lead.confirmed else "all"
    reason = "unsubscribed" if lead.confirmed else "not-me"
    enrolling.stop_all(connection, lead.id, reason, now=now)
    cancel_mails(connection, lead.id, scope, reason=reason, now=now)
    withdrawn = consents.withdraw_marketing(connection, lead.id)
    first = consents.suppress(connection, desk.address_of(lead.canonical), scope, reason, now=now)
    if withdrawn or first:
        consents.add_receipt(connection, consents.About(lead.id), "withdrawn", method=method, now=now)
        add_event(connection, "unsubscribed", lead_id=lead.id, now=now, detail={"method": method})
    if first:
        detail = {"scope": scope, "reason": reason}
        add_event(connection, "suppressed", lead_id=lead.id, now=now, detail=detail)
    return leaver
