"""What a person agreed to: when, where, how and in which words, and every later change."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gatepost_webhook.leads.listing import visible
from gatepost_webhook.leads.times import local_time, utc_time
from gatepost_webhook.store import consents, erasures
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.leads.named import Person
    from gatepost_webhook.store.database import Connection


@dataclass(frozen=True)
class Turn:
    """One receipt; a time is in epoch seconds."""

    at: int
    #: marketing, or course.
    purpose: str
    #: given, declined, confirmed or withdrawn.
    act: str
    #: form, button, one-click or page.
    method: str
    #: Address of the page with the form, "" when there was none.
    page: str
    magnet: str
    #: Message-ID of the mail whose button was pressed.
    message_id: str
    #: The exact words beside the box; "" when none were shown.
    wording: str
    #: SHA-256 of them, as the form had it.
    hash: str

    @property
    def is_intact(self) -> bool:
        """Tell whether the words are those whose hash the form sent."""
        return not self.hash or hashlib.sha256(self.wording.encode()).hexdigest() == self.hash


@dataclass(frozen=True)
class Story:
    """Everything about one person's consent; times are epoch seconds."""

    email: str
    #: The number of the lead, None when there is none any more.
    lead_id: int | None
    in_force_since: int | None
    turns: tuple[Turn, ...]
    #: (scope, reason, since when) in which nothing is sent.
    suppressed: tuple[tuple[str, str, int], ...]
    #: When the person was erased, and on whose word.
    erased: tuple[tuple[int, str], ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all is known."""
        return self.lead_id is None and not (self.turns or self.suppressed or self.erased)


def consent_story(connection: Connection, person: Person) -> Story:
    """Return what is known of a person's consent; of who was erased, what proves it."""
    proofs = [Turn(**_columns(row)) for row in statements.proofs_of(connection, address=person.address)]
    in_force = None
    if person.lead_id is not None:
        rows = statements.receipts_of_lead(connection, lead_id=person.lead_id)
        proofs += [Turn(**_columns(row)) for row in rows]
        in_force = statements.consent_in_force(connection, lead_id=person.lead_id)["marketing_at"]
    suppressed = tuple(consents.suppressions(connection, person.address))
    erased = tuple(erasures.erasures_of(connection, person.address))
    return Story(person.email, person.lead_id, in_force, tuple(proofs), suppressed, erased)


def as_json(story: Story) -> dict[str, Any]:
    """Return a story for programs; times are RFC 3339 in UTC."""
    return {
        "address": story.email,
        "lead": story.lead_id,
        "in_force_since": utc_time(story.in_force_since) or None,
        "receipts": [asdict(turn) | {"at": utc_time(turn.at), "intact": turn.is_intact} for turn in story.turns],
        "suppressed": [
            {"scope": scope, "reason": reason, "since": utc_time(at)} for scope, reason, at in story.suppressed
        ],
        "erased": [{"at": utc_time(at), "by": method} for at, method in story.erased],
    }


def as_text(story: Story) -> Iterator[str]:
    """Yield the lines of a story, its times in this machine's time zone."""
    who = f"{story.email} (lead {story.lead_id})" if story.lead_id else f"{story.email} (no lead)"
    yield f"{who}: {_state(story)}"
    for turn in story.turns:
        yield ""
        yield f"{local_time(turn.at)}  {turn.purpose} {turn.act} {_how(turn)}"
        if turn.wording:
            yield from (f"    | {line}" for line in turn.wording.split("\n"))
        if not turn.is_intact:
            yield "    These are not the words whose hash the form sent: they were changed in the database."
    if story.suppressed or story.erased:
        yield ""
    for scope, reason, at in story.suppressed:
        yield f"{local_time(at)}  nothing is sent any more ({scope}): {reason}"
    for at, method in story.erased:
        yield f"{local_time(at)}  erased ({method})"


def _state(story: Story) -> str:
    if story.in_force_since is not None:
        return f"consent to marketing in force since {local_time(story.in_force_since)}"
    acts = [turn.act for turn in story.turns if turn.purpose == "marketing"]
    if story.lead_id is None and story.erased:
        return "erased; no consent in force"
    if not acts:
        return "never asked for marketing"
    last = {"withdrawn": "withdrawn", "given": "given, and not confirmed", "declined": "never given"}
    return f"no consent in force: {last.get(acts[-1], 'ended')}"


def _how(turn: Turn) -> str:
    # The page is what the form said of itself.
    where = f" on {visible(turn.page)}" if turn.page and turn.act in ("given", "declined") else ""
    which = f", of mail {turn.message_id}" if turn.message_id else ""
    about = f", for {turn.magnet}" if turn.magnet else ""
    return f"by {turn.method}{where}{about}{which}"


def _columns(row: Any) -> dict[str, Any]:
    return {name: row[name] or "" for name in row.keys() if name != "asked_at"}  # noqa: SIM118 - a sqlite3.Row
