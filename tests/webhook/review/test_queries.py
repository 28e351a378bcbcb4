"""Each question, asked of a small copy whose answers are plain."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from gatepost_webhook.review.queries import load_questions
from gatepost_webhook.review.safe_copy import make_copy
from gatepost_webhook.store.database import open_reader
from tests.webhook.leads.filled import WORDING

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = {
    "leads-by-magnet-and-week": [
        ("2026-11-16", "checklist", 2, 2, 2),
        ("2026-11-16", "playbook", 2, 2, 1),
    ],
    "from-submission-to-download": [
        ("checklist", 2, 2, 100.0, 0, 0.0, 100.0, 1, 50.0),
        ("playbook", 2, 1, 50.0, 1, 100.0, 100.0, 1, 50.0),
        ("all magnets", 3, 2, 66.7, 1, 50.0, 100.0, 2, 66.7),
    ],
    "who-is-where": [
        ("Ada@Example.org", "after", "active", "one-sentence", "2026-11-20 09:00", 1, "2026-11-16 09:05", None, None),
        ("eve@example.net", "after", "stopped", None, None, 0, "2026-11-18 09:00", "2026-11-19 09:00", "unsubscribed"),
    ],
    "how-sequences-do": [("after", 2, 1, 0, 1, 50.0, 1, 0)],
    "mails-to-look-at": [
        ("2026-11-17 09:00", "'=cmd@example.com", "confirm", None, None, "failed",
         "550 <script>alert(1)</script>", 0, None),
    ],
    "consent-of-one-lead": [
        ("2026-11-16 09:00", "given", "form", "marketing", WORDING, "get/playbook/", None),
        ("2026-11-16 09:05", "confirmed", "button", "marketing", WORDING, "get/playbook/", "<1@example.org>"),
    ],
    "story-of-one-lead": [
        ("2026-11-16 09:00", "submitted", "playbook", None, None, None, None),
        ("2026-11-16 09:05", "confirmed", "playbook", None, None, None, None),
        ("2026-11-18 09:00", "skipped", None, "after", "offer", "drip", "company is not set"),
    ],
}  # fmt: skip
QUESTIONS = {question.name: question for question in load_questions()}


@pytest.fixture
def path(data: Path, tmp_path: Path) -> Path:
    target = tmp_path / "gatepost.db"
    with closing(open_reader(data / "leads.db")) as source:
        make_copy(source, target, step=lambda: None)
    return target


@pytest.mark.parametrize("name", ANSWERS)
def test_a_question_gets_its_answer(path: Path, name: str) -> None:
    with closing(Database(path)) as copy:
        given = {"email": " ada@example.org "} if ":email" in QUESTIONS[name].sql else {}
        assert copy.execute(QUESTIONS[name].sql, given).fetchall() == ANSWERS[name]


def test_the_mails_of_the_last_seven_days_are_counted_by_day(path: Path) -> None:
    with closing(Database(path)) as copy:
        copy.execute("UPDATE mails SET changed = strftime('%Y-%m-%d %H:%M', 'now', 'localtime') WHERE id <= 2")
        copy.execute("UPDATE mails SET changed = '2020-01-01 00:00' WHERE id > 2")
        rows = copy.execute(QUESTIONS["mails-of-the-last-7-days"].sql).fetchall()
    assert [row[1:] for row in rows] == [("confirm", "sent", 1), ("drip", "sent", 1)]


def test_a_neutral_address_is_found_as_it_was_typed(path: Path) -> None:
    with closing(Database(path)) as copy:
        copy.execute("INSERT INTO events (id, lead_id, at, kind) VALUES (99, 2, '2026-11-17 09:00', 'submitted')")
        rows = copy.execute(QUESTIONS["story-of-one-lead"].sql, {"email": "=CMD@example.com"}).fetchall()
    assert len(rows) == 1


def test_every_question_has_a_title_and_says_what_it_tells() -> None:
    assert list(QUESTIONS)[:3] == ["leads-by-magnet-and-week", "from-submission-to-download", "who-is-where"]
    assert [q.name for q in QUESTIONS.values() if not (q.title and q.description.endswith(".") and q.sql)] == []
