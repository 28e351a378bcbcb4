"""Blocks of landing copy: what each becomes, and what is said of one that is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gatepost_site.landing_blocks.options import OPTIONS
from tests.acceptance.documentation import table
from tests.site.conftest import CONFIG, MAGNET, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

BOOK = """\
---
title: The Guide
description: What to do about limescale.
author: Ida Example
chapters: chapters/
preview: 2
---

"""
CHAPTERS: dict[str, str | bytes] = {
    "magnets/guide/chapters/01-why.md": "# Why *limescale*\n\nWater.\n\n## In the boiler\n\nMore.\n",
    "magnets/guide/chapters/02-when.md": "# Once a week\n\nWipe it.\n",
}


@pytest.fixture
def landing(draw: Draw) -> Callable[[str], str]:
    """Return a function that builds an ebook's landing page from its copy, and gives what stands in the article."""

    def build(copy: str) -> str:
        drawn = draw({**CHAPTERS, "magnets/guide/magnet.md": BOOK + copy})
        drawn.build()
        found = re.search(r'<article class="copy">(.*?)<div class="again">', drawn.page("get/guide"), re.DOTALL)
        assert found
        return found[1].strip()

    return build


def test_benefits_are_a_list_in_an_element_of_its_own(landing: Callable[[str], str]) -> None:
    assert landing("/// benefits\n- **Calm:** no noise\n- **Time:** ten minutes\n///\n") == (
        '<div class="gatepost-benefits">\n<ul>\n<li><strong>Calm:</strong> no noise</li>\n'
        "<li><strong>Time:</strong> ten minutes</li>\n</ul>\n</div>"
    )


def test_contents_are_the_chapters_of_the_book(landing: Callable[[str], str]) -> None:
    html = landing("/// contents\n    sections: true\n\nTwo chapters.\n///\n")
    assert html.startswith('<div class="gatepost-contents">\n<p>Two chapters.</p>\n<ol>')
    assert re.findall(r'<span class="gatepost-contents__title">(.*?)</span>', html) == ["Why limescale", "Once a week"]
    assert re.findall(r"__sections\">(.*?)</span>", html) == ["In the boiler"]
    assert "boiler" not in landing("/// contents\n///\n")


def test_a_preview_shows_pages_of_the_book_and_not_the_book(draw: Draw) -> None:
    drawn = draw({**CHAPTERS, "magnets/guide/magnet.md": f"{BOOK}/// preview\n    pages: 1\n///\n"})
    drawn.build()
    assert re.findall(r'<a href="(page-\d+.webp)"><img [^>]*alt="(.*?)"', drawn.page("get/guide")) == [
        ("page-3.webp", "Page 3 of The Guide")
    ]
    assert sorted(path.name for path in (drawn.public / "get/guide").glob("page-*.webp")) == ["page-3.webp"]
    assert not list(drawn.public.rglob("*.pdf"))


def test_the_author_is_the_magnets_unless_another_is_named(landing: Callable[[str], str]) -> None:
    assert landing("/// author\nWrites.\n///\n") == (
        '<div class="gatepost-author">\n<div>\n<p class="gatepost-author__name">Ida Example</p>\n<p>Writes.</p>\n'
        "</div>\n</div>"
    )
    html = landing("/// author\n    name: Tom *Other*\n    role: Editor\n///\n")
    assert '__name">Tom *Other*</p>\n<p class="gatepost-author__role">Editor</p>' in html


def test_a_portrait_is_found_from_the_landing_page(draw: Draw) -> None:
    copy = f"{BOOK}/// author\n    photo: assets/me.svg\n///\n"
    picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"/>'
    drawn = draw({**CHAPTERS, "magnets/guide/magnet.md": copy, "content/assets/me.svg": picture})
    drawn.build()
    assert re.search(r'<img [^>]*src="../../assets/me.svg"', drawn.page("get/guide"))


@pytest.mark.parametrize(
    "text",
    [
        "> It works.\n>\n> — Ida, [Weekly](https://example.com/)\n\n> So it does.\n>\n> — Tom",
        "> It works.\n> — Ida, [Weekly](https://example.com/)\n\n> So it does.\n> -- Tom",
    ],
)
def test_each_testimonial_is_a_figure_with_its_source(landing: Callable[[str], str], text: str) -> None:
    html = re.sub(r"\n", "", landing(f"/// testimonials\n{text}\n///\n"))
    assert html == (
        '<div class="gatepost-testimonials"><figure><blockquote><p>It works.</p></blockquote>'
        '<figcaption>Ida, <a href="https://example.com/">Weekly</a></figcaption></figure>'
        "<figure><blockquote><p>So it does.</p></blockquote><figcaption>Tom</figcaption></figure></div>"
    )


def test_questions_open(landing: Callable[[str], str]) -> None:
    html = landing("/// faq\n### Is it `free`?\n\nYes.\n\nReally.\n\n### How long?\n\n- Ten minutes\n///\n")
    assert re.sub(r"\n", "", html) == (
        '<div class="gatepost-faq"><details><summary>Is it <code>free</code>?</summary><p>Yes.</p><p>Really.</p>'
        "</details><details><summary>How long?</summary><ul><li>Ten minutes</li></ul></details></div>"
    )


MOMENTS = {
    "to: 2027-03-04": ("2027-03-04", "Thursday, 4 March 2027"),
    "to: 2027-03-04 17:00\n    zone: Europe/Berlin": (
        "2027-03-04T17:00:00+01:00",
        "Thursday, 4 March 2027, 17:00 Berlin time (UTC+1)",
    ),
    "to: 2027-07-01T09:30+02:00\n    zone: Asia/Kolkata": (
        "2027-07-01T13:00:00+05:30",
        "Thursday, 1 July 2027, 13:00 Kolkata time (UTC+5:30)",
    ),
    "to: 2027-07-01 09:30:00\n    zone: UTC": ("2027-07-01T09:30:00+00:00", "Thursday, 1 July 2027, 09:30 UTC"),
}


@pytest.mark.parametrize(("options", "shown"), MOMENTS.items(), ids=MOMENTS)
def test_a_countdown_says_the_day_in_words(landing: Callable[[str], str], options: str, shown: tuple[str, str]) -> None:
    html = landing(f"/// countdown\n    {options}\n\nSeats are few.\n///\n")
    assert re.findall(r'<time datetime="(.*?)">(.*?)</time>', html) == [shown]
    assert "<p>Seats are few.</p>" in html
    assert "<script" not in html


WEBINAR = """\
---
title: The Clinic
description: Pages read aloud.
webinar: {start: 2027-03-04 16:00, zone: Europe/London, duration: 45 minutes, online: "https://meet.example.com/x"}
---

/// countdown
///

/// form
///
"""


def test_a_countdown_of_a_webinar_is_to_its_start(draw: Draw) -> None:
    drawn = draw({"magnets/clinic/magnet.md": WEBINAR})
    drawn.build()
    html = drawn.page("get/clinic")
    assert '<time datetime="2027-03-04T16:00:00+00:00">Thursday, 4 March 2027, 16:00 London time (UTC+0)</time>' in html
    assert html.count("<form") == 2


GERMAN = "---\ntitle: Die Klinik\ndescription: Seiten, vorgelesen.\n---\n\n/// countdown\n///\n\n/// form\n///\n"


def test_blocks_speak_the_language_of_their_page(draw: Draw) -> None:
    drawn = draw({"magnets/clinic/magnet.md": WEBINAR, "magnets/clinic/magnet.de.md": GERMAN})
    drawn.build()
    html = drawn.page("de/get/clinic")
    assert re.findall(r"<time [^>]*>(.*?)</time>", html)[-1].startswith("Donnerstag, 4. März 2027, 16:00")
    assert html.count('<form class="gatepost-form" action="/f/clinic.de"') == 2


def test_mistakes_in_a_translation_are_found_in_its_file(draw: Draw) -> None:
    broken = GERMAN.replace("/// form", "/// from")
    drawn = draw({"magnets/clinic/magnet.md": WEBINAR, "magnets/clinic/magnet.de.md": broken})
    assert drawn.complaints() == "magnets/clinic/magnet.de.md:9:1: unknown block, found 'from'; write 'form'"


def test_a_webinar_that_is_over_and_was_not_recorded_has_no_form(draw: Draw) -> None:
    drawn = draw({"magnets/clinic/magnet.md": WEBINAR.replace("2027", "2020")})
    drawn.build()
    assert "<form" not in drawn.page("get/clinic")


def test_the_form_stands_there_once_more(draw: Draw) -> None:
    drawn = draw({**CHAPTERS, "magnets/guide/magnet.md": f"{BOOK}/// form\n## Ready?\n///\n\n/// form\n///\n"})
    drawn.build()
    html = drawn.page("get/guide")
    assert html.count('action="/f/guide"') == 3
    assert html.count('<input name="page" type="hidden" value="/get/guide/">') == 3
    identifiers = re.findall(r'\bid="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))
    assert {"get-email", "get-2-email", "get-3-email"} <= set(identifiers)


def test_blocks_may_hold_each_other(landing: Callable[[str], str]) -> None:
    html = landing("//// faq\n### What is in it?\n\n/// contents\n///\n////\n")
    assert "Once a week" in re.sub(r".*<details>(.*)</details>.*", r"\1", html, flags=re.DOTALL)


def test_a_block_shown_as_an_example_is_none(landing: Callable[[str], str]) -> None:
    assert "/// benefits" in landing("~~~\n/// benefits\n///\n~~~\n")


def test_blocks_of_other_extensions_stay_theirs(draw: Draw) -> None:
    config = CONFIG + "markdown_extensions: [pymdownx.blocks.details]\n"
    copy = f"{BOOK}/// details | More\nWords.\n///\n"
    drawn = draw({"mkdocs.yml": config, **CHAPTERS, "magnets/guide/magnet.md": copy})
    drawn.build()
    assert "<details><summary>More</summary>" in drawn.page("get/guide").replace("\n", "")


EXAMPLES = re.findall(
    r"^```markdown\n(/{3,} .*?)^```$",
    (REPOSITORY / "content/docs/landing-blocks.md").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


def test_each_example_of_the_documentation_builds_and_each_block_has_one(draw: Draw) -> None:
    files = {**CHAPTERS, "content/assets/portrait.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"/>'}
    drawn = draw({**files, "magnets/guide/magnet.md": BOOK + "\n".join(EXAMPLES)})
    drawn.build()
    html = drawn.page("get/guide")
    for name in OPTIONS:
        assert f'class="gatepost-{"again" if name == "form" else name}"' in html, name
    assert "///" not in html
    assert "Thursday, 4 March 2027, 17:00 Berlin time (UTC+1)" in html


def test_the_documentations_table_has_every_block_with_its_options() -> None:
    rows = table(REPOSITORY / "content/docs/landing-blocks.md", "Landing blocks")
    options = {name: set(re.findall(r"`(\w+)`", row[1])) for name, row in rows.items()}
    assert options == {name: set(model.model_fields) - {"attrs"} for name, model in OPTIONS.items()}


BROKEN = {
    "a misspelt name": (
        "/// benfits\n- One\n///\n",
        "9:1: unknown block, found 'benfits'; write 'benefits'",
    ),
    "no end": (
        "/// faq\n### Why?\n\nSo.\n",
        "9:1: block is not closed; write a line of '///' after its text",
    ),
    "words after the name": (
        "/// benefits | Mine\n- One\n///\n",
        "9:1: block takes nothing after its name, found 'Mine'; write '/// benefits'",
    ),
    "a misspelt option": (
        "/// contents\n    section: true\n///\n",
        "10:5: unknown key, found 'section'; write 'sections'",
    ),
    "a missing option": (
        "/// countdown\nSoon.\n///\n",
        "9:1: countdown to nothing; write '    to: 2027-03-04 17:00' below it",
    ),
    "no time": (
        "/// countdown\n    to: tomorrow\n///\n",
        "10:5: 'to': is neither a day nor a day and a time, found 'tomorrow'; write '2027-03-04 17:00'",
    ),
    "no such zone": (
        "/// countdown\n    to: 2027-03-04 17:00\n    zone: Berlin\n///\n",
        "11:5: 'zone': is not the name of a time zone, found 'Berlin'; write 'Europe/Berlin'",
    ),
    "a time nowhere": (
        "/// countdown\n    to: 2027-03-04 17:00\n///\n",
        "10:1: a time needs its 'zone'; write 'zone: Europe/Berlin'",
    ),
    "too many pages": (
        "/// preview\n    pages: 5\n///\n",
        "10:5: more pages than 'preview: 2' in the front matter allows, found 5; write at most 2, or raise 'preview'",
    ),
    "no photo": (
        "/// author\n    photo: me.jpg\n///\n",
        ("10:5: photo is not there, found 'me.jpg'; "
        "write the path of a picture below content/, as in 'photo: assets/portrait.jpg'"),
    ),
    "no list": (
        "/// benefits\nWords.\n///\n",
        "9:1: benefits without a list; write one '- **What they get:** why it matters' a line",
    ),
    "no quotation": (
        "/// testimonials\nWords.\n///\n",
        "9:1: testimonials without a quotation; write '> What they said.'",
    ),
    "no source": (
        "/// testimonials\n> One.\n\n> Two.\n>\n> — Ida\n///\n",
        "10:1: quotation without its source; write '> — Their name, and where they said it' as its last line",
    ),
    "no question": (
        "/// faq\nWords.\n///\n",
        "9:1: faq without a question; write '### The question?' above each answer",
    ),
    "no answer": (
        "/// faq\n### Why?\n\n### How?\n\nSo.\n///\n",
        "10:1: question without an answer, found '### Why?'; write the answer below it",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("copy", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_block_is_named_with_line_and_remedy(draw: Draw, copy: str, message: str) -> None:
    drawn = draw({**CHAPTERS, "magnets/guide/magnet.md": BOOK + copy})
    assert drawn.complaints() == f"magnets/guide/magnet.md:{message}"


@pytest.mark.parametrize("name", ["contents", "preview"])
def test_only_a_book_has_contents_and_pages(checklist: Draw, name: str) -> None:
    assert checklist({"magnets/checklist/magnet.md": f"{MAGNET}\n/// {name}\n///\n"}).complaints() == (
        f"magnets/checklist/magnet.md:9:1: {name} of a magnet that is no ebook; "
        "write a list of your own, because only an ebook with 'chapters' has contents and pages"
    )


def test_an_author_needs_a_name(checklist: Draw) -> None:
    assert checklist({"magnets/checklist/magnet.md": f"{MAGNET}\n/// author\n///\n"}).complaints() == (
        "magnets/checklist/magnet.md:9:1: author without a name; "
        "write '    name: Your name' below it, or 'author' in the front matter"
    )


def test_landing_blocks_belong_into_landing_copy(checklist: Draw) -> None:
    assert checklist({"content/page.md": "# Page\n\n/// benefits\n- One\n///\n"}).complaints() == (
        "content/page.md:3:1: block of a landing page on another page, found 'benefits'; "
        "write it in a magnet.md; on a page, '/// offer | ' and the magnet's name"
    )


def test_a_block_that_is_found_only_while_rendering_is_reported(draw: Draw) -> None:
    drawn = draw({**CHAPTERS, "magnets/guide/magnet.md": f"{BOOK}- One\n\n    /// contents\n    ///\n"})
    assert drawn.complaints() == (
        "get/guide/index.md:1:1: block of a landing page cannot stand there, found 'contents'; "
        "write it at the start of a line of magnet.md, not inside a list or a note"
    )
