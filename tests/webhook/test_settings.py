"""Settings: read once, complained about all at once, and quiet about secrets."""

from __future__ import annotations

import resource
import stat
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.errors import SettingsError
from gatepost_webhook.settings import load_settings, unknown_variables

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default_that_stays_on_this_machine(tmp_path: Path) -> None:
    settings = load_settings()

    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.channel == "mailbox"
    assert settings.trusted_proxies == ()
    assert settings.database.parts == ("data", "leads.db")


def test_the_environment_and_the_env_file_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("GATEPOST_SMTP_HOST=relay.example\nGATEPOST_SMTP_PORT=25\n", encoding="utf-8")
    monkeypatch.setenv("GATEPOST_SMTP_PORT", "2525")
    monkeypatch.setenv("GATEPOST_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32")

    settings = load_settings()

    assert (settings.smtp_host, settings.smtp_port) == ("relay.example", 2525)
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "2001:db8::/32"]


def test_every_wrong_value_is_named_at_once_and_no_secret_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_BASE_URL", "leads.example.com")
    monkeypatch.setenv("GATEPOST_CHANNEL", "pigeon")
    monkeypatch.setenv("GATEPOST_SMTP_PORT", "0")

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert str(raised.value) == (
        "GATEPOST_BASE_URL: must be an address such as https://leads.example.com, found 'leads.example.com'; "
        "GATEPOST_CHANNEL: input should be 'mailbox' or 'smtp', found 'pigeon'; "
        "GATEPOST_SMTP_PORT: input should be greater than or equal to 1, found '0'"
    )


@pytest.mark.parametrize(
    "address", ["https://b\u00fccher.example", "https://leads.example/a b", "https://x.example/<y>"]
)
def test_an_address_that_cannot_stand_in_a_header_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_BASE_URL", address)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value) == (
        f"GATEPOST_BASE_URL: must be in ASCII, without spaces, as in https://xn--bcher-kva.example, found {address!r}"
    )


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_an_address_with_a_port_that_there_is_not_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_BASE_URL", f"https://leads.example.com:{port}")
    with pytest.raises(SettingsError, match=r"GATEPOST_BASE_URL: port .*, found 'https://leads\.example\.com:"):
        load_settings()


def test_misspelt_variables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_SMTP_HOTS", "x")
    monkeypatch.setenv("GATEPOST_ZZZZZZZZZZZZZZ", "x")

    assert unknown_variables() == [
        "GATEPOST_SMTP_HOTS is not a setting; write GATEPOST_SMTP_HOST",
        "GATEPOST_ZZZZZZZZZZZZZZ is not a setting",
    ]


def test_a_short_secret_is_refused_and_not_shown() -> None:
    settings = load_settings(secret="tooshort,tooshort2")

    with pytest.raises(SettingsError) as raised:
        _ = settings.signing_secrets
    assert "GATEPOST_SECRET is too short: found 8 bytes; write at least 32" in str(raised.value)
    assert "tooshort" not in str(raised.value)
    assert "tooshort" not in repr(settings)


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = load_settings(data=tmp_path / "data").signing_secrets
    path = tmp_path / "data" / "secret"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load_settings(data=tmp_path / "data").signing_secrets == first
    assert load_settings(data=tmp_path / "data").address_key not in first


def test_a_full_disk_leaves_no_half_a_secret_behind(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(SettingsError) as raised:
            _ = load_settings(data=tmp_path / "data").signing_secrets
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(raised.value) == f"{tmp_path}/data cannot be written (File too large); set GATEPOST_SECRET or mend it"
    assert list((tmp_path / "data").iterdir()) == []
    assert len(load_settings(data=tmp_path / "data").signing_secrets[0]) >= 32


def test_a_secret_that_cannot_be_read_names_its_own_variable(tmp_path: Path) -> None:
    (tmp_path / "data" / "suppression-key").mkdir(parents=True)
    with pytest.raises(SettingsError) as raised:
        _ = load_settings(data=tmp_path / "data").address_key
    assert str(raised.value) == (
        f"{tmp_path}/data/suppression-key cannot be read (Is a directory); set GATEPOST_SUPPRESSION_KEY instead"
    )


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")

    with pytest.raises(SettingsError) as raised:
        _ = load_settings(data=tmp_path / "data").signing_secrets
    assert str(tmp_path / "data") in str(raised.value)
    assert "\n" not in str(raised.value)


def test_origins_and_hosts_are_those_of_the_webhook_and_the_site() -> None:
    settings = load_settings(
        base_url="https://Leads.example.com/",
        site_url="https://www.example.com/shop/",
        allowed_origins="https://b.example",
    )

    assert settings.origins == {"https://leads.example.com", "https://www.example.com", "https://b.example"}
    assert settings.hosts == {"leads.example.com", "www.example.com"}


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().base_url = "https://evil.example"  # type: ignore[misc]


def test_a_line_of_the_settings_file_that_is_no_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("# Ours\nGATEPOST_DATA=leads\nGATEPOST_MAIL_FROM: Ada\n")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == (
        ".env:3: is no setting, found 'GATEPOST_MAIL_FROM: Ada'; write NAME=value, "
        "with quotes round a value that has spaces"
    )
