"""What is wrong with YAML is said in the words, and at the place, of who writes it by hand."""

from __future__ import annotations

import pytest

from gatepost_site.documents import load_yaml
from gatepost_site.findings import ContentError

SAME = "write as many spaces before it as before the keys that it belongs to"
OPEN = "a bracket that is opened here is not closed; write ']' or '}' at its end"
QUOTE = "a quote that is opened here is not closed; write the same mark at the end of the value"
SIGN = "a value cannot begin with this, found '{}'; write the value in quotes"
DAY = "no such day, found '{}'; write year, month and day, as in 2026-11-22"
CASES = {
    "b: 1\na: [1, 2\nc: 3\n": f"2:4: {OPEN}",
    "a: {x: 1\nb: 3\n": f"1:4: {OPEN}",
    'b: 1\na: "x\nc: d\n': f"2:4: {QUOTE}",
    "a: 'x\n": f"1:4: {QUOTE}",
    "a: 'it's'\n": "1:8: something follows the closing quote; write one pair of quotes around the whole value",
    'a: "C:\\q"\n': "1:4: a backslash in double quotes means something else; write single quotes around the value",
    "a: @x\n": f"1:4: {SIGN.format('@')}",
    "a: *x\n": f"1:4: {SIGN.format('*')}",
    "a: , b\n": f"1:4: {SIGN.format(',')}",
    "a: b: c\n": "1:5: a second ': ' in one value; write the value in quotes, as in 'title: \"One: two\"'",
    "a: b\n  c: d\n": f"2:4: this key stands further in than the one above; {SAME}",
    "f:\n  - a: b\n   c: d\n": f"3:4: this line stands further in or out than those it belongs to; {SAME}",
    "f:\n  - a: b\n\tc: d\n": "3:1: a tab; write spaces",
    "a: - b\n": "1:4: a list does not begin in the line of its key; write each '- item' in a line of its own below it",
    "a: b\nc:d\n": (
        "2:1: a line that is neither a key nor part of a value; write 'key: value', or the text in quotes with its key"
    ),
    "a: b\na: c\n": "2:1: key stands twice, found 'a'; write it once",
    "a: x\nb: 2026-13-01\n": f"2:4: {DAY.format('2026-13-01')}",
    "a: # 2026-13-01\n - 2026-02-30T10:00:00\n": f"2:4: {DAY.format('2026-02-30T10:00:00')}",
    "---\na: b\n---\nc: d\n": "3:1: a second '---' where the file should go on; write one set of keys",
}


@pytest.mark.parametrize(("text", "said"), CASES.items())
def test_a_mistake_is_said_in_plain_words_where_it_is_mended(text: str, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        load_yaml(text, "a.md", first_line=1)
    assert str(caught.value) == f"a.md:{said}"
