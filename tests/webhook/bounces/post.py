"""Short words for what tests do with mails that come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.bounces.deeds import Office, Verdict, act
from gatepost_webhook.bounces.reading import read_report
from tests.webhook.bounces import samples

if TYPE_CHECKING:
    from gatepost_webhook.bounces.report import Kind, Report
    from tests.webhook.followup.desk import Desk


@dataclass
class Post:
    """A worker that has sent something, and the office where answers to it arrive."""

    desk: Desk
    office: Office

    def sent_to_a_lead(self, email: str = "anna@example.com") -> int:
        """Send the first step to a new lead, and return their row; the second step waits."""
        lead = self.desk.add_lead(email, '{"company": "Bakery"}')
        self.desk.enrol(lead)
        assert len(self.desk.run(days=1)) == 1
        return lead

    def message_id(self) -> str:
        """Return the Message-ID of the last mail that was sent, without its brackets."""
        return self.desk.channel.messages[-1].message_id.strip("<>")

    def bounce(self, kind: Kind = "bounced") -> bytes:
        """Return a bounce of the last mail."""
        sample = next(sample for sample in samples.SAMPLES if sample.kind == kind)
        return sample.mail(self.message_id(), "anna@example.com")

    def arrives(self, data: bytes) -> Verdict:
        """Let a mail arrive."""
        return self.tell(read_report(data, self.desk.outfit.settings.signing_secrets))

    def tell(self, report: Report) -> Verdict:
        """Act on a report."""
        return self.desk.outfit.writer.run(lambda connection: act(connection, self.office, report))

    def suppressed(self) -> list[tuple[object, ...]]:
        """Return (scope, reason, detail) of every suppression."""
        rows = self.desk.sql("SELECT scope, reason, detail FROM suppression ORDER BY scope")
        return [tuple(row.values()) for row in rows]

    def kept(self) -> list[tuple[object, ...]]:
        """Return (mail, kind, status, source) of everything that came back."""
        rows = self.desk.sql("SELECT mail_id, kind, status, source FROM bounce ORDER BY id")
        return [tuple(row.values()) for row in rows]
