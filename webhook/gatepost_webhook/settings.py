"""Secrets and deployment, read once from the environment and `.env` into a frozen object."""

from __future__ import annotations

import difflib
import os
import re
import secrets
from collections.abc import Mapping  # noqa: TC003 - pydantic needs it at run time
from functools import cached_property
from io import StringIO
from ipaddress import IPv4Network, IPv6Network  # noqa: TC003 - pydantic needs them at run time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from gatepost_webhook.calls.targets import Target, TargetError
from gatepost_webhook.errors import SettingsError

_PREFIX = "GATEPOST_"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECRET_BYTES = 32
_URL = re.compile(r"[!#-;=?-~]*")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
#: Headers that every mail has, or must never have.
_OWN_HEADER = re.compile(
    r"(?i)from|to|cc|bcc|reply-to|sender|date|subject|message-id|mime-version|content-.*|auto-submitted|precedence|"
    r"list-.*|feedback-id|dkim-signature|received|return-path|x-auto-response-suppress"
)


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("must be an address such as https://leads.example.com")
    _ = parts.port  # Raises ValueError for one that there is not.
    # It stands in List-Unsubscribe, and is compared with what browsers send: both know ASCII alone.
    if not _URL.fullmatch(value):
        raise ValueError("must be in ASCII, without spaces, as in https://xn--bcher-kva.example")
    return value.rstrip("/")


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _header_name(value: str) -> str:
    if value and (not _HEADER.fullmatch(value) or _OWN_HEADER.fullmatch(value)):
        raise ValueError("must be the name of a header of the relay's own, such as Resend-Idempotency-Key")
    return value


def _zone(value: str) -> str:
    try:
        return str(ZoneInfo(value))
    except (KeyError, ValueError, OSError) as error:  # OSError is for the name of a folder.
        raise ValueError("is no time zone; write a name such as Europe/Berlin") from error


Zone = Annotated[str, AfterValidator(_zone)]


def _named(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in (part.strip() for part in value.split(",")) if part]
    if any(not name.strip() or not url.strip() for name, _, url in pairs):
        raise ValueError("is not a list of names and addresses, as in crm=https://crm.example.com/hook")
    return {name.strip(): url.strip() for name, _, url in pairs}


def _targets(value: Mapping[str, str]) -> Mapping[str, str]:
    for name, url in value.items():
        try:
            Target.of(url)
        except TargetError as error:
            raise ValueError(f"{name!r} {error}") from error
    return value


HttpUrl = Annotated[str, AfterValidator(_http_url)]


class Settings(BaseSettings):
    """All settings; each is the environment variable GATEPOST_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=".env", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    #: Public address of the webhook: the start of every link in a mail.
    base_url: HttpUrl = "http://127.0.0.1:8000"
    #: Public address of the built site; the last build's site_url when left out.
    site_url: HttpUrl = ""
    #: Folder of the database, the captured mails and the generated secret.
    data: Path = Path("data")
    #: Signs links. Several, separated by commas: the first signs, all are accepted.
    secret: SecretStr = SecretStr("")
    #: Hashes addresses in the suppression list. Never changes: with another key, nobody is suppressed any more.
    suppression_key: SecretStr = SecretStr("")
    #: Further sites whose forms may post here, besides site_url and base_url.
    allowed_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = ()
    #: Networks of the reverse proxies whose X-Forwarded-For is believed.
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_split)] = ()

    #: Where mail goes: the captured mailbox on this machine, or an SMTP relay.
    channel: Literal["mailbox", "smtp"] = "mailbox"
    #: The relay's name.
    smtp_host: str = ""
    #: 587 for starttls, 465 for tls.
    smtp_port: int = Field(587, ge=1, le=65535)
    #: Name that the relay knows us by; without one, nobody logs in.
    smtp_user: str = ""
    #: The password that goes with it.
    smtp_password: SecretStr = SecretStr("")
    #: How the connection is encrypted.
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    #: Connections to the relay that are used at once when there is much to send.
    smtp_connections: int = Field(4, ge=1, le=64)
    #: Header by which the relay knows a mail that it is handed again, as in: Resend-Idempotency-Key
    smtp_idempotency_header: Annotated[str, AfterValidator(_header_name)] = ""
    #: Signs mails (DKIM): the name under which the public key stands in the DNS, as in: gatepost
    dkim_selector: str = Field("", pattern=r"^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)?$")
    #: The file of the private key (mode 0600): RSA or Ed25519, in PEM.
    dkim_key: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = None
    #: The domain that signs; the sender's when left out.
    dkim_domain: str = Field("", pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)+)?$")
    #: The sender of every mail, as in: Gatepost <hello@example.com>
    mail_from: str = "Gatepost <hello@gatepost.example>"
    #: A mailbox that somebody reads; the sender when left out.
    mail_reply_to: str = ""
    #: Takes unsubscriptions by mail (List-Unsubscribe); the reply address when left out.
    mail_unsubscribe: str = ""
    #: Takes bounces: the envelope sender of every mail, with a tag of the mail after a +. The sender when left out.
    bounce_address: str = ""
    #: A Maildir that is read for bounces and complaints.
    bounce_maildir: str = ""
    #: Or a mailbox at an IMAP server, over TLS.
    bounce_imap_host: str = ""
    #: Its port.
    bounce_imap_port: int = Field(993, ge=1, le=65535)
    #: Name to log in with there.
    bounce_imap_user: str = ""
    #: The password that goes with it; one for apps, where the provider has such.
    bounce_imap_password: SecretStr = SecretStr("")
    #: The folder that is read ...
    bounce_imap_folder: str = "INBOX"
    #: ... and where reports go that were read. They stay where they are, marked as seen, when left out.
    bounce_imap_done: str = ""
    #: Minutes between two looks.
    bounce_minutes: int = Field(5, ge=1)
    #: So many mails that fail for now, within so many days, make an address one that bounces.
    soft_bounces: int = Field(3, ge=1)
    #: The days.
    soft_bounce_days: int = Field(7, ge=1)

    #: Callbacks of Amazon SES come through this topic of SNS (its ARN) ...
    hook_ses_topic: str = ""
    #: ... signed with the certificate in this file (PEM).
    hook_ses_certificate: str = ""
    #: A secret that Postmark sends along: a token, or user:password.
    hook_postmark_secret: SecretStr = SecretStr("")
    #: The HTTP webhook signing key that Mailgun shows.
    hook_mailgun_secret: SecretStr = SecretStr("")
    #: The verification key (a public key) that SendGrid shows for its signed event webhook.
    hook_sendgrid_secret: SecretStr = SecretStr("")
    #: A secret that Brevo sends along: a token, or user:password.
    hook_brevo_secret: SecretStr = SecretStr("")
    #: The signing secret that Resend shows, with whsec_ before it.
    hook_resend_secret: SecretStr = SecretStr("")

    #: Where the sender can be reached by post. Sequences are not sent without it.
    postal_address: str = ""

    #: Time zone (IANA name) of the owner, and of leads whose own is not known.
    zone: Zone = "UTC"
    #: Where mails go that sequences write to the owner; the reply address when left out.
    owner_email: str = ""

    #: What sequences may call, as in: crm=https://crm.example.com/hook, several separated by commas.
    webhooks: Annotated[Mapping[str, str], NoDecode, BeforeValidator(_named), AfterValidator(_targets)] = Field({})
    #: Signs those calls (Standard Webhooks). Several, separated by commas: each signs.
    webhook_secret: SecretStr = SecretStr("")

    #: Requests that one network address may make with a form in ten minutes ...
    posts_per_10_minutes: int = Field(5, ge=1)
    #: ... and in a day.
    posts_per_day: int = Field(20, ge=1)

    #: Days after which a lead who never confirmed is deleted.
    keep_unconfirmed_days: int = Field(14, ge=1)
    #: Days after which a lead who did nothing any more is erased; 0 keeps them.
    keep_inactive_days: int = Field(0, ge=0)
    #: Days for which it is kept, without a name, that an erased person had agreed; 0 keeps it.
    keep_proofs_days: int = Field(1095, ge=0)

    @cached_property
    def origins(self) -> frozenset[str]:
        """Origins (RFC 6454) whose forms may post here."""
        urls = (self.base_url, self.site_url, *self.allowed_origins)
        return frozenset(_origin(name) for url in urls if url for name in _names(url))

    @cached_property
    def host(self) -> str:
        """The one Host (name, and port when it is not the scheme's own) that requests must name."""
        return urlsplit(self.base_url).netloc.lower()

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Every Host that requests may name: the webhook's and the site's."""
        urls = (self.base_url, self.site_url)
        return frozenset(urlsplit(name).netloc.lower() for url in urls if url for name in _names(url))

    def site_at(self, built: str) -> str:
        """Return the site's public address, with a slash at its end; `built` is the one it was built with."""
        return (self.site_url or built).rstrip("/") + "/"

    @property
    def idempotency_header(self) -> str:
        """The header by which the channel in use knows a repeated mail, "" when it knows none."""
        return self.smtp_idempotency_header if self.channel == "smtp" else ""

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "leads.db"

    @property
    def mailbox(self) -> Path:
        """The folder of captured mails."""
        return self.data / "mailbox"

    @cached_property
    def signing_secrets(self) -> tuple[bytes, ...]:
        """The secrets that sign links: from the environment, else from a file made on first use (mode 0600).

        Raises SettingsError when one is shorter than 32 bytes.
        """
        return self._secrets("secret", self.secret)

    @cached_property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """The secrets that sign calls of other systems: from the environment, else from a file made on first use."""
        return self._secrets("webhook-secret", self.webhook_secret)

    @cached_property
    def address_key(self) -> bytes:
        """The key of the suppression list's hashes: from the environment, else from a file made on first use."""
        return self._secrets("suppression-key", self.suppression_key)[0]

    def _secrets(self, name: str, given: SecretStr) -> tuple[bytes, ...]:
        source = _PREFIX + name.upper().replace("-", "_")
        if text := given.get_secret_value():
            found = tuple(part.strip().encode() for part in text.split(",") if part.strip())
        else:
            found, source = (_stored_secret(self.data / name, source),), str(self.data / name)
        shortest = min((len(secret) for secret in found), default=0)
        if shortest < _SECRET_BYTES:
            command = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            raise SettingsError(
                f"{source} is too short: found {shortest} bytes; write at least {_SECRET_BYTES}, as made by: {command}"
            )
        return found


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`; `overrides` win. Raises SettingsError naming every wrong variable at once."""
    _check_file(Path(".env"))
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        lines = [_complaint(str(detail["loc"][0]), detail["msg"]) for detail in error.errors(include_url=False)]
        raise SettingsError("; ".join(lines)) from error


def _check_file(path: Path) -> None:
    """Refuse a line that is no setting: python-dotenv would pass it over, and a default would stand in for it."""
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({error}); save it as UTF-8 text that this user may read"
        ) from error
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            found = binding.original.string.strip().splitlines()[0]
            raise SettingsError(
                f"{path}:{binding.original.line}: is no setting, found {found!r}; write NAME=value, "
                "with quotes round a value that has spaces"
            )


def unknown_variables() -> list[str]:
    """Return a sentence for each GATEPOST_ variable that no setting reads: most are misspelt."""
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    strange = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    sentences = []
    for name in strange:
        near = difflib.get_close_matches(name, known, n=1)
        sentences.append(f"{name} is not a setting" + (f"; write {near[0]}" if near else ""))
    return sentences


def _complaint(name: str, message: str) -> str:
    variable = _PREFIX + name.upper()
    value = os.environ.get(variable)
    secret = Settings.model_fields[name].annotation is SecretStr
    found = f", found {value!r}" if value is not None and not secret else ""
    text = message.removeprefix("Value error, ")
    return f"{variable}: {text[0].lower()}{text[1:]}{found}"


def _names(url: str) -> list[str]:
    """Return the address, and for one of this machine alone its other spellings: people type localhost."""
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        return [url]
    port = f":{parts.port}" if parts.port else ""
    return [f"{parts.scheme}://{name}{port}" for name in ("127.0.0.1", "localhost", "[::1]")]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _stored_secret(path: Path, variable: str) -> bytes:
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}); set {variable} instead") from error
    secret = secrets.token_urlsafe(_SECRET_BYTES).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep_first(path, secret + b"\n")
        return path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"{path.parent} cannot be written ({error.strerror}); set {variable} or mend it") from error


def _keep_first(path: Path, data: bytes) -> None:
    """Make a file (mode 0600) that is there whole or not at all; of several processes, the first one's stays."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except OSError:
            # Somebody was first, or the file system knows no hard links.
            if not path.exists():
                temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
