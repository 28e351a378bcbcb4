"""What a chapter may hold, and how it stands on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.site.ebook.conftest import Shelf

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="90" height="40"/></svg>'
#: Cover, verso and contents come first.
OPENING = 3

HOSTILE = (
    r"""Say #read("/etc/passwd") $x^2$ @loaf \* \_ ` ``` \ #{} #[] ]] [ } { // gone? /* gone? */ #let x = 1; #panic()"""
)


def squeezed(text: str) -> str:
    """Return text without white space: where type changes, a reader program may see a space or not."""
    return "".join(text.split())


@pytest.fixture
def page(shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]) -> Callable[..., str]:
    """Return a function that gives the printed text of one chapter, below its title."""

    def text(markdown: str, **files: str) -> str:
        shelf = shelve(
            {"01.md": f"# One\n\n{markdown}\n", **{name.replace("_", "."): text for name, text in files.items()}}
        )
        # What follows the chapter are the links of the book.
        printed = "".join(read(shelf.build())[OPENING:]).partition("Links in this book\n")[0]
        return " ".join(printed.removeprefix("1\nOne\n").rsplit("4", 1)[0].split())

    return text


def test_text_is_printed_and_never_run(page: Callable[..., str]) -> None:
    expected = HOSTILE.replace(r"\*", "*").replace(r"\_", "_")
    assert page(HOSTILE) == expected.replace('"', "\N{LEFT DOUBLE QUOTATION MARK}", 1).replace(
        '"', "\N{RIGHT DOUBLE QUOTATION MARK}"
    )


@pytest.mark.parametrize("place", ["    {}", "```text\n{}\n```", "```typ\n{}\n```"])
def test_code_is_printed_and_never_run(page: Callable[..., str], place: str) -> None:
    code = '#read("/etc/passwd"); #panic("x") $y$ \\u{41} \\" */ ]'
    assert page(place.format(code)) == code


@pytest.mark.parametrize(
    "place",
    [
        "## {}",
        "- {}",
        "- [ ] {}",
        "1. {}",
        "> {}",
        "| a |\n| - |\n| {} |",
        "| {} |\n| - |\n| a |",
        "Term\n:   {}",
        "{}\n:   Text",
        '!!! note "{}"\n    Text',
        "!!! note\n    {}",
        "x[^1]\n\n[^1]: {}",
        "*{}*",
        "**{}**",
        "`{}`",
        "[{}](https://example.com)",
        "![{}](bar.svg)",
        '![x](bar.svg "{}")',
    ],
)
def test_no_place_in_a_chapter_runs_what_it_holds(page: Callable[..., str], place: str) -> None:
    assert "x #panic(1) #{} $x$ @y" in page(place.format("x #panic(1) #{} $x$ @y"), bar_svg=PICTURE)


def test_front_matter_is_printed_and_never_run(shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]) -> None:
    words = "#panic(1) $x$ \\ {}"
    front = "".join(f"{key}: '{words}'\n" for key in ("title", "subtitle", "author", "description"))
    cover, verso, *_ = read(shelve({"01.md": "# One"}, front=f"---\n{front}chapters: chapters/\n---\n").build())
    assert " ".join(cover.split()).count(words) == 3
    assert " ".join(verso.split()).count(words) == 4


def test_quotes_and_dashes_are_those_of_print(page: Callable[..., str]) -> None:
    expected = (
        "\N{LEFT DOUBLE QUOTATION MARK}It\N{RIGHT SINGLE QUOTATION MARK}s\N{RIGHT DOUBLE QUOTATION MARK}"
        ' \N{EN DASH} so ... and "--".'
    )
    assert squeezed(page('"It\'s" -- so ... and `"--"`.')) == squeezed(expected)


def test_a_german_book_has_german_quotation_marks_hyphens_and_words(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]
) -> None:
    front = "---\ntitle: Brot\ndescription: Zehn Brote.\nauthor: A. Bäcker\nlanguage: de-AT\nchapters: chapters/\n---\n"
    path = shelve({"01.md": '# Mehl\n\nEr sagte: "Brot".\n\n!!! tip\n    x\n'}, front=front).build()
    _, verso, contents, chapter = read(path)
    assert "Er sagte: \N{DOUBLE LOW-9 QUOTATION MARK}Brot\N{LEFT DOUBLE QUOTATION MARK}." in chapter
    assert "TIPP" in chapter
    assert contents.startswith("Inhalt")
    assert "Von A. Bäcker" in verso
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == "de-AT"


def test_entities_are_characters_and_comments_are_nothing(page: Callable[..., str]) -> None:
    assert page("&copy; &amp; &lt;b&gt; &nope;<!-- secret -->\n\n<!-- secret -->\n\nEnd.") == "© & <b> &nope; End."


def test_an_address_is_readable_on_paper(page: Callable[..., str]) -> None:
    assert squeezed(page("[The bakers](https://example.com/loaf).")) == "Thebakers1.1https://example.com/loaf"
    assert squeezed(page("<https://example.com/> [mail](mailto:me@example.com)")).endswith("mail11me@example.com")
    assert squeezed(page("| a |\n| - |\n| [b](https://example.com/c) |")) == "ab(https://example.com/c)"


def test_the_last_pages_list_each_address_once_with_its_pages(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]
) -> None:
    mail = "[*Us*](mailto:us@example.com)"
    shelf = shelve(
        {
            "01.md": f"# One\n\n[The **bakers**](https://example.com/b/), <https://example.org>, {mail}.\n",
            "02.md": "# Two\n\nText[^1].\n\n[^1]: [Bakers](https://example.com/b/).\n",
        }
    )
    *_, last = read(shelf.build())
    assert last.split("do.\n", 1)[1].split() == [
        "The", "bakers", "example.com/b", "4", ",", "5",
        "example.org", "4",
        "Us", "us@example.com", "4",
        "6",
    ]  # fmt: skip


def test_a_book_without_links_has_no_list_of_them(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]
) -> None:
    assert len(read(shelve({"01.md": "# One\n"}).build())) == OPENING + 1


def test_links_between_chapters_lead_to_their_pages(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(
        {
            "01-a.md": "# A\n\n[b](02-b.md) [deep](02-b.md#very-deep) [own](#here)\n\n## Here\n\nx\n",
            "02-b.md": "# B\n\n## Very deep\n\ny [back](./01-a.md)\n",
        }
    )
    with pikepdf.open(shelf.build()) as pdf:
        assert [_targets(pdf, number) for number in (3, 4)] == [[4, 4, 3], [3]]


def _targets(pdf: pikepdf.Pdf, number: int) -> list[int]:
    """Return the pages, from 0, that the links of a page lead to."""
    numbers: dict[Any, int] = {page.objgen: at for at, page in enumerate(pdf.pages)}
    named = pikepdf.NameTree(pdf.Root.Names.Dests)
    annotations: Any = pdf.pages[number].obj.Annots
    places: list[Any] = [link.Dest for link in annotations if "/Dest" in link]
    return [numbers[(place if isinstance(place, pikepdf.Array) else named[str(place)])[0].objgen] for place in places]


def test_a_footnote_stands_below_and_a_second_mark_points_to_it(page: Callable[..., str]) -> None:
    text = page("First[^a], second[^b], first again[^a].\n\n[^a]: Note *a*.\n\n    More of `a`.\n[^b]: Note b.")
    assert squeezed(text) == "First1,second2,firstagain1.1Notea.Moreofa.2Noteb."


def test_footnotes_start_at_one_in_each_chapter(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]
) -> None:
    chapter = "# T\n\nx[^n]\n\n[^n]: Note.\n"
    pages = read(shelve({"01.md": chapter, "02.md": chapter}).build())
    assert all("1\nNote." in text for text in pages[OPENING:])


def test_lists_of_every_kind_print(page: Callable[..., str]) -> None:
    text = page("- a\n    - b\n\n7. c\n8. d\n\n<!-- -->\n\n- [x] e\n- [ ] f\n\nG\nH\n:   i\n:   j")
    assert text == "• a \N{EN DASH} b 7. c 8. d e f G / H i j"


def test_tables_have_a_header_that_comes_again_overleaf(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]
) -> None:
    rows = "".join(f"| row {number} | {number} |\n" for number in range(80))
    pages = read(shelve({"01.md": f"# One\n\n| Loaf | Price |\n| :- | -: |\n{rows}"}).build())[OPENING:]
    assert len(pages) > 1
    assert all("Loaf\nPrice\n" in text for text in pages)


def test_code_longer_than_the_page_is_wide_stays_on_it(page: Callable[..., str]) -> None:
    line = "loaf" * 60
    assert page(f"```text\n{line}\n```").replace(" ", "") == line


def test_code_may_have_a_title_and_any_language(page: Callable[..., str]) -> None:
    text = page('```yaml title="loaf.yml" hl_lines="1"\na: 1\n```\n\n```nolang\nb\n```')
    assert squeezed(text) == "LOAF.YMLa:1b"


def test_callouts_say_what_they_are(page: Callable[..., str]) -> None:
    assert page("!!! note\n    a") == "NOTE a"
    assert page('!!! danger "Hot"\n    a') == "WARNING Hot a"
    assert page('??? tip "Fold"\n    a') == "TIP Fold a"


def test_a_picture_has_its_caption_and_its_words(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]
) -> None:
    path = shelve({"01.md": '# One\n\n![A black bar](bar.svg "Figure of a bar")\n', "bar.svg": PICTURE}).build()
    assert "Figure of a bar" in read(path)[OPENING]
    assert b"A black bar" in path.read_bytes()


def test_a_title_with_a_large_figure_after_it_leaves_no_empty_page(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]
) -> None:
    tall = PICTURE.replace('height="40"', 'height="150"', 1)
    pages = read(shelve({"01.md": "# One\n\n![A bar](bar.svg){width=100%}\n", "bar.svg": tall}).build())
    assert [text.split()[-3:] for text in pages[OPENING:]] == [["1", "One", "4"], ["A", "bar", "5"]]


LONG = "The loaf is baked, and the baker goes to bed. " * 200


@pytest.mark.parametrize(
    "markdown", [f"!!! note\n    {LONG}", f"| a | b |\n| - | - |\n| {LONG} | c |", f"> {LONG}", f"- {LONG}"]
)
def test_what_is_longer_than_a_page_goes_on_overleaf(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]], markdown: str
) -> None:
    pages = read(shelve({"01.md": f"# One\n\n{markdown}\n"}).build())[OPENING:]
    # A page has room for some 600 words, 800 in the small type of a table; more would run over its edge.
    assert max(len(text.split()) for text in pages) < 900
    assert sum(text.count("loaf") for text in pages) == 200


def test_long_code_within_a_line_breaks(page: Callable[..., str], shelve: Callable[..., Shelf]) -> None:
    word = "https://example.com/" + "a_long_path/" * 12
    assert squeezed(page(f"See `{word}`.")).replace("\N{ZERO WIDTH SPACE}", "") == f"See{word}."
    short = "a" * 40
    assert squeezed(page(f"See `{short}`.")) == f"See{short}."


def test_a_hard_line_break_breaks_the_line(shelve: Callable[..., Shelf], read: Callable[[Path], list[str]]) -> None:
    assert "one\ntwo\n" in read(shelve({"01.md": "# One\n\none  \ntwo\n"}).build())[OPENING]
