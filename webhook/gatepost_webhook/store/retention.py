"""What has been kept for long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatepost_webhook.store.database import Connection


def unconfirmed_leads(connection: Connection, *, before: int, limit: int) -> list[int]:
    """Return some leads who never confirmed and asked last before an epoch second."""
    return _numbers(statements.unconfirmed_leads(connection, before=before, limit=limit))


def inactive_leads(connection: Connection, *, before: int, limit: int) -> list[int]:
    """Return some leads who have done nothing since an epoch second."""
    return _numbers(statements.inactive_leads(connection, before=before, limit=limit))


def mails_with_bytes(connection: Connection, *, before: int, limit: int) -> list[int]:
    """Return some mails that were sent or given up before an epoch second, and whose bytes are kept."""
    return _numbers(statements.kept_mails(connection, before=before, limit=limit))


def forget_bytes(connection: Connection, old: Iterable[int]) -> None:
    """Let the bytes of mails go, unless one is wanted again meanwhile."""
    for mail in old:
        statements.forget_bytes(connection, id=mail)


def old_proofs(connection: Connection, *, before: int, limit: int) -> list[int]:
    """Return some proofs of the consent of people who were erased before an epoch second."""
    return _numbers(statements.old_proofs(connection, before=before, limit=limit))


def forget_proofs(connection: Connection, old: Iterable[int]) -> None:
    """Drop proofs."""
    for proof in old:
        statements.forget_proof(connection, id=proof)


def old_hits(connection: Connection, *, before: int, limit: int) -> list[tuple[str, int]]:
    """Return some counts that no limit looks at any more."""
    return [(row["key"], row["until"]) for row in statements.old_hits(connection, before=before, limit=limit)]


def forget_hits(connection: Connection, old: Iterable[tuple[str, int]]) -> None:
    """Drop counts."""
    for key, until in old:
        statements.forget_hit(connection, key=key, until=until)


def _numbers(rows: Iterable[Any]) -> list[int]:
    return [row["id"] for row in rows]
