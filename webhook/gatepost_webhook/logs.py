"""What the programs say of themselves: a record a line, whatever text of others it quotes."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

#: What moves the cursor, ends a line, turns its direction or cannot be written: C0, DEL, C1, U+2028 and so on.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_INDENT = "    "


def keep_logs(level: int) -> None:
    """Write records of this level and above (as logging.WARNING) to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])


class OneLine(logging.Formatter):
    """Writes a record as one line; a traceback follows indented, so that no line of it looks like a record.

    A visitor's or a relay's words can neither begin a line of their own nor hide one (CWE-117).
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line of a record."""
        return _written_out(super().formatMessage(record))

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return the lines of a traceback."""
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        """Return the lines of a stack."""
        return _indented(super().formatStack(stack_info))


def _indented(text: str) -> str:
    return "\n".join(_INDENT + _written_out(line) for line in text.split("\n"))


def _written_out(text: str) -> str:
    """Return a text with what is unsafe in a line as Python would write it: "\\n", "\\x1b", "\\u202e"."""
    return _UNSAFE.sub(lambda found: repr(found[0])[1:-1], text)
