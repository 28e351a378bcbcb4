"""A mail written once more after its bytes are gone, and proven by their hash to be the same."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost_webhook.clock import MovableClock
from gatepost_webhook.errors import GatepostError, RenderError
from gatepost_webhook.followup.letters import write_letter
from gatepost_webhook.followup.steps import sequence_from_source
from gatepost_webhook.store import enrolments, letters

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Stationery
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.letters import WrittenMail


class GoneError(GatepostError):
    """A mail cannot be made again as it was."""


def kept_bytes(connection: Connection, mail: WrittenMail) -> bytes | None:
    """Return a mail's bytes while they are kept. Raises GoneError when they are not those that were written."""
    data = letters.bytes_of(connection, mail.id)
    if data is not None and mail.data_hash and hashlib.sha256(data).hexdigest() != mail.data_hash:
        raise GoneError(
            f"mail {mail.id}: the bytes in the database are not those that were written; look into a backup"
        )
    return data


def bytes_again(connection: Connection, stationery: Stationery, mail: WrittenMail) -> bytes:
    """Write a mail once more as it was at its time. Raises GoneError, which says why that is not possible any more."""
    if not mail.data_hash:
        raise GoneError(f"mail {mail.id}: was written before Gatepost kept what is needed to make a mail again")
    if mail.kind == "notify":
        raise GoneError(f"mail {mail.id}: was a note to the owner, and those are not made again")
    then = replace(stationery, clock=MovableClock(mail.written_at))
    try:
        row = letters.mail_of(connection, mail.id)
        person = enrolments.recipient(connection, row.lead_id)
        written = write_letter(connection, then, row, person, _sequence(connection, mail))
    except (RenderError, LookupError) as error:
        raise GoneError(f"mail {mail.id}: cannot be made again: {error}") from error
    if hashlib.sha256(written.data).hexdigest() != mail.data_hash:
        raise GoneError(f"mail {mail.id}: cannot be made again as it was: {_difference(mail, written.content_hash)}")
    return written.data


def _sequence(connection: Connection, mail: WrittenMail) -> Sequence | None:
    if mail.sequence is None:
        return None
    source = letters.source_of(connection, mail.version)
    if source is None:
        raise LookupError(f"version {mail.version[:12]} of sequences/{mail.sequence} is not in the database any more")
    return sequence_from_source(source)


def _difference(mail: WrittenMail, content_hash: str) -> str:
    if content_hash != mail.content_hash:
        return f"the text in {mail.file} is another one now"
    return (
        "the text is the same, and something else in it has changed since: the lead's answers, the layout, the "
        "magnet's title, the site's name or address, the sender, or the secret that signs links"
    )
