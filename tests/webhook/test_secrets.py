"""Secrets and live links stand nowhere but where they are used: not in logs, answers, exports, nor in what is printed.

And nothing that is secret is compared in a way whose time tells how much of it was right (T24, T31, T34).
"""

from __future__ import annotations

import ast
import logging
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import DAY, House, open_house

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = 10
CANARIES = {
    "secret": "canary-of-the-links-0123456789abcdef",
    "suppression_key": "canary-of-the-addresses-0123456789abcdef",
    "webhook_secret": "canary-of-the-calls-0123456789abcdef",
    "smtp_password": "canary-of-the-relay",
    "bounce_imap_password": "canary-of-the-mailbox",
    "hook_postmark_secret": "canary-of-postmark-0123",
    "hook_brevo_secret": "canary-of-brevo-0123",
}
#: What is secret by its name, and lies with us to compare with what came in.
SECRET = re.compile(r"(^|_)(token|mac|secret|signature|digest|password)s?$")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, **CANARIES) as opened:
        yield opened


def address(number: int) -> str:
    return f"reader{number}@example.com"


def lived(house: House) -> set[str]:
    """Let people come, confirm, fetch and leave, and somebody try what does not work; return every live token."""
    client, tokens = house.client(), set()
    for number in range(PEOPLE):
        house.ask(client, address(number), marketing="yes")
        paths = [path(address(number)) for path in (house.confirm_path, house.download_path, house.unsubscribe_path)]
        preferences = f"/p/{house.links.token(Purpose.PREFERENCES, house.lead(address(number)))}"
        for path in (*paths, preferences):
            token = path.rpartition("/")[2]
            tokens.add(token)
            client.get(path)
            client.get(path, headers={"range": "bytes=0-10", "user-agent": f"\x1b[31m{token}"})
            client.post(f"{path[:-1]}x")
            client.post(path, data={"do": "save", "rate": "nonsense"})
    house.clock.advance(400 * DAY)
    for token in sorted(tokens):
        client.get(f"/c/{token}")
        client.post("/hooks/postmark", content=token, headers={"authorization": f"Bearer {token}"})
    return tokens


def held(text: str, secrets: set[str]) -> list[str]:
    return sorted(secret for secret in secrets if secret in text)


def test_no_link_and_no_secret_is_logged_exported_or_printed(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        tokens = lived(house)
    ours = "\n".join(caplog.handler.format(one) for one in caplog.records if one.name.startswith("gatepost"))
    for name, canary in CANARIES.items():
        monkeypatch.setenv(f"GATEPOST_{name.upper()}", canary)
    monkeypatch.chdir(house.project.root)
    printed = [repr(house.settings), str(house.settings), ours]
    for arguments in (
        ["export", "-", "--format", "csv"],
        ["export", "-", "--format", "json", "--rows", "submissions"],
        ["leads"],
        ["consent", address(0)],
        ["doctor", "--offline", "--format", "json"],
        ["sent", "--format", "csv"],
        ["suppressions", "--leads"],
    ):
        result = CliRunner().invoke(gatepost, [*arguments, "--data", str(house.settings.data)])
        assert result.output, arguments
        printed.append(result.output)
    text = "\n".join(printed)
    assert len(tokens) == 4 * PEOPLE
    # There is something to look through, or this would prove nothing.
    assert "a callback of postmark is refused" in ours
    assert held(text, {address(number) for number in range(PEOPLE)})
    assert held(text, tokens | set(CANARIES.values())) == []
    # Addresses are for the owner, and logs are read by others.
    assert held(ours, {address(number) for number in range(PEOPLE)}) == []
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", ours)


def test_guesses_hit_nobody_and_are_answered_alike(house: House) -> None:
    client = house.client()
    house.ask(client)
    token = house.unsubscribe_path().rpartition("/")[2]
    answers = set()
    for number in range(60):
        guess = f"{number:08x}".translate(str.maketrans("0123456789", "QRSTUVWXYZ")) + token[8:]
        for kind in "cdup":
            answer = client.post(f"/{kind}/{guess}")
            answers.add((kind, answer.status_code, answer.text))
    assert {(kind, status) for kind, status, _ in answers} == {(kind, 404) for kind in "cdup"}
    assert len({text for _, _, text in answers}) == 1


def compared(node: ast.Compare) -> Iterator[str]:
    """Yield the names of secrets that a comparison looks at."""
    if any(isinstance(how, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for how in node.ops):
        for side in (node.left, *node.comparators):
            name = getattr(side, "attr", getattr(side, "id", ""))
            if SECRET.search(name):
                yield name


def test_secrets_are_compared_in_constant_time_alone() -> None:
    package = Path(str(files("gatepost_webhook")))
    found = [
        f"{path.relative_to(package)}:{node.lineno}: {name}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for name in compared(node)
    ]
    assert found == []
