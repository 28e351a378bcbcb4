"""Ask the audit about a drawn site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.audit.auditor import audit
from gatepost_site.audit.rulebook import RULES
from gatepost_site.plugin import inquire_site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepost_site.audit.auditor import Audit
    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]
    Ask = Callable[..., list[str]]


def look(drawn: Drawn, *rules: str) -> Audit:
    """Ask some rules, or all, about a site."""
    asked = tuple(rule for rule in RULES if not rules or rule.id in rules)
    return audit(inquire_site(drawn.root), RULES, asked=asked)


@pytest.fixture
def ask(draw: Draw) -> Ask:
    """Return a function that draws files and gives what some rules find, one line each."""

    def asked(files: Mapping[str, str | bytes], *rules: str) -> list[str]:
        return [str(finding) for finding in look(draw(files), *rules).findings]

    return asked
