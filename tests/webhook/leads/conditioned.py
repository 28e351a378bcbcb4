"""Any condition at all, and leads of every kind to ask it about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from gatepost_webhook.leads.conditions import Condition, parse_condition
from gatepost_webhook.leads.nodes import All, Either, denied
from gatepost_webhook.leads.questions import (
    ORDERS,
    SETS,
    Answered,
    Belongs,
    Contains,
    Equals,
    Has,
    Measures,
    Since,
    Subject,
)
from gatepost_webhook.store.marks import set_stage, tag, visit
from tests.webhook.leads.filled import DAY, START

if TYPE_CHECKING:
    from gatepost_webhook.leads.nodes import Node
    from gatepost_webhook.leads.questions import Question
    from gatepost_webhook.store.database import Connection

NOW = START + 100 * DAY
#: Texts that are alike, odd, or meant to break out of a statement.
TEXTS = (
    "", " ", "bakery", "BAKERY", "Bäckerei", "ba\u0308ckerei", "BÄCKEREI", "STRASSE", "straße", "\u0130stanbul",
    "i\u0307stanbul", "ΣΊΣΥΦΟΣ", "σίσυφος", "ﬁn", "FIN", "20", "20.0", "1,200", "1 200", "2,5", "-3", "twenty",
    "x' OR '1'='1", 'a"b', "'; DROP TABLE lead; --", "%", "_", "ak", "\\", ":p0", "?", "\u202e", "a  b", "a b",
    "\u0345", "\u00df\u0345",
)  # fmt: skip
FIELDS = ("company", "acres", "stage", "city")
NAMES = ("checklist", "ebook", "nobody-has-this")
SEGMENTS = {
    "locals": parse_condition('city is "straße" or company contains "ak"'),
    "regulars": parse_condition("score is at least 20 and not in segment locals"),
}

_names = {"tag": st.sampled_from(TEXTS[2:]), "page": st.sampled_from(("/", "/pricing/", "'"))}
_subjects = st.sampled_from([*map(Subject, FIELDS), Subject("stage", is_field=False)])
_languages = st.just(Subject("language", is_field=False))
_texts = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf")), max_size=8)
_numbers = st.floats(-2000, 2000).map(lambda number: round(number, 3)) | st.sampled_from([20.0, 1200.0, 2.5, -3.0, 0.0])
_durations = st.integers(1, 104).map(lambda weeks: weeks * 7 * DAY) | st.integers(1, 59).map(lambda count: count * 60)


def _one_text(values: list[str]) -> tuple[str, ...]:
    # Nothing that is written in quotes holds both kinds of them.
    return tuple(" ".join(value.replace("'", "").split()) for value in values)


def _has(word: str) -> st.SearchStrategy[Question]:
    names = _names.get(SETS[word][1], st.sampled_from(NAMES))
    return st.builds(Has, st.just(word), names.map(lambda name: _one_text([name])[0]).filter(bool))


questions: st.SearchStrategy[Question] = st.one_of(
    st.builds(Answered, _subjects | _languages),
    st.builds(Equals, _subjects, st.lists(_texts, min_size=1, max_size=3).map(_one_text)),
    st.builds(Equals, _languages, st.lists(st.sampled_from(("de", "de-at", "EN", "", "d")), min_size=1).map(tuple)),
    st.builds(Contains, st.sampled_from([*map(Subject, FIELDS)]), _texts.map(lambda t: _one_text([t])[0]).filter(bool)),
    st.builds(
        Measures,
        st.sampled_from([*map(Subject, FIELDS), Subject("score", is_field=False)]),
        st.sampled_from(sorted(ORDERS)),
        _numbers,
    ),
    st.sampled_from(sorted(SETS)).flatmap(_has),
    st.builds(Has, st.sampled_from(("confirmed", "downloaded"))),
    st.builds(Belongs, st.sampled_from((*SEGMENTS, "gone"))),
    st.builds(Since, st.sampled_from(("came", "last active")), _durations, st.booleans()),
)


def _groups(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(All, parts) | st.builds(Either, parts) | inner.map(denied)


conditions = st.recursive(questions, _groups, max_leaves=8).map(Condition)


def populate(connection: Connection) -> list[int]:
    """Add leads that differ in everything a condition may ask; return their numbers."""
    for index, text in enumerate(TEXTS):
        _add(connection, index + 1, text)
    return list(range(1, len(TEXTS) + 1))


def _add(connection: Connection, lead: int, text: str) -> None:
    fields = {"company": text, "acres": TEXTS[(lead * 7) % len(TEXTS)], "city": TEXTS[(lead * 5) % len(TEXTS)]}
    came = NOW - lead * 9 * DAY
    connection.execute(
        "INSERT INTO lead (id, email, canonical, fields, created_at, score) VALUES (?, ?, ?, ?, ?, ?)",
        (lead, f"{lead}@example.com", f"{lead}@example.com", json.dumps(fields), came, lead % 5 * 10 - 10),
    )
    for number, magnet in enumerate(NAMES[: lead % 3]):
        connection.execute(
            "INSERT INTO submission (lead_id, magnet, at, page, fields, marketing, fingerprint, confirmed_at,"
            " downloaded_at, language) VALUES (?, ?, ?, '', '{}', 0, '', ?, ?, ?)",
            (lead, magnet, came, came if lead % 2 else None, came if lead % 4 == 1 else None, ("de-AT", "en")[number]),
        )
    if lead % 2:
        connection.execute("INSERT INTO event (at, lead_id, kind) VALUES (?, ?, 'confirmed')", (came + lead, lead))
    if lead % 3 == 0:
        tag(connection, lead, text or "x", now=came)
        set_stage(connection, lead, text, now=came)
        visit(connection, lead, "/pricing/", now=NOW - lead * DAY)
    state = ("active", "finished", "stopped")[lead % 3]
    connection.execute(
        "INSERT INTO enrolment (lead_id, sequence, version, state, started_at) VALUES (?, ?, '', ?, ?)",
        (lead, NAMES[lead % 2], state, came),
    )
    if state == "finished":
        connection.execute(
            "INSERT INTO event (at, lead_id, kind, sequence) VALUES (?, ?, ?, ?)", (came, lead, state, NAMES[lead % 2])
        )
