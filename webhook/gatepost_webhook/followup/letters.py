"""What a mail row becomes: the right text for its kind, as the bytes that go out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from gatepost_webhook.errors import RenderError
from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.mailing import Letter, build_message, message_id
from gatepost_webhook.followup.messages import Occasion, Seat, render_confirm, render_delivery, render_step
from gatepost_webhook.followup.visits import targets_of
from gatepost_webhook.leads.address import normalise
from gatepost_webhook.store import enrolments
from gatepost_webhook.store.database import DatabaseError
from gatepost_webhook.store.preferences import preferences_of

if TYPE_CHECKING:
    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.message import Message
    from gatepost_webhook.followup.messages import Rendered
    from gatepost_webhook.followup.outfit import Stationery
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Recipient, Request
    from gatepost_webhook.store.mails import Mail

#: Seconds that the links of a mail work.
CONFIRM_SECONDS = 7 * DAY
DOWNLOAD_SECONDS = 30 * DAY


@dataclass(frozen=True)
class Origin:
    """Where a mail's text came from."""

    #: Relative to the project; "gatepost:confirm.md" for a text of ours.
    file: str
    #: Commit of the project's files, "" when they are in no repository.
    revision: str
    #: Version of the sequence, "" for what is no step.
    version: str
    #: Name of the subject, "" when it is the only one.
    variant: str
    #: BCP 47.
    language: str


@dataclass(frozen=True)
class Written:
    """A mail's bytes, and what the store keeps beside them."""

    data: bytes
    message_id: str
    subject: str
    content_hash: str
    origin: Origin
    #: Epoch second at which it was written.
    at: int


def write_letter(
    connection: Connection, outfit: Stationery, mail: Mail, person: Recipient, sequence: Sequence | None
) -> Written:
    """Render a mail and build its bytes. Raises RenderError, whatever is wrong with template, lead or files.

    Raises DatabaseError too: that is not about this mail, which can be written another time.
    """
    try:
        return _written(connection, outfit, mail, person, sequence)
    except (RenderError, DatabaseError):
        raise
    except Exception as error:
        # Whatever it is, it is about this one mail: it must not stop the others.
        raise RenderError(f"{type(error).__name__}: {error}") from error


def envelope_address(person: Recipient) -> str:
    """Return an address for SMTP: local part as typed, domain in ASCII. Raises AddressError."""
    return _in_ascii(person.email)


# Asked twice for each mail: for its envelope and for its To.
@lru_cache(maxsize=64)
def _in_ascii(email: str) -> str:
    typed, canonical = normalise(email)
    return f"{typed.rpartition('@')[0]}@{canonical.rpartition('@')[2]}"


def _written(
    connection: Connection, outfit: Stationery, mail: Mail, person: Recipient, sequence: Sequence | None
) -> Written:
    now = outfit.clock.now()
    request = enrolments.request(connection, mail.submission_id or 0)
    wished = preferences_of(connection, mail.lead_id)
    # What was chosen later has not made this letter: one that is written again is the same letter.
    language = wished.language if wished.changed_at <= now else ""
    choice = _choice(outfit, mail, request, sequence, wished=language)
    occasion = replace(_occasion(outfit, mail, request, choice.language), visits=_visits(outfit, mail, sequence))
    rendered = _rendered(outfit, mail, occasion, person, choice)
    identifier = message_id(mail.id, outfit.links.secrets[0], outfit.sender.domain)
    letter = Letter(
        kind=mail.kind,
        sender=outfit.sender,
        to=envelope_address(person),
        at=now,
        message_id=identifier,
        unsubscribe_url=occasion.unsubscribe_url,
        sequence=sequence.slug if sequence else "",
        step=mail.step,
        magnet=request.magnet,
        idempotency_header=outfit.settings.idempotency_header,
        variant=choice.variant,
        language=occasion.words.language,
    )
    origin = Origin(
        file=f"sequences/{sequence.slug}/{rendered.file}" if sequence else f"gatepost:{rendered.file}",
        revision=outfit.revision,
        version=sequence.version if sequence else "",
        variant=choice.variant,
        language=occasion.words.language,
    )
    return Written(build_message(rendered, letter), identifier, rendered.subject, rendered.content_hash, origin, now)


@dataclass(frozen=True)
class _Choice:
    """Which of a step's texts somebody gets. Of our own mails only the language is to be chosen."""

    #: BCP 47.
    language: str
    sequence: Sequence | None = None
    message: Message | None = None
    #: Name of the subject, "" when it is the only one.
    variant: str = ""


def _choice(
    outfit: Stationery, mail: Mail, request: Request, sequence: Sequence | None, *, wished: str = ""
) -> _Choice:
    asked = request.language or outfit.manifest.language
    if mail.enrolment_id is None:
        return _Choice(asked)
    asked = wished or asked
    step = sequence.step(mail.step) if sequence else None
    if sequence is None or step is None or not step.is_message:
        raise RenderError(f"step {mail.step!r} is in no sequence")
    message, variant = step.message.in_language(asked).drawn(mail.lead_id, sequence.slug, step.key)
    return _Choice(spoken_in(step.message, message, asked, outfit.manifest.language), sequence, message, variant)


def spoken_in(step: Message, chosen: Message, asked: str, site: str) -> str:
    """Return the language of a mail with a step's chosen text: a mail speaks one, its footer too.

    Of a text that neither says its language nor has translations nobody knows more than what was asked for.
    """
    return chosen.language or (site if step.translations else asked)


def _rendered(outfit: Stationery, mail: Mail, occasion: Occasion, person: Recipient, choice: _Choice) -> Rendered:
    submission, now = mail.submission_id or 0, outfit.clock.now()
    if mail.kind == "confirm":
        return render_confirm(occasion, outfit.links.confirm_url(submission, expires=now + CONFIRM_SECONDS))
    download = outfit.links.download_url(submission, expires=now + DOWNLOAD_SECONDS)
    if mail.kind == "delivery":
        asking = occasion.asking or occasion.magnet_kind == "course"
        confirm = outfit.links.confirm_url(submission, expires=now + CONFIRM_SECONDS) if asking else ""
        return render_delivery(occasion, download, confirm, f"{download}?format=epub" if occasion.epub else "")
    if choice.sequence is None or choice.message is None:
        raise RenderError(f"step {mail.step!r} is in no sequence")
    answers = {name: person.fields.get(name, "") for name in outfit.field_names(choice.sequence.slug)}
    return render_step(occasion, choice.sequence, choice.message, answers=answers, download_url=download)


def _occasion(outfit: Stationery, mail: Mail, request: Request, language: str) -> Occasion:
    links = outfit.links
    drip = mail.enrolment_id is not None
    magnet = outfit.magnets.get(request.magnet)
    if magnet is None:
        raise RenderError(f"magnet {request.magnet!r} is not in magnets/ any more")
    magnet = magnet.in_language(request.language)
    landing = outfit.manifest.landing.get(magnet.key)
    if landing is None:
        raise RenderError(f"magnet {request.magnet!r} is not in the built site; run 'gatepost build'")
    words = outfit.languages.words(language)
    return Occasion(
        kind="lesson" if drip and magnet.is_course else mail.kind,
        magnet_kind=_magnet_kind(magnet, outfit.clock.now()),
        seat=Seat.of(magnet.webinar, words),
        site_name=outfit.manifest.site_name,
        site_url=outfit.site_url,
        magnet_title=magnet.meta.title,
        landing_url=outfit.site_url + landing,
        asked_at=request.at,
        # A known person's new consent waits for a press in their own mailbox; the file does not.
        # Not by what was confirmed later, so that a letter written again is the same letter.
        asking=(bool(request.marketing) or magnet.is_course) and not request.is_confirmed_at(outfit.clock.now()),
        sender=outfit.sender.name or outfit.manifest.site_name,
        postal_address=outfit.settings.postal_address,
        epub=magnet.key in outfit.manifest.epubs,
        unsubscribe_url=links.leave_url(mail.enrolment_id or 0) if drip else links.unsubscribe_url(mail.lead_id),
        preferences_url=links.preferences_url(mail.lead_id),
        words=words,
        letterhead=outfit.letterhead,
        places=outfit.directory.places(language),
    )


def _visits(outfit: Stationery, mail: Mail, sequence: Sequence | None) -> dict[str, str]:
    """Return what stands in a mail for its links that may be noted."""
    step = sequence.step(mail.step) if sequence else None
    if step is None or not step.is_message:
        return {}
    return {target: outfit.links.visit_url(mail.id, index) for index, target in enumerate(targets_of(step.message))}


def _magnet_kind(magnet: Magnet, now: int) -> str:
    """Return what the mail is about: a webinar that is over and was recorded is a recording."""
    return "recording" if magnet.has_ended(now) and not magnet.is_closed(now) else magnet.kind
