"""Steps in words: what picture, account and plan say of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.actions import Call, Message, Note, Notify, Pause, Stage, Start, Stop, Tag, Untag
from gatepost_webhook.followup.steps import Branch, Split

if TYPE_CHECKING:
    from gatepost_webhook.followup.steps import Step, Way


def wait_words(step: Step) -> str:
    """Say when a step is due: "after 3 days", "until Tuesday 09:00", "at once"."""
    if step.until:
        return step.said_wait
    return f"after {step.said_wait}" if step.wait else "at once"


def condition_words(step: Step) -> str:
    """Say when a step is not passed over: "only if company is set"; "" when it never is."""
    return f"only if {' and '.join(map(str, step.only_if))}" if step.only_if else ""


def rule_words(step: Step) -> str:
    """Say a step's whole rule: "after 3 days, only if company is set"."""
    return ", ".join(filter(None, (wait_words(step), condition_words(step))))


def does_words(step: Step) -> str:  # noqa: C901, PLR0911 - one line a kind of step
    """Say what a step does: "tags the lead 'reader'"."""
    match step.does:
        case Message(subject=subject, subjects=subjects):
            return subject or " / ".join(one.text for one in subjects)
        case Tag(name):
            return f"tags the lead '{name}'"
        case Untag(name):
            return f"takes the tag '{name}' off"
        case Stage(name):
            return f"sets the stage '{name}'"
        case Note(text):
            return f"notes: {text}"
        case Notify(text):
            return f"tells the owner: {text}"
        case Call(name):
            return f"calls the webhook '{name}'"
        case Start(sequence):
            return f"starts the sequence '{sequence}'"
        case Stop(sequence):
            return f"stops the sequence '{sequence}'"
        case Branch():
            return "parts the leads by conditions"
        case Split():
            return "parts the leads by chance"
        case Pause():
            return "waits" if step.wait or step.until else "goes on only under a condition"


def way_words(step: Step, way: Way) -> str:
    """Say who takes a way: "teams: company is set", "short: 50 %", "otherwise"."""
    if step.kind == "split":
        return f"{way.name}: {way.percent} %"
    return f"{way.name}: {' and '.join(map(str, way.when))}" if way.when else way.name


def message_of(step: Step) -> Message | None:
    """Return what a step says, None when it is no mail."""
    return step.does if isinstance(step.does, Message) else None
