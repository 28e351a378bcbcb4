"""Each rule finds what it is for, with its place and its remedy; the cases below are the rules by example."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gatepost_site.audit.rulebook import RULES
from tests.site.conftest import CONFIG, MAGNET, PDF

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from tests.site.audit.conftest import Ask

    Files: TypeAlias = Mapping[str, str | bytes]

MAGNETS: Files = {"magnets/checklist/magnet.md": MAGNET, "magnets/checklist/checklist.pdf": PDF}
HOME = "---\ntitle: Everything about coffee machines\ndescription: D\n---\n\n# Home\n"
LONG = "Everything that there is to know about the coffee machines of small offices"
WORDS = "Some words of a page that is long enough to be an article. " * 40
HARD = "Considerable organisational dissatisfaction necessitates institutional responsibility. " * 30
NAV = CONFIG + "nav:\n  - index.md\n  - In: [listed.md]\n"


def picture(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("1", (width, height)).save(stream, "PNG")
    return stream.getvalue()


def page(body: str, front: str = "title: A page of its own\ndescription: D") -> str:
    return f"---\n{front}\n---\n\n{body}"


#: Rule -> (files, what it finds).
CASES: dict[str, tuple[Files, list[str]]] = {
    "config": (
        {"mkdocs.yml": CONFIG.replace("  - gatepost", "  - gatepost:\n      pth: get")},
        ["mkdocs.yml:10:7: gatepost: unknown option, found 'pth'; write 'path'"],
    ),
    "front-matter": (
        {"content/a.md": "---\ntitle: 2026\n---\n"},
        ["content/a.md:2:1: 'title' must be text, found 2026; write 'title: \"2026\"'"],
    ),
    "unknown-key": (
        {"content/a.md": "---\ntitel: A\n---\n"},
        ["content/a.md:2:1: unknown key, found 'titel'; write 'title'"],
    ),
    "snippet": (
        {
            **MAGNETS,
            "mkdocs.yml": CONFIG + "markdown_extensions:\n  - pymdownx.snippets:\n      restrict_base_path: false\n",
        },
        [
            ("mkdocs.yml:1:1: pymdownx.snippets may read every file, found 'restrict_base_path: false'; "
            "write 'restrict_base_path: true', so that no page takes in a file from outside")
        ],
    ),
    "magnet": (
        {"magnets/checklist/magnet.md": MAGNET},
        [
            ("magnets/checklist/magnet.md:4:1: no such file, found 'checklist.pdf'; "
            "write the name of a file in magnets/checklist/")
        ],
    ),
    "offer": (
        {**MAGNETS, "content/a.md": page("/// offer | checklst\n///\n")},
        ["content/a.md:6:1: offer of an unknown magnet, found 'checklst'; write 'checklist'"],
    ),
    "words": (
        {"content/a.md": page(""), "content/a.en.md": page("")},
        ["content/a.en.md:1:1: is in the site's own language, found 'en'; write 'a.md', without the language"],
    ),
    "block": (
        {"content/a.md": page("/// benefits\n///\n")},
        [
            (
                "content/a.md:6:1: block of a landing page on another page, found 'benefits'; "
                "write it in a magnet.md; on a page, '/// offer | ' and the magnet's name"
            )
        ],
    ),
    "landing-heading": (
        {**MAGNETS, "magnets/checklist/magnet.md": MAGNET + "\n# Why\n"},
        [
            ("magnets/checklist/magnet.md:9:1: heading of the first level in landing copy, found '# Why'; "
            "write '## Why'")
        ],
    ),
    "ebook": (
        {
            "magnets/book/magnet.md": "---\ntitle: Book\ndescription: D\nchapters: chapters/\n---\n",
            "magnets/book/chapters/01.md": "# One\n\n![A plan](gone.png)\n",
        },
        [
            ("magnets/book/chapters/01.md:3:11: no such picture, found 'gone.png'; "
            "write the path of a picture, from the chapter's folder")
        ],
    ),
    "key-type": (
        {"content/a.md": page("", "title: T\ntags: coffee")},
        ["content/a.md:3:1: 'tags' has a value of another kind, found 'coffee'; write 'tags: [email, consent]'"],
    ),
    "title-missing": (
        {"content/a.md": "Only text.\n"},
        ["content/a.md:1:1: no title; write 'title: ...' between lines of '---' at the top"],
    ),
    "title-duplicate": (
        {"content/a.md": page(""), "content/b.md": page("")},
        [
            ("content/b.md:2:1: title stands on two pages, found the title of content/a.md; "
            "write what sets this page apart")
        ],
    ),
    "title-long": (
        {"content/a.md": page("", f"title: {LONG}")},
        [
            ("content/a.md:2:1: title is too wide, found 657 px; write at most 580 px: it ends at "
            "'Everything that there is to know about the coffee machines of'")
        ],
    ),
    "title-short": (
        {"content/index.md": HOME, "content/a.md": "# Beans\n"},
        ["content/a.md:1:1: title is very short, found 'Beans', 57 px; write what the page is about"],
    ),
    "description-missing": (
        {"content/index.md": HOME, "content/a.md": "# A\n"},
        ["content/a.md:1:1: no description; write 'description: one sentence of 50 to 160 characters'"],
    ),
    "description-duplicate": (
        {"content/index.md": "# Home\n", "content/a.md": page(""), "content/b.md": page("")},
        [
            ("content/b.md:3:1: description stands on two pages, found the description of content/a.md; "
            "write what sets this page apart")
        ],
    ),
    "description-long": (
        {"content/a.md": page("", f"title: T\ndescription: {LONG}, {LONG}")},
        [
            ("content/a.md:3:1: description is too wide, found 928 px; "
            "write at most 920 px: it ends at '... machines of small'")
        ],
    ),
    "description-short": (
        {"content/index.md": "# Home\n", "content/a.md": page("", "description: All about beans.")},
        ["content/a.md:2:1: description is very short, found 100 px; write a sentence of 320 to 920 px"],
    ),
    "heading-first": (
        {"content/a.md": page("Text.\n"), "content/b.md": page("# One\n\nTwo\n===\n")},
        [
            "content/a.md:5:1: no heading of the first level; write '# A page of its own'",
            "content/b.md:8:1: second heading of the first level, found 'Two'; write '## Two'",
        ],
    ),
    "heading-skip": (
        {"content/a.md": page("# One\n\n### Three\n")},
        [
            "content/a.md:8:1: a level of headings is left out, found level 3 below level 1; write '## Three'",
        ],
    ),
    "heading-empty": (
        {"content/a.md": page("# One\n\n##\n")},
        ["content/a.md:8:1: heading without words, found '##'; write its words, or nothing"],
    ),
    "heading-duplicate": (
        {"content/a.md": page("# One\n\n## Two\n\n## *Two*\n")},
        ["content/a.md:10:1: heading stands twice in one part of the page, found 'Two'; write words of its own"],
    ),
    "dead-link": (
        {
            "content/a.md": page("A [link](b/machine.md) and [one](b/machines.html) [two](my plan.md).\n"),
            "content/b/machines.md": "",
        },
        [
            "content/a.md:6:10: link leads nowhere, found 'b/machine.md'; write 'b/machines.md'",
            "content/a.md:6:34: link leads nowhere, found 'b/machines.html'; write 'b/machines.md'",
            (
                "content/a.md:6:57: link leads nowhere, found 'my plan.md'; "
                "write the path of a file in the folder of pages"
            ),
        ],
    ),
    "dead-image": (
        {"content/a.md": page("![Plan](plan.png)\n"), "content/img/plan.png": picture(1, 1)},
        ["content/a.md:6:9: picture is not there, found 'plan.png'; write 'img/plan.png'"],
    ),
    "dead-anchor": (
        {"content/a.md": page("[x](b.md#Two) [y](#thre)\n\n## Three\n"), "content/b.md": page("## Two\n")},
        [
            "content/a.md:6:5: no such part of the page, found '#Two' in content/b.md; write '#two'",
            "content/a.md:6:19: no such part of the page, found '#thre'; write '#three'",
        ],
    ),
    "link-address": (
        {"content/a.md": page("[x](../b/#two) [y](/b/)\n"), "content/b.md": page("## Two\n")},
        [
            "content/a.md:6:5: link names a page by its address, found '../b/#two'; write 'b.md#two'",
            "content/a.md:6:20: link names a page by its address, found '/b/'; write 'b.md'",
        ],
    ),
    "link-reference": (
        {"content/a.md": page("[one][a] and [two][b]\n\n[a]: index.md\n")},
        [
            ("content/a.md:6:20: link by a name that is not defined, found '[b]'; "
            "write a line '[b]: address', or '(address)' here")
        ],
    ),
    "link-text": (
        {"content/a.md": page("Click [here](index.md) or [](index.md).\n")},
        [
            "content/a.md:6:14: link does not say where it leads, found 'here'; write the name of what it leads to",
            "content/a.md:6:30: link does not say where it leads, found no words; write the name of what it leads to",
        ],
    ),
    "alt-missing": (
        {"content/a.md": page('![](a.png) ![IMG 12](b.png) <img src="c.png">\n')},
        [
            ("content/a.md:6:5: picture 'a.png' has no text for those who do not see it, found no text; "
            "write what the picture shows, in a few words"),
            ("content/a.md:6:22: picture 'b.png' has no text for those who do not see it, found 'IMG 12'; "
            "write what the picture shows, in a few words"),
            ("content/a.md:6:39: picture 'c.png' has no text for those who do not see it, found no text; "
            "write what the picture shows, in a few words"),
        ],
    ),
    "image-broken": (
        {"content/torn.png": b"<!doctype html>Not found", "content/good.png": picture(3, 2)},
        ["content/torn.png:1:1: not a picture that can be read; write the picture saved anew"],
    ),
    "image-bytes": (
        {"content/a.jpg": b"\xff\xd8" + bytes(600_000)},
        ["content/a.jpg:1:1: picture is heavy, found 600 kB; write at most 500 kB: fewer pixels, or WebP"],
    ),
    "image-pixels": (
        {"content/a.png": picture(3000, 20)},
        ["content/a.png:1:1: picture is larger than screens, found 3000 x 20; write at most 2560 a side"],
    ),
    "orphan-page": (
        {"mkdocs.yml": NAV, "content/listed.md": "[L](linked.md)", "content/linked.md": "", "content/lost.md": ""},
        ["content/lost.md:1:1: nothing leads to this page; write a link to it, or its place in 'nav:'"],
    ),
    "missing-offer": (
        {
            **MAGNETS,
            "content/a.md": page(WORDS),
            "content/b.md": page(f"{WORDS}\n\n[Get it](get/checklist/index.md)\n"),
        },
        ["content/a.md:5:1: article without an offer; write '/// offer | checklist'"],
    ),
    "magnet-unreachable": (
        MAGNETS,
        [
            ("magnets/checklist/magnet.md:1:1: nothing leads to this magnet; "
            "write '/// offer | checklist' in a page, or a link to its landing page")
        ],
    ),
    "form-privacy": (
        MAGNETS,
        [
            ("magnets/checklist/magnet.md:1:1: form without a link to a privacy notice; "
            "write a page privacy.md, or the plugin's option 'privacy'")
        ],
    ),
    "form-consent": (
        {**MAGNETS, "magnets/checklist/magnet.md": MAGNET.replace("file:", "consent: Yes, write to me.\nfile:")},
        [
            ("magnets/checklist/magnet.md:4:1: consent does not say that it can be taken back, "
            "found 'Yes, write to me.'; write how to stop, as in 'You can unsubscribe at any time.'")
        ],
    ),
    "form-label": (
        {
            **MAGNETS,
            "magnets/checklist/magnet.md": MAGNET.replace("file:", 'fields: [{name: a, label: "?"}]\nfile:'),
        },
        [
            ("magnets/checklist/magnet.md:4:1: label of field 'a' does not say what to fill in, found '?'; "
            "write what is asked for, in words of its own")
        ],
    ),
    "sequence-unused": (
        {"sequences/lost/sequence.yml": ""},
        [
            (
                "sequences/lost/sequence.yml:1:1: nothing starts this sequence; "
                "write 'sequence: lost' in a magnet.md, or 'enter' here"
            )
        ],
    ),
    "redirect-conflict": (
        {
            "content/a.md": page("", "redirect_from: [old/, /b/]"),
            "content/b.md": page("", "redirect_from: old/index.html"),
        },
        [
            "content/a.md:2:1: old path is a page's address, found '/b/', that of content/b.md; write another path",
            ("content/b.md:2:1: two pages have one old path, found 'old/index.html', as in content/a.md; "
            "write it in one of them"),
        ],
    ),
    "leftover": (
        {
            "content/a.md": page("Ten `TODO` beans.\n\n<!-- TODO: count -->\n", "title: TBD"),
            "sequences/s/a.md": "XXX",
        },
        [
            "content/a.md:2:1: something was left for later, found 'TBD'; write what is missing, or nothing",
            "content/a.md:7:6: something was left for later, found 'TODO'; write what is missing, or nothing",
            "sequences/s/a.md:1:1: something was left for later, found 'XXX'; write what is missing, or nothing",
        ],
    ),
    "readability": (
        {"content/a.md": page(HARD), "content/b.md": page(WORDS)},
        [
            ("content/a.md:5:1: hard to read, found Flesch -236: 6 words a sentence, 5.2 syllables a word; "
            "write shorter sentences and plainer words")
        ],
    ),
}  # fmt: skip
#: Asked where a site must be built first, or a link drawn.
ELSEWHERE = {"gated-page", "leak", "canonical", "hreflang"}


@pytest.mark.parametrize(("rule", "case"), CASES.items(), ids=CASES)
def test_a_rule_finds_what_it_is_for(ask: Ask, rule: str, case: tuple[Files, list[str]]) -> None:
    files, expected = case
    assert ask({"content/index.md": HOME} | dict(files), rule) == expected


def test_every_rule_has_its_case() -> None:
    assert set(CASES) | ELSEWHERE == {rule.id for rule in RULES}


def test_translations_are_pages_of_their_own_language_that_are_reached_with_their_original(ask: Ask) -> None:
    files = {"mkdocs.yml": NAV, "content/listed.md": page("# One\n"), "content/listed.de.md": page("# Eins\n")}
    assert ask({"content/index.md": HOME, **files}, "orphan-page", "title-duplicate") == []


def test_a_translated_consent_is_read_in_its_language(ask: Ask) -> None:
    copy = MAGNET.replace("file:", "consent: Ja, schreibt mir. Jederzeit abbestellbar.\nfile:")
    assert ask({**MAGNETS, "magnets/checklist/magnet.de.md": copy}, "form-consent", "title-duplicate") == []
