"""gatepost send-test: one step in somebody's mailbox, marked as a test."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

import click

from gatepost_webhook.channels.channel import Away, Later, Misconfigured, Outgoing, Refused, Sent
from gatepost_webhook.channels.choose import open_channel
from gatepost_webhook.commands.studio import check_language, find_step, open_bench
from gatepost_webhook.commands.timelines import find_persona, persona_option
from gatepost_webhook.errors import ChannelError
from gatepost_webhook.leads.address import AddressError, normalise
from gatepost_webhook.options import project_option
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.channels.channel import Channel, Outcome
    from gatepost_webhook.settings import Settings


def _address(_: click.Context, __: click.Parameter, text: str) -> str:
    try:
        typed, canonical = normalise(text)
    except AddressError as error:
        raise click.BadParameter(
            f"is not an address ({error}), found {text!r}; write it as in: me@example.com"
        ) from error
    return f"{typed.rpartition('@')[0]}@{canonical.rpartition('@')[2]}"


@click.command(short_help="Send one mail of a sequence to yourself, marked as a test.")
@click.argument("step", metavar="SEQUENCE/STEP")
@click.option("--to", required=True, metavar="ADDRESS", callback=_address, help="Who gets the test.")
@persona_option
@click.option(
    "--language", default="", metavar="TAG", help="Language of the reader, as in de; the site's when left out."
)
@click.option("--variant", default="", metavar="NAME", help="Which of several subjects; the first when left out.")
@project_option
def command(*, step: str, to: str, persona: str | None, language: str, variant: str, root: Path) -> None:
    """Send one mail of a sequence to an address, as a persona would get it.

    It goes through the channel that GATEPOST_CHANNEL names. The subject begins with [Test]. Its links are inert: they
    lead to a page that says so, and stop nothing. No lead is touched, and nothing is recorded.

    \b
    Example:
      gatepost send-test nurturing-playbook/first-read --to me@example.com --persona full
    """
    settings = load_settings()
    _check_channel(settings)
    bench = open_bench(root, settings)
    sequence, found = find_step(bench.sequences, step)
    check_language(bench, found, language)
    check_variant(found.message.in_language(language).subjects, variant)
    someone = find_persona(bench.project, sequence.slug, persona)
    sample = bench.studio.sample(sequence, found, someone, language=language, variant=variant, to=to)
    # A number that no mail of a lead has: the mailbox names its files by it.
    mail = int(time.time() * 1000)
    outgoing = Outgoing(mail, bench.studio.sender.address, to, sample.data, _message_id(sample.data))
    outcome = asyncio.run(_handed_over(open_channel(settings), outgoing))
    told, well = _told(outcome, settings, to)
    click.echo(f"{sample.rendered.subject!r}: {told}", err=not well)
    if not well:
        sys.exit(1)


def check_variant(subjects: tuple[object, ...], variant: str) -> None:
    """Refuse the name of a subject that a message does not have. Raises UsageError."""
    names = [str(getattr(subject, "name", "")) for subject in subjects]
    if variant and variant not in names:
        write = f"there are: {', '.join(names)}" if names else "the message has one subject: leave --variant out"
        raise click.UsageError(f"no such subject, found {variant!r}; {write}")


def _check_channel(settings: Settings) -> None:
    """Refuse to send where nobody has said where mail goes."""
    if "channel" not in settings.model_fields_set:
        raise ChannelError(
            "GATEPOST_CHANNEL is not set, so a test would reach nobody; set it to smtp (with GATEPOST_SMTP_HOST), "
            f"or to mailbox, which keeps mails in {settings.mailbox} for /_mailbox/"
        )


async def _handed_over(channel: Channel, outgoing: Outgoing) -> Outcome:
    async def talking() -> bool:
        return True

    try:
        return await channel.deliver(outgoing, talking)
    finally:
        await channel.close()


def _told(outcome: Outcome, settings: Settings, to: str) -> tuple[str, bool]:
    """Return what became of the test, and whether it went."""
    match outcome:
        case Sent(reply) if settings.channel == "mailbox":
            return f"{reply} in {settings.mailbox}; nothing has left this machine.", True
        case Sent(reply):
            return f"sent to {to} ({reply}).", True
        case Refused(reply) | Later(reply):
            return f"the relay refused it: {reply}", False
        case Away(reply):
            return f"the relay cannot be reached: {reply}", False
        case Misconfigured(reply):
            return f"the relay refused us, look at the settings: {reply}", False
        case _:
            return "the relay did not answer after the message; it may arrive or not.", False


def _message_id(data: bytes) -> str:
    head = data.partition(b"\r\n\r\n")[0].decode("ascii")
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("Message-ID:"))
