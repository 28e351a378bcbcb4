"""Which version of a sequence holds for an enrolment: the newest, or the one with which the lead came in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gatepost_webhook.followup.steps import sequence_from_source
from gatepost_webhook.store import enrolments

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment

_sequence = lru_cache(maxsize=64)(sequence_from_source)


def sequence_of(connection: Connection, outfit: Outfit, enrolment: Enrolment) -> Sequence | None:
    """Return the sequence by which an enrolment goes on, None while its folder is not there.

    With `on_change: finish-old` in the newest version, those inside finish the one that they began.
    """
    newest = outfit.sequences.get(enrolment.sequence)
    if newest is None or newest.rules.on_change != "finish-old" or enrolment.version == newest.version:
        return newest
    source = enrolments.source_of(connection, enrolment.version)
    return _sequence(source) if source else newest


def last_sequence_of(connection: Connection, outfit: Outfit, enrolment: Enrolment) -> Sequence | None:
    """Return the sequence by which an enrolment goes on, or went on last while its folder is not there."""
    if found := sequence_of(connection, outfit, enrolment):
        return found
    source = enrolments.source_of(connection, enrolment.version)
    return _sequence(source) if source else None
