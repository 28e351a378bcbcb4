"""How sending goes: what is late, held, paused or stuck, the relay, the worker, the clock, the backups."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.doctor.verdicts import Patient, Verdict, counted, good, span
from gatepost_webhook.followup.pacing import Pacing
from gatepost_webhook.followup.refusals import MANY, SHORT
from gatepost_webhook.followup.sending import read_sending
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.webhook_names import are_known, webhook_findings
from gatepost_webhook.leads.times import local_time
from gatepost_webhook.store.counters import HighWater, counter
from gatepost_webhook.store.database import DatabaseError, open_reader
from gatepost_webhook.store.held import count_held
from gatepost_webhook.store.instants import newest_event
from gatepost_webhook.store.pauses import pauses
from gatepost_webhook.store.resuming import due_mails_by_kind
from gatepost_webhook.store.roads import road_of
from gatepost_webhook.store.statements import statements
from gatepost_webhook.store.windows import Window, total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.store.database import Connection

#: Seconds: of a wrong clock, a late mail, an old backup, an absent worker, a claim over its time.
SKEW, LATE, BACKUP, ABSENT, STUCK = 300, 3600, 26 * 3600, 300, 60


def examine_engine(patient: Patient) -> Iterator[Verdict]:
    """Look at what the database says of sending; the verdict is short while there is no database."""
    database = patient.settings.database
    if not database.is_file():
        yield good("database", f"{database} is made at the first start")
        return
    with closing(open_reader(database)) as connection:
        try:
            yield from _examined(connection, patient)
        except DatabaseError as error:
            advice = "start 'gatepost run' once, which brings it up to date; or restore a backup"
            yield Verdict("database", "bad", f"{database}: {error}", advice)


def _examined(connection: Connection, patient: Patient) -> Iterator[Verdict]:
    now = patient.now
    yield _clock(connection, now)
    yield _generation(connection, patient)
    yield from _pauses(connection)
    yield _late(connection, patient)
    yield _worker(connection, now)
    yield _relay(connection, patient)
    yield from _refusals(connection, now)
    yield _held(connection)
    yield _stuck(connection, now)
    yield _backup(connection, now)


def _clock(connection: Connection, now: int) -> Verdict:
    ahead = max(newest_event(connection), counter(connection, "worker")) - now
    if ahead <= SKEW:
        return good("clock", "not behind what was recorded last")
    found = f"{span(ahead)} behind what was recorded last"
    return Verdict("clock", "bad", found, "set this machine's clock, and let NTP keep it")


def _generation(connection: Connection, patient: Patient) -> Verdict:
    behind = HighWater(patient.settings.database).read() - counter(connection, "handed over")
    if behind <= 0:
        return good("database", str(patient.settings.database))
    found = f"older than what was sent from here: it does not know of {counted(behind, 'mail')}"
    return Verdict("database", "bad", found, "see what would be sent with: gatepost resume")


def _pauses(connection: Connection) -> Iterator[Verdict]:
    found = pauses(connection)
    for pause in found:
        name = f"sequence {pause.sequence}" if pause.sequence else "all mail"
        advice = f"mend it, then: gatepost resume {pause.sequence}".rstrip()
        yield Verdict("pause", "bad", f"{name}, since {local_time(pause.at)}: {pause.reason}", advice)
    if not found:
        yield good("pause", "nothing is paused")


def _late(connection: Connection, patient: Patient) -> Verdict:
    due = due_mails_by_kind(connection, now=patient.now)
    count = sum(one.count for one in due)
    late = patient.now - min((one.oldest for one in due), default=patient.now)
    if late <= LATE:
        return good("mails due", f"{count}, the oldest {span(late)} late" if count else "none")
    reached = Pacing(Project.at(patient.root), patient.settings.channel).reached(connection, patient.now)
    advice = "see the other lines: relay, worker, pause, postal address"
    if reached:
        advice = f"sequences/sending.yml holds them up ({reached}); raise it, or start fewer people a day"
    return Verdict("mails due", "bad", f"{count}, the oldest {span(late)} late", advice)


def _worker(connection: Connection, now: int) -> Verdict:
    seen = counter(connection, "worker")
    if now - seen <= ABSENT:
        return good("worker", "was seen within the last minutes")
    found = f"was seen {span(now - seen)} ago" if seen else "was never seen"
    advice = "start 'gatepost run' or 'gatepost work'"
    waiting = bool(due_mails_by_kind(connection, now=now))
    return Verdict("worker", "bad" if waiting else "warn", found + (", and mails are due" if waiting else ""), advice)


def _relay(connection: Connection, patient: Patient) -> Verdict:
    road = road_of(connection, patient.settings.channel)
    if road is None:
        return good("relay", "not tried yet")
    if road.state == "open":
        return good("relay", f"takes mail since {local_time(road.since)}")
    if road.state == "away":
        advice = "nothing is lost: it is tried again at least once an hour; look at the relay and the network"
        return Verdict("relay", "bad", f"away since {local_time(road.since)}: {road.reply}", advice)
    advice = "mend login, sender or reputation, then start gatepost again: until then nothing is sent"
    return Verdict("relay", "bad", f"does not want us since {local_time(road.since)}: {road.reply}", advice)


def _refusals(connection: Connection, now: int) -> Iterator[Verdict]:
    count = total(connection, Window("refused:", SHORT), now=now)
    if count >= MANY:
        found = f"{count} confirmations and files were refused by policy in ten minutes"
        yield Verdict("refusals", "bad", found, "look at the relay's words in the log: SPF, DKIM, DMARC, reputation")


def _held(connection: Connection) -> Verdict:
    count = count_held(connection)
    if not count:
        return good("held mails", "none")
    return Verdict("held mails", "bad", f"{count} of unknown fate", "decide about them: gatepost held list")


def _stuck(connection: Connection, now: int) -> Verdict:
    count = len(list(statements.mails_stuck(connection, now=now - STUCK)))
    if not count:
        return good("claims", "none is over its time")
    advice = "a worker takes them up by itself: start 'gatepost run' or 'gatepost work'"
    return Verdict("claims", "bad", f"{counted(count, 'mail')} in hand for longer than allowed", advice)


def _backup(connection: Connection, now: int) -> Verdict:
    made = counter(connection, "backup")
    if made and now - made <= BACKUP:
        return good("backup", f"{span(max(0, now - made))} old")
    if not made and now - statements.oldest_lead_at(connection)["at"] <= BACKUP:
        return good("backup", "not needed yet")
    found = f"{span(now - made)} old" if made else "none was ever made"
    return Verdict("backup", "bad", found, "let cron run every night: gatepost backup FOLDER --keep 14")


def examine_files(patient: Patient) -> Iterator[Verdict]:
    """Look at sequences and the sending policy: a broken file leaves its last good version in force."""
    project = Project.at(patient.root)
    if not project.sequences.is_dir():
        return
    findings = []
    try:
        load_sequences(project, load_magnets(project))
    except ContentError as error:
        findings += error.findings
    try:
        read_sending(project.sequences, root=project.root)
    except ContentError as error:
        findings += error.findings
    if not findings:
        yield good("sequences", "every file can be read")
        yield from _examine_webhooks(project, patient)
        return
    more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
    advice = "mend it: the last good version stays in force until then; gatepost check shows all"
    yield Verdict("sequences", "bad", f"{findings[0]}{more}", advice)


def _examine_webhooks(project: Project, patient: Patient) -> Iterator[Verdict]:
    """Look for steps that call a webhook without an address, where calls are meant to be made."""
    findings = list(webhook_findings(project, patient.settings)) if are_known(patient.settings) else []
    if findings:
        more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
        advice = "until then such calls are tried for two days, and then given up"
        yield Verdict("webhooks", "warn", f"{findings[0]}{more}", advice)
