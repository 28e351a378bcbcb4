"""What every mailbox can do in which bounces come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


@dataclass(frozen=True)
class Letter:
    """A mail as it lies there."""

    #: Names it in its mailbox.
    name: str
    #: The whole mail; of one that is too large, a little more than what is read.
    data: bytes


class Postbox(Protocol):
    """A mailbox, open."""

    def letters(self) -> Iterator[Letter]:
        """Yield what was not read before, oldest first. Raises PostboxError."""
        ...

    def put_away(self, letter: Letter, *, report: bool) -> None:
        """See that a letter is not read again; one that is no report stays unread for people. Raises PostboxError."""
        ...


#: Opens a mailbox for one round.
Opener: TypeAlias = "Callable[[], AbstractContextManager[Postbox]]"
