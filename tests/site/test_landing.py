"""A magnet gets a landing page and a thank-you page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gatepost_site.magnets import wording_hash
from tests.site.conftest import CONFIG, MAGNET, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

EVERY_FIELD = """\
---
title: Figures & "quotes" <b>
subtitle: Under it
description: He said "hi" & left <script>.
author: Us
file: figures.xlsx
button: Go & get it
consent: Yes, send me <three> mails.
thanks: "Read [the home page](../../../index.md) meanwhile, {--and smile--}."
fields:
  - name: first_name
    label: First name
    autocomplete: given-name
    max_length: 40
  - name: phone
    label: Telephone
    type: tel
    required: true
    help: Only if you want a call.
  - name: site
    label: Your site
    type: url
  - name: people
    label: People
    type: number
  - name: trade
    label: Trade
    type: select
    options: [Bakery, Café & bar]
  - name: note
    label: Note
    type: textarea
    max_length: 500
---

See [home](../../index.md).

!!! note "Boxed"

    Inside a box.
"""
FIGURES: dict[str, str | bytes] = {
    "magnets/figures/magnet.md": EVERY_FIELD.replace("# Not a second title\n", ""),
    "magnets/figures/figures.xlsx": PDF,
}
EXTENSIONS = CONFIG + "markdown_extensions: [admonition, pymdownx.critic]\n"


def inputs(html: str) -> dict[str, str]:
    """Return each control of a form by its name."""
    found = re.findall(r"<(?:input|select|textarea)\b[^>]*\bname=\"(\w+)\"[^>]*>", html)
    tags = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    return dict(zip(found, tags, strict=True))


@pytest.fixture
def figures(draw: Draw) -> Drawn:
    drawn = draw({"mkdocs.yml": EXTENSIONS, "content/privacy.md": "# Privacy\n", **FIGURES})
    drawn.build()
    return drawn


def test_the_form_posts_to_the_webhook_with_everything_that_it_needs(figures: Drawn) -> None:
    html = figures.page("get/figures")
    controls = inputs(html)
    assert '<form class="gatepost-form" action="/f/figures" method="post"' in html
    assert "novalidate" not in html
    assert list(controls) == [
        "email", "first_name", "phone", "site", "people", "trade", "note", "marketing", "website", "wording", "page",
    ]  # fmt: skip
    assert 'type="email" required maxlength="254" autocomplete="email"' in controls["email"]
    assert f'value="{wording_hash("Yes, send me <three> mails.")}"' in controls["wording"]
    assert 'value="/get/figures/"' in controls["page"]


def test_fields_carry_their_rules(figures: Drawn) -> None:
    html = figures.page("get/figures")
    controls = inputs(html)
    assert 'maxlength="40"' in controls["first_name"]
    assert 'autocomplete="given-name"' in controls["first_name"]
    assert 'type="tel"' in controls["phone"]
    assert " required" in controls["phone"]
    assert 'aria-describedby="get-phone-help"' in controls["phone"]
    assert '<span class="gatepost-help" id="get-phone-help">Only if you want a call.</span>' in html
    assert 'type="url"' in controls["site"]
    assert "maxlength" not in controls["people"]
    assert controls["trade"].startswith("<select")
    assert "<option>Café &amp; bar</option>" in html
    assert 'maxlength="500"' in controls["note"]
    assert html.count('<span class="gatepost-optional">(optional)</span>') == 5


def test_every_control_that_people_see_has_a_label(figures: Drawn) -> None:
    html = figures.page("get/figures")
    for name, tag in inputs(html).items():
        identifier = re.search(r'id="([^"]+)"', tag)
        assert 'type="hidden"' in tag or (identifier and f'<label for="{identifier[1]}">' in html), name


def test_the_marketing_box_comes_unticked_and_only_with_words_to_agree_to(checklist: Draw, figures: Drawn) -> None:
    html = figures.page("get/figures")
    assert "checked" not in inputs(html)["marketing"]
    assert ">Yes, send me &lt;three&gt; mails.</label>" in html
    assert "unless you tick the box" in html


def test_without_consent_wording_there_is_no_box(checklist: Draw) -> None:
    drawn = checklist({})
    drawn.build()
    html = drawn.page("get/checklist")
    assert "marketing" not in html
    assert '<input name="wording" type="hidden" value="">' in html
    assert "unless you tick the box" not in html


def test_the_honeypot_is_out_of_peoples_way(figures: Drawn) -> None:
    html = figures.page("get/figures")
    assert 'tabindex="-1" autocomplete="off"' in inputs(html)["website"]
    assert '<p class="gatepost-trap" aria-hidden="true">' in html


def test_texts_are_escaped_wherever_they_stand(figures: Drawn) -> None:
    for page in ("get/figures", "get/figures/thanks"):
        html = figures.page(page)
        assert "<b>" not in html
        assert set(re.findall(r"<script[^>]*>", html)) <= {'<script type="application/ld+json">'}
    html = figures.page("get/figures")
    assert '<meta name="description" content="He said &quot;hi&quot; &amp; left &lt;script&gt;.">' in html
    assert "<h1>Figures &amp; &#34;quotes&#34; &lt;b&gt;</h1>" in html


def test_the_copy_is_rendered_with_the_sites_own_extensions_and_links(figures: Drawn) -> None:
    html = figures.page("get/figures")
    assert '<div class="admonition note">' in html
    assert '<a href="../../">home</a>' in html
    assert html.count("<h1") == 1


def test_the_thank_you_page_shows_the_magnets_own_words(figures: Drawn) -> None:
    html = figures.page("get/figures/thanks")
    assert "<h1>Check your inbox</h1>" in html
    assert '<a href="../../../">the home page</a>' in html
    assert "and smile</del>" in html
    assert '<a href="../">Ask for it again</a>' in html


def test_the_thank_you_page_is_listed_nowhere(figures: Drawn) -> None:
    assert '<meta name="robots" content="noindex">' in figures.page("get/figures/thanks")
    assert "noindex" not in figures.page("get/figures")
    sitemap = (figures.public / "sitemap.xml").read_text()
    assert re.findall(r"<loc>(.*)</loc>", sitemap) == [
        "https://example.com/", "https://example.com/get/figures/", "https://example.com/privacy/",
    ]  # fmt: skip


def test_the_head_says_what_search_engines_and_networks_ask_for(figures: Drawn) -> None:
    html = figures.page("get/figures")
    assert '<link rel="canonical" href="https://example.com/get/figures/">' in html
    assert '<meta property="og:url" content="https://example.com/get/figures/">' in html
    assert '<meta property="og:title" content="Figures &amp; &quot;quotes&quot; &lt;b&gt;">' in html
    assert '<meta name="referrer" content="strict-origin-when-cross-origin">' in html
    assert '<title>Figures &amp; "quotes" &lt;b&gt; | Example</title>' in html


def test_words_for_search_engines_win_in_the_head_only(checklist: Draw) -> None:
    seo = MAGNET.replace("file:", "seo:\n  title: For engines\n  description: For them.\nfile:")
    drawn = checklist({"magnets/checklist/magnet.md": seo})
    drawn.build()
    html = drawn.page("get/checklist")
    assert "<title>For engines</title>" in html
    assert '<meta name="description" content="For them.">' in html
    assert "<h1>The Checklist</h1>" in html
    assert '<p class="lead">Ten things to check before Friday.</p>' in html


def test_pages_ask_nobody_else_and_run_nothing(figures: Drawn) -> None:
    for page in ("get/figures", "get/figures/thanks"):
        html = figures.page(page)
        data = re.compile(r'<script type="application/ld\+json">.*?</script>')
        html = data.sub("", html)
        loaded = re.findall(r"(?:src|srcset|poster)=\"([^\"]*)\"|<link[^>]+stylesheet|url\(|@import|<script", html)
        assert loaded == []


@pytest.mark.parametrize(
    ("option", "link"),
    [
        ("", "../../privacy/"),
        ("privacy: legal/data.md", "../../legal/data/"),
        ("privacy: /elsewhere/", "../../elsewhere/"),
        ("privacy: https://example.org/privacy", "https://example.org/privacy"),
    ],
)
def test_the_privacy_notice_is_found(checklist: Draw, option: str, link: str) -> None:
    config = CONFIG.replace("- gatepost", f"- gatepost:\n      {option}" if option else "- gatepost")
    drawn = checklist({"mkdocs.yml": config, "content/privacy.md": "# P\n", "content/legal/data.md": "# D\n"})
    drawn.build()
    assert f'<a href="{link}">How we treat your data</a>' in drawn.page("get/checklist")


def test_a_privacy_page_that_is_not_there_is_found(checklist: Draw) -> None:
    config = CONFIG.replace("- gatepost", "- gatepost:\n      privacy: data.md")
    assert checklist({"mkdocs.yml": config}).complaints() == (
        "mkdocs.yml:1:1: gatepost: no such page, found 'privacy: data.md'; write its path"
    )


def test_without_a_privacy_notice_there_is_no_link(checklist: Draw) -> None:
    drawn = checklist({})
    drawn.build()
    assert "How we treat your data" not in drawn.page("get/checklist")


def test_the_plugins_options_place_pages_and_name_the_webhook(checklist: Draw) -> None:
    options = "- gatepost:\n      path: /free/things/\n      webhook: https://leads.example.com/"
    drawn = checklist({"mkdocs.yml": CONFIG.replace("- gatepost", options)})
    manifest = drawn.build()
    assert 'action="https://leads.example.com/f/checklist"' in drawn.page("free/things/checklist")
    assert manifest.landing == {"checklist": "free/things/checklist/"}
    assert manifest.thanks == {"checklist": "free/things/checklist/thanks/"}


def test_the_environment_knows_the_webhook_better(checklist: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_BASE_URL", "http://127.0.0.1:8000")
    drawn = checklist({})
    drawn.build()
    assert 'action="http://127.0.0.1:8000/f/checklist"' in drawn.page("get/checklist")


def test_a_path_that_leaves_the_site_is_refused(checklist: Draw) -> None:
    config = CONFIG.replace("- gatepost", "- gatepost:\n      path: ../up")
    assert checklist({"mkdocs.yml": config}).complaints() == (
        "mkdocs.yml:1:1: gatepost: 'path' is not a path, found '../up'; "
        "write letters, digits and '-', as in 'path: get'"
    )


def test_a_page_in_a_magnets_place_is_found(checklist: Draw) -> None:
    assert checklist({"content/get/checklist/index.md": "# Mine\n"}).complaints() == (
        "content/get/checklist/index.md:1:1: stands where a magnet's page goes; "
        "write another 'path' for the plugin, or another name for the page"
    )


def test_copy_that_looks_like_front_matter_stays_copy(checklist: Draw) -> None:
    body = MAGNET.replace("Everything on one page.", "Note: this is text.\n\n---\n\nMore.")
    drawn = checklist({"magnets/checklist/magnet.md": body})
    drawn.build()
    assert "<p>Note: this is text.</p>" in drawn.page("get/checklist")


def test_a_site_below_a_path_tells_the_webhook_the_whole_path(checklist: Draw) -> None:
    drawn = checklist({})
    manifest = drawn.build(site_url="https://example.com/docs/")
    assert '<input name="page" type="hidden" value="/docs/get/checklist/">' in drawn.page("get/checklist")
    assert manifest.site_url == "https://example.com/docs/"


def test_a_sites_theme_folder_may_replace_any_part(checklist: Draw) -> None:
    drawn = checklist({"theme/gatepost/partials/colours.html": ":root{--accent:#b00}"})
    drawn.build()
    assert "--accent:#b00" in drawn.page("get/checklist")
