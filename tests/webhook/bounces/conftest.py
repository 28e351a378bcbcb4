"""The follow-up engine's small project, and an office that acts on reports there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.bounces.deeds import Office
from tests.webhook.bounces.post import Post
from tests.webhook.followup.conftest import desk, outfit, project, writer

if TYPE_CHECKING:
    from tests.webhook.followup.desk import Desk

__all__ = ["desk", "outfit", "post", "project", "writer"]


@pytest.fixture
def post(desk: Desk) -> Post:
    return Post(desk, Office.of(desk.outfit.settings, desk.clock))
