"""Share cards: one a page, 1200 by 630 pixels, small, drawn once."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageChops, ImageFont, ImageStat, features

from gatepost_site.project import Project
from gatepost_site.seo.cards import card_of
from gatepost_site.seo.colours import colour_of
from gatepost_site.seo.drawing import draw_cards
from gatepost_site.seo.lettering import REGULAR, SEMIBOLD, can_write
from gatepost_site.seo.painting import Painter
from gatepost_site.seo.typeset_cards import typeset
from tests.site.seo.drawn_pages import FACTS, page, site

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site
    from tests.site.conftest import Drawn

LONG = "Datenschutzgrundverordnungskonforme Einwilligungserklärungen für Bäckereien und Röstereien " * 3


@pytest.fixture(autouse=True, scope="module")
def _fribidi() -> None:
    if not features.check("raqm"):
        pytest.fail("cards are painted with FriBidi, which is not here; run: sudo apt-get install libfribidi0")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "public").mkdir()
    return Project.at(tmp_path)


def drawn(project: Project, of: Site) -> dict[str, bytes]:
    draw_cards(of, project.public, project)
    return {file.name: file.read_bytes() for file in (project.public / "assets/cards").glob("*")}


def test_a_card_has_the_size_that_networks_ask_for_and_few_bytes(project: Project) -> None:
    pages = [
        page("a.md"),
        page("b.md", title=LONG),
        page("ü.md", title="Ünïcode 🎉 — “quoted” #let x = 1", language="de"),
    ]
    pictures = drawn(project, site(*pages))
    assert len(pictures) == 3
    for picture in pictures.values():
        with Image.open(io.BytesIO(picture)) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
        assert len(picture) < 60_000


def test_a_card_is_drawn_once(project: Project) -> None:
    of = site(page("a.md"))
    [picture] = drawn(project, of).values()
    [kept] = (project.private / "cards").iterdir()
    changed = kept.stat().st_mtime_ns
    assert list(drawn(project, of).values()) == [picture]
    assert kept.stat().st_mtime_ns == changed


def test_other_words_make_another_card_at_another_address(project: Project) -> None:
    first, second = card(page("a.md")), card(page("a.md", title="Another title"))
    assert first.path != second.path
    assert first.path.startswith("assets/cards/a-")


def test_a_script_that_no_font_can_write_leaves_the_sites_name(project: Project, caplog: Any) -> None:
    # Linear A: nobody has deciphered it, and hardly a machine has a font for it.
    pictures = drawn(project, site(page("a.md", title="\U00010600\U00010601"), page("b.md", title="Words")))
    assert len(pictures) == 2
    assert "No font on this machine can write" in caplog.text


def test_right_to_left_is_the_mirror_image(project: Project) -> None:
    hebrew = replace(FACTS, language="he")
    [picture] = drawn(project, site(page("a.md", title="שלום עולם"), facts=hebrew)).values()
    with Image.open(io.BytesIO(picture)) as image:
        colours = image.convert("RGB")
    # The pattern is at the left, and at the right there is nothing but the ground.
    left, right = colours.crop((0, 0, 300, 630)), colours.crop((1150, 0, 1200, 630))
    assert len(left.getcolors(1000) or ()) > 3
    assert len(right.getcolors(1000) or ()) == 1


def test_painted_and_typeset_cards_look_the_same() -> None:
    words = card(page("a.md", title="AVATAR, “affinity”", description="It is short."))
    painted = Painter(words.colour).paint(words)
    [typed] = typeset([words], lambda _: False, Path())
    assert painted is not None
    with Image.open(io.BytesIO(painted)) as one, Image.open(io.BytesIO(typed)) as other:
        difference = ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB")))
    assert max(difference.mean) < 2
    assert max(difference.rms) < 15


def test_the_same_card_is_the_same_bytes() -> None:
    words = card(page("a.md", title="Bread", description="How to bake it."))
    assert len({Painter(words.colour).paint(words) for _ in range(2)}) == 1


@pytest.mark.parametrize("letter", ["a", "ß", "Ж", "ω", "א", "€", "→", "½", "“"])
def test_the_fonts_have_what_they_are_said_to_have(letter: str) -> None:
    assert can_write(letter)
    for name in (REGULAR, SEMIBOLD):
        font = ImageFont.truetype(str(files("gatepost_site.seo") / "fonts" / name), 40)
        # What a font has not is drawn as a box, as this is, which is no character.
        assert bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def test_a_title_with_a_word_too_long_for_a_line_is_left_to_typesetting() -> None:
    words = card(page("a.md", title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"))
    assert Painter(words.colour).paint(words) is None


def test_the_logo_stands_before_the_name(project: Project) -> None:
    (project.public / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#f00" d="M0 0h9v9H0z"/></svg>'
    )
    [picture] = drawn(project, site(page("a.md"), facts=replace(FACTS, logo="logo.svg"))).values()
    with Image.open(io.BytesIO(picture)) as image:
        assert image.convert("RGB").getpixel((80, 77)) == (255, 0, 0)


def test_cards_that_no_page_has_any_more_go_after_a_day(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(project, site(page("a.md")))
    drawn(project, site(page("a.md", title="Another title")))
    kept = project.private / "cards"
    assert len(list(kept.iterdir())) == 2
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    drawn(project, site(page("a.md", title="Another title")))
    assert len(list(kept.iterdir())) == 1


def test_a_logo_that_is_none_costs_no_card(project: Project) -> None:
    (project.public / "logo.svg").write_text("this is no picture")
    assert len(drawn(project, site(page("a.md"), facts=replace(FACTS, logo="logo.svg")))) == 1


@pytest.mark.parametrize(
    "facts",
    [replace(FACTS, url=""), replace(FACTS, cards=False), replace(FACTS, is_preview=True)],
)
def test_where_nobody_would_see_cards_there_are_none(project: Project, facts: Any) -> None:
    assert drawn(project, site(page("a.md"), facts=facts)) == {}


def test_a_hidden_page_and_one_with_its_own_picture_have_none(project: Project) -> None:
    assert drawn(project, site(page("a.md", meta={"robots": "noindex"}), page("b.md", meta={"image": "b.png"}))) == {}


@pytest.mark.parametrize(
    ("primary", "own", "colour"),
    [
        ("", "", "#1f5f4a"),
        ("black", "", "#1d2422"),
        ("custom", "#1f5f4a", "#1f5f4a"),
        ("custom", "#123", "#112233"),
        ("custom", "not a colour", "#1f5f4a"),
    ],
)
def test_a_card_has_the_sites_own_colour(primary: str, own: str, colour: str) -> None:
    assert colour_of(primary, own) == colour


def test_a_light_colour_is_darkened_until_white_words_can_be_read() -> None:
    red, green, blue = (int(colour_of("yellow", "")[at : at + 2], 16) for at in (1, 3, 5))
    assert max(red, green, blue) < 130


def test_every_page_of_the_example_names_a_card_that_is_there(example: Drawn) -> None:
    named = [
        name
        for file in example.public.rglob("*.html")
        for name in re.findall(r'og:image" content="https://gatepost.example/([^"]*)"', file.read_text("utf-8"))
    ]
    cards = {f"assets/cards/{file.name}" for file in (example.public / "assets/cards").iterdir()}
    assert len(named) == len(set(named)) > 20
    assert cards <= set(named)
    assert all((example.public / name).is_file() for name in named)


def card(of: Any) -> Any:
    return card_of(of, site(of))
