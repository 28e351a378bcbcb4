"""What is not known to depend on its page alone is made each time, until its owner vouches for it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

#: Each counts its runs, which is what makes it impure.
HOOKS = {
    "a finished page": "def on_post_page(output, page, config):\n    return output + count()\n",
    "what a template sees": "def on_page_context(context, page, config, nav):\n    context['n'] = count()\n",
    "the templates' functions": "def on_env(env, config, files):\n    env.globals['n'] = count()\n",
}
COUNT = """\
import pathlib
def count():
    file = pathlib.Path(__file__).with_name("runs.txt")
    runs = int(file.read_text()) + 1 if file.exists() else 1
    file.write_text(str(runs))
    return str(runs)
"""
THEME = "<html><head><title>{{ page.title }}</title></head><body>{{ page.content }} {{ n }}</body></html>"


def with_hook(code: str, options: str = "") -> dict[str, str]:
    config = CONFIG.replace("  - gatepost\n", f"  - gatepost:\n      privacy: ''\n{options}hooks: [hook.py]\n")
    return {"mkdocs.yml": config, "hook.py": COUNT + code, "theme/main.html": THEME}


@pytest.mark.parametrize("code", HOOKS.values(), ids=HOOKS)
def test_a_hook_that_changes_pages_runs_each_time(draw: Draw, code: str) -> None:
    drawn = draw(with_hook(code))
    drawn.build()
    first = drawn.page(".")
    drawn.build()
    assert drawn.page(".") != first


def test_a_hook_that_is_vouched_for_runs_for_changed_pages_only(draw: Draw) -> None:
    drawn = draw(with_hook(HOOKS["a finished page"], "      pure: [hook.py]\n"))
    drawn.build()
    first = drawn.page(".")
    drawn.build()
    assert drawn.page(".") == first


def test_the_code_of_a_hook_is_part_of_what_a_page_depends_on(
    draw: Draw, mkdocs: Callable[..., tuple[int, str]]
) -> None:
    code = "def on_post_page(output, page, config):\n    return output + 'one'\n"
    drawn = draw(with_hook(code, "      pure: [hook.py]\n"))
    assert mkdocs("build", drawn.root)[0] == 0
    assert drawn.page(".").endswith("one")
    (drawn.root / "hook.py").write_text(COUNT + code.replace("one", "another"), encoding="utf-8")
    assert mkdocs("build", drawn.root)[0] == 0
    assert drawn.page(".").endswith("another")


def test_a_hook_that_changes_markdown_is_heard_each_time(draw: Draw) -> None:
    code = "def on_page_markdown(markdown, page, config, files):\n    return markdown + '\\n\\nRun ' + count()\n"
    drawn = draw(with_hook(code))
    for run in ("1", "2"):
        drawn.build()
        assert f"<p>Run {run}</p>" in drawn.page(".")


def test_an_extension_of_the_sites_own_is_asked_each_time(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    extension = textwrap.dedent("""\
        from markdown import Extension
        from markdown.postprocessors import Postprocessor
        from runs_of_mine import count
        class Last(Postprocessor):
            def run(self, text):
                return text + count()
        class Counting(Extension):
            def extendMarkdown(self, md):
                md.postprocessors.register(Last(md), "counting", 0)
        def makeExtension(**settings):
            return Counting(**settings)
    """)
    config = CONFIG + "markdown_extensions: [extension_of_mine]\n"
    drawn = draw({"mkdocs.yml": config, "extension_of_mine.py": extension, "runs_of_mine.py": COUNT})
    monkeypatch.syspath_prepend(drawn.root)
    drawn.build()
    first = drawn.page(".")
    drawn.build()
    assert drawn.page(".") != first


def test_a_page_may_ask_not_to_be_kept(draw: Draw) -> None:
    drawn = draw({"content/index.md": "---\ncache: false\n---\n\n# Home\n", "content/kept.md": "# Kept\n"})
    drawn.build()
    before = {name: (drawn.public / name).stat().st_ino for name in ("index.html", "kept/index.html")}
    drawn.build()
    after = {name: (drawn.public / name).stat().st_ino for name in before}
    assert [name for name in before if before[name] != after[name]] == ["index.html"]


def test_a_template_that_prints_when_it_was_built_is_not_kept(draw: Draw) -> None:
    drawn = draw({"theme/main.html": "{{ build_date_utc.timestamp() }}"})
    drawn.build()
    first = drawn.page(".")
    drawn.build()
    assert drawn.page(".") != first


def test_a_template_that_shows_the_text_of_other_pages_is_made_again_with_them(draw: Draw) -> None:
    theme = "{% if page.next_page %}{{ page.next_page.content }}{% endif %}"
    drawn = draw({"theme/main.html": f"x {theme}", "content/next.md": "First words.\n"})
    drawn.build()
    assert "First words." in drawn.page(".")
    (drawn.root / "content/next.md").write_text("Last words.\n", encoding="utf-8")
    drawn.build()
    assert "Last words." in drawn.page(".")
