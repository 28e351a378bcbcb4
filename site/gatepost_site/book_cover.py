"""What a writer may say about an ebook's cover: its colour, or a picture in place of the drawn pattern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from gatepost_site.documents import Checked, mistake
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

#: Kinds of pictures that Typst can draw, and how such a file begins.
BEGINNINGS = {
    ".gif": b"GIF8",
    ".jpeg": b"\xff\xd8\xff",
    ".jpg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".svg": b"",
    ".webp": b"RIFF",
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _text(value: object) -> object:
    if value is None:
        # A bare # begins a comment in YAML.
        raise mistake("has no value", "the colour in quotes, as in '\"#27476b\"'")
    return value


def _colour(value: str) -> str:
    if value and not _COLOUR.fullmatch(value):
        raise mistake("is not a colour", "# and six digits of 0-9 and a-f in quotes, as in '\"#27476b\"'")
    return value.lower()


class CoverMeta(Checked):
    """The key `cover` of magnet.md."""

    #: "#27476b"; "" takes one that the magnet's name chooses.
    colour: Annotated[str, BeforeValidator(_text), AfterValidator(_colour)] = Field("", examples=['"#27476b"'])
    #: A picture in the magnet's folder, relative to it, in place of the drawn pattern.
    image: str = Field("", examples=["cover.jpg"])
    #: Whether the picture is the whole cover, title and all.
    whole: bool = Field(default=False, examples=["true"])


def picture_mistake(folder: Path, address: str) -> tuple[str, str]:
    """Return (what is wrong with a picture in a magnet's folder, what to write), ("", "") when nothing is."""
    path = (folder / address).resolve()
    suffix = path.suffix.lower()
    if not path.is_relative_to(folder.resolve()):
        return "picture is outside the magnet", "the path of a file in the magnet's folder"
    if suffix not in BEGINNINGS:
        return "not a kind of picture that prints", "a file ending in " + ", ".join(sorted(BEGINNINGS))
    if not path.is_file():
        return "no such picture", "the path of a picture in the magnet's folder"
    with path.open("rb") as stream:
        if not stream.read(16).startswith(BEGINNINGS[suffix]):
            return "not the picture that its name says", "a picture of the kind that its name ends in"
    return "", ""


def cover_findings(file: str, folder: Path, cover: object, place: tuple[int, int]) -> list[Finding]:
    """Return what is wrong with the picture of a cover as written in `file`; `place` is that of its key."""
    image = cover.get("image") if isinstance(cover, dict) else None
    if not isinstance(image, str) or not image:
        whole = isinstance(cover, dict) and cover.get("whole") is True
        write = "'image: cover.jpg' beside it, or no 'whole'"
        return [Finding(file, *place, "cover is a whole picture, and none is named", write=write)] if whole else []
    what, write = picture_mistake(folder, image)
    return [Finding(file, *place, f"cover: {what}", f"'{image}'", write)] if what else []
