"""How the owner's commands open the leads: read-only, one moment for everything they read, errors in one line."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from gatepost_webhook.errors import StoreError
from gatepost_webhook.leads.address import AddressError, normalise
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.database import DatabaseError, open_reader
from gatepost_webhook.store.owner import lead_of_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.store.database import Connection


@contextmanager
def leads_read(data: Path | None) -> Iterator[Connection]:
    """Open the database of a data folder (None: the settings' own) within one read transaction.

    Raises StoreError, SettingsError.
    """
    settings = load_settings() if data is None else load_settings(data=data)
    path = settings.database
    with closing(open_reader(path)) as connection:
        try:
            # A snapshot: rows that come while this reads are not half in it.
            connection.execute("BEGIN")
            yield connection
        except DatabaseError as error:
            raise _explained(error, path) from error


def lead_numbered(connection: Connection, address: str, hint: str) -> int:
    """Return the number of the lead of an address. Raises click.BadParameter about the option `hint`."""
    try:
        canonical = normalise(address)[1]
    except AddressError as error:
        raise click.BadParameter(f"is no address, found {address!r}; {error}", param_hint=hint) from error
    lead = lead_of_address(connection, canonical)
    if lead is None:
        said = f"there is no lead {address!r}; 'gatepost leads --search' finds who there is"
        raise click.BadParameter(said, param_hint=hint)
    return lead


def _explained(error: Exception, path: Path) -> StoreError:
    message = str(error)
    if message.startswith(("no such table", "no such column")):
        return StoreError(f"{path}: is not up to date ({message}); start 'gatepost run' once, which mends that")
    return StoreError(f"{path}: cannot be read ({message}); restore a backup, or name another folder with --data")
