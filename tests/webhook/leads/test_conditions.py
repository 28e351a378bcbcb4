"""Conditions: what each form means, how it is written down again, and what is said of one that is none."""

from __future__ import annotations

import pytest
from pydantic_core import PydanticCustomError

from gatepost_webhook.leads.conditions import parse_condition
from gatepost_webhook.leads.facts import Facts

DAY = 86_400
NOW = 1_800_000_000
#: Somebody who is far along.
CUSTOMER = Facts(
    now=NOW,
    fields={"company": " Bäckerei  Weiß ", "acres": "1,200", "team": "3-10", "stage": "seed"},
    tags=frozenset({"Beta Tester"}),
    stage="customer",
    score=50,
    asked=frozenset({"checklist", "ebook"}),
    confirmed=frozenset({"checklist"}),
    downloaded=frozenset({"checklist"}),
    visited=frozenset({"/pricing/"}),
    language="de-AT",
    finished=frozenset({"welcome"}),
    inside=frozenset({"nurture"}),
    created_at=NOW - 40 * DAY,
    last_activity_at=NOW - 10 * DAY,
    segments={"regulars": parse_condition("score is at least 50")},
)


@pytest.mark.parametrize(
    "text",
    [
        "company is set",
        "city is not set",
        'company is "bäckerei weiss"',
        'company is "BA\u0308CKEREI WEISS"',
        "company is not 'Bakery'",
        "city is not 'Bakery'",
        'company contains "WEISS"',
        'company does not contain "schwarz"',
        'city does not contain "x"',
        'team is one of "1-2", "3-10"',
        'team is not one of "1-2", "11-50"',
        "acres is more than 1199.5",
        "acres is at least 1200",
        "acres is less than 1201",
        "acres is at most 1200",
        "acres is not more than 1200",
        "city is not more than 1",
        'tagged "beta tester"',
        'not tagged "beta"',
        'stage is "Customer"',
        "stage is set",
        'stage is not "lead"',
        'field stage is "seed"',
        "score is at least 50",
        "score is not more than 50",
        "asked for ebook",
        "confirmed",
        "confirmed checklist",
        "not confirmed ebook",
        "downloaded",
        "downloaded checklist",
        "not downloaded ebook",
        'visited "/pricing/"',
        'not visited "/"',
        'language is "de"',
        'language is one of "en", "de-at"',
        'language is not "d"',
        "finished welcome",
        "not finished nurture",
        "in nurture",
        "not in welcome",
        "in segment regulars",
        "not in segment others",
        "came within 40 days",
        "came more than 5 weeks ago",
        "not came within 30 days",
        "last active within 10 days",
        "last active more than 9 days ago",
        "company is set and score is at least 50",
        "city is set or company is set",
        "city is set and city is set or company is set",
        "not (city is set or stage is 'lead')",
        "not not company is set",
        "(company is set) and (((downloaded)))",
    ],
)
def test_it_is_true_of_a_customer_and_means_the_same_when_read_again(text: str) -> None:
    condition = parse_condition(text)
    assert condition.holds(CUSTOMER)
    assert condition.reason(CUSTOMER) == ""
    again = parse_condition(str(condition))
    assert again == condition
    assert not parse_condition(f"not ({text})").holds(CUSTOMER)


@pytest.mark.parametrize(
    "text",
    [
        "company is set",
        'company is "Bakery"',
        'company contains "a"',
        "acres is at most 0",
        "acres is at least 0",
        'tagged "x"',
        "stage is set",
        "score is at least 1",
        "asked for ebook",
        "confirmed",
        "downloaded",
        'language is "de"',
        "in segment regulars",
    ],
)
def test_it_is_false_of_somebody_of_whom_nothing_is_known(text: str) -> None:
    assert not parse_condition(text).holds(Facts())


def test_in_a_sequence_downloaded_means_the_file_that_led_there() -> None:
    condition = parse_condition("downloaded")
    assert condition.holds(Facts(downloaded=frozenset({"a"}), magnet="a"))
    assert not condition.holds(Facts(downloaded=frozenset({"a"}), magnet="b"))


def test_joints_bind_as_they_are_read_and_are_written_with_parentheses() -> None:
    condition = parse_condition("not a is set and b is set or (c is set or d is set) and e is set")
    assert str(condition) == "(a is not set and b is set) or ((c is set or d is set) and e is set)"


@pytest.mark.parametrize(
    ("text", "unmet", "reason"),
    [
        ("company is set", "company is not set", "company is not set"),
        ("town is not set", "town is set", "town is set"),
        ("not downloaded", "downloaded", "downloaded"),
        ("town is set and city is set", "town is not set or city is not set", "city is not set"),
        ("a is set or b is set", "a is not set and b is not set", "a is not set and b is not set"),
        ("came within 3 days", "came more than 3 days ago", "came more than 3 days ago"),
        ("not (town is set or city is set)", "town is set or city is set", "town is set"),
        ("not (town is set and not city is set)", "town is set and city is not set", "town is set and city is not set"),
    ],
)
def test_the_reason_says_what_is_not_so(text: str, unmet: str, reason: str) -> None:
    facts = Facts(now=NOW, fields={"town": "Wien"}, downloaded=frozenset({"x"}))
    condition = parse_condition(text)
    assert not condition.holds(facts)
    assert (condition.unmet, condition.reason(facts)) == (unmet, reason)


@pytest.mark.parametrize(
    ("text", "what", "write"),
    [
        ("", "is not a condition", "one of 'downloaded'"),
        (None, "is not a condition", "one of 'downloaded'"),
        ("company is Bakery", "'Bakery' is not understood after 'company is'", "the answer in quotation marks"),
        ("acres is mor than 20", "'mor' is not understood after 'acres is'", "'more than'"),
        ("acres is more than many", "'many' is not understood after 'is more than'", "a number"),
        ("company", "something is missing after 'company'", "'is set'"),
        ("company is set and", "something is missing after 'is set and'", "one of 'downloaded'"),
        ("company is set city is set", "'city' is not understood after 'company is set'", "'and' or 'or'"),
        ("(company is set", "something is missing after 'company is set'", "')'"),
        ("company is 'Bakery", "a quotation mark is not closed", "the same mark"),
        ("Company is set", "'Company' is not understood", "the name of a form's field"),
        ("tagged beta", "'beta' is not understood after 'tagged'", "the tag in quotation marks"),
        ("asked for", "something is missing after 'asked for'", "the name of a magnet"),
        ("score is set", "cannot be asked of the score", "'score is at least 50'"),
        ("stage is more than 3", "cannot be asked of the stage", "'stage is \"customer\"'"),
        ("came within 3 moons", "'3' is not understood after 'came within'", "'30 days'"),
        ("came more than 3 days", "something is missing after 'than 3 days'", "'ago'"),
        ("a is 'x\u0000'", "holds a character that nobody sees", "U+0000"),
        ("not " * 11 + "downloaded", "is nested too deeply", "at most 10 levels"),
        ("downloaded or " * 50 + "downloaded", "asks too many questions", "at most 50"),
        ("x" * 2001, "is too long", "at most 2000 characters"),
    ],
)
def test_what_is_not_understood_is_named_with_what_to_write(text: object, what: str, write: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        parse_condition(text)
    assert what in caught.value.message()
    assert write in str((caught.value.context or {})["write"])


def test_names_can_be_checked() -> None:
    text = 'company is set and (tagged "x" or downloaded ebook or downloaded) and in segment a-b and stage is "x"'
    condition = parse_condition(text)
    assert {kind: condition.names(kind) for kind in ("field", "tag", "magnet", "segment", "sequence")} == {
        "field": ("company",),
        "tag": ("x",),
        "magnet": ("ebook",),
        "segment": ("a-b",),
        "sequence": (),
    }
