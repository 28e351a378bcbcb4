"""The bytes of a mail: the headers that are meant, each once, whatever a lead typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_webhook.errors import RenderError, SettingsError
from gatepost_webhook.followup.lead_text import header_text
from gatepost_webhook.followup.mailing import Sender, build_message, message_id
from gatepost_webhook.followup.messages import step_subject
from gatepost_webhook.followup.steps import Message, Sequence, Step
from gatepost_webhook.settings import load_settings
from tests.webhook.followup.letters import TOKEN, UNSUBSCRIBE, letter, message, rendered

DRIP = [
    "From",
    "To",
    "Reply-To",
    "Date",
    "Message-ID",
    "Subject",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Precedence",
    "X-Auto-Response-Suppress",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
]
TRANSACTIONAL = [
    name for name in DRIP if name not in ("List-Id", "Precedence", "X-Auto-Response-Suppress", "Feedback-ID")
]

#: What breaks headers: encoded words, every kind of line break, hidden characters, halves of characters.
NASTY = st.sampled_from(
    [
        "=?",
        "?=",
        "=?utf-8?q?hi=0D=0ABcc=3A_v=40x.y?=",
        "=?utf-8?b?DQpCY2M6IHZAeC55?=",
        "\r",
        "\n",
        "\r\n",
        "\r\nBcc: v@x.y\r\n\r\n",
        "\x85",
        "\u2028",
        "\u2029",
        "\x00",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x1e",
        "\ud800",
        "\udfff",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ue0000\ue001",
        "\ue0020\ue003",
        "=",
        "?",
        "q?",
        " ",
        "\t",
        "{{7*7}}",
        "é",
        "Ж",
        "日本",
        "👩\u200d🔬",
        "a" * 80,
        ",",
        ":",
        "<",
        ">",
        "@",
        '"',
    ]
)
TEXT = st.lists(NASTY | st.text(st.characters(), max_size=8), max_size=12).map("".join)


STEP = Step("first", 0, Message("first.md", "For {{ company }}: {{ company }}", "", "Hello."))
SEQUENCE = Sequence("after", "After", (STEP,), {"company": "you"}, "")
TEMPLATE = rendered("Hello.")


def visible(text: str) -> bool:
    """Whether nothing controls, hides or changes the direction; characters younger than this Python may stand."""
    return all(char.isprintable() or unicodedata.category(char) == "Cn" for char in text)


def head_of(data: bytes) -> bytes:
    return data.partition(b"\r\n\r\n")[0] + b"\r\n"


@pytest.mark.parametrize(("kind", "names"), [("drip", DRIP), ("confirm", TRANSACTIONAL), ("delivery", TRANSACTIONAL)])
def test_a_mail_has_exactly_the_headers_of_its_kind(kind: str, names: list[str]) -> None:
    data = build_message(rendered("Hello."), letter(kind))
    assert re.findall(r"^([\w-]+):", head_of(data).decode(), re.MULTILINE) == names


def test_the_headers_say_what_is_meant() -> None:
    parsed = BytesParser(policy=policy.default).parsebytes(message("About it"))
    assert {name: parsed[name] for name in DRIP[:-1]} == {
        "From": "Example Ltd <hello@example.org>",
        "To": "anna@example.com",
        "Reply-To": "reply@example.org",
        "Date": "Sun, 22 Nov 2026 09:00:00 +0000",
        "Message-ID": f"<v1.7.{message_id(7, b's' * 32, 'example.org')[6:18]}@example.org>",
        "Subject": "About it",
        "List-Id": "<after.example.org>",
        "List-Unsubscribe": f"<{UNSUBSCRIBE}>, <mailto:leave@example.org?subject=unsubscribe%20{TOKEN}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": "first:after:checklist:example-org",
        "MIME-Version": "1.0",
    }


def test_one_click_unsubscribing_stands_in_the_bytes_as_every_mail_program_reads_it() -> None:
    expected = (
        f"\r\nList-Unsubscribe: <{UNSUBSCRIBE}>,\r\n <mailto:leave@example.org?subject=unsubscribe%20{TOKEN}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    assert expected.encode() in message("About it")


def test_a_very_long_address_is_still_written_as_it_is() -> None:
    long = "https://leads.example.org/" + "very-long-path/" * 50 + "u/token"
    data = build_message(rendered("Hello."), replace(letter(), unsubscribe_url=long))
    assert f"\r\nList-Unsubscribe: <{long}>,\r\n <mailto:".encode() in data


def test_the_parts_are_text_and_then_html_in_utf8() -> None:
    parsed = BytesParser(policy=policy.default).parsebytes(
        build_message(rendered("Café ☕, {{ first_name }}."), letter())
    )
    assert parsed.get_content_type() == "multipart/alternative"
    parts = list(parsed.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert parts[0].get_content().startswith("Café ☕, there.\r\n")
    assert "<p style=" in parts[1].get_content()


def test_the_same_mail_has_the_same_bytes() -> None:
    assert message("About it") == message("About it")


def test_the_literal_that_injects_a_header_through_the_library_does_not() -> None:
    data = message("For {{ company }}", company="=?utf-8?q?hi=0D=0ABcc=3A_v=40x.y?=")
    assert b"Bcc:" not in data
    assert b"Subject: For = ?utf-8?q?hi=0D=0ABcc=3A_v=40x.y? =\r\n" in data


@settings(max_examples=1000, deadline=None)
@given(TEXT)
def test_nothing_that_a_lead_types_changes_the_headers(name: str) -> None:
    data = build_message(replace(TEMPLATE, subject=step_subject(SEQUENCE, STEP, {"company": name}, "")), letter())
    head = head_of(data)
    assert re.findall(rb"^([\w-]+):", head, re.MULTILINE) == [name.encode() for name in DRIP]
    assert BytesParser(policy=policy.compat32).parsebytes(head).keys() == DRIP
    assert data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    subject = BytesParser(policy=policy.default).parsebytes(head)["Subject"]
    assert visible(subject)
    assert subject.startswith("For ")


@settings(max_examples=250, deadline=None)
@given(TEXT, TEXT)
def test_nothing_that_a_lead_types_breaks_a_line_of_the_body(first: str, second: str) -> None:
    data = build_message(rendered("Hi {{ a }},\n\n> {{ b }}\n\n- [{{ a }}]({{ b }})", a=first, b=second), letter())
    assert data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert data.isascii()


@given(TEXT)
def test_a_text_for_a_header_is_short_visible_and_stays_as_it_is_when_cleaned_again(text: str) -> None:
    once = header_text(text)
    assert len(once) <= 60
    assert visible(once)
    assert "=?" not in once
    assert header_text(once) == once


def test_a_display_name_beyond_ascii_is_encoded() -> None:
    sender = Sender("Café Größe", "hello@example.org", "hello@example.org", "hello@example.org")
    data = build_message(rendered("Hello."), letter(sender=sender))
    assert b"\r\n" not in head_of(data).partition(b"\r\nTo:")[0]
    assert BytesParser(policy=policy.default).parsebytes(data)["From"] == "Café Größe <hello@example.org>"


def test_a_header_that_is_not_as_meant_is_refused() -> None:
    sender = Sender("", "hello@example.org", "a@example.org\r\nBcc: v@example.org", "hello@example.org")
    with pytest.raises(RenderError, match=r"header Reply-To cannot be written"):
        build_message(rendered("Hello."), letter(sender=sender))


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_what_a_file_says_of_a_mail_is_written_as_it_is_or_refused(language: str, variant: str, name: str) -> None:
    """Language, variant and step come from files that were checked; were they not, no header would be added."""
    strange = replace(letter(), language=language, variant=variant, step=name)
    try:
        data = build_message(TEMPLATE, strange)
    except RenderError:
        return
    names = re.findall(rb"^([\w-]+):", head_of(data), re.MULTILINE)
    spoken = [b"Content-Language"] if language else []
    assert sorted(names) == sorted([*spoken, *(name.encode() for name in DRIP)])
    assert data.isascii()


def test_a_mail_says_its_language_and_which_subject_it_has() -> None:
    parsed = BytesParser(policy=policy.default).parsebytes(
        build_message(TEMPLATE, replace(letter(), language="pt-BR", variant="question"))
    )
    assert parsed["Content-Language"] == "pt-BR"
    assert parsed["Feedback-ID"] == "first.question:after:checklist:example-org"


def test_a_message_id_names_its_mail_and_carries_our_mark() -> None:
    assert re.fullmatch(r"<v1\.7\.[0-9a-f]{12}@example\.org>", message_id(7, b"s" * 32, "example.org"))
    assert message_id(7, b"s" * 32, "example.org") != message_id(7, b"t" * 32, "example.org")


def test_the_sender_is_read_from_the_settings() -> None:
    given = load_settings(mail_from="Bücher <hallo@bücher.example>", mail_reply_to="antwort@bücher.example")
    assert Sender.of(given) == Sender(
        "Bücher", "hallo@xn--bcher-kva.example", "antwort@xn--bcher-kva.example", "antwort@xn--bcher-kva.example"
    )
    assert Sender.of(load_settings(mail_from="hello@example.org")).name == ""


def test_a_sender_that_is_no_address_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        Sender.of(load_settings(mail_from="Example"))
    assert str(caught.value) == (
        "GATEPOST_MAIL_FROM: is not an address (An email address must have an @-sign.), found 'Example'; "
        "write it as in: Gatepost <hello@example.com>"
    )
