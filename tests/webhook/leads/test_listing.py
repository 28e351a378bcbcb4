from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click
import pytest

from gatepost_webhook.leads.listing import Listed, columns, find_leads, render, visible
from gatepost_webhook.store.database import open_reader

if TYPE_CHECKING:
    from pathlib import Path

WIDE = """\
E-mail            Name, company                       Magnets              First seen        Confirmed         Marketing  Follow-up
eve@example.net   -                                   checklist            2026-11-18 09:00  2026-11-18 10:00  withdrawn  stopped (after): unsubscribed
=cmd@example.com  =cmd|' /C calc'!A0, Müller & Söhne  playbook             2026-11-17 09:00  -                 no         -
Ada@Example.org   Ada Lovelace, Analytical Engines    checklist, playbook  2026-11-16 09:00  2026-11-16 09:05  yes        2026-11-20 09:00 one-sentence (after)"""  # noqa: E501

CUT = """\
E-mail            Name, company   Magnets          First seen        Confirmed         Marketing  Follow-up
eve@example.net   -               checklist        2026-11-18 09:00  2026-11-18 10:00  withdrawn  stopped (after): un…
=cmd@example.com  =cmd|' /C cal…  playbook         2026-11-17 09:00  -                 no         -
Ada@Example.org   Ada Lovelace,…  checklist, pla…  2026-11-16 09:00  2026-11-16 09:05  yes        2026-11-20 09:00 on…"""  # noqa: E501

NARROW = """\
eve@example.net
  checklist · 2026-11-18 09:00 · confirmed 2026-11-18 10:00
  marketing withdrawn · stopped (after): unsubscribed
=cmd@example.com  =cmd|' /C calc'!A0, Müller & Söhne
  playbook · 2026-11-17 09:00 · not confirmed · marketing no
Ada@Example.org  Ada Lovelace, Analytical Engines
  checklist, playbook · 2026-11-16 09:00 · confirmed 2026-11-16 09:05
  marketing yes · 2026-11-20 09:00 one-sentence (after)"""


@pytest.fixture
def leads(data: Path) -> list[Listed]:
    with closing(open_reader(data / "leads.db")) as connection:
        return find_leads(connection, limit=50)[0]


@pytest.mark.parametrize(("width", "expected"), [(None, WIDE), (118, CUT), (80, NARROW)])
def test_leads_are_a_table_or_blocks_where_it_is_narrow(leads: list[Listed], width: int | None, expected: str) -> None:
    assert click.unstyle(render(leads, width=width)) == expected


@pytest.mark.parametrize("width", range(20, 240, 7))
def test_no_line_is_wider_than_the_terminal(leads: list[Listed], width: int) -> None:
    lines = click.unstyle(render(leads, width=width)).splitlines()
    assert max(map(columns, lines)) <= width


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("LOVELACE", ["Ada@Example.org"]),
        ("ada engines", ["Ada@Example.org"]),
        ("MÜLLER", ["=cmd@example.com"]),
        ("example", ["eve@example.net", "=cmd@example.com", "Ada@Example.org"]),
        ("%", []),
        ("first_name", []),
    ],
)
def test_a_search_finds_every_word_in_address_or_answers(data: Path, search: str, found: list[str]) -> None:
    with closing(open_reader(data / "leads.db")) as connection:
        leads, count = find_leads(connection, search=search, limit=50)
    assert ([lead.email for lead in leads], count) == (found, len(found))


def test_a_search_counts_beyond_its_limit(data: Path) -> None:
    with closing(open_reader(data / "leads.db")) as connection:
        leads, count = find_leads(connection, search="example", limit=1)
    assert ([lead.email for lead in leads], count) == (["eve@example.net"], 3)


def test_a_magnet_narrows_down(data: Path) -> None:
    with closing(open_reader(data / "leads.db")) as connection:
        leads, _ = find_leads(connection, magnet="checklist", limit=50)
    assert [lead.email for lead in leads] == ["eve@example.net", "Ada@Example.org"]


@pytest.mark.parametrize("hostile", ["\x1b]0;owned\x07", "\x1b[2J", "a\nb", "\u202egnp.exe", "\x9b31m", "\u2028"])
def test_what_visitors_typed_never_steers_the_terminal(hostile: str) -> None:
    shown = visible(hostile)
    assert "\ufffd" in shown
    assert all(character.isprintable() for character in shown)


def test_wide_and_combining_characters_keep_the_columns_straight() -> None:
    lead = Listed("a@b.test", "東京 e\u0301", "m", "2026-11-16 09:00", "", "no", "x")
    heading, row = click.unstyle(render([lead], width=None)).splitlines()
    assert columns(row[: row.index(" m ") + 1]) == heading.index("Magnets")
