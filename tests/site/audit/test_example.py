"""The example keeps the rules that it comes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.site.audit.conftest import look

if TYPE_CHECKING:
    from tests.site.conftest import Drawn


def test_the_example_has_no_errors_and_no_warnings(example: Drawn) -> None:
    found = look(example)
    assert [str(finding) for finding in found.findings if finding.severity != "information"] == []
    assert found.note == ""
