"""Submissions that come together: people who ask for the first time are kept all at once, whoever else one by one."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.intake.budget import CONFIRMATIONS_AN_HOUR, LIMITS, mailbox_key, tell_of_the_queue, turn_after
from gatepost_webhook.intake.consent import purpose_of
from gatepost_webhook.intake.submit import Outcome, Taken, client_limit, take
from gatepost_webhook.store.hits import forget_some
from gatepost_webhook.store.newcomers import Newcomer, add_newcomers, are_strangers, latest_confirmations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.submissions import Draft


@dataclass(frozen=True, slots=True)
class Sent:
    """A draft, and the key that limits count its client by."""

    draft: Draft
    client: str


class Crowd:
    """The submissions of one transaction. `take` decides about each; of newcomers it is known what it would decide."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def alone(self, connection: Connection, item: Sent) -> Outcome:
        """Keep one submission."""
        return take(self._desk, connection, item.draft, client=item.client)

    def together(self, connection: Connection, items: Sequence[Sent]) -> Mapping[int, Outcome]:
        """Keep the requests of those of whom nothing is known; return index -> Taken() of those."""
        now = self._desk.clock.now()
        found = dict(self._candidates(items))
        if not found:
            return {}
        strangers = are_strangers(connection, list(found.values()), now=now)
        people = {index: person for (index, person), fits in zip(found.items(), strangers, strict=True) if fits}
        if people:
            self._keep(connection, list(people.values()), now)
        return dict.fromkeys(people, Taken())

    def _keep(self, connection: Connection, people: list[Newcomer], now: int) -> None:
        queue = latest_confirmations(connection, CONFIRMATIONS_AN_HOUR)
        due = [_place(queue, now) for _ in people]
        tell_of_the_queue(connection, max(due), now=now)
        windows = (client_limit(self._desk.settings).window, LIMITS["confirm"].window)
        add_newcomers(connection, people, due, now=now, windows=windows)
        forget_some(connection, now=now)

    def _candidates(self, items: Sequence[Sent]) -> Iterator[tuple[int, Newcomer]]:
        """Yield (index, newcomer) of items that share neither client nor mailbox with an earlier one of them."""
        seen: set[str] = set()
        for index, item in enumerate(items):
            person = self._newcomer(item)
            if seen.isdisjoint((person.client, person.mailbox)) and self._is_clear(person):
                yield index, person
            seen.update((person.client, person.mailbox))

    def _is_clear(self, person: Newcomer) -> bool:
        """Tell whether it needs no look into the store which wording a newcomer saw."""
        magnet = self._desk.magnets[person.draft.magnet].in_language(person.draft.language)
        agrees = person.act == "given"
        return not magnet.meta.consent or person.wording == magnet.wording or not (person.wording or agrees)

    def _newcomer(self, item: Sent) -> Newcomer:
        draft, desk = item.draft, self._desk
        magnet = desk.magnets[draft.magnet].in_language(draft.language)
        agrees = draft.marketing or magnet.is_course
        key = desk.settings.address_key
        return Newcomer(
            draft,
            draft.wording if magnet.meta.consent else "",
            "given" if agrees else "declined",
            purpose_of(is_course=magnet.is_course),
            item.client,
            f"confirm:{mailbox_key(draft.canonical, key)}",
            desk.address_of(draft.canonical),
        )


def _place(queue: list[int], now: int) -> int:
    """Take the next place in the queue of confirmation mails (due times, ascending), and return its time."""
    before = queue[-CONFIRMATIONS_AN_HOUR] if len(queue) >= CONFIRMATIONS_AN_HOUR else None
    due_at = turn_after(before, now)
    bisect.insort(queue, due_at)
    return due_at
