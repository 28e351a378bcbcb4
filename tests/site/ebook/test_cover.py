"""The cover takes the colour and the picture that its writer names, and stays readable whatever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.ebook import cover_png
from gatepost_site.ebook.colours import contrast
from gatepost_site.ebook.cover import palette_of
from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from tests.site.ebook.conftest import FRONT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.ebook.conftest import Shelf

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><rect width="90" height="90" fill="{}"/></svg>'


def with_cover(cover: str) -> str:
    return FRONT.replace("---\n", f"---\ncover: {cover}\n", 1)


COLOURS = ["#000000", "#ffffff", "#ffd23f", "#27476b", "#808080", "#e8f4ff", "#c0392b", "#00ff00"]


@pytest.mark.parametrize("colour", COLOURS)
def test_type_can_be_read_on_any_colour(shelve: Callable[..., Shelf], colour: str) -> None:
    shelf = shelve({"01.md": "# One\n"}, front=with_cover(f'{{colour: "{colour}"}}'))
    palette = palette_of(shelf.magnet)
    assert palette.ground == colour
    assert contrast(palette.title, palette.ground) >= 4.5, "the title on the cover"
    assert contrast(palette.accent, "#ffffff") >= 4.5, "headings on paper"
    assert contrast(palette.warm, palette.ground) >= 1.5, "the pattern's warm parts"


def test_contrast_is_that_of_the_web_content_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_changed_colour_or_picture_makes_a_new_cover(shelve: Callable[..., Shelf]) -> None:
    drawn = []
    for cover in ('{colour: "#27476b"}', "{image: chapters/a.svg}", "{image: chapters/a.svg, whole: true}"):
        shelf = shelve({"01.md": "# One\n", "a.svg": SVG.format("red")}, front=with_cover(cover))
        drawn.append(cover_png(shelf.magnet, shelf.project).read_bytes())
    (shelf.magnet.folder / "chapters/a.svg").write_text(SVG.format("blue"))
    drawn.append(cover_png(shelf.magnet, shelf.project).read_bytes())
    assert len(set(drawn)) == 4


def test_a_whole_cover_has_words_for_those_who_cannot_see_it(shelve: Callable[..., Shelf]) -> None:
    front = with_cover("{image: chapters/a.svg, whole: true}")
    shelf = shelve({"01.md": "# One\n", "a.svg": SVG.format("red")}, front=front)
    assert b"Cover: Ten Loaves. Bread for people with jobs. A. Baker" in shelf.build().read_bytes()


COLOUR = "write # and six digits of 0-9 and a-f in quotes, as in '\"#27476b\"'"
MISTAKES = {
    "{colour: green}": f"2:9: 'cover.colour': is not a colour, found 'green'; {COLOUR}",
    "{colour: \n  #27476b\n  }": (
        "2:9: 'cover.colour': has no value, found nothing; write the colour in quotes, as in '\"#27476b\"'"
    ),
    "{color: x}": "2:9: unknown key, found 'color'; write 'colour'",
    "{image: gone.png}": (
        "2:1: cover: no such picture, found 'gone.png'; write the path of a picture in the magnet's folder"
    ),
    "{image: ../../a.png}": (
        "2:1: cover: picture is outside the magnet, found '../../a.png';"
        " write the path of a file in the magnet's folder"
    ),
    "{image: magnet.md}": (
        "2:1: cover: not a kind of picture that prints, found 'magnet.md';"
        " write a file ending in .gif, .jpeg, .jpg, .png, .svg, .webp"
    ),
    "{whole: true}": (
        "2:1: cover is a whole picture, and none is named; write 'image: cover.jpg' beside it, or no 'whole'"
    ),
}


@pytest.mark.parametrize(("cover", "said"), MISTAKES.items())
def test_a_mistake_is_said_with_its_place(shelve: Callable[..., Shelf], cover: str, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        shelve({"01.md": "# One\n"}, front=with_cover(cover))
    assert str(caught.value) == f"magnets/loaves/magnet.md:{said}"


def test_the_picture_is_what_its_name_says(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n", "a.png": "no picture"})
    page = shelf.magnet.folder / "magnet.md"
    page.write_text(with_cover("{image: chapters/a.png}"))
    with pytest.raises(ContentError, match="cover: not the picture that its name says"):
        load_magnets(shelf.project)
