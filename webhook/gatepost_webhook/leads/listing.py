"""Leads as a table in a terminal: cut to its width, and safe to show whatever visitors typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from gatepost_webhook.leads.answers import read_answers, who
from gatepost_webhook.leads.times import local_time
from gatepost_webhook.store.marks import tags_of
from gatepost_webhook.store.owner import leads_numbered, magnets_of_lead, newest_leads, standing_of_lead

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.owner import LeadRow, Standing

_HEADINGS = (
    "E-mail",
    "Name, company",
    "Magnets",
    "First seen",
    "Confirmed",
    "Marketing",
    "Follow-up",
    "Score, stage, tags",
)
#: Which columns give way when the terminal is narrow, and the width below which they say nothing.
_FLEXIBLE = {0: 18, 1: 12, 2: 12, 6: 17, 7: 12}
_GAP = "  "
#: Columns of a terminal below which a lead is a block of lines.
_NARROW = 116


@dataclass(frozen=True)
class Listed:
    """A lead as the list shows it; every value is text for people."""

    email: str
    who: str
    magnets: str
    first_seen: str
    confirmed: str
    marketing: str
    follow_up: str
    #: Score, stage and tags, as far as there are.
    marks: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The values in the order of the columns."""
        return (
            self.email,
            self.who,
            self.magnets,
            self.first_seen,
            self.confirmed,
            self.marketing,
            self.follow_up,
            self.marks,
        )


def find_leads(
    connection: Connection, *, magnet: str = "", search: str = "", limit: int
) -> tuple[list[Listed], int | None]:
    """Return the newest leads that fit, and how many fit in all (None unless a search had to count them).

    A search fits when each of its words is in the address or in an answer, whatever the case.
    """
    words = search.casefold().split()
    if not words:
        return [_listed(connection, row) for row in list(newest_leads(connection, magnet=magnet, most=limit))], None
    found: list[LeadRow] = []
    count = 0
    # SQL folds case for ASCII only, and each database in its own way: so the words are compared here.
    for row in newest_leads(connection, magnet=magnet):
        if _fits(row, words):
            count += 1
            if len(found) < limit:
                found.append(row)
    return [_listed(connection, row) for row in found], count


def list_leads(connection: Connection, wanted: Collection[int], *, limit: int) -> list[Listed]:
    """Return the newest of some leads, given by their numbers."""
    rows = (row for lead in sorted(wanted, reverse=True)[:limit] for row in leads_numbered(connection, lead))
    return [_listed(connection, row) for row in rows]


def render(leads: Sequence[Listed], *, width: int | None) -> str:
    """Return the leads as lines: one each, or a block each in a narrow terminal; `width` None cuts nothing."""
    if width is not None and width < _NARROW:
        return "\n".join(_block(lead, width) for lead in leads)
    # Where nobody is scored or tagged, there is no column for it.
    shown = len(_HEADINGS) if any(lead.marks for lead in leads) else len(_HEADINGS) - 1
    headings = _HEADINGS[:shown]
    rows = [tuple(visible(cell) or "-" for cell in lead.cells[:shown]) for lead in leads]
    widths = [max(map(columns, column)) for column in zip(headings, *rows, strict=True)]
    if width is not None:
        widths = _narrowed(widths, width)
    heading = click.style(_line(headings, widths), bold=True)
    return "\n".join([heading, *(_line(row, widths) for row in rows)])


def visible(text: str) -> str:
    """Return the text without what could steer a terminal or turn its line around: controls and formats."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in text)


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    marks = sum(unicodedata.combining(character) != 0 for character in text)
    return len(text) + wide - marks


def _listed(connection: Connection, row: LeadRow) -> Listed:
    return Listed(
        email=row.email,
        who=who(read_answers(row.fields)),
        magnets=", ".join(magnets_of_lead(connection, row.id)),
        first_seen=local_time(row.created_at),
        confirmed=local_time(row.confirmed_at),
        marketing=marketing_state(row),
        follow_up=", ".join(_place(standing) for standing in standing_of_lead(connection, row.id)),
        marks=", ".join(filter(None, (str(row.score or ""), row.stage, *tags_of(connection, row.id)))),
    )


def marketing_state(row: LeadRow) -> str:
    """Return yes, withdrawn or no."""
    if row.marketing_at is not None:
        return "yes"
    return "no" if row.withdrawn_at is None else "withdrawn"


def _place(standing: Standing) -> str:
    if standing.step is not None:
        # The time comes first: it is what remains in a narrow terminal.
        return f"{local_time(standing.due_at)} {standing.step} ({standing.sequence})"
    reason = f": {standing.reason}" if standing.reason else ""
    return f"{standing.state} ({standing.sequence}){reason}"


def _fits(row: LeadRow, words: Iterable[str]) -> bool:
    text = "\n".join((row.email, *read_answers(row.fields).values())).casefold()
    return all(word in text for word in words)


def _narrowed(widths: Sequence[int], width: int) -> list[int]:
    """Take from the widest flexible column, one by one, until the line fits."""
    narrow = list(widths)
    while sum(narrow) + len(_GAP) * (len(narrow) - 1) > width:
        spare = {
            column: narrow[column] - least
            for column, least in _FLEXIBLE.items()
            if column < len(narrow) and narrow[column] > least
        }
        if not spare:
            break
        narrow[max(spare, key=spare.__getitem__)] -= 1
    return narrow


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(_fitted(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _fitted(text: str, width: int) -> str:
    short = _cut(text, width)
    return short + " " * (width - columns(short))


def _cut(text: str, width: int) -> str:
    if columns(text) <= width:
        return text
    short = text
    while short and columns(short) > width - 1:
        short = short[:-1]
    return f"{short}…"


def _block(lead: Listed, width: int) -> str:
    first = click.style(_cut(visible(lead.email), width), bold=True)
    room = width - columns(visible(lead.email)) - len(_GAP)
    if lead.who and room > 3:
        first += _GAP + _cut(visible(lead.who), room)
    facts = (
        lead.magnets,
        lead.first_seen,
        f"confirmed {lead.confirmed}" if lead.confirmed else "not confirmed",
        f"marketing {lead.marketing}",
        lead.follow_up,
        lead.marks,
    )
    lines = [""]
    for fact in (visible(fact) for fact in facts if fact):
        longer = f"{lines[-1]} · {fact}" if lines[-1] else fact
        if columns(longer) <= width - len(_GAP):
            lines[-1] = longer
        else:
            lines.append(fact)
    return "\n".join([first, *(_GAP + _cut(line, width - len(_GAP)) for line in lines if line)])
