"""Which channel the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.channels.mailbox import Mailbox
from gatepost_webhook.channels.smtp import SmtpRelay

if TYPE_CHECKING:
    from gatepost_webhook.channels.channel import Channel
    from gatepost_webhook.settings import Settings


def open_channel(settings: Settings) -> Channel:
    """Return the channel that GATEPOST_CHANNEL names. Raises ChannelError when it cannot be used as configured."""
    return SmtpRelay(settings) if settings.channel == "smtp" else Mailbox(settings.mailbox)
