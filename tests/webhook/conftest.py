"""What the webhook's tests share: a small project with its app, and a browser that looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.webhook.intake.house import open_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A built project, its database and its clock."""
    with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> TestClient:
    """Somebody's browser."""
    return house.client()
