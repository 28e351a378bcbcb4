"""Pictures that writers chose for networks: how large they are, and whether they are there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gatepost_site.pictures import picture_size
from gatepost_site.seo.metadata import own_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from gatepost_site.site_pages import SitePage

# Below the name whose warnings a build shows.
_log = logging.getLogger(f"mkdocs.{__name__}")


def own_pictures(pages: Iterable[SitePage], find: Callable[[str], Path | None]) -> dict[str, tuple[int, int]]:
    """Return the sizes of the pictures that pages name, in pixels, by their path below the site.

    `find` returns the file at such a path. A picture that is not there is named in a warning, and has no size.
    """
    sizes: dict[str, tuple[int, int]] = {}
    for page in pages:
        path = own_picture(page)
        if not path or "://" in path:
            continue
        file = find(path)
        size = picture_size(file) if file else None
        if size is None:
            what, write = "'image' is no picture that networks show", "the path of a PNG or JPEG file below the site"
            _log.warning("%s: %s, found '%s'; write %s", page.source, what, path, write)
        sizes[path] = size or (0, 0)
    return sizes
