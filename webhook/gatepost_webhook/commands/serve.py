"""gatepost serve: the live preview of site, webhook and mailbox on one port."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from gatepost_site.findings import ContentError
from gatepost_webhook.channels.mailbox_pages import mailbox_routes
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.build import build_with_words
from gatepost_webhook.commands.demo import demo_settings
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup.letterhead import OWN
from gatepost_webhook.followup.letterhead_files import letterhead_in_force
from gatepost_webhook.followup.samples import Studio
from gatepost_webhook.foresight.flow_pages import flow_routes
from gatepost_webhook.front import front_of
from gatepost_webhook.household import Household
from gatepost_webhook.options import project_option
from gatepost_webhook.parts import load_parts
from gatepost_webhook.preview import Reloading, Switch, Watcher
from gatepost_webhook.serving import listen, serve
from gatepost_webhook.showroom.sequence_pages import sequence_routes

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp


@click.command(short_help="Preview: site, webhook and captured mailbox on one port.")
@project_option
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def command(root: Path, port: int) -> None:
    """Build and show the site while you write: every saved change is built, and the open page loads again.

    Forms work, and every mail is caught and shown at /_mailbox/. Sequences are shown as mails at /_sequences/, for each
    persona and in each language, and drawn at /_flows. Leads are kept in .gatepost/demo.

    \b
    Example:
      gatepost serve --port 8001
    """
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        listener = stack.enter_context(listen("127.0.0.1", port))
        build_with_words(root, site_url=address + "/", webhook="", preview=True)
        household = stack.enter_context(
            Household(demo_settings(root, address), load_parts(root, preview=True), SystemClock())
        )
        preview = Preview(household, root, address)
        stack.enter_context(preview.watcher)
        serve(Reloading(preview.switch), listener, ready=lambda: click.echo(_welcome(address)))
    click.echo("\nStopped.")


class Preview:
    """The app of the moment, and how a new one is made when files change."""

    def __init__(self, household: Household, root: Path, address: str) -> None:
        self._household = household
        self._root = root
        self._address = address
        self.watcher = Watcher(household.parts.project, self.rebuild)
        self.switch = Switch(self._app())

    def rebuild(self) -> bool:
        """Build what changed; when something is wrong, say it, go on showing the last good site, and return False."""
        started = time.monotonic()
        try:
            build_with_words(self._root, site_url=self._address + "/", webhook="", preview=True)
            self._household.move_to(load_parts(self._root, preview=True))
        except ContentError as error:
            click.echo("\n".join(str(finding) for finding in error.findings), err=True)
            click.echo("Still showing the last good site.", err=True)
            return False
        except GatepostError as error:
            click.echo(f"gatepost: {error}\nStill showing the last good site.", err=True)
            return False
        self.switch.app = self._app()
        click.echo(f"Built again in {time.monotonic() - started:.1f} s.")
        return True

    def _app(self) -> ASGIApp:
        parts = self._household.parts
        routes = [
            *mailbox_routes(self._household.settings.mailbox),
            *flow_routes(parts.project, parts.magnets, self._household.clock),
            *self._showroom(),
            *self.watcher.routes(),
        ]
        return front_of(self._household, extra_routes=routes)

    def _showroom(self) -> list[BaseRoute]:
        household, parts = self._household, self._household.parts
        letterhead = letterhead_in_force(parts.project, OWN)
        now = household.clock.now()
        studio = Studio(household.settings, parts.manifest, parts.magnets, parts.languages, now, letterhead)
        return sequence_routes(parts.project, parts.sequences, studio, drawn=True)


def _welcome(address: str) -> str:
    return (
        f"\nPreview on {address}, mailbox on {address}/_mailbox/, sequences as mails on {address}/_sequences/.\n"
        "Save a file and look. Ctrl-C stops it.\n"
    )
