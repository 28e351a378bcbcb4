"""POST /hooks/<provider>: what a mail provider tells of our mails. Proved, read, kept, and only then answered."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from gatepost_webhook.bounces.deeds import Office, act
from gatepost_webhook.bounces.providers import PROVIDERS
from gatepost_webhook.bounces.providers.table import Provider, reports
from gatepost_webhook.bounces.signatures import TOLERANCE, Callback, ForgedError, UnreadableCallbackError
from gatepost_webhook.errors import SettingsError
from gatepost_webhook.store.hits import Limit, count_hit, wait_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.bounces.report import Report
    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection

logger = logging.getLogger(__name__)

#: Bytes of a callback; SendGrid's are the largest, with some hundreds of events.
MAX_BODY = 1 << 20
#: A token's time may be ahead of ours or behind it.
_ONCE = Limit(often=1, recent=2 * TOLERANCE + 1, total=1, window=2 * TOLERANCE + 1)
#: Where callbacks come in.
PREFIX = "/hooks/"


@dataclass(frozen=True)
class Hook:
    """A provider that the owner uses."""

    provider: Provider
    secrets: tuple[str, ...]


def hooks_of(settings: Settings) -> dict[str, Hook]:
    """Return the providers whose secrets are set. Raises SettingsError for a secret that cannot work."""
    found = {name: _hook(provider, settings) for name, provider in PROVIDERS.items()}
    return {name: hook for name, hook in found.items() if hook}


class Hooks:
    """The endpoint."""

    def __init__(self, desk: Desk) -> None:
        """Raises SettingsError."""
        self._desk = desk
        self._hooks = hooks_of(desk.settings)
        self._office = Office.of(desk.settings, desk.clock)

    async def post(self, request: Request) -> Response:
        """Take a callback. The answer says nothing but whether to try again."""
        hook = self._hooks.get(request.path_params["provider"])
        if hook is None:
            return _answer(404)
        body = await request.body()
        callback = Callback(dict(request.headers), body, self._desk.clock.now())
        try:
            once = hook.provider.signature.verify(callback, hook.secrets)
            told = list(reports(hook.provider, callback.payload(), self._desk.settings.signing_secrets))
        except ForgedError as error:
            logger.warning("a callback of %s is refused: %s", hook.provider.name, error)
            return _answer(401)
        except UnreadableCallbackError as error:
            logger.warning("a callback of %s cannot be read: %s", hook.provider.name, error)
            return _answer(400)
        if told or once:
            await self._desk.commit(partial(self._act, hook=hook, once=once, told=told))
        return _answer(hook.provider.accepted)

    def _act(self, connection: Connection, *, hook: Hook, once: str, told: Sequence[Report]) -> None:
        """Do everything that one callback tells, or nothing."""
        now = self._desk.clock.now()
        if once and not _is_first(connection, once, now):
            return
        for report in told:
            act(connection, self._office, report)


def _hook(provider: Provider, settings: Settings) -> Hook | None:
    values = [_value(settings, name) for name in provider.settings]
    if not any(values):
        return None
    # Only what is a secret may be several, so that it can be changed without a gap.
    secrets = values if len(values) > 1 else [part.strip() for part in values[0].split(",") if part.strip()]
    try:
        provider.signature.check_settings(secrets)
    except SettingsError as error:
        raise SettingsError(f"GATEPOST_{provider.settings[-1].upper()}: {error}") from error
    return Hook(provider, tuple(secrets))


def _value(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


def _is_first(connection: Connection, token: str, now: int) -> bool:
    """Note a token for as long as its time may be taken for now; False when it was seen before."""
    key = f"hook {hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()}"
    if wait_for(connection, key, _ONCE, now=now):
        return False
    count_hit(connection, key, _ONCE, now=now)
    return True


def _answer(status: int) -> Response:
    words = {400: "unreadable", 401: "refused", 404: "nothing here"}.get(status, "accepted")
    return PlainTextResponse(f"{words}\n", status, headers={"Cache-Control": "no-store"})
