"""Steps in words: what picture, account and plan say of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import say_duration

if TYPE_CHECKING:
    from gatepost_webhook.followup.steps import Message, Sequence, Step


def wait_words(step: Step) -> str:
    """Say when a step is due: "after 3 days", "at once"."""
    return f"after {say_duration(step.wait)}" if step.wait else "at once"


def condition_words(step: Step) -> str:
    """Say when a step is not passed over: "only if company is set"; "" when it never is."""
    return f"only if {' and '.join(map(str, step.only_if))}" if step.only_if else ""


def rule_words(step: Step) -> str:
    """Say a step's whole rule: "after 3 days, only if company is set"."""
    return ", ".join(filter(None, (wait_words(step), condition_words(step))))


def does_words(step: Step) -> str:
    """Say what a step does, apart from what a message says: "sends 01.md"."""
    return f"sends {step.message.file}"


def by_key(sequence: Sequence) -> dict[str, Step]:
    """Return every step of a sequence by its key, in the order of the file."""
    return {step.key: step for step in sequence.steps}


def message_of(step: Step) -> Message | None:
    """Return what a step says, None when it is no mail."""
    return step.message


def former_key(step: Step) -> str:
    """Return what a step was called before, as its `renamed_from` says; "" when it does not."""
    return str(getattr(step, "renamed_from", "") or "")


def on_change(sequence: Sequence) -> str:
    """Return what a sequence says about those inside when it changes: "" for nothing."""
    return str(getattr(sequence, "on_change", "") or "")
