"""The command `gatepost`: a list of commands, each imported when it is called; errors become one line."""

from __future__ import annotations

import atexit
import difflib
import errno
import gc
import importlib
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gatepost_site.findings import ContentError
from gatepost_webhook.errors import GatepostError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What the system says when there is no room for what is written.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EIO}
#: Command -> what it does; each lives in gatepost_webhook.commands.<name>, with "-" as "_".
COMMANDS = {
    "init": "Start a new site in a folder.",
    "new": "Start a magnet, a sequence, a page or a post.",
    "demo": "Run the example site with webhook, worker and a captured mailbox.",
    "build": "Check everything, then build the site into public/.",
    "ebook": "Build one ebook, and open it.",
    "serve": "Preview: site, webhook and captured mailbox on one port, rebuilt as you write.",
    "check": "Check content, magnets and sequences without building.",
    "schema": "Write JSON Schemas of the file formats, for editors.",
    "words": "Print the words that Gatepost itself writes, to translate or to change.",
    "social": "Write ready-made posts about a page, for each network.",
    "run": "Serve site, webhook and worker in one process.",
    "work": "Send what is due.",
    "simulate": "Show what a sequence would send to a persona, and when.",
    "test": "Run the tests beside the sequences.",
    "plan": "Say what edited sequences mean for the leads inside, before they are published.",
    "preview": "Show mails of a sequence as a persona would get them.",
    "send-test": "Send one mail of a sequence to yourself, marked as a test.",
    "sent": "List the mails that went out, or show one with where it came from.",
    "rehearse": "Play a visitor through the real site, webhook and mail, with the clock moved forward.",
    "leads": "List the leads.",
    "why": "Explain what a lead got, why, and what comes next.",
    "segments": "Count the leads of every segment, or show those of one.",
    "bounces": "Read what came back: bounces and complaints.",
    "suppressions": "Say how many addresses get no mail, and why.",
    "suppress": "See that addresses get no mail.",
    "unsuppress": "Let an address get mail again.",
    "score": "Say how many points a lead has, rule by rule.",
    "import": "Take leads over who confirmed elsewhere.",
    "export": "Write the leads to a CSV, JSON or NDJSON file.",
    "held": "Decide about mails of unknown fate.",
    "resume": "Go on with sending after a pause or a restored backup.",
    "backup": "Write a whole copy of the leads to a file, while everything runs.",
    "restore": "Put a backup in place; nothing is sent until you say so.",
    "doctor": "Look for what is wrong with this installation, and say what to do.",
    "person": "Write everything that is kept about one person.",
    "consent": "Show what a person agreed to, when, and in which words.",
    "erase": "Erase a person from every table and file.",
    "purge": "Delete what has been kept for long enough.",
    "review": "Look at the leads in Datasette, on a safe copy.",
}


class Commands(click.Group):
    """A group that imports a command only when it is called, so that --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        # "import" is no name that a module can be imported by.
        name = "importing" if cmd_name == "import" else cmd_name.replace("-", "_")
        # What is imported stays: to look for garbage in it, now and later, is time lost.
        gc.disable()
        module = importlib.import_module(f"gatepost_webhook.commands.{name}")
        gc.freeze()
        gc.enable()
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was meant: what was not imported is unknown to click."""
        near = difflib.get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near:
            raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{near[0]}'?", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it raises about the user's files or machine is printed, not traced."""
        try:
            return super().invoke(ctx)
        except ContentError as error:
            for finding in error.findings:
                click.echo(str(finding), err=True)
            count = len(error.findings)
            click.echo(f"{count} {'finding' if count == 1 else 'findings'}: nothing was changed.", err=True)
            sys.exit(1)
        except GatepostError as error:
            click.echo(f"gatepost: {error}", err=True)
            sys.exit(1)
        except BrokenPipeError:
            # click ends quietly when whoever read our output has gone.
            raise
        except OSError as error:
            if error.filename is None:
                raise
            click.echo(f"gatepost: {error.filename}: {error.strerror}", err=True)
            sys.exit(1)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gatepost")
def gatepost() -> None:
    """Gatepost: Markdown in; a site with gated lead magnets, a webhook and follow-up sequences out.

    \b
    Start with:
      gatepost init my-site
      cd my-site
      gatepost demo
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command. Exit codes: 0 done, 1 findings or failure, 2 usage."""
    try:
        gatepost.main(args=list(arguments) if arguments is not None else None, prog_name="gatepost")
    except SystemExit as end:
        if arguments is None and isinstance(end.code, int) and threading.active_count() == 1:
            _leave(end.code)
        raise
    except OSError as error:
        if arguments is not None or error.errno not in _NO_ROOM:
            raise
        _leave_without_output(error)


def _leave(code: int) -> None:
    """End the program without taking apart what it holds in memory: after a build that takes longer than many steps."""
    # As at any end: what was registered for it is done, what was written is handed over.
    atexit._run_exitfuncs()  # noqa: SLF001 - the only door
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:
        _leave_without_output(error)
    os._exit(code)


def _leave_without_output(error: OSError) -> NoReturn:
    """End the program, whose output has no room where it was sent, or nobody who reads it, which is nothing to tell."""
    told = f"gatepost: the output could not be written ({error.strerror}): make room, or send it elsewhere\n"
    if error.errno != errno.EPIPE:
        with suppress(OSError):
            os.write(2, told.encode())
    # Another try to flush, as at an ordinary end, would say it a second time and less well.
    os._exit(1)
