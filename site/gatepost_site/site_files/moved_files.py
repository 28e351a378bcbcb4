"""What stands at the old address of a page: a small page that leads on, and the same for servers that know 301."""

from __future__ import annotations

import html
import json
import posixpath
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from gatepost_site.site_files.indexable import address, is_indexable, language_of
from gatepost_site.site_files.moves import moved, moves

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

#: What stays as it is in an address on the site's own host.
_SAFE = "/%:@!$&'()*+,;=~"
#: The same where a colon or a star begins the name of a part of the address, and where a dollar sign begins that of a
#: variable.
_SAFE_RULE, _SAFE_NGINX = _SAFE.replace(":", "").replace("*", ""), _SAFE.replace("$", "")
_REDIRECTS = '# Old addresses of pages. "301!" is for hosts that would show the page at the old address first.\n'
_NGINX = "# Old addresses of pages, for: map $uri $moved_to { include redirects.map; }\n"


def write_moved(site: Site, public: Path, project: Project) -> None:
    """Write a page at each old address, `_redirects`, and `redirects.map` for nginx; nothing when no page moved."""
    found = [move for move in moves(site) if move.old]
    for move in found:
        file = public / move.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(moved_page(move.file, move.page, site), encoding="utf-8", newline="\n")
    if found:
        # Rules that a writer wrote come first, and the first that fits is taken.
        written = project.content / "_redirects"
        own = written.read_text(encoding="utf-8").rstrip("\n") + "\n" if written.is_file() else ""
        (public / "_redirects").write_text(own + redirects_text(site), encoding="utf-8", newline="\n")
        (public / "redirects.map").write_text(nginx_text(site), encoding="utf-8", newline="\n")


def moved_page(file: str, page: SitePage, site: Site) -> str:
    """Return the page at an old address, which is the HTML file `file` below the site."""
    start = posixpath.dirname(file) or "."
    relative = posixpath.relpath(page.url or ".", start) + ("/" if page.url.endswith("/") or not page.url else "")
    target = html.escape(quote(relative, safe=_SAFE))
    full = html.escape(address(page.url, site)) if site.facts.url else ""
    canonical = f'<link rel="canonical" href="{full}">\n' if full and is_indexable(page, site) else ""
    language = language_of(page, site)
    # The part after "#" does not reach a server: without the script it would be lost.
    script = json.dumps(quote(relative, safe=_SAFE)).replace("<", "\\u003c")
    return (
        f'<!doctype html>\n<html lang="{html.escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(page.title)}</title>\n"
        f'<meta name="robots" content="noindex">\n{canonical}'
        f"<script>location.replace({script}+location.search+location.hash)</script>\n"
        f'<meta http-equiv="refresh" content="0; url={target}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n<body>\n'
        f'<p>{site.words(page).html("around.moved")}: <a href="{target}">{html.escape(page.title)}</a></p>\n'
        "</body>\n</html>\n"
    )


def redirects_text(site: Site) -> str:
    """Return the old addresses as hosts of static sites read them, with and without the last slash."""
    return _REDIRECTS + "".join(
        f"{old} {new} 301!\n{old} {new} 301\n" + (f"{old.rstrip('/')} {new} 301\n" if old.endswith("/") else "")
        for old, new in _addresses(site)
    )


def nginx_text(site: Site) -> str:
    """Return the old addresses as entries of an nginx map."""
    base = _base(site)
    lines = []
    for old, new in moved(site).items():
        target = quote(f"{base}{new}", safe=_SAFE_NGINX)
        # nginx compares addresses that are decoded already.
        lines.append(f'"{base}{old}" "{target}";\n')
        if old.endswith("/"):
            lines.append(f'"{base}{old.rstrip("/")}" "{target}";\n')
    return _NGINX + "".join(lines)


def _addresses(site: Site) -> Iterator[tuple[str, str]]:
    base = _base(site)
    for old, new in moved(site).items():
        yield quote(f"{base}{old}", safe=_SAFE_RULE), quote(f"{base}{new}", safe=_SAFE_RULE)


def _base(site: Site) -> str:
    """Return the path of the site on its host, such as "/" or "/sub/"."""
    return urlsplit(site.facts.url).path or "/"
