"""gatepost demo: the example site, running, with a mailbox that catches every mail and a clock that can be moved."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_webhook.channels.mailbox_pages import mailbox_routes
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.commands.build import build_with_words
from gatepost_webhook.front import front_of
from gatepost_webhook.household import Household
from gatepost_webhook.options import project_option
from gatepost_webhook.parts import load_parts
from gatepost_webhook.rounds import next_round
from gatepost_webhook.serving import listen, serve
from gatepost_webhook.settings import Settings, load_settings
from gatepost_webhook.store.instants import newest_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import Magnet

#: Stands in until the owner names their own: sequences are not sent without a postal address.
_ADDRESS = "Gatepost demo, 1 Example Street, Exampleton"


@click.command(short_help="Run the example site with webhook, worker and a captured mailbox.")
@project_option
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def command(root: Path, port: int) -> None:
    """Build the site in this folder and run all of Gatepost on it: every mail is caught and shown in the browser.

    Leads and mails are kept in .gatepost/demo, apart from real ones.

    \b
    Example:
      gatepost demo --port 8080
    """
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        listener = stack.enter_context(listen("127.0.0.1", port))
        build_with_words(root, site_url=address + "/", webhook="", preview=True)
        settings = demo_settings(root, address)
        clock = MovableClock(int(time.time()), running=True)
        household = stack.enter_context(Household(settings, load_parts(root, preview=True), clock))
        # The clock may have been moved in an earlier demo: time goes on from the last thing that happened.
        clock.advance_to(household.writer.run(newest_event))
        routes = mailbox_routes(settings.mailbox, clock=clock, skip=lambda: next_round(household.writer, clock))
        app = front_of(household, extra_routes=routes)
        serve(app, listener, ready=lambda: click.echo(_welcome(household, address, root)))
    click.echo("\nStopped. The demo's leads stay in .gatepost/demo.")


def demo_settings(root: Path, address: str) -> Settings:
    """Return settings under which nothing leaves this machine, whatever the environment says."""
    given = load_settings()
    return load_settings(
        base_url=address,
        site_url=address,
        data=root / ".gatepost" / "demo",
        channel="mailbox",
        postal_address=given.postal_address or _ADDRESS,
        # Whoever tries things out is one address, and tries often.
        posts_per_10_minutes=1000,
        posts_per_day=10_000,
    )


def worth_trying(magnets: Mapping[str, Magnet]) -> str:
    """Return the slug of the magnet that shows most: a file, a box to tick and a sequence; "" when there is none."""

    def shows(slug: str) -> tuple[bool, bool]:
        magnet = magnets[slug]
        return bool(magnet.meta.consent and magnet.meta.sequence), magnet.is_ebook

    # Of equals the first.
    return max(magnets, key=shows, default="")


def _welcome(household: Household, address: str, root: Path) -> str:
    landing = household.parts.manifest.landing.get(worth_trying(household.parts.magnets), "")
    place = "" if root == Path() else f" --project {root}"
    review = f"gatepost review{place} --data {household.settings.data}"
    command_line = "make review" if root == Path() and Path("Makefile").is_file() else review
    return "\n".join(
        [
            "",
            f"Gatepost is running on {address}   (Ctrl-C stops it)",
            "",
            f"  1  Ask for the file     {address}/{landing}",
            f"  2  Open the mailbox     {address}/_mailbox/   and press the button in the mail",
            "  3  Move the clock       with the buttons above the mailbox, and read the follow-up",
            f"  4  Look at your lead    {command_line}   (in a second terminal)",
            "",
        ]
    )
