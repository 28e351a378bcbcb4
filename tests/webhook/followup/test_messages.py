"""What people see: values stand as they were typed, links lead somewhere, and nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.errors import RenderError
from gatepost_webhook.followup.lead_text import body_text
from gatepost_webhook.followup.messages import MAX_HTML, Rendered, render_confirm, render_delivery, render_step
from gatepost_webhook.followup.personas import read_persona
from gatepost_webhook.followup.sequences import load_sequences
from tests.webhook.followup.letters import OCCASION, PREFERENCES, UNSUBSCRIBE, rendered

REPOSITORY = Path(__file__).parents[3]
NASTY = [
    "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{% raw %}", "{{ config }}", "{{ ''.__class__.__mro__ }}",
    "{{ self._TemplateReference__context }}", "{# comment #}", "{{ first_name }}", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "</p></td></table>", '"><svg/onload=alert(1)>', "javascript:alert(1)", "&lt;b&gt;",
    "&amp;", "&#x3C;script&#x3E;", "**bold**", "# heading", "> quote", "- item", "1. item", "[a](https://evil.example)",
    "![a](https://evil.example/a.png)", "`code`", "<https://evil.example>", "\\*", "a_b_c", "    code", "---", "***",
    "https://evil.example", "x\x02klzzwxh:0001\x03", "wzxhzdk:0", "\ue0000\ue001", "\ue0020\ue003", "*", "_", "~~~",
]  # fmt: skip
TEXT = st.sampled_from(NASTY) | st.text(max_size=40) | st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join)
SEEN = re.compile(r"\s+")


class Page(HTMLParser):
    """What a mail program makes of HTML: its text, its links, its elements."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "a" and (href := dict(attrs).get("href")):
            self.links.append(href)

    def handle_data(self, data: str) -> None:
        self.text += data


def squeezed(text: str) -> str:
    return SEEN.sub(" ", text)


@settings(max_examples=300, deadline=None)
@given(TEXT)
@example("https://evil.example <https://evil.example>")
def test_a_value_stands_as_it_was_typed_in_html_and_in_text(value: str) -> None:
    harmless = rendered("Dear [{{ company }}], **bold**.\n\n- {{ company }}\n\n> {{ company }}", company="x")
    result = rendered("Dear [{{ company }}], **bold**.\n\n- {{ company }}\n\n> {{ company }}", company=value)
    seen = squeezed(body_text(value))
    if not seen:
        return
    page = Page(result.html)
    assert f"Dear [{seen}], bold." in squeezed(page.text)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in Page(harmless.html).elements]
    assert page.links == Page(harmless.html).links
    assert f"Dear [{seen}], *bold*." in squeezed(result.text)


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_a_link_made_of_an_answer_leads_to_the_web_or_nowhere(value: str) -> None:
    links = Page(rendered("[a]({{ website }}) [b](https://example.org/?q={{ website }}&x=1)", website=value).html).links
    inner = [link for link in links if "leads.example.org" not in link and "/get/" not in link]
    assert all(re.match(r"https?://[^/\s]|mailto:|https://example\.org/sub/", link) for link in inner)
    assert any(re.fullmatch(r"https://example\.org/\?q=[\w%.~-]*&x=1", link) for link in inner)


@pytest.mark.parametrize("answer", NASTY)
def test_no_answer_is_computed(answer: str) -> None:
    result = rendered("{{ company }}", "{{ company }}", company=answer)
    assert "49" not in result.html.replace("#3f494b", "").replace("rgb", "").replace(body_text(answer), "")
    assert "49" not in result.text + result.subject


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}", "{{ first_name.__init__.__globals__ }}", "{{ _slots }}{{ _slots.append('x') }}",
        "{{ first_name | attr('__class__') }}", "{% include '/etc/passwd' %}", "{% import 'os' as os %}",
        "{{ range(10**9) }}", "{{ lipsum() }}", "{{ cycler }}", "{{ nobody }}", "{{ self }}",
        "{{ first_name.format(first_name) }}", "{{ 'a' * 10**9 }}", "{% for a in 'x' * 10**7 %}{{ a }}{% endfor %}",
    ],
)  # fmt: skip
def test_a_template_that_would_compute_is_refused_or_gives_nothing_away(template: str) -> None:
    try:
        result = rendered(template, first_name="Anna")
    except RenderError:
        return
    assert not re.search(r"root:|<class|&lt;class|built-in|function|&lt;bound", result.html)


def test_root_relative_links_lead_to_the_site() -> None:
    links = Page(rendered("[a](/page/) [b](https://other.example/) [c](mailto:c@example.org)").html).links
    assert links[:3] == ["https://example.org/sub/page/", "https://other.example/", "mailto:c@example.org"]


def test_a_link_with_the_title_button_is_a_button_in_html_and_a_line_of_its_own_in_text() -> None:
    result = rendered('Take it:\n\n[Download]({{ download_url }} "button")\n\nBye.')
    address = "https://leads.example.org/d/" + "d" * 40
    assert re.search(rf'<a class="button" href="{address}" style="[^"]*background-color', result.html)
    assert f"Take it:\n\nDownload:\n{address}\n\nBye.\n" in result.text


def test_the_text_part_is_complete_and_readable() -> None:
    body = """\
# A heading

Hi {{ first_name }}, this is **important** and *said* in a sentence that is long enough to need wrapping here.

1. One, with `code`
2. Two
    - nested

> Quoted words, which go on for long enough that they have to be wrapped onto a second line of the quote.

    verbatim   text

See [the page](/page/) or <https://example.org/>.
"""
    assert (
        rendered(body, first_name="Anna").text
        == f"""\
A heading
=========

Hi Anna, this is *important* and _said_ in a sentence that is long enough to
need wrapping here.

1. One, with `code`
2. Two
   - nested

> Quoted words, which go on for long enough that they have to be wrapped
> onto a second line of the quote.

    verbatim   text

See the page <https://example.org/sub/page/> or https://example.org/.

--------------------

You get this mail because you asked for The Checklist
<https://example.org/sub/get/checklist/> on 22 November 2026 and agreed to
further mails.

Unsubscribe
<{UNSUBSCRIBE}>
whenever you like. Fewer, a pause, or your data
<{PREFERENCES}>

Example Ltd, 1 High Street, Bristol
"""
    )


def every_mail() -> list[Rendered]:
    project = Project.at(REPOSITORY)
    sequence = load_sequences(project, load_magnets(project))["nurturing-playbook"]
    folder = project.sequences / sequence.slug / "personas"
    personas = [read_persona(path, root=project.root) for path in sorted(folder.glob("*.yml"))]
    fields = {"first_name": "", "company": ""}
    steps = [
        render_step(
            OCCASION, sequence, step.message, answers={**fields, **persona.fields}, download_url="https://x.example/d/t"
        )
        for persona in personas
        for step in sequence.steps
    ]
    return [
        render_confirm(OCCASION, "https://x.example/c/t"), render_delivery(OCCASION, "https://x.example/d/t"), *steps,
    ]  # fmt: skip


@pytest.mark.parametrize("mail", every_mail(), ids=lambda mail: mail.subject)
def test_every_mail_of_the_example_is_whole(mail: Rendered) -> None:
    page = Page(mail.html)
    assert len(mail.html.encode()) < MAX_HTML
    assert {UNSUBSCRIBE, PREFERENCES} <= set(page.links)
    assert UNSUBSCRIBE in mail.text
    assert "Example Ltd, 1 High Street, Bristol" in page.text
    assert "Example Ltd, 1 High Street, Bristol" in mail.text
    assert not {"img", "script", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in page.elements}
    assert not re.search(r"url\(|@import|@font-face|[\ue000-\ue003]|\{\{|\{%", mail.html + mail.text)
    assert not [attrs for _, attrs in page.elements if {"src", "background", "srcset"} & attrs.keys()]
    assert "prefers-color-scheme: dark" in mail.html
    assert max(len(line) for line in mail.text.splitlines() if "https://" not in line) <= 76


def test_a_confirmation_says_nothing_that_a_visitor_typed() -> None:
    mail = render_confirm(OCCASION, "https://x.example/c/t")
    assert mail.subject == "Your copy of The Checklist"
    assert "first_name" not in (REPOSITORY / "webhook/gatepost_webhook/followup/layout/confirm.md").read_text()


def test_a_delivery_asks_only_when_there_is_something_to_ask() -> None:
    plain, asking = (
        render_delivery(OCCASION, "https://x.example/d/t"),
        render_delivery(OCCASION, "https://x.example/d/t", "https://x.example/c/t"),
    )
    assert "/c/t" not in plain.text + plain.html
    assert "they start only when you say so" in " ".join(asking.text.split())
    assert "https://x.example/c/t" in asking.text
    assert "https://x.example/d/t" in asking.text


def test_a_delivery_offers_the_epub_when_there_is_one() -> None:
    plain = render_delivery(OCCASION, "https://x.example/d/t")
    both = render_delivery(OCCASION, "https://x.example/d/t", epub_url="https://x.example/d/t?format=epub")
    assert "EPUB" not in plain.text + plain.html
    assert "\n\nFor a phone or an e-reader, the same book as EPUB\n" in both.text
    assert 'href="https://x.example/d/t?format=epub"' in both.html
    assert both.html.index('href="https://x.example/d/t"') < both.html.index("format=epub"), "the button comes first"


def test_a_missing_answer_gives_way_to_the_fallback() -> None:
    assert rendered("Hi {{ first_name }}.", first_name="").text.startswith("Hi there.\n")
    assert rendered("Hi {{ first_name }}.", first_name=" \u202e ").text.startswith("Hi there.\n")
    assert rendered("Hi {{ first_name }}.", first_name="Anna").text.startswith("Hi Anna.\n")


def test_a_message_that_grew_too_large_is_not_sent() -> None:
    with pytest.raises(RenderError, match="the message is too long"):
        rendered("{{ a }}" * 60, a="x" * 2000)


def test_the_content_hash_is_of_the_text_and_not_of_the_reader() -> None:
    first, second = rendered("Hi {{ a }}", a="Anna"), rendered("Hi {{ a }}", a="Ben")
    assert first.content_hash == second.content_hash != rendered("Ho {{ a }}", a="Ben").content_hash
