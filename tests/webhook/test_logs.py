"""Whatever a visitor or a relay says, a log has a line for each record and none of theirs (T25)."""

from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gatepost_webhook.logs import OneLine, keep_logs

if TYPE_CHECKING:
    import pytest

UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("\n\r\x1b\x00\x85\u2028\u202e%\\")), max_size=60)


def written(*records: logging.LogRecord) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine("%(levelname)s %(message)s"))
    for record in records:
        handler.handle(record)
    return stream.getvalue()


def record(text: str, *, raised: str | None = None) -> logging.LogRecord:
    error: ValueError | None = None
    try:
        _check(raised)
    except ValueError as caught:
        error = caught
    trouble = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("gatepost", logging.WARNING, "file.py", 1, "browser '%s'", (text,), trouble)


def _check(text: str | None) -> None:
    if text is not None:
        raise ValueError(text)


@settings(max_examples=1000)
@given(HOSTILE, HOSTILE)
@example("x\nERROR the relay is away", "x\nERROR nothing is sent any more")
@example("\x1b[2K\rINFO all is well", "")
def test_no_text_begins_a_record_or_hides_one(browser: str, raised: str) -> None:
    lines = written(record(browser, raised=raised), record(browser)).removesuffix("\n").split("\n")
    assert not UNSAFE.search("".join(lines))
    first, *traceback, last = lines
    assert first.startswith("WARNING browser '")
    assert last == first
    assert all(line.startswith("    ") for line in traceback)


def test_ordinary_text_is_as_it_was() -> None:
    assert written(record("Jürgens Firefox 🦊 / Straße\\n")) == "WARNING browser 'Jürgens Firefox 🦊 / Straße\\n'\n"


def test_a_traceback_is_whole() -> None:
    text = written(record("x", raised="no such gate"))
    assert "    Traceback (most recent call last):\n" in text
    assert text.endswith("    ValueError: no such gate\n")


def test_the_command_writes_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    keep_logs(logging.WARNING)
    logging.getLogger("gatepost.webhook").info("not this")
    logging.getLogger("gatepost.webhook").warning("the relay says '%s'", "no\r\nINFO all is well")
    assert capsys.readouterr().err == "WARNING the relay says 'no\\r\\nINFO all is well'\n"
