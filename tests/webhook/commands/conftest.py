"""A filled data folder, read in UTC."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from tests.webhook.leads.data_folder import data, utc

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["data", "plain_user", "utc"]


@pytest.fixture
def plain_user(data: Path) -> Iterator[Path]:
    """A folder of a user who is not root; this process is that user meanwhile."""
    # What the commands need is imported before: root's own Python may be closed to others.
    for command in (["leads"], ["export", "-", "--format", "csv"]):
        CliRunner().invoke(gatepost, [*command, "--data", str(data)])
    # Not below tmp_path, whose parents are closed to others.
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o700)
    shutil.rmtree(folder)
