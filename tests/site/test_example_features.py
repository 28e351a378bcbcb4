"""The example site shows what can be written: who looks for a feature finds it there, at work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

import pytest

from gatepost_site.book_cover import CoverMeta
from gatepost_site.documents import read_front_matter
from gatepost_site.landing_blocks.options import OPTIONS
from gatepost_site.magnets import FormField, MagnetKind, MagnetMeta, Seo, load_magnets
from gatepost_site.page_meta import PAGE_KEYS
from gatepost_site.project import Project
from gatepost_site.seo.wording import Social
from gatepost_site.webinars import WebinarMeta
from tests.site.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

PROJECT = Project.at(REPOSITORY)
MAGNETS = [read_front_matter(file, root=REPOSITORY)[0] for file in sorted(PROJECT.magnets.glob("*/magnet*.md"))]
PAGES = [read_front_matter(file, root=REPOSITORY)[0] for file in sorted(PROJECT.content.rglob("*.md"))]
COPY = "\n".join(file.read_text(encoding="utf-8") for file in sorted(PROJECT.magnets.glob("*/magnet*.md")))

#: Keys that the example does without, and why.
WITHOUT = {
    "stamp": "needs an extra that who tries Gatepost need not have",
    "epub": "an ebook has one unless this says no",
    "image": "a card and a cover are drawn",
    "whole": "belongs to a picture as cover",
    "place": "the webinar is online",
    "recording": "the webinar is still to come",
    "required": "no answer is worth losing a reader over, as the articles say",
    "zones": "nothing on the example is sent by the reader's own clock",
}
#: Keys of pages that are Gatepost's own, and not for exceptions such as a page that nobody is to find.
OWN_PAGE_KEYS = {"image", "image_alt", "nav_title", "redirect_from", "related", "social", "tags", "updated"}


def inside(key: str, among: list[Any]) -> list[Any]:
    """Return what stands under a key, of mappings one by one or in lists."""
    found = [values[key] for values in among if isinstance(values, dict) and key in values]
    return [item for value in found for item in (value if isinstance(value, list) else [value])]


def keys() -> Iterator[tuple[str, type[BaseModel], list[Any]]]:
    yield "magnet.md", MagnetMeta, MAGNETS
    yield "fields", FormField, inside("fields", MAGNETS)
    yield "seo", Seo, inside("seo", MAGNETS)
    yield "cover", CoverMeta, inside("cover", MAGNETS)
    yield "webinar", WebinarMeta, inside("webinar", MAGNETS)


@pytest.mark.parametrize(("model", "written"), [pytest.param(m, w, id=name) for name, m, w in keys()])
def test_every_key_of_a_magnet_is_used(model: type[BaseModel], written: list[dict[str, Any]]) -> None:
    used = {key for values in written for key in values}
    assert set(model.model_fields) - used - WITHOUT.keys() == set()


def test_every_kind_of_magnet_is_there_and_every_kind_of_field_that_differs() -> None:
    assert {magnet.kind for magnet in load_magnets(PROJECT).values()} == set(get_args(MagnetKind))
    assert {field.get("type", "text") for field in inside("fields", MAGNETS)} >= {"text", "url", "select"}
    assert any("consent" in magnet for magnet in MAGNETS)


def test_every_block_of_landing_copy_is_used() -> None:
    assert set(re.findall(r"(?m)^/// ([a-z]+)", COPY)) >= set(OPTIONS)


def test_every_key_of_a_page_that_is_gateposts_own_is_used() -> None:
    assert set(PAGE_KEYS) >= OWN_PAGE_KEYS
    assert OWN_PAGE_KEYS - {key for page in PAGES for key in page} == set()


def test_posts_of_a_page_and_of_a_magnet_have_words_of_their_own() -> None:
    written = [values for values in inside("social", [*MAGNETS, *PAGES]) if isinstance(values, dict)]
    assert {"text", "hashtags"} <= {key for values in written for key in values} <= set(Social.model_fields)


def test_pages_a_magnet_and_mails_are_translated_too() -> None:
    for folder, pattern in ((PROJECT.content, "*.de.md"), (PROJECT.magnets, "*/magnet.de.md")):
        assert list(folder.glob(pattern)), folder
    assert list((REPOSITORY / "sequences").glob("*/*.de.md"))
