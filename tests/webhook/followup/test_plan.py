"""plan(): what happens next, for every situation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_webhook.followup.plan import Decision, Event, Finished, Lead, Send, Skip, Stopped, Wait, plan
from gatepost_webhook.followup.steps import Message, Sequence, Step
from gatepost_webhook.leads.conditions import parse_condition

DAY = 86_400


def step(key: str, wait: int = DAY, *only_if: str, max_late: int = 3 * DAY) -> Step:
    return Step(key, wait, Message(f"{key}.md", key, "", key), tuple(map(parse_condition, only_if)), max_late)


def sequence(*steps: Step) -> Sequence:
    return Sequence("after", "After", steps, {}, "")


ABC = sequence(step("a"), step("b", 2 * DAY, "company is set"), step("c", 3 * DAY))
ENROLLED = Event(0, "enrolled", "after", magnet="checklist")
COMPANY = Lead({"company": "Bakery"})


def sent(key: str, at: int, kind: str = "sent") -> Event:
    return Event(at, kind, "after", key)


@pytest.mark.parametrize(
    ("events", "lead", "now", "decision"),
    [
        ([], COMPANY, 0, Stopped("not enrolled")),
        ([ENROLLED], COMPANY, 0, Wait(ABC.steps[0], DAY)),
        ([ENROLLED], COMPANY, DAY - 1, Wait(ABC.steps[0], DAY)),
        ([ENROLLED], COMPANY, DAY, Send(ABC.steps[0], DAY)),
        ([ENROLLED], COMPANY, 4 * DAY, Send(ABC.steps[0], DAY)),
        ([ENROLLED], COMPANY, 4 * DAY + 1, Skip(ABC.steps[0], "late")),
        ([ENROLLED], COMPANY, -DAY, Wait(ABC.steps[0], DAY)),
        ([ENROLLED], Lead({}, consents=False), DAY, Stopped("no consent")),
        ([ENROLLED], Lead({}, suppressed=True), DAY, Stopped("suppressed")),
        ([ENROLLED, sent("a", 2 * DAY)], COMPANY, 3 * DAY, Wait(ABC.steps[1], 4 * DAY)),
        ([ENROLLED, sent("a", 2 * DAY)], COMPANY, 4 * DAY, Send(ABC.steps[1], 4 * DAY)),
        ([ENROLLED, sent("a", 2 * DAY)], Lead({}), 4 * DAY, Skip(ABC.steps[1], "company is not set")),
        ([ENROLLED, sent("a", 2 * DAY)], Lead({"company": "  "}), 4 * DAY, Skip(ABC.steps[1], "company is not set")),
        ([ENROLLED, sent("a", 0, "failed")], COMPANY, 2 * DAY, Send(ABC.steps[1], 2 * DAY)),
        ([ENROLLED, sent("a", 0), sent("b", DAY, "skipped")], COMPANY, 4 * DAY, Send(ABC.steps[2], 4 * DAY)),
        ([ENROLLED, sent("c", 0)], COMPANY, 0, Finished()),
        ([ENROLLED, Event(1, "stopped", "after")], COMPANY, DAY, Stopped("left")),
        ([ENROLLED, Event(1, "stopped", "other")], COMPANY, DAY, Send(ABC.steps[0], DAY)),
        ([ENROLLED, Event(1, "finished", "after")], COMPANY, DAY, Finished()),
        ([Event(9, "sent", "after", "a"), ENROLLED], COMPANY, DAY, Send(ABC.steps[0], DAY)),
    ],
)
def test_the_decision_is(events: list[Event], lead: Lead, now: int, decision: Decision) -> None:
    assert plan(ABC, lead, events, now) == decision


def test_the_late_end_of_a_mail_says_nothing_about_the_next_time() -> None:
    """The third step of the first time was on its way when the lead began anew."""
    events = [
        replace(ENROLLED, round=1), sent("a", DAY), sent("b", 3 * DAY),
        Event(6 * DAY, "enrolled", "after", round=2), Event(6 * DAY, "held", "after", "c", round=1),
    ]  # fmt: skip
    assert plan(ABC, COMPANY, events, 6 * DAY) == Wait(ABC.steps[0], 7 * DAY)
    assert plan(ABC, COMPANY, [*events, replace(events[-1], round=2)], 9 * DAY) == Finished()


def test_after_a_mail_of_unknown_fate_the_next_comes_a_day_later_at_the_earliest() -> None:
    quick = sequence(step("a", 0), step("b", 60))
    events = [ENROLLED, sent("a", 0, "held")]
    assert plan(quick, COMPANY, events, 60) == Wait(quick.steps[1], DAY)
    assert plan(quick, COMPANY, events, DAY) == Send(quick.steps[1], DAY)


def test_nor_does_it_come_sooner_when_who_had_finished_goes_on() -> None:
    quick = sequence(step("a", 0), step("b", 60))
    events = [ENROLLED, sent("a", 0, "held"), Event(0, "finished", "after"), Event(90, "reopened", "after")]
    assert plan(quick, COMPANY, events, 200) == Wait(quick.steps[1], DAY)


@pytest.mark.parametrize(
    ("only_if", "events", "reason"),
    [
        ("downloaded", [], "not downloaded"),
        ("downloaded", [Event(5, "downloaded", magnet="checklist")], ""),
        ("downloaded", [Event(5, "downloaded", magnet="another")], "not downloaded"),
        ("not downloaded", [], ""),
        ("not downloaded", [Event(5, "downloaded", magnet="checklist")], "downloaded"),
        ("company is set", [], ""),
        ("company is not set", [], "company is set"),
        ('company is "bakery"', [], ""),
        ("company is 'Café'", [], 'company is not "Café"'),
        ("city is not set", [], ""),
    ],
)
def test_a_condition_is_judged_when_the_step_is_due(only_if: str, events: list[Event], reason: str) -> None:
    one = sequence(step("a", 0, only_if))
    expected = Skip(one.steps[0], reason) if reason else Send(one.steps[0], 0)
    assert plan(one, COMPANY, [ENROLLED, *events], 0) == expected


@pytest.mark.parametrize(
    ("edited", "decided", "following"),
    [
        ("xabc", "a", "b"),
        ("axbc", "a", "x"),
        ("axbc", "ab", "c"),
        ("abcx", "ab", "c"),
        ("abcx", "abc", "x"),
        ("ac", "a", "c"),
        ("ac", "ab", "c"),
        ("ab", "abc", None),
        ("acb", "a", "c"),
        ("bac", "a", "c"),
        ("cab", "ab", None),
        ("xyz", "a", "x"),
    ],
)
def test_an_edited_sequence_goes_on_after_the_furthest_step_decided(
    edited: str, decided: str, following: str | None
) -> None:
    changed = sequence(*(step(key, 0) for key in edited))
    events = [ENROLLED, *(sent(key, 0) for key in decided)]
    decision = plan(changed, COMPANY, events, 0)
    assert (decision.step.key if isinstance(decision, Send) else None) == following


KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1, max_size=8)
EVENTS = st.lists(
    st.builds(
        Event,
        at=st.integers(0, 100 * DAY),
        kind=st.sampled_from(["enrolled", "sent", "skipped", "failed", "held", "stopped", "finished", "downloaded"]),
        sequence=st.sampled_from(["", "after", "other"]),
        step=st.sampled_from("abcdefghz"),
        magnet=st.sampled_from(["", "checklist"]),
    ),
    max_size=12,
)
LEADS = st.builds(
    Lead,
    fields=st.dictionaries(st.sampled_from(["company"]), st.text()),
    consents=st.booleans(),
    suppressed=st.booleans(),
)


@given(KEYS, EVENTS, LEADS, st.integers(-DAY, 1000 * DAY))
def test_there_is_always_a_decision_and_never_a_step_twice(
    keys: list[str], events: list[Event], lead: Lead, now: int
) -> None:
    decision = plan(sequence(*map(step, keys)), lead, events, now)
    assert isinstance(decision, Send | Skip | Wait | Finished | Stopped)
    start = max(
        (index for index, event in enumerate(events) if event.kind == "enrolled" and event.sequence == "after"),
        default=0,
    )
    if isinstance(decision, Send | Skip | Wait):
        assert decision.step.key not in {
            event.step
            for event in events[start:]
            if event.sequence == "after" and event.kind in ("sent", "skipped", "failed", "held")
        }
    if isinstance(decision, Send):
        assert lead.consents
        assert not lead.suppressed


@given(st.lists(KEYS, min_size=1, max_size=6), st.lists(st.integers(0, 5 * DAY), min_size=20, max_size=20))
def test_no_step_is_sent_twice_however_the_file_is_edited(edits: list[list[str]], pauses: list[int]) -> None:
    events, now = [ENROLLED], 0
    for index, pause in enumerate(pauses):
        now += pause
        decision = plan(sequence(*map(step, edits[index % len(edits)])), COMPANY, events, now)
        if isinstance(decision, Send | Skip):
            kind = "sent" if isinstance(decision, Send) else "skipped"
            events.append(sent(decision.step.key, now, kind))
    decided = [event.step for event in events[1:]]
    assert len(decided) == len(set(decided))
