"""What can go wrong in the webhook half, as plain exceptions; the edges (HTTP, command line) convert them."""

from __future__ import annotations


class GatepostError(Exception):
    """Base of all. The message is one line: what, where, what was found, what to do instead."""


class SettingsError(GatepostError):
    """A setting is missing or wrong."""


class NotBuiltError(GatepostError):
    """The site was never built, so there is nothing to serve or hand out."""


class StoreError(GatepostError):
    """The database cannot be used as it is."""


class StoreBusyError(StoreError):
    """The write was not committed, now; trying again later may work."""


class LinkError(GatepostError):
    """A link's token is not one of ours."""


class LinkExpiredError(LinkError):
    """A link's token is ours, and its time is over."""

    def __init__(self, message: str, *, subject: int) -> None:
        super().__init__(message)
        #: The row that the token was about, so that a new link can be offered.
        self.subject = subject


class RenderError(GatepostError):
    """A message cannot be rendered."""


class TooLargeError(RenderError):
    """A mail has more HTML than mail programs show."""

    def __init__(self, message: str, *, size: int) -> None:
        super().__init__(message)
        #: Octets of HTML.
        self.size = size


class ChannelError(GatepostError):
    """A channel cannot be used as it is configured."""


class PostboxError(GatepostError):
    """A mailbox cannot be read for bounces, now."""
