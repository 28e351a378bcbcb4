"""One press of the button, however often the browser sends it (P09)."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gatepost_webhook.serving import listen, served
from tests.soak.sizes import report, size
from tests.webhook.intake.house import open_house

if TYPE_CHECKING:
    from pathlib import Path

PRESSES = 50


def test_fifty_identical_forms_at_once_are_one_submission_and_one_mail(tmp_path: Path) -> None:
    rounds = size(3, 200)
    limits = {"posts_per_10_minutes": 1_000_000, "posts_per_day": 1_000_000}
    with open_house(tmp_path, **limits) as house, listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with served(house.app(), listener), ThreadPoolExecutor(PRESSES) as browsers:
            for number in range(rounds):
                form = urlencode(house.form(f"reader{number}@example.com", marketing="yes"))
                answers = [browsers.submit(_post, port, form) for _ in range(PRESSES)]
                assert {answer.result(30) for answer in answers} == {303}
        assert house.one("SELECT count(*) FROM lead") == rounds
        assert house.one("SELECT count(*) FROM submission") == rounds
        assert house.mails() == [("confirm", "due")] * rounds
        assert house.acts() == ["given"] * rounds
    report("P09 double presses", rounds=rounds, presses=rounds * PRESSES, submissions=rounds)


def _post(port: int, form: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000"}
    connection.request("POST", "/f/guide", form, headers | {"Content-Type": "application/x-www-form-urlencoded"})
    status = connection.getresponse().status
    connection.close()
    return status
