"""What a report does, in one transaction: to the address, to the lead's sequences, and to the mails that wait."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.bounces.reading import clean
from gatepost_webhook.bounces.report import Report
from gatepost_webhook.bounces.verdicts import code_in, is_about_the_mailbox
from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.leads.address import keyed_hash
from gatepost_webhook.store import bounces, consents
from gatepost_webhook.store.departures import cancel_mails
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.suppressions import suppress_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.bounces.report import Kind
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.bounces import Addressee
    from gatepost_webhook.store.consents import Scope
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.suppressions import Reason

#: What a relay's own words begin with, wherever they are quoted.
_REPLY = re.compile(r"\b[45]\d\d\b")

#: done: acted upon. repeated: was acted upon before. forged: nothing proves that it is about a mail of ours. gone: the
#: lead was erased meanwhile. nothing: it says nothing that we act upon.
Verdict: TypeAlias = Literal["done", "repeated", "forged", "gone", "nothing"]


@dataclass(frozen=True)
class Office:
    """What acting on reports needs."""

    hash_of: Callable[[str], str]
    clock: Clock
    #: So many mails that bounce softly within so many seconds make an address dead.
    soft_limit: int
    soft_seconds: int

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Office:
        """Read it from the settings."""
        hash_of = partial(keyed_hash, secret=settings.address_key)
        return cls(hash_of, clock, settings.soft_bounces, settings.soft_bounce_days * DAY)


def act(connection: Connection, office: Office, report: Report) -> Verdict:
    """Do what a report asks for, once. Runs in the writer's transaction."""
    if report.kind == "other":
        return "nothing"
    if report.mail is None and not report.address:
        return "forged"
    of_mail = bounces.of_mail(connection, report.mail) if report.mail is not None else None
    lead = (bounces.of_address(connection, report.address) if report.address else None) or of_mail
    if lead is None and not report.address:
        return "gone"
    if not bounces.is_new(connection, report.source, report.key, now=office.clock.now()):
        return "repeated"
    case = _Case(connection, office, report)
    return case.decide(lead, report.mail if lead == of_mail else None) if lead else case.decide_about_a_stranger()


def refused_by_relay(connection: Connection, office: Office, mail_id: int, reply: str, *, dead: bool) -> None:
    """Do what a relay's final refusal of a mail means; `dead` when its code says that the mailbox is."""
    lead = bounces.of_mail(connection, mail_id)
    # What was never sent was refused by us.
    if lead is None or not _REPLY.search(reply):
        return
    # A relay may refuse everybody: unless it speaks of this one mailbox, nothing is held against that.
    kind: Kind = "bounced" if dead else "soft" if is_about_the_mailbox(reply) else "blocked"
    report = Report(kind, "smtp", str(mail_id), code_in(reply), clean(reply), mail_id)
    _Case(connection, office, report).decide(lead, mail_id)


@dataclass(frozen=True)
class _Case:
    """One report, and everything that deciding it needs."""

    connection: Connection
    office: Office
    report: Report

    def decide(self, lead: Addressee, mail: int | None) -> Verdict:
        """Do what the report means for a lead."""
        self._keep(lead, mail)
        match self.report.kind:
            case "bounced":
                self._stop_everything(lead, "bounced")
            case "complained":
                self._withdraw(lead, "complaint")
                self._stop_everything(lead, "complained")
            case "unsubscribed":
                self._withdraw(lead, "mail" if self.report.source in ("arf", "mail") else "provider")
                self._stop_everything(lead, "unsubscribed", scope="marketing")
            case "soft" if self._is_once_too_often(lead):
                self._stop_everything(lead, "bounced")
        return "done"

    def decide_about_a_stranger(self) -> Verdict:
        """Keep in mind what forbids to write to an address that is no lead's, or not any more."""
        match self.report.kind:
            case "bounced" | "complained" as reason:
                self._suppress(self.report.address, reason, "all")
            case "unsubscribed":
                self._suppress(self.report.address, "unsubscribed", "marketing")
            case _:
                return "gone"
        return "done"

    @property
    def _now(self) -> int:
        return self.office.clock.now()

    def _keep(self, lead: Addressee, mail: int | None) -> None:
        report = self.report
        bounces.keep(
            self.connection,
            lead_id=lead.id,
            mail_id=mail,
            kind=report.kind,
            status=report.status,
            diagnostic=report.diagnostic,
            source=report.source,
            now=self._now,
        )
        detail = {"source": report.source, "reason": report.status} | ({"mail": mail} if mail is not None else {})
        kind = "soft-bounced" if report.kind == "soft" else report.kind
        add_event(self.connection, kind, lead_id=lead.id, now=self._now, detail=detail)

    def _is_once_too_often(self, lead: Addressee) -> bool:
        since = self._now - self.office.soft_seconds
        return bounces.soft_bounces(self.connection, lead.id, since=since) >= self.office.soft_limit

    def _withdraw(self, lead: Addressee, method: consents.Method) -> None:
        if consents.withdraw_marketing(self.connection, lead.id):
            consents.add_receipt(self.connection, consents.About(lead.id), "withdrawn", method=method, now=self._now)

    def _stop_everything(self, lead: Addressee, reason: Reason, *, scope: Scope = "all") -> None:
        """Suppress the address, end its sequences, and take back what waits."""
        if self._suppress(lead.canonical, reason, scope):
            detail = {"scope": scope, "reason": reason, "source": self.report.source}
            add_event(self.connection, "suppressed", lead_id=lead.id, now=self._now, detail=detail)
        enrolling.stop_all(self.connection, lead.id, reason, now=self._now)
        cancel_mails(self.connection, lead.id, scope, reason=reason, now=self._now)

    def _suppress(self, canonical: str, reason: Reason, scope: Scope) -> bool:
        detail = f"{self.report.source} {self.report.status}".strip()
        address = self.office.hash_of(canonical)
        return suppress_for(self.connection, address, scope, reason, detail=detail, now=self._now)
