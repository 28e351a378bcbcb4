"""Erasing people: from the database and from every file beside it, and looking afterwards whether it is true."""

from __future__ import annotations

import functools
import logging
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.channels.mailbox import drop_captured
from gatepost_webhook.intake.stamping import copies
from gatepost_webhook.leads.answers import read_answers
from gatepost_webhook.leads.residue import find_residue, spellings
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.erasures import erase_lead
from gatepost_webhook.store.personal import Personal
from gatepost_webhook.store.statements import statements
from gatepost_webhook.store.upkeep import empty_journal, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.erasures import Gone, Method
    from gatepost_webhook.store.writer import Writer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Erased:
    """One lead that is gone, and what to look for to prove it. Kept in no place."""

    gone: Gone
    #: The address in its spellings, and everything that was answered.
    texts: frozenset[str]
    #: Files that were deleted beside the database.
    files: int = 0


def foreseen(connection: Connection, settings: Settings, lead: int) -> dict[str, int]:
    """Return what there is to erase of a lead: table -> rows, and how many files."""
    rows = {table: len(found) for table, found in Personal(connection).rows(lead).items() if found}
    mails = [row["id"] for row in statements.mails_to_erase(connection, lead_id=lead)]
    captured = sum((settings.mailbox / f"{mail:08d}.eml").is_file() for mail in mails)
    return rows | {"file": captured + len(copies(settings).of(lead))}


def said_counts(counts: Mapping[str, int]) -> str:
    """Return counts in words: "1 lead, 2 submissions"."""
    return ", ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count)


def erase(writer: Writer, settings: Settings, leads: Iterable[int], *, method: Method, now: int) -> list[Erased]:
    """Erase leads by number, each in a transaction of its own, with their files. Those that are not there are left out.

    Call `clean` afterwards. Raises StoreBusyError when nothing could be committed.
    """
    work = functools.partial(take_out, settings=settings, method=method, now=now)
    found = [writer.run(functools.partial(work, lead=lead)) for lead in leads]
    return [clear_files(settings, one) for one in found if one]


def take_out(connection: Connection, *, lead: int, settings: Settings, method: Method, now: int) -> Erased | None:
    """Delete a lead's rows; None when there is none. Runs in the writer's transaction."""
    texts = _texts_of(connection, lead)
    gone = erase_lead(connection, lead, key=settings.address_key, method=method, now=now)
    return Erased(gone, texts) if gone else None


def clear_files(settings: Settings, erased: Erased) -> Erased:
    """Delete what is about a lead beside the database: stamped copies of files, captured mails."""
    gone = erased.gone
    count = copies(settings).drop(gone.lead_id)
    count += drop_captured(settings.mailbox, gone.mails, in_hand=gone.in_hand)
    return Erased(gone, erased.texts, count)


def clean(settings: Settings, erased: Iterable[Erased]) -> list[str]:
    """Let the bytes of deleted rows go, look for them in every file, and return where they still are.

    Each is a path within the data folder; an empty list is the proof. Raises StoreBusyError when others keep the
    database busy: what was erased stays erased, and cleaning can be done again.
    """
    texts = frozenset().union(*(one.texts for one in erased))
    empty_journal(settings.database)
    left = _left(settings, texts)
    if any(path.startswith(settings.database.name) for path, _ in left):
        # Rows that were moved within a page, long before, may have left copies behind them that no delete wipes.
        rewrite(settings.database)
        left = _left(settings, texts)
    for path in sorted({path for path, _ in left}):
        # Not what was found: this goes to the log.
        logger.error("erased data is still in %s", settings.data / path)
    return sorted({path for path, _ in left})


def _left(settings: Settings, texts: frozenset[str]) -> list[tuple[str, str]]:
    found = find_residue(settings.data, texts)
    # Two people may have one name: what another lead's rows hold is that lead's.
    others = _shared(settings, {text for _, text in found}) if found else set()
    return [(path, text) for path, text in found if text not in others]


def _shared(settings: Settings, texts: set[str]) -> set[str]:
    with closing(open_reader(settings.database)) as connection:
        personal = Personal(connection)
        return {text for text in texts if any(personal.mention(form.decode()) for form in spellings(text))}


def _texts_of(connection: Connection, lead: int) -> frozenset[str]:
    """Return what tells a lead from others: the address, as typed and as compared, and every answer."""
    row = statements.lead_to_erase(connection, lead_id=lead)
    if row is None:
        return frozenset()
    rows = [row["fields"], *(found["fields"] for found in statements.fields_to_erase(connection, lead_id=lead))]
    answers = {answer for fields in rows for answer in read_answers(fields).values()}
    return frozenset({row["email"], row["canonical"], *answers} - {""})
