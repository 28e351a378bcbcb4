"""Every word that Gatepost writes comes from a file, and the files fit each other and what asks for them."""

# ruff: noqa: E501 - a finding is one line, however long
from __future__ import annotations

import ast
import datetime
import re
from typing import TYPE_CHECKING

import pytest

from gatepost_site.documents import load_yaml
from gatepost_site.findings import ContentError
from gatepost_site.plugin import build_site
from gatepost_site.project import Project
from gatepost_site.words.languages import SHIPPED, Languages, load_languages, shipped_source, shipped_texts
from gatepost_site.words.tags import is_language, normal, own_name
from gatepost_site.words.translation import Translation
from gatepost_site.words.words import Words, placeholders
from tests.site.conftest import CONFIG, MAGNET, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

PACKAGES = (REPOSITORY / "site" / "gatepost_site", REPOSITORY / "webhook" / "gatepost_webhook")
ENGLISH = shipped_texts("en")
SECTIONS = "|".join(sorted({key.partition(".")[0] for key in ENGLISH}))
TEMPLATES = sorted(
    path for package in PACKAGES for path in package.rglob("*") if path.suffix in {".html", ".md"} and "starter" not in path.parts
)  # fmt: skip


def keys_in_templates() -> Iterator[str]:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        yield from re.findall(r"\bsay\(\"([\w.]+)\"", text)
        yield from (f"{section}.{key}" for section, key in re.findall(rf"\bwords\.({SECTIONS})\.(\w+)", text))
        # {% set words = g.words.thanks %} gives one section the short name.
        for name, section in re.findall(r"\{% set (\w+) = [\w.]*\bwords\.(\w+) %\}", text):
            yield from (f"{section}.{key}" for key in re.findall(rf"\b{name}\.(?!{SECTIONS}\b)(\w+)", text))


def keys_in_code() -> Iterator[str]:
    for path in (path for package in PACKAGES for path in package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from re.findall(rf"^(?:{SECTIONS})\.(?!html$|css$|md$)[a-z_]+$", node.value)


USED = {*keys_in_templates(), *keys_in_code()}


@pytest.mark.parametrize("language", SHIPPED)
def test_shipped_words_are_read_as_a_sites_own_would_be(language: str) -> None:
    loaded = load_yaml(shipped_source(language), f"{language}.yml", first_line=1)
    assert shipped_texts(language) == Translation.parse(loaded).texts


def test_every_word_that_is_asked_for_exists() -> None:
    assert USED - ENGLISH.keys() == set()


def test_every_word_that_exists_is_asked_for() -> None:
    assert ENGLISH.keys() - USED == set()


@pytest.mark.parametrize("language", SHIPPED)
def test_the_languages_that_come_with_gatepost_have_the_same_words_and_placeholders(language: str) -> None:
    texts = shipped_texts(language)
    assert {key: placeholders(text) for key, text in texts.items()} == {
        key: placeholders(text) for key, text in ENGLISH.items()
    }
    assert [key for key in texts if isinstance(texts[key], str) != isinstance(ENGLISH[key], str)] == []


@pytest.mark.parametrize("language", SHIPPED)
def test_the_files_that_come_with_gatepost_would_pass_as_a_sites_own(tmp_path: Path, language: str) -> None:
    source = PACKAGES[0] / "words" / f"{language}.yml"
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "fr.yml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_languages(Project.at(tmp_path)).words("fr").texts == shipped_texts(language)


def test_a_text_is_no_markup_wherever_it_goes() -> None:
    words = Words("en", {"a.b": "<b>1.</b> & *not* [a](b) {title}"})
    assert words.html("a.b", title="<i>") == "&lt;b&gt;1.&lt;/b&gt; &amp; *not* [a](b) &lt;i&gt;"
    assert words.html("a.b", title=words.html("a.b", title="")).count("&lt;b&gt;") == 2
    assert words.markdown("a.b", title="**it**") == r"&lt;b\>1\.&lt;/b\> &amp; \*not\* \[a\]\(b\) **it**"


def test_the_number_chooses_the_plural_form_of_the_language() -> None:
    polish = Words(
        "pl", {"a.b": {"one": "{count} plik", "few": "{count} pliki", "many": "{count} plików", "other": "?"}}
    )
    assert [polish.say("a.b", count=count) for count in (1, 3, 5)] == ["1 plik", "3 pliki", "5 plików"]


def test_numbers_and_days_are_written_as_the_language_writes_them() -> None:
    german = Languages().words("de")
    assert german.number(1234.56, decimals=1) == "1.234,6"
    assert german.day(datetime.date(2027, 3, 4)) == "4. März 2027"


def test_tags_are_told_from_file_endings() -> None:
    assert [tag for tag in ("de", "pt-BR", "zh-Hant", "js", "py", "md", "v2", "old", "german") if is_language(tag)] == [
        "de", "pt-BR", "zh-Hant",
    ]  # fmt: skip
    assert normal("PT_br") == "pt-BR"
    assert own_name("de") == "Deutsch"


def test_a_variety_takes_from_its_language_and_an_unknown_language_from_english() -> None:
    languages = Languages()
    assert languages.words("de-AT").say("page.privacy") == "Datenschutz"
    assert languages.words("de-AT").language == "de-AT"
    assert languages.words("xh").language == "en"
    assert not languages.speaks("xh")


def test_a_site_says_some_words_otherwise(checklist: Draw) -> None:
    drawn = checklist({"languages/en.yml": "thanks:\n  heading: Off it goes & <soon> there\n"})
    drawn.build()
    html = drawn.page("get/checklist/thanks")
    assert "<h1>Off it goes &amp; &lt;soon&gt; there</h1>" in html
    assert "Nothing there?" in html


def test_a_site_in_german_says_everything_in_german(checklist: Draw) -> None:
    german = CONFIG.replace("  name: null", "  name: null\n  language: de")
    drawn = checklist({"mkdocs.yml": german})
    assert drawn.build().language == "de"
    html = drawn.page("get/checklist")
    assert '<html lang="de">' in html
    assert ">E-Mail-Adresse</label>" in html
    assert ">Checkliste zusenden</button>" in html
    assert '<p class="kind">Kostenloses PDF</p>' in html


def test_a_language_that_a_site_adds_must_be_whole(checklist: Draw) -> None:
    drawn = checklist({"languages/fr.yml": "form:\n  email: Adresse\n"})
    complaints = drawn.complaints()
    assert (
        "languages/fr.yml:1:1: word is missing, found no 'form.choose'; "
        "write it, or 'fallback: en' at the top to take what is missing from English"
    ) in complaints
    assert len(complaints.splitlines()) == len(ENGLISH) - 1


def test_a_language_may_take_the_rest_from_another(checklist: Draw) -> None:
    config = CONFIG.replace("  name: null", "  name: null\n  language: fr")
    drawn = checklist({"mkdocs.yml": config, "languages/fr.yml": "fallback: de\nform:\n  email: Adresse\n"})
    drawn.build()
    html = drawn.page("get/checklist")
    assert '<html lang="fr">' in html
    assert ">Adresse</label>" in html
    assert ">Checkliste zusenden</button>" in html


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        ("de", "form:\n  emial: x\n", "2:3: unknown word, found 'form.emial'; write 'form.email'"),
        ("de", "fomr:\n  email: x\n", "1:1: unknown section, found 'fomr'; write 'form'"),
        ("de", "form: x\n", "1:1: 'form' must be keys with texts; write 'form:' and keys below it"),
        ("de", "form:\n  email: 5\n", "2:3: 'form.email' is no text, found 5; write a text in quotes, or one for each"),
        ("de", "thanks:\n  title: \"{titel}\"\n", "2:3: 'thanks.title': unknown placeholder, found '{titel}'; write '{title}'"),
        ("de", "form:\n  email: \"{x}\"\n", "2:3: 'form.email': unknown placeholder, found '{x}'; write no placeholder"),
        ("de", "thanks:\n  title: Danke\n", "2:3: 'thanks.title': a placeholder is missing; write '{title}' where it belongs"),
        ("de", "form:\n  email: \"a {b\"\n", "2:3: 'form.email': a brace outside a placeholder, found '{'; write placeholders"),
        ("de", "form:\n  email: {one: x, other: y}\n", "2:3: 'form.email': has no plural forms, found one, other; write one text"),
        ("de", "mend:\n  list: {few: x, other: y, one: z}\n", "2:3: 'mend.list': no such plural form in this language, found 'few'; write one of one, other"),
        ("de", "mend:\n  list: {other: y}\n", "2:3: 'mend.list': a plural form is missing; write 'one: ...'"),
        ("fr", "fallback: eng\n", "1:1: no such language, found 'eng'; write 'en'"),
        ("german", "form: {}\n", "1:1: not a language, found 'german.yml'; write the tag of a language, as in 'fr.yml'"),
        ("de", "form:\n  email: a: b\n", "2:11: a second ': ' in one value"),
    ],
)  # fmt: skip
def test_mistakes_in_a_sites_words_are_found_with_their_place(
    checklist: Draw, file: str, text: str, finding: str
) -> None:
    complaints = checklist({f"languages/{file}.yml": text}).complaints()
    assert f"languages/{file}.yml:{finding}" in complaints


def test_a_theme_in_a_language_without_words_is_found(checklist: Draw) -> None:
    config = CONFIG.replace("  name: null", "  name: null\n  language: fi")
    assert checklist({"mkdocs.yml": config}).complaints() == (
        "mkdocs.yml:7:3: no words in this language, found 'fi'; "
        "write languages/fi.yml (copy what 'gatepost words' prints), or 'fallback: en' in it"
    )


def test_without_a_magnet_no_words_are_needed(draw: Draw) -> None:
    config = CONFIG.replace("  name: null", "  name: null\n  language: fi")
    draw({"mkdocs.yml": config}).build()


def test_a_broken_file_is_found_by_check_too(checklist: Draw) -> None:
    drawn = checklist({"languages/de.yml": "form:\n  emial: x\n", "magnets/checklist/magnet.md": MAGNET})
    with pytest.raises(ContentError, match="unknown word"):
        build_site(drawn.root)
