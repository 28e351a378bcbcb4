"""`gatepost new`: a magnet, a sequence, a page or a post to start from, which builds as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.options import project_option
from gatepost_webhook.scaffolding import KINDS, make, new_magnet, new_page, new_post, new_sequence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gatepost_webhook.scaffolding import Start

#: What to do with a new magnet of each kind.
_NEXT = {
    "ebook": ("write the chapters, one file each", "the words of the landing page are in magnet.md"),
    "checklist": ("write the list in checklist.md: every point gets a box", "the landing page is in magnet.md"),
    "template": ("put your own file in the place of the .csv, and its name into magnet.md",),
    "course": ("write the lessons, one file each", "gatepost build, then gatepost rehearse {slug} --persona reader"),
    "webinar": ("set day, time, zone and room in magnet.md",),
}


@click.group("new", short_help="Start a magnet, a sequence, a page or a post.")
def command() -> None:
    """Start a magnet, a sequence, a page or a post: files that build as they are, with texts to replace.

    Nothing that is there is ever changed.

    \b
    Example:
      gatepost new magnet checklist landing-page-checks
    """


@command.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("slug")
@project_option
def magnet(kind: str, slug: str, root: Path) -> None:
    """Start a lead magnet in magnets/SLUG, of one of five kinds.

    \b
    Example:
      gatepost new magnet course five-good-mails
    """
    _make(new_magnet(kind, slug, root, now=SystemClock().now()), root)
    lines = [line.format(slug=slug) for line in _NEXT[kind]]
    _say_next(
        [*lines, "gatepost serve", f"its page is then at /get/{slug}/; offer it in an article: /// offer | {slug}"]
    )


@command.command()
@click.argument("slug")
@project_option
def sequence(slug: str, root: Path) -> None:
    """Start a sequence of follow-up mails in sequences/SLUG.

    \b
    Example:
      gatepost new sequence after-the-checklist
    """
    _make(new_sequence(slug, root), root)
    _say_next(
        [
            "write the mails, one file each",
            f"gatepost simulate {slug} --persona reader",
            f"lead people to it: 'sequence: {slug}' and 'consent: ...' in a magnet.md",
        ]
    )


@command.command()
@click.argument("path")
@project_option
def page(path: str, root: Path) -> None:
    """Start a page at PATH below content/.

    \b
    Example:
      gatepost new page guides/first-steps
    """
    made = _make(new_page(path, root), root)
    place = made[0].relative_to("content").as_posix()
    _say_next(["write it", f"name it under 'nav' in mkdocs.yml, where that lists the pages: {place}"])


@command.command()
@click.argument("title")
@project_option
def post(title: str, root: Path) -> None:
    """Start a post of the blog, dated today.

    \b
    Example:
      gatepost new post "Three forms that ask too much"
    """
    _make(new_post(title, root, now=SystemClock().now()), root)
    _say_next(["write it", "gatepost serve"])


def _make(start: Start, root: Path) -> list[Path]:
    made = make(start, root)
    click.echo("Made:")
    for path in made:
        click.echo(f"  {path.as_posix()}")
    return made


def _say_next(lines: Sequence[str]) -> None:
    click.echo("\nNext:")
    for line in lines:
        click.echo(f"  {line}")
