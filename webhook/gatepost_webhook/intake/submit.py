"""One submission, in one transaction: the request, its consent, what happened, and the mail that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gatepost_webhook.intake.budget import parcel_for, queue_mail
from gatepost_webhook.intake.consent import agree, purpose_of
from gatepost_webhook.store import consents, submissions
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.hits import Limit, count_hit, wait_for

if TYPE_CHECKING:
    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.submissions import Draft, Submission

#: Seconds. For as long, the same answers to the same form are the same press of the button.
_TEN_MINUTES = 600
_DAY = 24 * 3600


@dataclass(frozen=True)
class Taken:
    """Kept now, or a moment ago: the visitor sees the same."""


@dataclass(frozen=True)
class TooMany:
    """The client has sent too many; there is room again in some seconds."""

    seconds: int


@dataclass(frozen=True)
class Reworded:
    """The consent wording that the visitor saw is none that we know."""


Outcome: TypeAlias = Taken | TooMany | Reworded


def take(desk: Desk, connection: Connection, draft: Draft, *, client: str) -> Outcome:
    """Keep a draft; `client` is the key that limits count by. Runs in the writer's transaction."""
    now = desk.clock.now()
    if submissions.repeated(connection, draft, since=now - _TEN_MINUTES):
        return Taken()
    limit = client_limit(desk.settings)
    if seconds := wait_for(connection, client, limit, now=now):
        return TooMany(seconds)
    wording = _wording(desk, connection, draft)
    if wording is None:
        return Reworded()
    count_hit(connection, client, limit, now=now)
    lead = submissions.keep_lead(connection, draft, now=now)
    submission = submissions.add_submission(connection, draft, lead, wording=wording, now=now)
    detail = {"page": draft.page, "marketing": draft.marketing}
    add_event(connection, "submitted", lead_id=lead.id, now=now, magnet=draft.magnet, detail=detail)
    if wording:
        is_course = desk.magnets[draft.magnet].is_course
        act: consents.Act = "given" if draft.marketing or is_course else "declined"
        about = consents.About(lead.id, submission.id, draft.page, wording, purpose=purpose_of(is_course=is_course))
        consents.add_receipt(connection, about, act, method="form", now=now)
    _answer(desk, connection, submission, now)
    return Taken()


def client_limit(settings: Settings) -> Limit:
    """Return how many submissions a network address may send."""
    return Limit(settings.posts_per_10_minutes, _TEN_MINUTES, settings.posts_per_day, _DAY)


def _wording(desk: Desk, connection: Connection, draft: Draft) -> str | None:
    """Return the hash of the wording that was shown, "" when it does not matter, None when nobody knows it."""
    magnet = desk.magnets[draft.magnet].in_language(draft.language)
    if not magnet.meta.consent:
        return ""
    if draft.wording == magnet.wording:
        return draft.wording
    if draft.wording and consents.wording_text(connection, draft.wording):
        return draft.wording
    # Who left the box empty agreed to nothing, whatever stood beside it. A course has no box: its words are agreed to.
    return None if draft.marketing or magnet.is_course else ""


def _answer(desk: Desk, connection: Connection, submission: Submission, now: int) -> None:
    """Queue the mail that fits what is known of the address; what the visitor sees does not depend on it."""
    lead = submission.lead
    scopes = consents.suppressed(connection, desk.address_of(lead.canonical))
    if "all" in scopes:
        return
    parcel = parcel_for(submission, desk.settings.address_key)
    if not lead.confirmed:
        queue_mail(connection, "confirm", parcel, now=now)
        return
    # A known person gets the file at once. Anybody can type an address and tick a box, though: a consent that is not
    # in force comes into force only by a press in the person's own mailbox, for which the same mail asks.
    queue_mail(connection, "delivery", parcel, now=now)
    if (submission.marketing and not lead.marketing) or desk.magnets[submission.magnet].is_course:
        return
    submissions.confirm_submission(connection, submission, now=now)
    detail = {"method": "form"}
    add_event(connection, "confirmed", lead_id=lead.id, now=now, magnet=submission.magnet, detail=detail)
    if submission.marketing:
        agree(desk, connection, submission, method="form", now=now)
