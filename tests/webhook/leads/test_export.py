from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click import unstyle

from gatepost_webhook.leads import export
from gatepost_webhook.leads.listing import find_leads, render
from gatepost_webhook.store.database import open_database, open_reader
from gatepost_webhook.store.marks import set_stage, tag
from tests.webhook.leads.filled import CANARIES, START

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.store.database import Connection


@pytest.fixture
def connection(data: Path) -> Iterator[Connection]:
    with closing(open_reader(data / "leads.db")) as opened:
        yield opened


def as_csv(connection: Connection, *, raw: bool) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    answers = export.lead_answers(connection)
    export.write_csv(export.lead_records(connection), file, columns=export.LEAD_COLUMNS, answers=answers, raw=raw)
    file.seek(0)
    return list(csv.DictReader(file, strict=True))


def test_a_lead_is_one_row_with_what_it_asked_for(connection: Connection) -> None:
    assert as_csv(connection, raw=False) == [
        {
            "id": "1", "email": "Ada@Example.org", "magnets": "checklist; playbook", "submissions": "2",
            "first_seen": "2026-11-16T09:00:00Z", "last_seen": "2026-11-19T09:00:00Z",
            "confirmed": "2026-11-16T09:05:00Z", "downloaded": "2026-11-16T09:06:00Z", "marketing": "yes",
            "marketing_since": "2026-11-16T09:05:00Z", "score": "0", "stage": "", "tags": "",
            "first_name": "Ada", "last_name": "Lovelace", "company": "Analytical Engines",
        },
        {
            "id": "2", "email": "'=cmd@example.com", "magnets": "playbook", "submissions": "1",
            "first_seen": "2026-11-17T09:00:00Z", "last_seen": "2026-11-17T09:00:00Z", "confirmed": "",
            "downloaded": "", "marketing": "no", "marketing_since": "", "score": "0", "stage": "", "tags": "",
            "first_name": "'=cmd|' /C calc'!A0", "last_name": "", "company": "Müller & Söhne",
        },
        {
            "id": "3", "email": "eve@example.net", "magnets": "checklist", "submissions": "1",
            "first_seen": "2026-11-18T09:00:00Z", "last_seen": "2026-11-18T09:00:00Z",
            "confirmed": "2026-11-18T10:00:00Z", "downloaded": "", "marketing": "withdrawn", "marketing_since": "",
            "score": "0", "stage": "", "tags": "", "first_name": "", "last_name": "", "company": "",
        },
    ]  # fmt: skip


def test_a_lead_has_its_score_its_stage_and_its_tags(data: Path) -> None:
    with closing(open_database(data / "leads.db")) as writing:
        for name in ("customer", "beta"):
            tag(writing, 3, name, now=START)
        set_stage(writing, 3, "talking", now=START)
        writing.execute("UPDATE lead SET score = 12 WHERE id = 3")
        found = [(row["score"], row["stage"], row["tags"]) for row in as_csv(writing, raw=False)]
        leads, _ = find_leads(writing, limit=9)
    assert found == [("0", "", ""), ("0", "", ""), ("12", "talking", "beta; customer")]
    assert [lead.marks for lead in leads] == ["12, talking, beta, customer", "", ""]
    assert unstyle(render(leads, width=None)).splitlines()[0].endswith("Score, stage, tags")


def test_raw_csv_and_json_agree_on_every_value(connection: Connection) -> None:
    file = io.StringIO()
    export.write_json(export.lead_records(connection), file)
    records = json.loads(file.getvalue())
    for row, record in zip(as_csv(connection, raw=True), records, strict=True):
        answers = record.pop("answers")
        record |= {name: "; ".join(record[name]) for name in ("magnets", "tags")}
        flat = {name: "" if value is None else str(value) for name, value in {**record, **answers}.items()}
        assert {name: value for name, value in row.items() if value} == {n: v for n, v in flat.items() if v}


def test_ndjson_is_the_same_records_a_line_each(connection: Connection) -> None:
    whole, lines = io.StringIO(), io.StringIO()
    export.write_json(export.submission_records(connection), whole)
    export.write_ndjson(export.submission_records(connection), lines)
    assert [json.loads(line) for line in lines.getvalue().splitlines()] == json.loads(whole.getvalue())


def test_a_submission_is_one_row_with_the_words_it_showed(connection: Connection) -> None:
    rows = {record["id"]: record for record in export.submission_records(connection)}
    assert rows[1] == {
        "id": 1, "lead_id": 1, "email": "Ada@Example.org", "magnet": "playbook", "page": "get/playbook/",
        "submitted": "2026-11-16T09:00:00Z", "confirmed": "2026-11-16T09:05:00Z",
        "downloaded": "2026-11-16T09:06:00Z", "marketing": "yes", "wording": "Yes, send me five mails.",
        "answers": {"first_name": "Ada", "company": "Analytical Engines"},
    }  # fmt: skip
    assert sorted(map(str, rows)) == ["1", "2", "3", "4"]


def test_every_record_has_exactly_the_documented_columns(connection: Connection) -> None:
    for record in export.lead_records(connection):
        assert list(record) == [*export.LEAD_COLUMNS, "answers"]
    for record in export.submission_records(connection):
        assert list(record) == [*export.SUBMISSION_COLUMNS, "answers"]


def test_nothing_secret_is_exported(connection: Connection) -> None:
    text = repr([*export.lead_records(connection), *export.submission_records(connection)])
    assert [canary for canary in CANARIES if canary in text] == []


def test_json_of_nobody_is_an_empty_list() -> None:
    file = io.StringIO()
    export.write_json([], file)
    assert file.getvalue() == "[]\n"
