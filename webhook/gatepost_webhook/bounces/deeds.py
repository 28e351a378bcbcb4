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
from gatepost_webhook.links import Purpose
from gatepost_webhook.store import bounces, consents, suppressions
from gatepost_webhook.store.departures import cancel_mails
from gatepost_webhook.store.events import add_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.bounces.report import Kind
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.bounces import Addressee
    from gatepost_webhook.store.consents import Scope
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.suppressions import Reason, Suppression

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
    if report.link is not None:
        return _leave(connection, office, report, report.link)
    if report.mail is None and not report.address:
        return "forged"
    of_mail = bounces.of_mail(connection, report.mail) if report.mail is not None else None
    lead = (bounces.of_address(connection, report.address) if report.address else None) or of_mail
    if lead is None and not report.address:
        return "gone"
    if not bounces.is_new(connection, report.source, _key(report, office.clock.now()), now=office.clock.now()):
        return "repeated"
    case = _Case(connection, office, report)
    return case.decide(lead, report.mail if lead == of_mail else None) if lead else case.decide_about_a_stranger()


def _leave(connection: Connection, office: Office, report: Report, link: tuple[Purpose, int]) -> Verdict:
    """Do what the link in a mail's subject would do: whoever never confirmed gets nothing at all any more."""
    purpose, row = link
    lead = bounces.of_enrolment(connection, row) if purpose is Purpose.LEAVE else bounces.of_lead(connection, row)
    if lead is None:
        return "gone"
    if not bounces.is_new(connection, report.source, report.key, now=office.clock.now()):
        return "repeated"
    return _Case(connection, office, report).decide(lead, None)


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


def suppress_by_owner(connection: Connection, office: Office, canonical: str, reason: Reason) -> bool:
    """Suppress an address because the owner says so; False when it was for this reason, or a stronger one, before."""
    lead = bounces.of_address(connection, canonical)
    scope: Scope = "marketing" if reason == "unsubscribed" else "all"
    case = _Case(connection, office, Report("other", "owner", "", address=canonical))
    if lead is None:
        return case.suppress(canonical, reason, scope)
    if reason in ("unsubscribed", "complained"):
        case.withdraw(lead, "owner")
    return case.stop_everything(lead, reason, scope=scope)


def unsuppress_by_owner(
    connection: Connection, office: Office, canonical: str, *, their_wish: bool
) -> tuple[list[Suppression], list[Suppression]]:
    """Take an address off the list, and return (lifted, refused): their own wish is lifted by their own wish alone."""
    address, lead = office.hash_of(canonical), bounces.of_address(connection, canonical)
    lifted, refused = [], []
    for found in suppressions.of(connection, address):
        if found.reason not in ("bounced", "owner") and not their_wish:
            refused.append(found)
        elif suppressions.lift(connection, address, found):
            lifted.append(found)
            if lead:
                detail = {"scope": found.scope, "reason": found.reason, "source": "owner"}
                add_event(connection, "unsuppressed", lead_id=lead.id, now=office.clock.now(), detail=detail)
    return lifted, refused


def _key(report: Report, now: int) -> str:
    """Return what a report is known by; a delay is told again and again, and noted once a day."""
    return report.key if report.kind != "delayed" else f"delayed {report.mail} {report.address} {now // DAY}"


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
                self.stop_everything(lead, "bounced")
            case "complained":
                self.withdraw(lead, "complaint")
                self.stop_everything(lead, "complained")
            case "unsubscribed":
                self.withdraw(lead, "mail" if self.report.source in ("arf", "mail") else "provider")
                if lead.confirmed:
                    self.stop_everything(lead, "unsubscribed", scope="marketing")
                else:
                    self.stop_everything(lead, "not-me")
            case "soft" if self._is_once_too_often(lead):
                self.stop_everything(lead, "bounced")
        return "done"

    def decide_about_a_stranger(self) -> Verdict:
        """Keep in mind what forbids to write to an address that is no lead's, or not any more."""
        match self.report.kind:
            case "bounced" | "complained" as reason:
                self.suppress(self.report.address, reason, "all")
            case "unsubscribed":
                self.suppress(self.report.address, "unsubscribed", "marketing")
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

    def withdraw(self, lead: Addressee, method: consents.Method) -> None:
        """End a consent that is in force."""
        if consents.withdraw_marketing(self.connection, lead.id):
            consents.add_receipt(self.connection, consents.About(lead.id), "withdrawn", method=method, now=self._now)

    def stop_everything(self, lead: Addressee, reason: Reason, *, scope: Scope = "all") -> bool:
        """Suppress the address, end its sequences, take back what waits; False when it was suppressed before."""
        if first := self.suppress(lead.canonical, reason, scope):
            detail = {"scope": scope, "reason": reason, "source": self.report.source}
            add_event(self.connection, "suppressed", lead_id=lead.id, now=self._now, detail=detail)
        enrolling.stop_all(self.connection, lead.id, reason, now=self._now)
        cancel_mails(self.connection, lead.id, scope, reason=reason, now=self._now)
        return first

    def suppress(self, canonical: str, reason: Reason, scope: Scope) -> bool:
        """Put an address on the list; False when nothing changed."""
        detail = f"{self.report.source} {self.report.status}".strip()
        address = self.office.hash_of(canonical)
        return suppressions.suppress_for(self.connection, address, scope, reason, detail=detail, now=self._now)
