"""`gatepost bounces`: reads the mailboxes for what came back."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_webhook.bounces.parsing import MAX_BYTES, UnreadableError
from gatepost_webhook.bounces.postboxes import postboxes
from gatepost_webhook.bounces.reading import read_report
from gatepost_webhook.bounces.rounds import PostRounds
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.errors import SettingsError
from gatepost_webhook.logs import keep_logs
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from collections import Counter

    from gatepost_webhook.bounces.rounds import Outcome
    from gatepost_webhook.settings import Settings

#: What became of a mail -> how that is said.
_VERDICTS = {
    "done": "acted upon",
    "repeated": "known already",
    "forged": "about no mail of ours (or forged): ignored",
    "gone": "about a lead who was erased: ignored",
    "nothing": "no report: left unread",
    "unreadable": "too large or broken: left unread",
}
_KINDS = {
    "bounced": "dead mailbox: its address gets no mail any more",
    "soft": "failed for now: counted, and suppressed after too many",
    "blocked": "refused for what was sent or who sent it, not for who reads it: noted",
    "delayed": "still being tried: noted",
    "complained": "called spam: the address gets no mail any more, whatever comes",
    "unsubscribed": "unsubscribed",
    "other": "no report that anything is done about",
}


@click.command("bounces")
@click.option(
    "--explain",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Say what one mail (.eml) would mean, and change nothing.",
)
@data_option
def command(file: Path | None, data: Path | None) -> None:
    """Read the mailboxes for bounces and complaints, once.

    'gatepost run' and 'gatepost work' do so every few minutes by themselves. A report counts only when it quotes one
    of our mails, or came to the address that was made for it. Nothing in a mailbox is deleted.

    \b
    Example:
      gatepost bounces
    """
    settings = load_settings(**({"data": data} if data else {}))
    if file is not None:
        click.echo(_explained(file, settings))
        return
    keep_logs(logging.WARNING)
    if not postboxes(settings):
        raise SettingsError(
            "no mailbox is named to read; "
            "set GATEPOST_BOUNCE_MAILDIR to a Maildir, or GATEPOST_BOUNCE_IMAP_HOST and its login"
        )
    with Writer(settings.database) as writer:
        click.echo(_summary(PostRounds(settings, writer, SystemClock()).run_once()))


def _summary(found: Counter[Outcome]) -> str:
    total = sum(found.values())
    lines = [f"{total:,} {'mail' if total == 1 else 'mails'} read."]
    for (kind, verdict), number in sorted(found.items()):
        what = f"{kind}, " if kind not in ("", "other") else ""
        lines.append(f"{number:>7,}  {what}{_VERDICTS[verdict]}")
    return "\n".join(lines)


def _explained(file: Path, settings: Settings) -> str:
    with file.open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    try:
        report = read_report(data, settings.signing_secrets)
    except UnreadableError as error:
        return f"{file}: is not read: {error}"
    if report.link is not None:
        return f"{file}\n  what      unsubscribed: whoever got the mail with this link"
    ours = f"mail {report.mail}, proved by our own mark" if report.mail is not None else "no mail of ours"
    return "\n".join(
        [
            f"{file}",
            f"  what      {report.kind}: {_KINDS[report.kind]}",
            f"  told by   {report.source}",
            f"  status    {report.status or '-'}",
            f"  words     {report.diagnostic or '-'}",
            f"  about     {ours}",
        ]
    )
