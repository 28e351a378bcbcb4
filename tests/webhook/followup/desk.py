"""A small project on disk, and a worker on it with short words for what tests do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from gatepost_site.project import Project
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.consents import suppress
from gatepost_webhook.store.mails import add_mail

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.channels.channel import Outcome, Outgoing
    from gatepost_webhook.channels.recording import RecordingChannel
    from gatepost_webhook.clock import MovableClock
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.database import Connection

#: 2026-11-22 09:00 UTC.
START = 1_795_338_000
DAY = 86_400

SEQUENCE = """\
title: After the checklist
fallbacks:
  first_name: there
steps:
  - key: first
    wait: 1 day
    message: first.md
  - key: second
    wait: 2 days
    only_if: company is set
    message: second.md
  - key: third
    wait: 2 days
    message: third.md
"""
MAGNET = """\
---
title: The Checklist
description: Everything to look at before you send a mail, on one page.
file: checklist.pdf
consent: Yes, send me three mails.
sequence: after
fields:
  - {name: first_name, label: First name}
  - {name: company, label: Company}
---
Take it.
"""


def write_project(root: Path, sequence: str = SEQUENCE, **messages: str) -> Project:
    """Draw a project with one magnet and one sequence; `messages` replace the bodies of first, second, third."""
    bodies = {"first": "Hi {{ first_name }}.", "second": "For you.", "third": "Good bye."} | messages
    folder = root / "sequences" / "after"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "magnets" / "checklist").mkdir(parents=True, exist_ok=True)
    (root / "magnets" / "checklist" / "magnet.md").write_text(MAGNET, encoding="utf-8")
    (root / "magnets" / "checklist" / "checklist.pdf").write_bytes(b"%PDF-1.7")
    (folder / "sequence.yml").write_text(sequence, encoding="utf-8")
    for name, body in bodies.items():
        text = body if body.startswith("---") else f"---\nsubject: About {name}\n---\n{body}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return Project.at(root)


def add_lead(connection: Connection, email: str, *, now: int, fields: str = "{}") -> int:
    """Add a confirmed lead with marketing consent, and their submission; both have the returned row."""
    values = {"email": email, "fields": fields, "now": now}
    row = connection.execute(
        "INSERT INTO lead (email, canonical, fields, created_at, confirmed_at, marketing_at)"
        " VALUES (:email, lower(:email), :fields, :now, :now, :now) RETURNING id",
        values,
    ).fetchone()
    values["id"] = lead = int(row["id"])
    connection.execute(
        "INSERT INTO submission (id, lead_id, magnet, at, page, fields, marketing, fingerprint, confirmed_at)"
        " VALUES (:id, :id, 'checklist', :now, '/get/checklist/', :fields, 1, :email, :now)",
        values,
    )
    connection.execute(
        "INSERT INTO receipt (lead_id, submission_id, purpose, act, at, method, page)"
        " VALUES (:id, :id, 'marketing', 'confirmed', :now, 'button', '')",
        values,
    )
    return lead


@dataclass
class Desk:
    """A worker and everything round it, with short words for what tests do."""

    outfit: Outfit
    channel: RecordingChannel
    clock: MovableClock
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.worker = Worker(self.outfit)

    def sql(self, statement: str, **values: object) -> list[dict[str, object]]:
        """Run a statement and return its rows."""
        return self.outfit.writer.run(lambda c: [dict(row) for row in c.execute(statement, values).fetchall()])

    def add_lead(self, email: str = "anna@example.com", fields: str = "{}") -> int:
        """Add a confirmed lead with marketing consent, and their submission; both have the returned row."""
        now = self.clock.now()
        return self.outfit.writer.run(lambda connection: add_lead(connection, email, fields=fields, now=now))

    def enrol(self, lead: int) -> None:
        """Enrol a lead in the one sequence."""
        sequence = self.outfit.sequences["after"]
        self.outfit.writer.run(
            lambda c: enrol(c, sequence=sequence, lead_id=lead, submission_id=lead, now=self.clock.now())
        )

    def queue(self, kind: str, lead: int) -> int:
        """Queue a confirmation or a delivery that is due now."""
        now = self.clock.now()
        added = self.outfit.writer.run(
            lambda c: add_mail(c, kind=kind, lead_id=lead, submission_id=lead, due_at=now, now=now)
        )
        assert added is not None
        return added

    def suppress(self, email: str, scope: Literal["marketing", "all"] = "marketing") -> None:
        """Put an address on the suppression list."""
        name = self.outfit.hash_of(email)
        self.outfit.writer.run(lambda c: suppress(c, name, scope, "unsubscribed", now=self.clock.now()))

    def run(self, *, days: float = 0) -> list[Outgoing]:
        """Move the clock and let the worker run; return what it sent in this run."""
        self.clock.advance(int(days * DAY))
        before = len(self.channel.messages)
        self.worker.run_once()
        return self.channel.messages[before:]

    def mails(self) -> list[tuple[object, ...]]:
        """Return (kind, step, state, reason) of every mail, oldest first."""
        rows = self.sql("SELECT kind, step, state, reason FROM mail ORDER BY id")
        return [tuple(row.values()) for row in rows]

    def states(self) -> list[object]:
        """Return the state of every mail, oldest first."""
        return [mail[2] for mail in self.mails()]

    def events(self) -> list[tuple[object, object]]:
        """Return (kind, step) of every event, oldest first."""
        return [(row["kind"], row["step"]) for row in self.sql("SELECT kind, step FROM event ORDER BY id")]

    def end_with(self, *outcomes: Outcome) -> None:
        """Let the next messages end so."""
        self.channel.outcomes = list(outcomes)
