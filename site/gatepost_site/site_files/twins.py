"""A Markdown twin of each page, for programs that read text: full links, and offers as links to their landing pages."""

from __future__ import annotations

import posixpath
import re
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from gatepost_site.site_files.indexable import address, is_indexable
from gatepost_site.site_files.kept_twins import KeptTwins
from gatepost_site.speed.workers import spread

if TYPE_CHECKING:
    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

#: The target in `[text](target "title")` and `![alt](target)`, and that in `[name]: target`.
_LINK = re.compile(r"\]\(<?([^)\s<>]+)>?")
_REFERENCE = re.compile(r"^( {0,3}\[[^\]^][^\]]*\]:\s*)<?([^\s<>]+)>?", re.MULTILINE)
_ATTRIBUTE = re.compile(r"\b(href|src)=\"([^\"]+)\"")
#: Code, in which nothing is a link: whole blocks, and pieces of a line.
_BLOCK = re.compile(r"(^ *(`{3,}|~{3,})[^\n]*\n.*?^ *\2[`~]* *$)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+[^`]*`+)")
#: Attribute lists, as in `{ .md-button }`, and icons, as in `:material-email:`: words of the page's look alone.
_LOOK = re.compile(r"\{:?[ ]*[.#][^{}\n]*\}")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[\w-]+:")
#: `/// name | argument` with the options below it, and the line that ends it.
_OPENED = re.compile(r"^ {0,3}/{3,} *([A-Za-z][\w-]*) *(?:\|(.*))?\n(?: {4}\S.*\n)*", re.MULTILINE)
_CLOSED = re.compile(r"^ {0,3}/{3,} *$\n?", re.MULTILINE)
_SNIPPET = re.compile(r"^[ \t;]*-+8<-+.*\n?", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^# +\S", re.MULTILINE)
_BLANK = re.compile(r"\n{3,}")
_FULL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
#: What is worth reading as text: lists of posts are not.
_KINDS = frozenset({"home", "page", "post", "landing"})


def twin_path(page: SitePage, site: Site) -> str:
    """Return the path of a page's twin below the site, such as "seo/index.md"; "" when it has none."""
    if not site.facts.adds.llms or not site.facts.url or page.kind not in _KINDS or not is_indexable(page, site):
        return ""
    return page.path.removesuffix(".html") + ".md" if page.path.endswith(".html") else ""


def write_twins(site: Site, public: Path, project: Project) -> None:
    """Write the twins of all pages that search engines may list; those that did not change, the last build wrote."""
    twins = Twins(site)
    kept = KeptTwins(project, public, rules=twins.rules)
    keys = {
        path: (_digest(page.markdown, page.title, page.description, page.kind, page.url, page.source), page)
        for page in site.pages.values()
        if (path := twin_path(page, site))
    }

    def write(path: str) -> bool:
        (public / path).write_text(twins.text(keys[path][1]), encoding="utf-8", newline="\n")
        return True

    missing = [path for path, (key, _) in keys.items() if not kept.take(path, key)]
    for path in missing:
        kept.clear(path)
    for path, done in zip(missing, spread(missing, write), strict=True):
        if not done:
            write(path)
    for path, (key, _) in keys.items():
        kept.note(path, key)
    kept.save()


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Twins:
    """Makes the twins of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._addresses = {page.source: address(page.url, site) for page in site.pages.values()}
        self._landings = {
            page.magnet: page for page in site.pages.values() if page.kind == "landing" and is_indexable(page, site)
        }

    @property
    def rules(self) -> str:
        """Names what every twin depends on beside its page: this program, the site's addresses and its magnets."""
        landings = (f"{slug}\0{page.title}\0{page.url}" for slug, page in self._landings.items())
        program = Path(__file__).read_text(encoding="utf-8")
        return _digest(program, self._site.facts.url, *self._addresses, *self._addresses.values(), *landings)

    def text(self, page: SitePage) -> str:
        """Return a page as Markdown that stands alone."""
        text = page.markdown
        parts = _BLOCK.split(text) if "```" in text or "~~~" in text else [text]
        # The second group, the fence alone, stands after each block.
        del parts[2::3]
        parts[::2] = [_BLANK.sub("\n\n", self._part(part, page)) for part in parts[::2]]
        body = "".join(parts).strip()
        head = "" if _HEADING.search(body) else f"# {page.title}\n\n"
        if page.kind == "landing" and page.description:
            head += f"{page.description}\n\n"
        return f"{head}{body}\n\n---\n\n{self._addresses[page.source]}\n"

    def _part(self, text: str, page: SitePage) -> str:
        """Return what stands between two blocks of code, without comments and snippets, and its lines as prose."""
        if "<!--" in text:
            text = _COMMENT.sub("", text)
        if "8<-" in text:
            text = _SNIPPET.sub("", text)
        if "///" in text:
            text = _CLOSED.sub("", _OPENED.sub(self._opened, text))
        pieces = _CODE.split(text) if "`" in text else [text]
        pieces[::2] = [self._prose(piece, page) for piece in pieces[::2]]
        return "".join(pieces)

    def _prose(self, text: str, page: SitePage) -> str:
        """Return text with full links, and without what is only look."""
        if "](" in text:
            text = _LINK.sub(lambda found: f"]({self._target(found[1], page)}", text)
        if "]:" in text:
            text = _REFERENCE.sub(lambda found: f"{found[1]}{self._target(found[2], page)}", text)
        if '="' in text:
            here = self._addresses[page.source]
            text = _ATTRIBUTE.sub(lambda found: f'{found[1]}="{urljoin(here, found[2])}"', text)
        if "{" in text:
            text = _LOOK.sub("", text)
        return _ICON.sub("", text) if ":" in text else text

    def _target(self, target: str, page: SitePage) -> str:
        """Return where a link of a page's Markdown leads, in full: to the page that a source file becomes."""
        if _FULL.match(target):
            return target
        path, mark, anchor = target.partition("#")
        if not path:
            return f"{self._addresses[page.source]}{mark}{anchor}"
        if path.startswith("/"):
            return urljoin(self._site.facts.url, target)
        source = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path))
        if page.language and (linked := self._site.pages.get(source)):
            # A translation leads to translations, as the page itself does.
            source = self._site.translations_of(linked).get(page.language, linked).source
        return (self._addresses.get(source) or address(source, self._site)) + mark + anchor

    def _opened(self, found: re.Match[str]) -> str:
        """Return what stands for the first line of a block: a link to the magnet that it offers, or its title."""
        name, argument = found[1].lower(), (found[2] or "").strip()
        landing = self._landings.get(argument)
        if landing and name in {"offer", "form"}:
            return f"\n**[{landing.title}]({address(landing.url, self._site)})**\n\n"
        is_slug = re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", argument)
        return f"\n**{argument}**\n\n" if argument and not is_slug else "\n"
