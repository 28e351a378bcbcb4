"""Keeps hidden pages out of the index that the search of a page reads, whichever plugin wrote it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site


def hide_from_search(site: Site, public: Path, _: Project) -> None:
    """Take the pages that search engines may not list out of search/search_index.json."""
    file = public / "search" / "search_index.json"
    hidden = {page.url for page in site.pages.values() if page.is_hidden or page.kind == "thanks"}
    if not hidden or not file.is_file():
        return
    text = file.read_text(encoding="utf-8")
    # At a thousand pages the index is megabytes: it is read only when there is something to take out.
    if not any(f'"{url}"' in text or f'"{url}#' in text for url in hidden):
        return
    index = json.loads(text)
    kept = [entry for entry in index["docs"] if entry["location"].partition("#")[0] not in hidden]
    if len(kept) < len(index["docs"]):
        index["docs"] = kept
        file.write_text(json.dumps(index, separators=(",", ":")), encoding="utf-8")
