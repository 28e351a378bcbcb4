"""Branches and splits: which way a lead takes, and that the ways join again."""

from __future__ import annotations

import pytest

from gatepost_webhook.followup.actions import Message, Pause, Stop, Tag
from gatepost_webhook.followup.plan import Act, Decision, Event, Finished, Lead, Send, Stopped, Wait, plan, split_number
from gatepost_webhook.followup.steps import Action, Branch, Sequence, Split, Step, Way
from gatepost_webhook.leads.conditions import parse_condition

DAY = 86_400
ENROLLED = Event(0, "enrolled", "after")
BAKERY = Lead({"company": "Bakery"})


def step(key: str, does: Action | None = None, *only_if: str, wait: int = 0) -> Step:
    return Step(key, wait, does or Message(f"{key}.md", key, "", key), tuple(map(parse_condition, only_if)))


def sequence(*steps: Step) -> Sequence:
    return Sequence("after", "After", steps, {}, "")


def done(key: str, way: str = "") -> Event:
    return Event(0, "acted", "after", key, way=way)


TEAMS = Way("teams", (step("for-teams"), step("more-for-teams")), (parse_condition("company is set"),))
READERS = Way("otherwise", (step("for-readers"),))
FORKED = sequence(step("fork", Branch((TEAMS, READERS))), step("joined"))


@pytest.mark.parametrize(
    ("events", "lead", "decision"),
    [
        ([], BAKERY, Act(FORKED.steps[0], 0, "teams")),
        ([], Lead({}), Act(FORKED.steps[0], 0, "otherwise")),
        ([done("fork", "teams")], BAKERY, Send(TEAMS.steps[0], 0)),
        # The way stays chosen, whatever the lead answers later.
        ([done("fork", "teams")], Lead({}), Send(TEAMS.steps[0], 0)),
        ([done("fork", "teams"), done("for-teams")], BAKERY, Send(TEAMS.steps[1], 0)),
        ([done("fork", "teams"), done("for-teams"), done("more-for-teams")], BAKERY, Send(FORKED.steps[1], 0)),
        ([done("fork", "otherwise"), done("for-readers")], Lead({}), Send(FORKED.steps[1], 0)),
        ([done("fork", "teams"), done("joined")], BAKERY, Finished()),
        # Ways that an edit took away, and none at all, join at once.
        ([done("fork", "deleted")], BAKERY, Send(FORKED.steps[1], 0)),
        ([done("fork")], BAKERY, Send(FORKED.steps[1], 0)),
        # A message that was moved into a way tells which way that is.
        ([done("for-teams")], Lead({}), Send(TEAMS.steps[1], 0)),
    ],
)
def test_a_lead_takes_a_way_and_goes_on_behind_it(events: list[Event], lead: Lead, decision: Decision) -> None:
    assert plan(FORKED, lead, [ENROLLED, *events], 0) == decision


def test_without_otherwise_nobody_has_to_take_a_way() -> None:
    assert plan(sequence(step("fork", Branch((TEAMS,)))), Lead({}), [ENROLLED], 0) == Act(
        step("fork", Branch((TEAMS,))), 0, ""
    )


def test_ways_stand_in_ways() -> None:
    inner = step("inner", Branch((Way("otherwise", (step("deep"),)),)))
    nested = sequence(step("outer", Branch((Way("otherwise", (inner, step("behind"))),))))
    keys, events = [], [ENROLLED]
    while isinstance(decision := plan(nested, BAKERY, events, 0), Act | Send):
        keys.append(decision.step.key)
        events.append(done(decision.step.key, decision.way if isinstance(decision, Act) else ""))
    assert keys == ["outer", "inner", "deep", "behind"]
    assert list(nested.by_key) == keys


def test_a_split_sends_the_same_lead_down_the_same_way_and_so_many_of_a_hundred() -> None:
    halves = sequence(step("ab", Split((Way("a", percent=30), Way("b", percent=70)))))
    ways = []
    for number in range(3000):
        decision = plan(halves, Lead({}, id=number), [ENROLLED], 0)
        assert isinstance(decision, Act)
        ways.append(decision.way)
    assert 27 < ways.count("a") / 30 < 33
    assert split_number(7, "after", "ab") == 26
    assert {split_number(7, slug, key) for slug in "abc" for key in "abc"} != {split_number(7, "a", "a")}


def test_what_is_no_message_is_done_however_late() -> None:
    tagging = sequence(step("tagged", Tag("reader"), wait=DAY))
    assert plan(tagging, BAKERY, [ENROLLED], DAY - 1) == Wait(tagging.steps[0], DAY)
    assert plan(tagging, BAKERY, [ENROLLED], 99 * DAY) == Act(tagging.steps[0], DAY)


def test_a_condition_alone_ends_the_sequence_for_whom_it_is_not_true() -> None:
    gate = sequence(step("gate", Pause(), "company is set"), step("a"))
    assert plan(gate, Lead({}), [ENROLLED], 0) == Stopped("company is not set")
    assert plan(gate, BAKERY, [ENROLLED], 0) == Act(gate.steps[0], 0)


def test_a_sequence_can_end_itself() -> None:
    ending = sequence(step("end", Stop("after")), step("a"))
    assert plan(ending, BAKERY, [ENROLLED, done("end")], 0) == Stopped("ended at step 'end'")
