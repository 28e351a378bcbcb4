"""What a press hands over: a file, a seat in a webinar, its recording, or a course that begins."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse

from gatepost_site.kind_words import said_when
from gatepost_webhook.followup.letters import DOWNLOAD_SECONDS
from gatepost_webhook.intake.files import file_of, recording_of, said_kind, said_size
from gatepost_webhook.store import enrolments

if TYPE_CHECKING:
    from starlette.responses import Response

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Asset
    from gatepost_site.words.words import Words
    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.pages import Pages
    from gatepost_webhook.store.submissions import Submission

_NO_STORE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def asking_page(desk: Desk, submission: Submission, *, agreed: str) -> Response:
    """Return the page with the one button; `agreed` are the words that it puts in force, "" when there are none."""
    magnet, pages = desk.version_for(submission), desk.pages.speaking(submission.language)
    common: dict[str, Any] = {"title": magnet.meta.title, "agreed": agreed, "again": submission.confirmed}
    if magnet.is_course:
        return pages.page("confirm-course", **common, landing=_landing(desk, magnet))
    known, now = submission.lead.confirmed, desk.clock.now()
    if asset := file_in_hand(desk, magnet):
        epub = magnet.key in desk.manifest.epubs
        facts: dict[str, Any] = {"kind": said_kind(asset), "size": said_size(asset, pages.words), "epub": epub}
        return pages.page("confirm", **common, **facts, known=known)
    state: dict[str, Any] = {"over": magnet.has_ended(now), "closed": magnet.is_closed(now), "known": known}
    return pages.page("confirm-seat", **common, **_seat(magnet, pages.words), **state)


def file_in_hand(desk: Desk, magnet: Magnet) -> Asset | None:
    """Return the file that a press downloads, None when what it gives is no file."""
    if magnet.is_handed_over:
        return desk.manifest.assets[magnet.key]
    return desk.manifest.recordings.get(magnet.key) if magnet.has_ended(desk.clock.now()) else None


async def file_for(desk: Desk, magnet: Magnet) -> Response | None:
    """Return the file that a press hands over, None when what it gives is no file. Raises NotBuiltError."""
    if file_in_hand(desk, magnet) is None:
        return None
    return await (file_of(desk, magnet) if magnet.is_handed_over else recording_of(desk, magnet))


async def page_for(desk: Desk, submission: Submission) -> Response:
    """Return what somebody sees who has just begun a course, saved a seat, or asked for a recording elsewhere."""
    magnet, pages = desk.version_for(submission), desk.pages.speaking(submission.language)
    if magnet.is_course:
        return await _begun(desk, pages, submission, magnet)
    webinar, now = magnet.webinar, desk.clock.now()
    if webinar is None or magnet.is_closed(now):
        return pages.page("over", title=magnet.meta.title, **_seat(magnet, pages.words))
    if magnet.has_ended(now):
        return pages.page("recording", title=magnet.meta.title, recording=webinar.recording)
    calendar = desk.links.download_url(submission.id, expires=now + DOWNLOAD_SECONDS)
    return pages.page(
        "seat", title=magnet.meta.title, **_seat(magnet, pages.words), join_url=webinar.join_url, calendar=calendar
    )


async def behind_link(desk: Desk, pages: Pages, magnet: Magnet) -> Response | None:
    """Return what the link of a delivery mail leads to, None for a course, which has none."""
    webinar, now = magnet.webinar, desk.clock.now()
    if webinar is None or not magnet.has_ended(now):
        return await file_of(desk, magnet) if magnet.has_file else None
    if magnet.is_closed(now):
        return pages.page("over", title=magnet.meta.title, **_seat(magnet, pages.words))
    if magnet.key in desk.manifest.recordings:
        return await recording_of(desk, magnet)
    # The writer's own address out of magnet.md, never one from a request.
    return RedirectResponse(webinar.recording, status_code=303, headers=_NO_STORE)


async def _begun(desk: Desk, pages: Pages, submission: Submission, magnet: Magnet) -> Response:
    sequence = desk.sequences.get(magnet.meta.sequence)
    first = functools.partial(
        enrolments.is_first, lead_id=submission.lead.id, sequence=magnet.meta.sequence, submission_id=submission.id
    )
    wait = sequence.steps[0].wait if sequence else 0
    return pages.page(
        "begun",
        title=magnet.meta.title,
        is_first=await desk.read(first),
        again=submission.confirmed,
        wait=pages.words.duration(wait),
        lessons=len(sequence.steps) if sequence else 0,
    )


def _seat(magnet: Magnet, words: Words) -> dict[str, Any]:
    webinar = magnet.webinar
    if webinar is None:
        return {}
    return {
        **said_when(webinar, words),
        "place": webinar.place,
        "online": webinar.is_online,
    }


def _landing(desk: Desk, magnet: Magnet) -> str:
    return desk.site_url + desk.manifest.landing[magnet.key]
