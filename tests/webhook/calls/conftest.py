"""The follow-up engine on a small project: the fixtures of its own tests."""

from tests.webhook.followup.conftest import outfit, project, writer

__all__ = ["outfit", "project", "writer"]
