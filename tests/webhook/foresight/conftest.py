"""The desk of the follow-up engine, in UTC."""

from __future__ import annotations

from tests.webhook.followup.conftest import desk, outfit, project, writer
from tests.webhook.leads.data_folder import utc

__all__ = ["desk", "outfit", "project", "utc", "writer"]
