from __future__ import annotations

import os
import resource
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from gatepost_webhook.leads.cells import neutral
from gatepost_webhook.review.safe_copy import Copied, CopyError, make_copy
from gatepost_webhook.store.database import open_reader
from tests.webhook.leads.filled import CANARIES, WORDING, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Everything that a review may show. A new column needs a line here: that is the point.
COLUMNS = {
    "leads": (
        "id email first_name last_name company magnets submissions first_seen last_seen confirmed downloaded marketing "
        "marketing_since score stage tags"
    ),
    "notes": "id lead_id at text",
    "submissions": (
        "id lead_id magnet first_name company page submitted confirmed minutes_to_confirm downloaded "
        "minutes_to_download marketing wording"
    ),
    "receipts": "id lead_id submission_id purpose act at method page wording message_id",
    "events": "id lead_id at kind magnet sequence step mail reason",
    "enrolments": "id lead_id submission_id sequence state reason started ended next_step next_mail",
    "mails": (
        "id lead_id submission_id enrolment_id kind sequence step state reason subject due changed attempts message_id"
        " variant language file revision"
    ),
    "bounces": "id lead_id mail_id at kind status diagnostic source",
    "suppressions": "scope reason addresses",
}


def copied(data: Path, target: Path) -> Copied:
    with closing(open_reader(data / "leads.db")) as source:
        return make_copy(source, target, step=lambda: None)


@pytest.fixture
def copy(data: Path, tmp_path: Path) -> Iterator[Database]:
    copied(data, tmp_path / "gatepost.db")
    with closing(Database(tmp_path / "gatepost.db")) as opened:
        yield opened


def test_only_the_allowed_columns_are_there(copy: Database) -> None:
    tables = {name for name in copy.table_names() if not name.startswith("leads_fts")}
    assert {name: " ".join(copy.table(name).columns_dict) for name in tables} == COLUMNS


def test_nothing_secret_is_in_the_file(data: Path, tmp_path: Path) -> None:
    copied(data, tmp_path / "gatepost.db")
    original = b"".join(path.read_bytes() for path in data.iterdir())
    text = (tmp_path / "gatepost.db").read_bytes()
    # Each is in what was copied from, or this would prove nothing.
    assert [canary for canary in CANARIES if canary.encode() not in original] == []
    assert [canary for canary in CANARIES if canary.encode() in text] == []


def test_only_its_owner_may_read_it_and_nothing_lies_beside_it(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    before = os.umask(0)
    try:
        copied(data, folder / "gatepost.db")
    finally:
        os.umask(before)
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("gatepost.db", 0o600)]


def test_every_text_is_neutral_to_spreadsheets(copy: Database) -> None:
    texts = [
        value for name in COLUMNS for row in copy.table(name).rows for value in row.values() if isinstance(value, str)
    ]
    assert [text for text in texts if neutral(text) != text] == []
    assert "'=cmd@example.com" in texts


def test_a_lead_is_told_in_words(copy: Database) -> None:
    assert copy.table("leads").get(1) == {
        "id": 1, "email": "Ada@Example.org", "first_name": "Ada", "last_name": "Lovelace",
        "company": "Analytical Engines", "magnets": "checklist, playbook", "submissions": 2,
        "first_seen": "2026-11-16 09:00", "last_seen": "2026-11-19 09:00", "confirmed": "2026-11-16 09:05",
        "downloaded": "2026-11-16 09:06", "marketing": "yes", "marketing_since": "2026-11-16 09:05",
        "score": 0, "stage": None, "tags": None,
    }  # fmt: skip


def test_a_submission_has_its_wording_and_its_minutes(copy: Database) -> None:
    row = copy.table("submissions").get(1)
    assert (row["wording"], row["minutes_to_confirm"], row["minutes_to_download"]) == (WORDING, 5, 6)


def test_an_enrolment_says_what_comes_next(copy: Database) -> None:
    row = copy.table("enrolments").get(1)
    assert (row["state"], row["next_step"], row["next_mail"]) == ("active", "one-sentence", "2026-11-20 09:00")


def test_suppressed_addresses_are_only_counted(copy: Database) -> None:
    assert list(copy.table("suppressions").rows) == [{"scope": "marketing", "reason": "unsubscribed", "addresses": 1}]


def test_rows_name_each_other(copy: Database) -> None:
    links = {(key.table, key.column, key.other_table) for name in COLUMNS for key in copy.table(name).foreign_keys}
    assert {
        ("submissions", "lead_id", "leads"),
        ("receipts", "submission_id", "submissions"),
        ("events", "lead_id", "leads"),
        ("enrolments", "lead_id", "leads"),
        ("mails", "enrolment_id", "enrolments"),
    } <= links


@pytest.mark.parametrize("search", ["lovelace", "Analytical", "muller", "eve"])
def test_leads_are_found_by_any_word(copy: Database, search: str) -> None:
    assert len(list(copy.table("leads").search(search))) == 1


def test_a_field_that_is_called_like_a_column_gets_its_own(tmp_path: Path) -> None:
    fields = {"id": "mine", "magnets": "many", "=1+1": "sum"}
    lead = {"id": 1, "email": "a@b.test", "canonical": "a@b.test", "fields": fields, "created_at": 0}
    write_rows(tmp_path / "data", {"lead": [lead]})
    copied(tmp_path / "data", tmp_path / "gatepost.db")
    with closing(Database(tmp_path / "gatepost.db")) as copy:
        row = copy.table("leads").get(1)
    assert (row["id"], row["field_id"], row["field_magnets"], row["field_1_1"]) == (1, "mine", "many", "sum")


def test_of_no_leads_there_is_an_empty_copy(tmp_path: Path) -> None:
    write_rows(tmp_path / "data", {})
    assert set(copied(tmp_path / "data", tmp_path / "gatepost.db").rows.values()) == {0}


def test_a_folder_that_cannot_take_it_is_one_line(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "missing" / "gatepost.db"
    with pytest.raises(CopyError) as refused:
        copied(data, target)
    assert str(refused.value) == (
        f"{target.parent}: the copy cannot be made there (No such file or directory); name another folder in TMPDIR"
    )


def test_a_disk_that_takes_no_more_is_one_line(data: Path, tmp_path: Path) -> None:
    # Enough for the shared memory of the original, too little for a copy.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(CopyError) as refused:
            copied(data, tmp_path / "gatepost.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(refused.value) == (
        f"{tmp_path}: the copy cannot be made there (disk I/O error); name another folder in TMPDIR"
    )
