"""Steps in words: what picture, account and plan say of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import say_duration

if TYPE_CHECKING:
    from gatepost_webhook.followup.steps import Step


def wait_words(step: Step) -> str:
    """Say when a step is due: "after 3 days", "at once"."""
    return f"after {say_duration(step.wait)}" if step.wait else "at once"


def condition_words(step: Step) -> str:
    """Say when a step is not passed over: "only if company is set"; "" when it never is."""
    return f"only if {' and '.join(map(str, step.only_if))}" if step.only_if else ""


def rule_words(step: Step) -> str:
    """Say a step's whole rule: "after 3 days, only if company is set"."""
    return ", ".join(filter(None, (wait_words(step), condition_words(step))))
