"""The file as one person gets it: as EPUB for who wants that, and with their name where the magnet says so."""

from __future__ import annotations

import functools
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from anyio import Path as AsyncPath
from anyio import to_thread

from gatepost_site.ebook import stamp
from gatepost_site.magnets import EPUB_TYPE
from gatepost_webhook.intake.files import GatedFile, gated_file
from gatepost_webhook.intake.stamping import copies

if TYPE_CHECKING:
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.store.submissions import Submission

logger = logging.getLogger(__name__)

#: `?format=epub`, at the end of a download's address.
EPUB = "epub"
_STAMPED = frozenset({"application/pdf", EPUB_TYPE})


async def edition(desk: Desk, submission: Submission, given: Response | None, *, wanted: str = "") -> Response | None:
    """Return what is given in the wanted format, or as it is when there is no such format of it.

    A PDF gets the reader's name when its magnet says so. What is no file stays what it is.
    """
    if not isinstance(given, GatedFile):
        return given
    magnet = desk.version_for(submission)
    book = desk.manifest.epubs.get(magnet.key)
    if wanted == EPUB and book is not None:
        given = await gated_file(desk, book)
    if not magnet.meta.stamp or given.media_type not in _STAMPED:
        return given
    try:
        return await _own_copy(desk, submission, given)
    except (stamp.StampError, OSError, ImportError):
        # A file without a name is better than none.
        logger.exception("magnet %r: a copy could not be stamped, and went out without a name", submission.magnet)
        return given


async def _own_copy(desk: Desk, submission: Submission, file: GatedFile) -> GatedFile:
    magnet = desk.version_for(submission)
    # Another file than that of the build, as after a change, has another sum: its size and age stand for it.
    known = file.headers["etag"]
    copy = functools.partial(copies(desk.settings).file_for, magnet, submission, Path(file.path), known)
    path = await to_thread.run_sync(copy, limiter=desk.stamping)
    headers = {name: file.headers[name] for name in ("content-disposition", "cache-control", "x-robots-tag")}
    headers["etag"] = f'"{path.stem.partition("-")[2]}"'
    return GatedFile(path, headers=headers, media_type=file.media_type, stat_result=await AsyncPath(path).stat())
