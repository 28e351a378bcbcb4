"""A Markdown twin of each page, for programs that read text: full links, and offers as links to their landing pages."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from gatepost_site.offer_check import find_offers, prose
from gatepost_site.site_files.indexable import address, is_indexable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

#: `[text](target "title")` and `![alt](target)`, or a piece of code, in which nothing is a link.
_LINK = re.compile(r"(`+)(?:.*?)\1|(\]\()<?([^)\s<>]+)>?")
_REFERENCE = re.compile(r"^( {0,3}\[[^\]^][^\]]*\]:\s*)<?([^\s<>]+)>?")
_ATTRIBUTE = re.compile(r"\b(href|src)=\"([^\"]+)\"")
#: Attribute lists, as in `{ .md-button }`, and icons, as in `:material-email:`: words of the page's look alone.
_LOOK = re.compile(r"[ ]?\{:?[ ]*[.#][^{}\n]*\}|(?<!\w):(?:material|fontawesome|octicons|simple)-[\w-]+:")
_SNIPPET = re.compile(r"^\s*-{1,}8<-{1,}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^# +\S", re.MULTILINE)
_BLANK = re.compile(r"\n{3,}")
_FULL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
#: What is worth reading as text: lists of posts are not.
_KINDS = frozenset({"home", "page", "post", "landing"})


def twin_path(page: SitePage, site: Site) -> str:
    """Return the path of a page's twin below the site, such as "seo/index.md"; "" when it has none."""
    if not site.adds.llms or not site.facts.url or page.kind not in _KINDS or not is_indexable(page, site):
        return ""
    return page.path.removesuffix(".html") + ".md" if page.path.endswith(".html") else ""


def write_twins(site: Site, public: Path, project: Project) -> None:  # noqa: ARG001 - as every step
    """Write the twins of all pages that search engines may list."""
    landings = {page.magnet: page for page in site.pages.values() if page.kind == "landing"}
    for page in site.pages.values():
        if path := twin_path(page, site):
            (public / path).write_text(twin_text(page, site, landings), encoding="utf-8", newline="\n")


def twin_text(page: SitePage, site: Site, landings: Mapping[str, SitePage]) -> str:
    """Return a page as Markdown that stands alone. `landings` has the landing page of each magnet."""
    text = _COMMENT.sub("", page.markdown) if "<!--" in page.markdown else page.markdown
    lines = _without_offers(text.split("\n"), site, landings)
    outside = {index for index, _ in prose(lines)}
    body = "\n".join(
        _line(line, page, site) if index in outside else line
        for index, line in enumerate(lines)
        if not _SNIPPET.match(line)
    )
    head = "" if _HEADING.search(body) else f"# {page.title}\n\n"
    if page.kind == "landing" and page.description:
        head += f"{page.description}\n\n"
    return f"{head}{_BLANK.sub(chr(10) * 2, body).strip()}\n\n---\n\n{address(page.url, site)}\n"


def _without_offers(lines: list[str], site: Site, landings: Mapping[str, SitePage]) -> list[str]:
    """Put a link to the landing page where an offer stands; the writer's own words in it stay."""
    heads = {head.rest - 1: head for head in find_offers(lines)}
    result: list[str] = []
    end = ""
    options = False
    for index, line in enumerate(lines):
        if head := heads.get(index):
            end, options = head.slashes, True
            result += ["", *_offer(landings.get(head.name), site)]
        elif end and line.strip() == end:
            end = ""
        elif not (options and line.startswith("    ") and line.strip()):
            options = False
            result.append(line)
    return result


def _offer(landing: SitePage | None, site: Site) -> Iterator[str]:
    if landing and is_indexable(landing, site):
        yield f"**[{landing.title}]({address(landing.url, site)})**"
        yield ""


def _line(line: str, page: SitePage, site: Site) -> str:
    if "](" in line:
        line = _LINK.sub(lambda found: _link(found, page, site), line)
    elif line.lstrip().startswith("[") and (found := _REFERENCE.match(line)):
        line = f"{found[1]}{_target(found[2], page, site)}{line[found.end() :]}"
    if '="' in line:
        line = _ATTRIBUTE.sub(lambda found: f'{found[1]}="{urljoin(address(page.url, site), found[2])}"', line)
    return _LOOK.sub("", line) if "{" in line or ":" in line else line


def _link(found: re.Match[str], page: SitePage, site: Site) -> str:
    return found[0] if found[1] else f"{found[2]}{_target(found[3], page, site)}"


def _target(target: str, page: SitePage, site: Site) -> str:
    """Return where a link of a page's Markdown leads, in full: to the page that a source file becomes."""
    if _FULL.match(target):
        return target
    path, mark, anchor = target.partition("#")
    if not path:
        return f"{address(page.url, site)}{mark}{anchor}"
    if path.startswith("/"):
        return urljoin(site.facts.url, target)
    source = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path))
    linked = site.pages.get(source)
    return address(linked.url if linked else source, site) + mark + anchor
