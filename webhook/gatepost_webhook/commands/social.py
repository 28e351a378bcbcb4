"""gatepost social: posts about a page, ready to paste."""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from gatepost_site.findings import ContentError, Finding
from gatepost_site.project import Project
from gatepost_site.seo.page_list import ListedPage, is_newer, read_page_list
from gatepost_site.seo.posts import NETWORKS, Post, Subject, Wording, post_for
from gatepost_site.seo.wording import read_wording
from gatepost_webhook.errors import NotBuiltError
from gatepost_webhook.options import project_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@click.command()
@click.argument("name", metavar="PAGE")
@click.option(
    "--network",
    "keys",
    type=click.Choice(list(NETWORKS), case_sensitive=False),
    multiple=True,
    show_default="all of them",
    help="Write for this network only; may be given more than once.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@project_option
def command(*, name: str, keys: Sequence[str], as_json: bool, root: Path) -> None:
    """Write posts about a page, each within its network's limit, with links that say where they were pressed.

    PAGE is a file such as blog/posts/first.md, an address, or the name of a magnet. The words are those of the key
    'social' in its front matter, else its title and description. Build first.

    \b
    Example:
      gatepost social blog/posts/rehearse-before-you-send.md --network bluesky
    """
    project = Project.at(root)
    page = _find(name, _pages(project))
    wording = _wording(page, project)
    if is_newer(page, project):
        click.echo(f"note: {page.file} has changed since the last build; title and address are those of then", err=True)
    posts = [post_for(key, wording, _subject(page)) for key in keys or NETWORKS]
    if as_json:
        click.echo(json.dumps([asdict(post) for post in posts], indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(_shown(post) for post in posts))


def _pages(project: Project) -> list[ListedPage]:
    """Return the pages of the last build. Raises NotBuiltError, ContentError."""
    try:
        pages = read_page_list(project)
    except FileNotFoundError as error:
        raise NotBuiltError(f"{project.root}: the site was never built; run 'gatepost build' first") from error
    if not any(page.address for page in pages):
        what = "'site_url' is missing, and a post needs the page's address"
        raise ContentError([Finding("mkdocs.yml", 1, 1, what, write="'site_url: https://www.example.com/'")])
    return pages


def _find(name: str, pages: Sequence[ListedPage]) -> ListedPage:
    """Return the page that a name means. Raises UsageError for one that means none."""
    by_name = {alias: page for page in reversed(pages) for alias in _names(page)}
    wanted = _plain(name)
    if wanted in by_name:
        return by_name[wanted]
    last = wanted.rpartition("/")[2]
    near = difflib.get_close_matches(wanted, by_name, n=1) or difflib.get_close_matches(last, by_name, n=1, cutoff=0.5)
    write = f"write {near[0]!r}" if near else "write its file, as in 'index.md'"
    raise click.UsageError(f"no such page, found {name!r}; {write}")


def _names(page: ListedPage) -> Iterator[str]:
    """Yield what somebody may call a page, the least certain first."""
    yield _plain(page.url).rpartition("/")[2]
    if page.magnet:
        yield page.magnet
    yield from (_plain(alias) for alias in (page.url, page.source.removesuffix(".md"), page.source))
    if page.file:
        yield page.file


def _plain(name: str) -> str:
    """Return a name without what does not tell pages apart: the site's address, slashes at the ends, escapes."""
    path = urlsplit(name).path if "://" in name else name
    return unquote(path).removeprefix("./").strip("/")


def _wording(page: ListedPage, project: Project) -> Wording:
    file = project.root / page.file
    return read_wording(file, root=project.root) if page.file and file.is_file() else Wording()


def _subject(page: ListedPage) -> Subject:
    last = unquote(page.url).removesuffix("index.html").removesuffix(".html").strip("/").rpartition("/")[2]
    return Subject(page.title, page.description, page.address, campaign=page.magnet or last or "home")


def _shown(post: Post) -> str:
    cut = ", shortened" if post.is_shortened else ""
    return f"--- {post.network}: {post.length:,} of {post.limit:,} characters{cut}\n\n{post.text}"
