"""Many leads enrolled at once: the same rows as one by one, and the same refusals."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.followup.crowds import enrol_all, portions
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.leads.preferences import Preferences
from gatepost_webhook.store.preferences import keep_preferences
from gatepost_webhook.store.zones import set_zone
from tests.webhook.followup.desk import DAY, Desk, add_lead
from tests.webhook.followup.test_acting import desk_with

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.database import Connection

FIRST = {
    "a wait": "{key: a, wait: 2 days, message: first.md}",
    "a message at once": "{key: a, message: first.md}",
    "a time of the day": "{key: a, wait: until 09:00, message: first.md}",
    "a weekday": "{key: a, wait: until Tuesday 09:00, note: x}",
    "a day that is over": "{key: a, wait: until 2026-01-01 09:00, message: first.md}",
    "a tag": "{key: a, tag: x}",
    "a branch": "{key: a, branch: {b: {when: company is set, steps: [{key: c, note: x}]}}}",
    "a condition": "{key: a, only_if: company is set, message: first.md}",
}
RULES = [
    "",
    "window: {hours: 10:00-11:00}\n",
    "window: {days: [monday]}\nat_most: 1\n",
    "leave: [{when: downloaded}]\n",
]
ZONES = ["", "Asia/Tokyo", "America/Los_Angeles", "", "Pacific/Kiritimati"]
ENROLMENTS = "SELECT lead_id, sequence, submission_id, version, state, started_at, round, cause FROM enrolment"
MAILS = (
    "SELECT mail.kind, mail.lead_id, mail.submission_id, enrolment.round, step, mail.state, due_at, mail.created_at,"
    " mail.changed_at FROM mail JOIN enrolment ON enrolment.id = enrolment_id"
)
EVENTS = "SELECT at, lead_id, kind, magnet, sequence, step, detail FROM event"


def written(connection: Connection) -> list[list[tuple[object, ...]]]:
    """Return all that an enrolment writes, without the numbers of its rows."""
    queries = (f"{query} ORDER BY 2, 1" for query in (ENROLMENTS, MAILS, EVENTS))
    return [sorted((tuple(row) for row in connection.execute(query)), key=repr) for query in queries]


class Undo(Exception):  # noqa: N818 - nothing went wrong
    """Take back what a transaction did."""


def both_ways(desk: Desk, leads: list[int], **how: object) -> list[list[list[tuple[object, ...]]]]:
    """Return what enrolling one by one writes, and what enrolling all at once does."""
    sequence, now = desk.outfit.sequences["after"], desk.clock.now()
    found = []

    def one_by_one(connection: Connection) -> None:
        for lead in leads:
            enrol(connection, sequence=sequence, lead_id=lead, submission_id=lead, now=now, cause="when", **how)  # type: ignore[arg-type]

    def at_once(connection: Connection) -> None:
        about, hash_of = desk.outfit.surroundings, desk.outfit.hash_of
        enrol_all(connection, leads, sequence, hash_of=hash_of, about=about, cause="when", now=now, **how)  # type: ignore[arg-type]

    for way in (one_by_one, at_once):

        def tried(connection: Connection, way=way) -> None:  # type: ignore[no-untyped-def]
            way(connection)
            found.append(written(connection))
            raise Undo

        with pytest.raises(Undo):
            desk.outfit.writer.run(tried)
    return found


@pytest.mark.parametrize("first", FIRST)
def test_many_at_once_are_the_same_rows_as_one_by_one(outfit: Outfit, first: str) -> None:
    for rules in RULES:
        text = f"title: A\nagain: after 1 day\n{rules}steps:\n  - {FIRST[first]}\n  - {{key: z, note: x}}\n"
        desk = desk_with(outfit, text)

        def some_leads(connection: Connection, desk: Desk = desk) -> list[int]:
            known = connection.execute("SELECT count(*) AS count FROM lead").fetchone()["count"]
            leads = [add_lead(connection, f"{known}-{n}@example.com", now=desk.clock.now()) for n in range(10)]
            for lead, zone in zip(leads, ZONES * 2, strict=True):
                set_zone(connection, lead, zone, "page")
            return leads

        leads = desk.outfit.writer.run(some_leads)
        alone, together = both_ways(desk, leads)
        assert together == alone
        assert len(alone[0]) >= len(leads)


def test_who_would_not_come_in_alone_does_not_come_in_with_others(outfit: Outfit) -> None:
    topics = "topics:\n  gates: {title: Gates}\n  gate: {title: A gate}\n"
    (outfit.project.sequences / "topics.yml").write_text(topics, encoding="utf-8")
    desk = desk_with(outfit, "title: A\nagain: after 10 days\ntopic: gates\nsteps: [{key: a, tag: x}]\n")
    names = ["willing", "unwilling", "unproven", "suppressed", "inside", "lately", "long-ago", "left", "other-topic"]
    lead = {name: desk.add_lead(f"{name}@example.com") for name in names}
    desk.sql("UPDATE lead SET marketing_at = NULL WHERE id = :id", id=lead["unwilling"])
    desk.sql("UPDATE submission SET confirmed_at = NULL WHERE lead_id = :id", id=lead["unproven"])
    desk.suppress("suppressed@example.com")
    now = desk.clock.now()

    def before(connection: Connection) -> None:
        for name, days in (("lately", 9), ("long-ago", 11)):
            insert = (
                "INSERT INTO enrolment (lead_id, sequence, submission_id, version, state, started_at, ended_at)"
                " VALUES (:lead, 'after', :lead, 'old', 'finished', 0, :ended)"
            )
            connection.execute(insert, {"lead": lead[name], "ended": now - days * DAY})
        for name, topic in (("left", "gates"), ("other-topic", "gate")):
            keep_preferences(connection, lead[name], Preferences(topics_left=frozenset({topic})), now=now)

    desk.outfit.writer.run(before)
    desk.enrol(lead["inside"])

    def all_of_them(connection: Connection) -> int:
        about, hash_of = desk.outfit.surroundings, desk.outfit.hash_of
        sequence = desk.outfit.sequences["after"]
        return enrol_all(connection, lead.values(), sequence, hash_of=hash_of, about=about, cause="when", now=now + 1)

    assert desk.outfit.writer.run(all_of_them) == 3
    rows = desk.sql("SELECT lead_id, round FROM enrolment WHERE started_at = :at ORDER BY lead_id", at=now + 1)
    assert [tuple(row.values()) for row in rows] == [
        (lead["willing"], 1),
        (lead["long-ago"], 2),
        (lead["other-topic"], 1),
    ]
    assert desk.outfit.writer.run(all_of_them) == 0


def test_a_magnet_counts_only_with_a_request_for_it(outfit: Outfit) -> None:
    desk = desk_with(outfit, "title: A\nsteps: [{key: a, tag: x}]\n")
    desk.add_lead()
    sequence, now = desk.outfit.sequences["after"], desk.clock.now()

    def by(connection: Connection, magnet: str) -> int:
        about, hash_of = desk.outfit.surroundings, desk.outfit.hash_of
        how = {"cause": "webinar", "magnet": magnet, "now": now}
        return enrol_all(connection, [1], sequence, hash_of=hash_of, about=about, **how)  # type: ignore[arg-type]

    assert desk.outfit.writer.run(lambda connection: by(connection, "demo")) == 0
    assert desk.outfit.writer.run(lambda connection: by(connection, "checklist")) == 1


def test_portions_are_all_of_it_in_order() -> None:
    numbers = random.Random(7).sample(range(10_000), 25)
    assert [one for some in portions(numbers, 4) for one in some] == numbers
    assert list(portions([], 4)) == []
