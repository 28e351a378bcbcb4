"""Forms are filled in with advertisements, for mails to spread them: nothing typed reaches an unconfirmed address."""

from __future__ import annotations

import json
import random
import re
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.followup.lead_text import answer_text, could_be_name

if TYPE_CHECKING:
    from tests.webhook.followup.desk import Desk

NAMES = [
    "Anna", "Jean-Luc", "O'Neil", "Anna Maria", "Müller", "María José", "Nguyễn Văn A", "李小龙", "Ólafur",
    "अनिल कुमार", "محمد", "Robin v. Dam", "D'Arcy Wretzky-Brown",
]  # fmt: skip
SPAM = [
    "https://win.example", "www.win.example", "win.example/now", "Anna http://x.y", "a@b.example", "call 0800 123456",
    "$$$ 1000 $$$", "1234567", "x" * 51, "🎁🎁🎁 Anna", "!!!", "Win $500.000 now", "bit.ly/abc", "",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_people_are_names(name: str) -> None:
    assert could_be_name(name)
    assert answer_text("first_name", name) == name


@pytest.mark.parametrize("name", SPAM)
def test_what_is_no_name_is_not_used_as_one(name: str) -> None:
    assert not could_be_name(name)
    assert answer_text("first_name", name) == answer_text("Full_name", name) == answer_text("name", name) == ""


@pytest.mark.parametrize("field", ["website", "company", "company_name", "filename", "budget"])
def test_other_answers_stand_as_they_were_typed(field: str) -> None:
    assert answer_text(field, "https://shop.example 24/7") == "https://shop.example 24/7"


def test_nothing_typed_is_in_a_mail_to_an_address_that_is_not_confirmed(desk: Desk) -> None:
    """200 advertisements as names and companies; neither they nor their digits are in any confirmation or delivery."""
    rng = random.Random(8)
    mails: dict[int, str] = {}
    for number in range(100):
        spam = f"{rng.choice(SPAM[:6])} {rng.randrange(10**9, 10**10)}"
        lead = desk.add_lead(f"lead{number}@example.com", json.dumps({"first_name": spam, "company": spam}))
        desk.sql("UPDATE lead SET confirmed_at = NULL, marketing_at = NULL WHERE id = :id", id=lead)
        desk.sql("UPDATE submission SET confirmed_at = NULL WHERE id = :id", id=lead)
        mails |= {desk.queue(kind, lead): spam for kind in ("confirm", "delivery")}
    sent = desk.run()
    assert len(sent) == len(mails) == 200
    for outgoing in sent:
        text = outgoing.data.decode() + "".join(
            str(part.get_content())
            for part in BytesParser(policy=policy.default).parsebytes(outgoing.data).walk()
            if not part.is_multipart()
        )
        assert mails[outgoing.mail].split()[-1] not in text
        assert not re.search(r"win\.example|bit\.ly|0800|a@b\.example", text)
