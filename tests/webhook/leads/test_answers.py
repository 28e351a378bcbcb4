from __future__ import annotations

import pytest

from gatepost_webhook.leads.answers import answer_columns, read_answers, who


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        ('{"first_name": "Ada"}', {"first_name": "Ada"}),
        ('{"age": 36, "pro": true, "none": null}', {"age": "36", "pro": "true", "none": ""}),
        ('{"topics": ["SEO", "Mail"]}', {"topics": '["SEO", "Mail"]'}),
        ('{"name": "\\ud800"}', {"name": "?"}),
        ("[1]", {}),
        ("not JSON", {}),
        ("", {}),
    ],
)
def test_answers_are_text_and_nothing_stops_them(fields: str, answers: dict[str, str]) -> None:
    assert read_answers(fields) == answers


def test_columns_come_in_the_order_of_first_use() -> None:
    rows = ["{}", '{"company": "a"}', '{"first_name": "b", "company": "c"}']
    assert answer_columns(rows, taken=set()) == {"company": "company", "first_name": "first_name"}


def test_a_column_never_takes_a_name_that_is_taken() -> None:
    rows = ['{"email": "a", "field_email": "b", "id": "c"}']
    columns = answer_columns(rows, taken={"email", "id"})
    assert columns == {"email": "field_email", "field_email": "field_email_2", "id": "field_id"}


def test_a_column_is_a_plain_word_whatever_the_field_is_called() -> None:
    rows = ['{"=1+1": "a", "First Name": "b", "2nd": "c", "": "d", "\\u00e9": "e"}']
    assert list(answer_columns(rows, taken=set()).values()) == [
        "field_1_1",
        "first_name",
        "field_2nd",
        "field",
        "field_2",
    ]


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ({"first_name": "Ada", "last_name": "Lovelace", "company": "Engines"}, "Ada Lovelace, Engines"),
        ({"name": "Ada L.", "first_name": "Ada"}, "Ada L."),
        ({"organisation": "Engines"}, "Engines"),
        ({"topic": "SEO"}, ""),
    ],
)
def test_who_is_as_much_of_name_and_company_as_is_known(answers: dict[str, str], text: str) -> None:
    assert who(answers) == text
