"""A database as a week of real use leaves it, made through the real schema and writer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

#: Monday, 2026-11-16 09:00:00 UTC.
START = 1_794_819_600
HOUR, DAY = 3600, 86_400
#: Texts that no copy and no export may hold.
CANARIES = ("CANARY-MIME-BYTES", "CANARY-FINGERPRINT", "CANARY-HIT-203.0.113.9", "CANARY-HASH", "CANARY-DETAIL")
WORDING = "Yes, send me five mails."

_TABLES = {
    "wording": [{"hash": "CANARY-HASH-1", "text": WORDING, "first_seen_at": START}],
    "lead": [
        {
            "id": 1,
            "email": "Ada@Example.org",
            "canonical": "ada@example.org",
            "fields": {"first_name": "Ada", "last_name": "Lovelace", "company": "Analytical Engines"},
            "created_at": START,
            "confirmed_at": START + 300,
            "marketing_at": START + 300,
        },
        {
            "id": 2,
            "email": "=cmd@example.com",
            "canonical": "=cmd@example.com",
            "fields": {"first_name": "=cmd|' /C calc'!A0", "company": "Müller & Söhne"},
            "created_at": START + DAY,
        },
        {
            "id": 3,
            "email": "eve@example.net",
            "canonical": "eve@example.net",
            "fields": {},
            "created_at": START + 2 * DAY,
            "confirmed_at": START + 2 * DAY + HOUR,
        },
    ],
    "submission": [
        {"id": 1, "lead_id": 1, "magnet": "playbook", "at": START, "marketing": 1, "wording": "CANARY-HASH-1",
         "fields": {"first_name": "Ada", "company": "Analytical Engines"},
         "confirmed_at": START + 300, "downloaded_at": START + 360},
        {"id": 2, "lead_id": 2, "magnet": "playbook", "at": START + DAY, "marketing": 0,
         "fields": {"first_name": "=cmd|' /C calc'!A0"}},
        {"id": 3, "lead_id": 3, "magnet": "checklist", "at": START + 2 * DAY, "marketing": 1,
         "wording": "CANARY-HASH-1", "fields": {}, "confirmed_at": START + 2 * DAY + HOUR},
        {"id": 4, "lead_id": 1, "magnet": "checklist", "at": START + 3 * DAY, "marketing": 0, "fields": {},
         "confirmed_at": START + 3 * DAY},
    ],
    "receipt": [
        {"lead_id": 1, "submission_id": 1, "act": "given", "at": START, "method": "form", "wording": "CANARY-HASH-1"},
        {"lead_id": 1, "submission_id": 1, "act": "confirmed", "at": START + 300, "method": "button",
         "wording": "CANARY-HASH-1", "message_id": "<1@example.org>"},
        {"lead_id": 3, "submission_id": 3, "act": "confirmed", "at": START + 2 * DAY + HOUR, "method": "button"},
        {"lead_id": 3, "act": "withdrawn", "at": START + 3 * DAY, "method": "one-click"},
    ],
    "event": [
        {"at": START, "lead_id": 1, "kind": "submitted", "magnet": "playbook"},
        {"at": START + 300, "lead_id": 1, "kind": "confirmed", "magnet": "playbook"},
        {"at": START + 2 * DAY, "lead_id": 1, "kind": "skipped", "sequence": "after", "step": "offer",
         "detail": {"kind": "drip", "reason": "company is not set", "address": "CANARY-DETAIL"}},
        {"at": START + 3 * DAY, "lead_id": 3, "kind": "unsubscribed"},
    ],
    "enrolment": [
        {"id": 1, "lead_id": 1, "sequence": "after", "submission_id": 1, "version": "CANARY-HASH-2", "state": "active",
         "started_at": START + 300},
        {"id": 2, "lead_id": 3, "sequence": "after", "submission_id": 3, "version": "CANARY-HASH-2",
         "state": "stopped", "reason": "unsubscribed", "started_at": START + 2 * DAY, "ended_at": START + 3 * DAY},
    ],
    "mail": [
        {"id": 1, "kind": "confirm", "lead_id": 1, "submission_id": 1, "state": "sent", "due_at": START,
         "message_id": "<1@example.org>", "subject": "Your playbook", "mime": b"CANARY-MIME-BYTES",
         "changed_at": START},
        {"id": 2, "kind": "drip", "lead_id": 1, "enrolment_id": 1, "step": "first-read", "state": "sent",
         "due_at": START + DAY, "changed_at": START + DAY},
        {"id": 3, "kind": "drip", "lead_id": 1, "enrolment_id": 1, "step": "one-sentence", "state": "due",
         "due_at": START + 4 * DAY, "changed_at": START + DAY},
        {"id": 4, "kind": "confirm", "lead_id": 2, "submission_id": 2, "state": "failed",
         "reason": "550 <script>alert(1)</script>", "due_at": START + DAY, "changed_at": START + DAY},
    ],
    "bounce": [
        {"lead_id": 2, "mail_id": 4, "at": START + DAY, "kind": "bounced", "status": "5.1.1", "source": "dsn",
         "diagnostic": "=HYPERLINK(1) <script>alert(1)</script>"},
    ],
    "suppression": [{"address": "CANARY-HASH-3", "scope": "marketing", "reason": "unsubscribed", "at": START}],
    "hit": [{"key": "CANARY-HIT-203.0.113.9", "until": START, "count": 3}],
}  # fmt: skip
_DEFAULTS: dict[str, dict[str, object]] = {
    "submission": {"page": "get/playbook/", "fingerprint": "CANARY-FINGERPRINT"},
    "receipt": {"purpose": "marketing", "page": "get/playbook/"},
    "mail": {"created_at": START},
}


def fill(data: Path) -> Path:
    """Make a data folder with three leads in three states; return the database."""
    return write_rows(data, _TABLES)


def write_rows(data: Path, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Path:
    """Make a data folder with these rows: table -> rows."""
    path = data / "leads.db"

    def work(connection: Connection) -> None:
        for table, rows in tables.items():
            for row in rows:
                whole = {**_DEFAULTS.get(table, {}), **row}
                values = [json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v for v in whole.values()]
                marks = ", ".join("?" * len(whole))
                connection.execute(f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({marks})", values)

    with Writer(path) as writer:
        writer.run(work)
    return path


def write_many(data: Path, count: int) -> Path:
    """Make a data folder with that many leads, one submission each."""
    leads: list[dict[str, object]] = [
        {
            "id": number,
            "email": f"lead{number}@example.org",
            "canonical": f"lead{number}@example.org",
            "fields": {"first_name": f"Name{number}", "company": f"Company {number % 100}"},
            "created_at": START + number,
        }
        for number in range(1, count + 1)
    ]
    submissions: list[dict[str, object]] = [
        {
            "lead_id": lead["id"],
            "magnet": "playbook",
            "at": lead["created_at"],
            "marketing": 0,
            "fields": lead["fields"],
        }
        for lead in leads
    ]
    return write_rows(data, {"lead": leads, "submission": submissions})
