"""What holds for a whole sequence, as the picture says it."""

from __future__ import annotations

import pytest

from gatepost_webhook.followup.rules import GAP, Rules, Trigger
from gatepost_webhook.followup.windows import Window
from gatepost_webhook.foresight.rule_words import again_words, sending_words, trigger_words
from gatepost_webhook.leads.conditions import parse_condition

WORKING = Window(frozenset(range(5)), 9 * 60, 17 * 60)


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (Trigger("magnet", "checklist"), "checklist is confirmed"),
        (Trigger("tag", "customer"), "tagged 'customer'"),
        (Trigger("webinar", "live-demo", -2 * 86_400), "2 days before the webinar live-demo"),
        (Trigger("webinar", "live-demo", 3600), "1 hour after the webinar live-demo"),
        (Trigger("when", condition=parse_condition("company is set")), "when company is set"),
        (Trigger("date", "2026-12-24"), "on 2026-12-24"),
        (Trigger("score", "50"), "the score passes 50"),
    ],
)
def test_a_trigger_is_said_as_it_happens(trigger: Trigger, words: str) -> None:
    assert trigger_words(trigger) == words


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (Rules(gap=GAP), []),
        (Rules(gap=GAP, window=WORKING), ["Monday to Friday, 09:00 to 17:00, on the lead's clock"]),
        (Rules(gap=GAP, window=Window(frozenset({1, 3}))), ["Tuesday and Thursday, on the lead's clock"]),
        (Rules(gap=0, at_most=1), ["at most 1 a day, of all sequences", "however soon after another mail"]),
        (Rules(gap=2 * 86_400, priority=5), ["2 days after any other mail", "priority 5: before others that are due"]),
    ],
)
def test_when_mails_go_is_said_as_far_as_it_is_not_as_usual(rules: Rules, words: list[str]) -> None:
    assert list(sending_words(rules)) == words


def test_coming_again_is_said_when_it_is_possible() -> None:
    said = [again_words(Rules(again=again)) for again in (None, 0, 90 * 86_400)]
    assert said == ["", "again at any time", "again after 90 days"]
