"""What the tests of force share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.soak.parts import missing_parts
from tests.soak.sizes import FULL
from tests.soak.yard import Relay, draw_project, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.project import Project


def pytest_configure() -> None:
    """Say at once what is missing, and not after an hour."""
    if FULL and (missing := missing_parts()):
        pytest.exit(missing, returncode=2)


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A relay that takes everything."""
    relay = Relay(free_port())
    with relay.up():
        yield relay


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose sequence sends three mails at once."""
    return draw_project(tmp_path / "site")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder."""
    return tmp_path / "data"
