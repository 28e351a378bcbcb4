"""A build that uses what earlier ones kept makes, whatever was edited, what a build from nothing makes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from gatepost_site import finishing
from gatepost_site.findings import ContentError
from gatepost_site.plugin import build_site
from gatepost_site.speed import workers
from tests.bench.corpus import write_corpus
from tests.site.conftest import MAGNET, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

CONFIG = """\
site_name: Edited
site_url: https://edited.example/
docs_dir: content
site_dir: public
theme:
  name: material
  font: false
  custom_dir: overrides
plugins:
  - search
  - tags
  - blog
  - gatepost
markdown_extensions:
  - admonition
  - attr_list
  - footnotes
  - md_in_html
  - tables
  - toc: {permalink: true}
  - pymdownx.snippets: {base_path: [content, parts]}
  - pymdownx.superfences
"""
POST = """\
---
title: Post {0}
date: 2026-01-0{0}
tags: [news]
---

The first words of post {0}.

<!-- more -->

## More

See [a page](../../page-1.md#part) and the footnote[^1].

[^1]: Small print.
"""
PAGE = """\
---
title: Page {0}
tags: [even, "n{0}"]
---

# Page {0}

A sentence. It [leads on](page-{1}.md#part) and [home](index.md), to [nowhere](gone-{0}.md) and <b id="raw-{0}">raw</b>.

## Part {{ #part }}

!!! note

    Words with `code` & more[^a].

```python
print("<{0}>")
```

{2}

[^a]: A note.
"""
OFFER = "/// offer | checklist\n///"
SNIPPET = '--8<-- "part.md"'


def site() -> dict[str, str | bytes]:
    extras = [OFFER, SNIPPET, "| a | b |\n|---|---|\n| 1 | 2 |"]
    files: dict[str, str | bytes] = {
        f"content/page-{number}.md": PAGE.format(number, number % 5 + 1, extras[number % 3]) for number in range(1, 6)
    }
    posts = {f"content/blog/posts/{number}.md": POST.format(number) for number in range(1, 4)}
    return (
        files
        | posts
        | {
            "mkdocs.yml": CONFIG,
            "content/index.md": "# Home\n\nAll begins [here](page-1.md).\n",
            "content/blog/index.md": "# Blog\n",
            "content/tags.md": "# Tags\n\n<!-- material/tags -->\n",
            # In another language, with navigation and words of its own.
            "content/page-1.de.md": "# Seite 1\n\nEs geht [weiter](page-2.md). Worte.\n\n/// offer | checklist\n///\n",
            "content/page-4.de.md": "---\ntitle: Seite 4\n---\n\n# Vier\n\nZurück zu [eins](page-1.md).\n",
            "parts/part.md": "Taken in from elsewhere.\n",
            "overrides/main.html": '{% extends "base.html" %}\n{% block announce %}Hear, hear{% endblock %}\n',
            "magnets/checklist/magnet.md": MAGNET,
            "magnets/checklist/checklist.pdf": PDF,
        }
    )


class Editor:
    """Changes a site as people do, at random, but the same way each time."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.chance = random.Random(seed)
        self.turn = 0

    def edit(self) -> str:
        self.turn += 1
        edits = [
            self.sentence, self.title, self.description, self.add, self.remove, self.rename, self.navigation,
            self.magnet, self.template, self.settings, self.snippet, self.post, self.heading, self.icon, self.touch,
            self.translation, self.first_translation,
        ]  # fmt: skip
        # Every kind once, in an order of the seed's.
        if self.turn == 1:
            self.order = self.chance.sample(edits, len(edits))
        edit = self.order[(self.turn - 1) % len(edits)]
        edit()
        return edit.__name__

    def page(self) -> Path:
        pages = sorted((self.root / "content").glob("*.md"))
        return self.chance.choice([page for page in pages if "Words" in page.read_text(encoding="utf-8")])

    def change(self, path: str | Path, old: str, new: str) -> None:
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def sentence(self) -> None:
        self.change(self.page(), "Words with", f"Words {self.turn} with")

    def title(self) -> None:
        self.change(self.page(), "title: Page", f"title: Leaf {self.turn}")

    def description(self) -> None:
        self.change(self.page(), "---\n", f"---\ndescription: In turn {self.turn} said.\n")

    def icon(self) -> None:
        self.change(self.page(), "---\n", "---\nicon: material/home\n")

    def heading(self) -> None:
        self.change(self.page(), "{ #part }", f"{{ #part-{self.turn} }}")

    def add(self) -> None:
        (self.root / f"content/page-{self.turn + 10}.md").write_text(
            f"# New {self.turn}\n\n{OFFER}\n", encoding="utf-8"
        )

    def remove(self) -> None:
        self.lone_page().unlink()

    def rename(self) -> None:
        page = self.lone_page()
        page.rename(page.with_name(f"gone-{self.turn}.md"))

    def lone_page(self) -> Path:
        """Return a page without translations, which would be left with nothing to translate."""
        return next(page for page in iter(self.page, None) if not page.with_suffix(".de.md").exists())

    def navigation(self) -> None:
        pages = sorted(path.name for path in (self.root / "content").glob("*.md"))
        entries = "".join(f"  - {name}\n" for name in self.chance.sample(pages, 4))
        self.change("mkdocs.yml", "plugins:", f"nav:\n{entries}  - blog/index.md\nplugins:")

    def magnet(self) -> None:
        self.change("magnets/checklist/magnet.md", "title: The", f"button: Get it {self.turn}\ntitle: My")

    def template(self) -> None:
        self.change("overrides/main.html", "Hear, hear", f"Hear {{{{ page.title }}}} {self.turn}")

    def settings(self) -> None:
        self.change("mkdocs.yml", "site_name: Edited", f"copyright: Ours {self.turn}\nsite_name: Edited")

    def snippet(self) -> None:
        self.change("parts/part.md", "elsewhere", f"elsewhere, changed in turn {self.turn}")

    def post(self) -> None:
        self.change("content/blog/posts/2.md", "The first words", f"The first {self.turn} words")

    def translation(self) -> None:
        self.change("content/page-1.de.md", "Worte", f"Worte {self.turn}")

    def first_translation(self) -> None:
        page = self.lone_page()
        page.with_suffix(".de.md").write_text(f"# Neu {self.turn}\n\nWie [dort](index.md).\n", encoding="utf-8")

    def touch(self) -> None:
        self.page().touch()


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def assert_same(warm: Mapping[str, bytes], cold: Mapping[str, bytes], what: str) -> None:
    assert sorted(warm) == sorted(cold), what
    assert [name for name in cold if warm[name] != cold[name]] == [], what


def test_every_kind_of_edit_gives_what_a_build_from_nothing_gives(
    draw: Draw, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = draw(site())
    share_from(2, monkeypatch)
    drawn.build()
    editor = Editor(drawn.root, seed=1)
    for turn in range(17):
        monkeypatch.setattr(workers, "cores", lambda processes=turn % 2 + 1: processes)
        capsys.readouterr()
        edit = editor.edit()
        drawn.build()
        warm, said = tree(drawn.public), capsys.readouterr().err
        build_site(drawn.root, cache=False)
        assert_same(warm, tree(drawn.public), edit)
        # Warnings of pages that were not made again are said again.
        assert sorted(said.splitlines()) == sorted(capsys.readouterr().err.splitlines()), edit


def share_from(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have processes share the work of sites as small as those of tests."""
    monkeypatch.setattr("gatepost_site.acceleration.plan.ENOUGH", jobs)
    monkeypatch.setattr("gatepost_site.acceleration.rendering.SOME", jobs)
    monkeypatch.setattr(workers, "ENOUGH", jobs)


def test_a_sentence_makes_its_own_page_again_and_no_other(draw: Draw) -> None:
    drawn = draw(site())
    drawn.build()
    before = inodes(drawn.public)
    page = drawn.root / "content/page-2.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Words with", "Words, with"), encoding="utf-8")
    drawn.build()
    after = inodes(drawn.public)
    changed = {name for name in before if name.startswith("page-") and before[name] != after[name]}
    assert changed == {"page-2/index.html"}


def inodes(root: Path) -> dict[str, int]:
    return {path.relative_to(root).as_posix(): path.stat().st_ino for path in root.rglob("*.html")}


def test_a_strict_build_fails_again_on_a_page_that_was_kept(draw: Draw) -> None:
    drawn = draw({"content/page.md": "[gone](gone.md)\n"})
    drawn.build()
    for _ in range(2):
        with pytest.raises(ContentError, match="1 warning"):
            drawn.build(strict=True)


def test_a_large_site_is_as_mkdocs_alone_builds_it_with_its_navigation_pruned(
    tmp_path: Path, mkdocs: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(tmp_path, 120)
    plain = CONFIG.replace("  custom_dir: overrides\n", "").replace("  - tags\n  - blog\n", "")
    plain = plain.replace("  - pymdownx.snippets: {base_path: [content, parts]}\n", "")
    # What is added to pages and to the site is not what this is about.
    monkeypatch.setattr(finishing, "PAGE_STEPS", ())
    monkeypatch.setattr(finishing, "SITE_STEPS", ())
    plain = plain.replace("- gatepost", "- gatepost: {not_found: false}")
    (tmp_path / "mkdocs.yml").write_text(plain, encoding="utf-8")
    build_site(tmp_path)
    ours = tree(tmp_path / "public")
    alone = plain.replace("  - gatepost: {not_found: false}\n", "").replace(
        "font: false", "font: false\n  features: [navigation.prune]"
    )
    (tmp_path / "mkdocs.yml").write_text(alone, encoding="utf-8")
    assert mkdocs("build", tmp_path)[0] == 0
    theirs = tree(tmp_path / "public")
    assert ours.pop("assets/gatepost.css")
    # Mended in many ways, and made each time.
    assert ours.pop("404.html") != theirs.pop("404.html")
    assert_same(ours, theirs, "the same pages")
