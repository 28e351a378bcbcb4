"""A reader's name at the foot of each page of a PDF. Needs pikepdf, which comes with `gatepost[stamp]`."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import typst

from gatepost_site.ebook.literals import literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Points: how far the stamp's lower edge is from that of the page, and how wide it may be beside its margins.
_RISE, _MARGINS = 15.0, 60.0
#: Changes when the same words would come out differently.
VERSION = "1"


class StampError(Exception):
    """A file cannot be stamped; the message says why."""


def can_stamp() -> bool:
    """Whether what stamping needs is installed."""
    return find_spec("pikepdf") is not None


def check_stampable(pdf: Path) -> None:
    """Make sure that a PDF takes a stamp. Raises StampError."""
    _opened(pdf).close()


def printable(candidates: Sequence[str]) -> str:
    """Return the first of several texts for which this machine has all the letters, "" when it has them for none."""
    return next((text for text in candidates if text and _has_glyphs(text)), "")


def stamped(pdf: Path, text: str, *, cover: bool) -> bytes:
    """Return a PDF with a line of text at the foot of each page; a `cover` is left as it is.

    The line is decoration to a screen reader, so a tagged file stays one. Raises StampError.
    """
    import pikepdf  # noqa: PLC0415 - an extra, and only who stamps needs it

    with _opened(pdf) as document, pikepdf.open(io.BytesIO(_strip(text))) as strip:
        pages = list(document.pages)[1:] if cover else list(document.pages)
        box = strip.pages[0].mediabox
        width, height = float(box[2]), float(box[3])
        form = document.copy_foreign(strip.pages[0].as_form_xobject())
        for page in pages:
            _put(page, form, width, height)
        out = io.BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def _put(page: Any, form: Any, width: float, height: float) -> None:
    """Draw the strip at the middle of a page's lower edge, smaller where the page is narrow."""
    import pikepdf  # noqa: PLC0415

    left, bottom, right, _ = (float(edge) for edge in page.cropbox)
    scale = min(1.0, (right - left - _MARGINS) / width)
    x = left + (right - left - width * scale) / 2
    name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.GatepostStamp)
    # What the page did to its own drawing must not move ours.
    page.contents_add(b"q", prepend=True)
    place = f"{scale:.4f} 0 0 {scale:.4f} {x:.2f} {bottom + _RISE - height * scale:.2f} cm"
    page.contents_add(f"Q /Artifact BMC q {place} {name} Do Q EMC".encode())


def _strip(text: str) -> bytes:
    """Typeset a line of text as a page of its own, as large as the line and without a ground."""
    # Any font of the machine may help out: names come in every script.
    made = typst.Compiler(_source(text).encode()).compile(format="pdf", pdf_tags=False)
    return (made[0] if isinstance(made, list) else made) or b""


def _has_glyphs(text: str) -> bool:
    try:
        # This standard refuses a letter that no font has, where plain PDF leaves a box.
        typst.Compiler(_source(text).encode()).compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError:
        return False
    return True


def _source(text: str) -> str:
    fonts = '("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")'
    return (
        '#set document(title: "Stamp", date: none)\n'
        "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
        f'#set text(font: {fonts}, size: 7.4pt, fill: rgb("#5a6562"))\n'
        f"#{literal(text)}"
    )


def _opened(pdf: Path) -> Any:
    import pikepdf  # noqa: PLC0415

    try:
        return pikepdf.open(pdf)
    except pikepdf.PasswordError as error:
        raise StampError("it is locked with a password") from error
    except pikepdf.PdfError as error:
        raise StampError("it is not a whole PDF") from error
