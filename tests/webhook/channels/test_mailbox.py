"""Captured mails are files: whole or not there, once each, and nobody else's to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Away, Lost, Sent
from gatepost_webhook.channels.choose import open_channel
from gatepost_webhook.channels.mailbox import Mailbox
from gatepost_webhook.channels.smtp import SmtpRelay
from gatepost_webhook.errors import ChannelError
from gatepost_webhook.settings import Settings
from tests.webhook.channels.scripted import DATA, hand_over, outgoing

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_message_is_kept_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mailbox"
    assert hand_over(Mailbox(folder), outgoing(mail=7), lambda: True) == Sent("kept as 00000007.eml")
    assert names(folder) == ["00000007.eml"]
    assert (folder / "00000007.eml").read_bytes() == DATA


def test_folder_and_files_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "mailbox"
    hand_over(Mailbox(folder), outgoing(), lambda: True)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "00000001.eml").stat().st_mode & 0o777 == 0o600


def test_the_same_mail_again_replaces_its_file(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    hand_over(box, outgoing(b"first\r\n"), lambda: True)
    hand_over(box, outgoing(b"second\r\n"), lambda: True)
    assert names(tmp_path) == ["00000001.eml"]
    assert (tmp_path / "00000001.eml").read_bytes() == b"second\r\n"


def test_a_lost_lease_keeps_nothing(tmp_path: Path) -> None:
    assert hand_over(Mailbox(tmp_path), outgoing(), lambda: False) == Lost()
    assert names(tmp_path) == []


def test_what_an_interrupted_run_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "00000001.eml.new").write_bytes(b"half a mess")
    assert isinstance(hand_over(Mailbox(tmp_path), outgoing(), lambda: True), Sent)
    assert names(tmp_path) == ["00000001.eml"]


def test_a_folder_that_has_gone_uses_up_no_attempt(tmp_path: Path) -> None:
    folder = tmp_path / "mailbox"
    box = Mailbox(folder)
    folder.rmdir()
    expected = Away(f"{folder / '00000001.eml'} cannot be written (No such file or directory)")
    assert hand_over(box, outgoing(), lambda: True) == expected


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ChannelError) as caught:
        Mailbox(tmp_path / "data" / "mailbox")
    assert str(caught.value) == (
        f"{tmp_path}/data/mailbox: captured mails cannot be kept there (Not a directory); "
        "set GATEPOST_DATA to another folder"
    )


def test_the_settings_choose_the_channel(tmp_path: Path) -> None:
    captured = Settings(_env_file=None, data=tmp_path)
    assert isinstance(open_channel(captured), Mailbox)
    assert names(tmp_path) == ["mailbox"]
    relayed = Settings(_env_file=None, data=tmp_path, channel="smtp", smtp_host="smtp.example.com")
    assert isinstance(open_channel(relayed), SmtpRelay)
