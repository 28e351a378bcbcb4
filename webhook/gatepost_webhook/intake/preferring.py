"""/p/<token>: what a lead is sent and what is kept about them, decided by the lead; no login, and no JavaScript."""

from __future__ import annotations

import functools
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost_site.words.tags import own_name
from gatepost_webhook.errors import StoreError
from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.intake.choices import Chosen, Offer, changes, choices_in
from gatepost_webhook.intake.forms import read_form_or_nothing
from gatepost_webhook.intake.leaving import leave_everything
from gatepost_webhook.intake.tokens import subject_of
from gatepost_webhook.leads.address import masked
from gatepost_webhook.leads.erasure import clean, clear_files, foreseen, take_out
from gatepost_webhook.leads.named import Person
from gatepost_webhook.leads.person import everything_about
from gatepost_webhook.leads.preferences import UNTIL_I_COME_BACK
from gatepost_webhook.leads.zones import zones_by_area
from gatepost_webhook.links import Purpose
from gatepost_webhook.store import consents, enrolments, submissions
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.preferences import keep_preferences, preferences_of
from gatepost_webhook.store.zones import set_zone, zone_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from gatepost_webhook.followup.topics import Topic
    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.leads.erasure import Erased
    from gatepost_webhook.leads.preferences import Preferences
    from gatepost_webhook.pages import Pages
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.submissions import Lead

#: Field of the form -> what the page calls it.
_FIELDS = {
    "rate": "prefer.rate",
    "pause": "prefer.pause",
    "language": "prefer.language",
    "zone": "prefer.zone",
}
#: Table -> its rows in words.
_KEPT = {
    "submission": "prefer.kept_submission",
    "receipt": "prefer.kept_receipt",
    "enrolment": "prefer.kept_enrolment",
    "mail": "prefer.kept_mail",
    "event": "prefer.kept_event",
    "file": "prefer.kept_file",
}
_log = logging.getLogger("gatepost.webhook")


@dataclass(frozen=True)
class Chooser:
    """Who the link names, and what holds for them."""

    lead: Lead
    preferences: Preferences
    #: In which they asked last; "" when that is not known.
    language: str
    #: Mails of sequences may be sent to them.
    subscribed: bool
    #: IANA name; "" when it is not known.
    zone: str = ""


class Preferring:
    """The endpoint behind the link at the foot of every step's mail."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, request: Request) -> Response:
        """Show the choices, or with `?step=erase` what would be erased. Changes nothing."""
        chooser = await self._chooser(request)
        if request.query_params.get("step") != "erase":
            return self._page(chooser)
        desk, pages = self._desk, self._speaking(chooser)
        counts = await desk.read(functools.partial(foreseen, settings=desk.settings, lead=chooser.lead.id))
        return pages.page("erase", address=masked(chooser.lead.email), lines=_lines(pages, counts))

    async def post(self, request: Request) -> Response:
        """Do what the form's `do` says; without one, keep the choices."""
        chooser = await self._chooser(request)
        form = await read_form_or_nothing(request)
        match form.get("do", "save"):
            case "save":
                return await self._save(chooser, form)
            case "erase":
                return await self._erase(chooser)
            case "leave":
                return await self._leave(chooser)
            case "json" | "page" as kind:
                return await self._data(chooser, kind)
        raise HTTPException(400)

    async def _chooser(self, request: Request) -> Chooser:
        desk = self._desk
        _, lead = subject_of(desk, request, [Purpose.PREFERENCES])
        chooser = await desk.read(functools.partial(_find, desk, lead_id=lead))
        if chooser is None:
            raise HTTPException(404)
        return chooser

    async def _save(self, chooser: Chooser, form: dict[str, str]) -> Response:
        desk = self._desk
        save = functools.partial(_save, desk, lead=chooser.lead, form=form)
        problems = await desk.commit(save)
        after = await desk.read(functools.partial(_find, desk, lead_id=chooser.lead.id))
        if after is None:
            raise HTTPException(404)
        return self._page(after, problems=problems, saved=not problems)

    async def _leave(self, chooser: Chooser) -> Response:
        await self._desk.commit(functools.partial(leave_everything, self._desk, lead=chooser.lead.id))
        pages = self._speaking(chooser)
        return pages.message(200, pages.words.say("leave.all_done"), pages.words.say("leave.all_then"))

    async def _erase(self, chooser: Chooser) -> Response:
        desk, pages = self._desk, self._speaking(chooser)
        now = desk.clock.now()
        work = functools.partial(take_out, lead=chooser.lead.id, settings=desk.settings, method="page", now=now)
        erased = await desk.commit(work)
        if erased is None:
            raise HTTPException(404)
        await run_in_threadpool(_clean, desk, erased)
        say = pages.words.say
        return pages.message(200, say("prefer.erased"), say("prefer.erased_then"))

    async def _data(self, chooser: Chooser, kind: str) -> Response:
        desk, pages = self._desk, self._speaking(chooser)
        lead = chooser.lead
        person = Person(lead.id, lead.email, desk.address_of(lead.canonical))
        find = functools.partial(everything_about, settings=desk.settings, person=person, now=desk.clock.now())
        found = await desk.read(find)
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        headers["Content-Disposition"] = f'attachment; filename="{"data.json" if kind == "json" else "data.html"}"'
        if kind == "json":
            text = json.dumps(found, ensure_ascii=False, indent=2)
            return Response(text, media_type="application/json", headers=headers)
        return pages.page("person", headers=headers, found=found)

    def _speaking(self, chooser: Chooser) -> Pages:
        return self._desk.pages.speaking(chooser.preferences.language or chooser.language)

    def _page(self, chooser: Chooser, *, problems: tuple[str, ...] = (), saved: bool = False) -> Response:
        desk, pages, chosen = self._desk, self._speaking(chooser), chooser.preferences
        paused = chosen.is_paused(desk.clock.now())
        return pages.page(
            "preferences",
            status=400 if problems else 200,
            address=masked(chooser.lead.email),
            problems={name: pages.words.say(_FIELDS[name]) for name in problems},
            saved=saved,
            subscribed=chooser.subscribed,
            paused=_said_pause(pages, chosen) if paused else "",
            weekly=chosen.most_per_week is not None,
            topics=[(topic, not chosen.leaves(topic.key)) for topic in _topics(desk, pages.words.language)],
            languages=[(tag, own_name(tag), tag == chosen.language) for tag in _languages(desk)],
            own_language=not chosen.language,
            areas=zones_by_area() if _asks_the_time(desk) else {},
            zone=chooser.zone,
            own_zone=desk.settings.zone,
        )


def _find(desk: Desk, connection: Connection, *, lead_id: int) -> Chooser | None:
    lead = submissions.find_lead(connection, lead_id)
    if lead is None:
        return None
    suppressed = consents.suppressed(connection, desk.address_of(lead.canonical))
    running = bool(enrolments.active_enrolments(connection, lead_id))
    return Chooser(
        lead,
        preferences_of(connection, lead_id),
        submissions.language_of_lead(connection, lead_id),
        subscribed=not suppressed and (lead.marketing or running),
        zone=zone_of(connection, lead_id),
    )


def _save(desk: Desk, connection: Connection, *, lead: Lead, form: dict[str, str]) -> tuple[str, ...]:
    """Keep what a form says, record each choice, and plan anew; return what makes no sense: then nothing is kept.

    Runs in the writer's transaction.
    """
    now, before = desk.clock.now(), preferences_of(connection, lead.id)
    offer = Offer([topic.key for topic in _topics(desk, "")], _languages(desk), zones=_asks_the_time(desk))
    chosen = choices_in(form, before, offer, now=now)
    if chosen.problems or submissions.find_lead(connection, lead.id) is None:
        return chosen.problems
    if details := _kept(connection, lead.id, chosen, before, now):
        for detail in details:
            add_event(connection, "preference", lead_id=lead.id, now=now, detail=detail)
        enrolling.plan_anew(connection, Surroundings(desk.settings.zone), desk.sequences, lead.id, now=now)
    return ()


def _kept(
    connection: Connection, lead_id: int, chosen: Chosen, before: Preferences, now: int
) -> list[dict[str, object]]:
    """Keep what was chosen, and return each choice that is another one than before."""
    told = []
    if keep_preferences(connection, lead_id, chosen.preferences, now=now):
        told += changes(before, chosen.preferences)
    was = zone_of(connection, lead_id)
    if chosen.zone is not None and set_zone(connection, lead_id, chosen.zone, "page"):
        told.append({"choice": "zone", "from": was, "to": chosen.zone})
    return told


def _clean(desk: Desk, erased: Erased) -> None:
    """Let the bytes go too. What goes wrong with that is the owner's to mend: the rows are gone for good."""
    try:
        clean(desk.settings, [clear_files(desk.settings, erased)])
    except (StoreError, OSError) as error:
        _log.error("a lead was erased, and the bytes could not be cleaned up yet: %s", error)


def _topics(desk: Desk, language: str) -> list[Topic]:
    return desk.topics.offered((sequence.topic for sequence in desk.sequences.values()), language)


def _languages(desk: Desk) -> list[str]:
    """Return the languages that mails can be in: that of the site, and those in which there are magnets or messages."""
    found = {desk.manifest.language, *(tag for magnet in desk.magnets.values() for tag in magnet.translations)}
    return sorted(found) if len(found) > 1 else []


def _asks_the_time(desk: Desk) -> bool:
    """Tell whether it matters to any mail in which time zone its reader is."""
    return any(sequence.asks_the_time for sequence in desk.sequences.values())


def _said_pause(pages: Pages, chosen: Preferences) -> str:
    until = chosen.paused_until or 0
    if until == UNTIL_I_COME_BACK:
        return pages.words.say("prefer.paused_open")
    return pages.words.say("prefer.paused", day=pages.words.day(datetime.fromtimestamp(until, UTC).date()))


def _lines(pages: Pages, counts: dict[str, int]) -> list[str]:
    """Return what would be erased, in words; what has no words of its own is counted together."""
    rest = sum(count for table, count in counts.items() if table not in _KEPT and table != "lead")
    lines = [pages.words.say(words, count=counts[table]) for table, words in _KEPT.items() if counts.get(table)]
    return [*lines, pages.words.say("prefer.kept_other", count=rest)] if rest else lines
