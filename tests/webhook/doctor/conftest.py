"""An installation that is well, to be made ill."""

from __future__ import annotations

from tests.webhook.doctor.name_server import name_server
from tests.webhook.followup.conftest import desk, outfit, project, writer

__all__ = ["desk", "name_server", "outfit", "project", "writer"]
