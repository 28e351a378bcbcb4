"""Wordings are known from the moment they can be shown, so that a form opened before a change still counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.store import consents

if TYPE_CHECKING:
    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.store.database import Connection


def keep_wordings(desk: Desk) -> None:
    """Keep the wordings of every magnet. Raises StoreBusyError when another process keeps the database locked."""

    def keep(connection: Connection) -> None:
        for version in (version for magnet in desk.magnets.values() for version in magnet.versions()):
            if version.wording:
                consents.keep_wording(connection, version.wording, version.meta.consent, now=desk.clock.now())

    desk.writer.run(keep)
