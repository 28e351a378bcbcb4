"""A lead's life, lived through the store's own functions one event after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.store import enrolments, submissions
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.marks import set_stage, tag, untag, visit
from gatepost_webhook.store.statements import statements
from gatepost_webhook.store.submissions import Draft
from tests.webhook.leads.filled import DAY, START

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.store.database import Connection

ADDRESS = "ada@example.org"


class Life:
    """Does to one lead what intake and worker do, and knows no more than they."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.now = START
        self.lead = 0

    def wait(self, days: int) -> None:
        """Let days pass."""
        self.now += days * DAY

    def ask(self, magnet: str, fields: Mapping[str, str], language: str = "en") -> int:
        """Send a form; return the submission."""
        draft = Draft(
            ADDRESS, ADDRESS, magnet, "", fields, marketing=False, wording="", fingerprint="", language=language
        )
        lead = submissions.keep_lead(self.connection, draft, now=self.now)
        self.lead = lead.id
        add_event(self.connection, "submitted", lead_id=lead.id, now=self.now, magnet=magnet)
        return submissions.add_submission(self.connection, draft, lead, wording="", now=self.now).id

    def confirm(self, number: int) -> None:
        """Press the button of a confirmation mail, which is the download."""
        submission = submissions.find_submission(self.connection, number)
        assert submission is not None
        submissions.confirm_submission(self.connection, submission, now=self.now)
        add_event(self.connection, "confirmed", lead_id=self.lead, now=self.now, magnet=submission.magnet)
        submissions.prove_answers(self.connection, submission)
        submissions.note_download(self.connection, number, now=self.now, since=self.now)
        add_event(self.connection, "downloaded", lead_id=self.lead, now=self.now, magnet=submission.magnet)

    def enrol(self, sequence: str) -> None:
        """Begin a sequence."""
        self.connection.execute(
            "INSERT INTO enrolment (lead_id, sequence, version, state, started_at) VALUES (?, ?, '', 'active', ?)",
            (self.lead, sequence, self.now),
        )
        add_event(self.connection, "enrolled", lead_id=self.lead, now=self.now, sequence=sequence)

    def finish(self, sequence: str) -> None:
        """Come to the end of a sequence."""
        for enrolment in enrolments.active_enrolments(self.connection, self.lead):
            if enrolment.sequence == sequence:
                statements.end_enrolment(self.connection, id=enrolment.id, state="finished", reason="", now=self.now)
                add_event(self.connection, "finished", lead_id=self.lead, now=self.now, sequence=sequence)

    def tag(self, name: str) -> None:
        """Get a tag."""
        tag(self.connection, self.lead, name, now=self.now)

    def untag(self, name: str) -> None:
        """Lose a tag."""
        untag(self.connection, self.lead, name, now=self.now)

    def reach(self, stage: str) -> None:
        """Come to a stage."""
        set_stage(self.connection, self.lead, stage, now=self.now)

    def visit(self, page: str) -> None:
        """Open a page."""
        visit(self.connection, self.lead, page, now=self.now)
