"""A page's file: its text, and its front matter as the last build understood it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mkdocs.utils.meta import YAML_RE, get_data

from gatepost_site.acceleration.configuration import handlers_of
from gatepost_site.speed.digests import digest
from gatepost_site.speed.environment import installed
from gatepost_site.speed.state import Front

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

    from gatepost_site.speed.state import State

_MARK = b"\xef\xbb\xbf"


class Reading:
    """Reads the pages of one build."""

    def __init__(self, config: MkDocsConfig, old: State, new: State) -> None:
        self._old, self._new = old, new
        #: Whether nobody reads pages in a way of their own.
        self._is_alone = not handlers_of(config, "page_read_source")

    def read(self, page: Page, config: MkDocsConfig) -> None:
        """Do what MkDocs' own method of a page does."""
        text = _text_of(page) if self._is_alone else None
        if text is None:
            type(page).read_source(page, config)
            return
        front = YAML_RE.match(text)
        if front is None or "!" in front[1]:
            # A tag may mean anything, and what is no YAML is read soon enough.
            page.markdown, page.meta = get_data(text)
            return
        source, key = page.file.src_uri, digest(installed(), front[1])
        kept = self._old.fronts.get(source)
        if kept and kept.key == key:
            page.markdown, page.meta = text[front.end() :].lstrip("\n"), json.loads(kept.json)
        else:
            page.markdown, page.meta = get_data(text)
            kept = _kept(key, page.meta)
        if kept:
            self._new.fronts[source] = kept


def _text_of(page: Page) -> str | None:
    """Return the text of a page's file; None when it is none, or when only MkDocs can say what is wrong with it."""
    path = page.file.abs_src_path
    if path is None or page.file.generated_by is not None:
        return None
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - there are thousands of them
            data = file.read()
        # Ends of lines are made alike by whoever reads text as text.
        return None if b"\r" in data else data.removeprefix(_MARK).decode()
    except (OSError, ValueError):
        return None


def _kept(key: str, meta: dict[str, Any]) -> Front | None:
    """Return what to keep of front matter; None when JSON would make something else of it, as of dates."""
    try:
        text = json.dumps(meta)
    except (TypeError, ValueError):
        return None
    return Front(key, text) if meta and json.loads(text) == meta else None
