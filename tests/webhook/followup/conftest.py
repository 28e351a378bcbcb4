"""The follow-up engine on a small project, with a clock that is moved by hand and a channel that records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Manifest
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.links import Links
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.writer import Writer
from tests.webhook.followup.desk import START, Desk, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path / "site")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(tmp_path / "data" / "leads.db") as opened:
        yield opened


@pytest.fixture
def outfit(project: Project, writer: Writer, tmp_path: Path) -> Outfit:
    magnets = load_magnets(project)
    settings = load_settings(
        data=tmp_path / "data",
        base_url="https://leads.example.org",
        mail_from="Example <hello@example.org>",
        postal_address="Example, 1 High Street, Bristol",
        secret="s" * 32,
        suppression_key="k" * 32,
    )
    return Outfit(
        settings=settings,
        project=project,
        manifest=Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}),
        magnets=magnets,
        sequences=load_sequences(project, magnets),
        writer=writer,
        links=Links(settings.base_url, settings.signing_secrets),
        clock=MovableClock(START),
        channel=RecordingChannel(),
    )


@pytest.fixture
def desk(outfit: Outfit) -> Desk:
    assert isinstance(outfit.channel, RecordingChannel)
    assert isinstance(outfit.clock, MovableClock)
    return Desk(outfit, outfit.channel, outfit.clock)
