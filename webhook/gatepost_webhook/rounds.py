"""Moves a demo's clock to the next mail, and waits until the worker has dealt with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gatepost_webhook.store.instants import next_mail

if TYPE_CHECKING:
    from gatepost_webhook.clock import MovableClock
    from gatepost_webhook.store.writer import Writer

#: Seconds to wait for the worker, which looks once a second.
_PATIENCE = 5.0
_LOOK_SECONDS = 0.05


def next_round(writer: Writer, clock: MovableClock) -> str:
    """Move to the next due mail, let it go out, and return a sentence for the person who asked."""
    # What is due already is not the next mail but the one before.
    if not _quiet(writer, clock):
        return "A mail is on its way; try again in a moment."
    due_at = writer.run(next_mail)
    if due_at is None:
        return "Nothing is waiting to be sent."
    clock.advance_to(due_at)
    if not _quiet(writer, clock):
        return "The clock was moved; the mail is still on its way."
    return "The next mail is here."


def _quiet(writer: Writer, clock: MovableClock) -> bool:
    """Wait until the worker has dealt with all that is due; False when it does not."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        due_at = writer.run(next_mail)
        if due_at is None or due_at > clock.now():
            return True
        time.sleep(_LOOK_SECONDS)
    return False
