"""/v/<token>: a page between a mail and where a link of it leads. Who goes on by its button says so to the team."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from gatepost_webhook.followup import markup
from gatepost_webhook.followup.places import Directory
from gatepost_webhook.followup.steps import sequence_from_source
from gatepost_webhook.followup.visits import page_named, targets_of
from gatepost_webhook.intake.tokens import subject_of
from gatepost_webhook.links import Purpose, link_of_mail
from gatepost_webhook.store import consents, letters, marks, submissions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.store.database import Connection


@dataclass(frozen=True)
class Passage:
    """Where a link of a mail leads, and whose mail it is."""

    lead: int
    #: As the message names it: "/prices/", "guide/start.md", "https://example.com/".
    target: str
    #: BCP 47: of the mail.
    language: str
    #: Who has stopped all mails is told nothing that would have to fit, and so nothing of them is noted.
    may_be_noted: bool


class Visiting:
    """The endpoint behind links that may be noted. It leads only where a message of the team leads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._directory = Directory(desk.site_url, desk.manifest, desk.magnets)

    async def get(self, request: Request) -> Response:
        """Show both ways on. Changes nothing: mail scanners follow links."""
        passage = await self._passage(request)
        address = self._address(passage)
        pages = self._desk.pages.speaking(passage.language)
        return pages.page(
            "visit",
            headers=pages.leading_to(address),
            address=address,
            shown=_shown(address),
            may_be_noted=passage.may_be_noted,
        )

    async def post(self, request: Request) -> Response:
        """Note the visit, and lead on. Pressed again within an hour it is the same visit."""
        passage = await self._passage(request)
        address = self._address(passage)
        if passage.may_be_noted:
            await self._desk.commit(functools.partial(_note, self._desk, passage=passage))
        return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})

    async def _passage(self, request: Request) -> Passage:
        _, subject = subject_of(self._desk, request, [Purpose.VISIT])
        mail, number = link_of_mail(subject)
        passage = await self._desk.read(functools.partial(_find, self._desk, mail_id=mail, number=number))
        if passage is None:
            raise HTTPException(404)
        return passage

    def _address(self, passage: Passage) -> str:
        places = self._directory.places(passage.language)
        address = markup.address(passage.target, (), self._desk.site_url, places)
        if not address:
            raise HTTPException(404)
        return address


def _find(desk: Desk, connection: Connection, *, mail_id: int, number: int) -> Passage | None:
    mail = letters.written_mail(connection, mail_id)
    source = letters.source_of(connection, mail.version) if mail else None
    if mail is None or source is None:
        return None
    # The version that the mail was written from: its links stay what they were, whatever the file says now.
    step = sequence_from_source(source).step(mail.step)
    targets = targets_of(step.message) if step and step.is_message else ()
    lead = submissions.find_lead(connection, letters.mail_of(connection, mail_id).lead_id)
    if lead is None or number >= len(targets):
        return None
    stopped = bool(consents.suppressed(connection, desk.address_of(lead.canonical)))
    return Passage(lead.id, targets[number], mail.language, may_be_noted=not stopped)


def _note(desk: Desk, connection: Connection, *, passage: Passage) -> None:
    """Note a visit, unless its lead was erased meanwhile. Runs in the writer's transaction."""
    if submissions.find_lead(connection, passage.lead):
        marks.visit(connection, passage.lead, page_named(passage.target), now=desk.clock.now())


def _shown(address: str) -> str:
    """Return an address as people read it: without what every address begins with."""
    parts = urlsplit(address)
    return address.removeprefix(f"{parts.scheme}://")
