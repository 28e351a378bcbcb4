"""The mailboxes that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_webhook.bounces.imap import ImapAccount, ImapPostbox
from gatepost_webhook.bounces.maildir import MaildirPostbox
from gatepost_webhook.errors import SettingsError

if TYPE_CHECKING:
    from gatepost_webhook.bounces.postbox import Opener
    from gatepost_webhook.settings import Settings


def postboxes(settings: Settings) -> list[Opener]:
    """Return the mailboxes that the settings name. Raises SettingsError when one is named by halves."""
    openers: list[Opener] = []
    if settings.bounce_maildir:
        openers.append(MaildirPostbox(Path(settings.bounce_maildir)).open)
    if settings.bounce_imap_host:
        if not settings.bounce_imap_user or not settings.bounce_imap_password.get_secret_value():
            raise SettingsError(
                "GATEPOST_BOUNCE_IMAP_HOST is set, and the login is not; "
                "set GATEPOST_BOUNCE_IMAP_USER and GATEPOST_BOUNCE_IMAP_PASSWORD"
            )
        openers.append(_imap(settings))
    return openers


def _imap(settings: Settings) -> Opener:
    account = ImapAccount(
        host=settings.bounce_imap_host,
        port=settings.bounce_imap_port,
        user=settings.bounce_imap_user,
        password=settings.bounce_imap_password.get_secret_value(),
        folder=settings.bounce_imap_folder,
        done=settings.bounce_imap_done,
    )
    # It lives as long as the process: it remembers what it must not read again where the server cannot.
    return ImapPostbox(account).open
