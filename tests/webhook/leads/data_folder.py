"""A filled data folder, read in UTC: the fixtures of every test that reads leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.webhook.leads.filled import fill
from tests.webhook.leads.zone import in_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC."""
    yield from in_zone("UTC", monkeypatch)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three leads in three states."""
    folder = tmp_path / "data"
    fill(folder)
    return folder
