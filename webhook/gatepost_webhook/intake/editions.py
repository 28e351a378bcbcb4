"""The file as one person gets it: the book as EPUB for who wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.intake.files import gated_file

if TYPE_CHECKING:
    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.intake.files import GatedFile
    from gatepost_webhook.store.submissions import Submission

#: `?format=epub`, at the end of a download's address.
EPUB = "epub"


async def edition(desk: Desk, submission: Submission, file: GatedFile, *, wanted: str = "") -> GatedFile:
    """Return the file in the wanted format, or as it is when there is no such format of it."""
    book = desk.manifest.epubs.get(submission.magnet)
    if wanted == EPUB and book is not None:
        return await gated_file(desk, book)
    return file
