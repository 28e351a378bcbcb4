"""What is worked out once or line by line comes to the same bytes as the standard library's way, which takes longer."""

from __future__ import annotations

import binascii
import re
import textwrap

from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_webhook.channels.lines import MAX_LINE, have_bare_breaks, have_long_line
from gatepost_webhook.followup import mailing, plain

MANY = settings(max_examples=300, deadline=None)


@MANY
@given(st.text(st.sampled_from("ab .=é—\t\n"), max_size=600))
def test_quoted_printable_does_not_depend_on_the_lines_around(text: str) -> None:
    whole = binascii.b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")
    _, _, body = mailing._part("plain", text).partition(b"\r\n\r\n")
    assert body == whole + b"\r\n"


@MANY
@given(st.lists(st.text("abcé-.", max_size=90), max_size=40))
def test_lines_are_broken_as_textwrap_breaks_them(words: list[str]) -> None:
    text = " ".join(words).strip(" ")
    wrapped = textwrap.wrap(
        text,
        plain.WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert plain._broken(text, "- ", "  ") == wrapped


@MANY
@given(st.lists(st.integers(0, MAX_LINE + 2), max_size=8))
def test_a_line_is_too_long_when_any_is(lengths: list[int]) -> None:
    data = b"\r\n".join(b"x" * length for length in lengths)
    assert have_long_line(data) == (max(lengths, default=0) > MAX_LINE)


@MANY
@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"x"]), max_size=12).map(b"".join))
def test_a_break_is_bare_when_it_is_no_whole_one(data: bytes) -> None:
    assert have_bare_breaks(data) == bool(re.search(rb"\r(?!\n)|(?<!\r)\n", data))
