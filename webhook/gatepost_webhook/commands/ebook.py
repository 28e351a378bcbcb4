"""`gatepost ebook`: one book made, said how it came out, and opened."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_site.documents import shown
from gatepost_site.ebook import build_ebook, build_epub, page_count
from gatepost_site.magnets import load_magnet
from gatepost_site.project import Project
from gatepost_webhook.checking import count
from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.options import project_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_site.magnets import Magnet


@click.command()
@click.argument("slug")
@click.option("--open", "opens", is_flag=True, help="Open the book when it is made.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["pdf", "epub", "both"]),
    default="both",
    show_default=True,
    help="What to make.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    metavar="PATH",
    help="File, or folder, to put a copy into.",
)
@project_option
def command(slug: str, *, opens: bool, form: str, output: Path | None, root: Path) -> None:
    """Build the ebook of one magnet, without the site.

    A mistake in it is said as by gatepost check. An unchanged book is not made again.

    \b
    Example:
      gatepost ebook nurturing-playbook --open
    """
    project = Project.at(root)
    magnet = _ebook(slug, project)
    started = time.perf_counter()
    books = _made(magnet, project, form)
    seconds = time.perf_counter() - started
    copies = [_copied(book, output, project, alone=len(books) == 1) for book in books] if output else books
    for copy, book in zip(copies, books, strict=True):
        pages = f"{count(page_count(book), 'page')}, " if book.suffix == ".pdf" else ""
        click.echo(f"{shown(copy, project.root)}: {pages}{_size(copy)}")
    click.echo(f"Made in {seconds:.1f} s.")
    if opens:
        click.launch(str(copies[0].resolve()))


def _ebook(slug: str, project: Project) -> Magnet:
    known = sorted(path.parent.name for path in project.magnets.glob("*/magnet.md"))
    if slug not in known:
        raise GatepostError(f"magnet {slug!r} is not in magnets/; {instead_of(slug, known)}")
    magnet = load_magnet(slug, project)
    if not magnet.is_ebook:
        file = f"magnets/{slug}/magnet.md"
        raise GatepostError(f"{file}: '{slug}' is no ebook, for it has no 'chapters'; write 'chapters: chapters/'")
    return magnet


def _made(magnet: Magnet, project: Project, form: str) -> Sequence[Path]:
    """Make the wanted files, the PDF first."""
    made = [build_ebook(magnet, project)] if form != "epub" else []
    epub = build_epub(magnet, project) if form != "pdf" else None
    if form == "epub" and epub is None:
        file = magnet.document.file
        raise GatepostError(f"{file}: found 'epub: false'; write 'epub: true', or ask for --format pdf")
    return [*made, epub] if epub else made


def _copied(book: Path, output: Path, project: Project, *, alone: bool) -> Path:
    """Copy a book to where it is wanted, and return that path."""
    is_file = output.suffix in {".pdf", ".epub"} and not output.is_dir()
    if is_file and not (alone and output.suffix == book.suffix):
        raise GatepostError(f"{output}: is a file's name for another format; name a folder, or one --format")
    target = (output if is_file else output / book.name).resolve()
    for public in (project.public, project.content):
        if target.is_relative_to(public.resolve()):
            raise GatepostError(f"{target}: anybody could fetch it there; name a folder outside {public.name}/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(book.read_bytes())
    return target


def _size(file: Path) -> str:
    size = file.stat().st_size
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
