"""What the machine is like: files and their modes, the disk, Python, SQLite, secrets."""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_webhook.doctor.verdicts import Patient, Verdict, good, span
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup.mailing import Sender
from gatepost_webhook.followup.signing import signer_of
from gatepost_webhook.store.database import SQLITE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

_MB = 1_000_000
#: What runs this.
PYTHON = sys.version_info[:3]
#: Free bytes: below the first, forms may soon be refused; below the second, it is time to look.
FLOOR, LOW = 200 * _MB, 1000 * _MB
#: Races of the write-ahead log that corrupt a file are mended from here on.
_SQLITE = (3, 51, 3)
#: Python's mail library lets no header in through encoded words (CVE-2024-6923) from these releases on.
_REPAIRED = {(3, 11): 10, (3, 12): 5}
_NETWORK = ("nfs", "cifs", "smb", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs", "afs", "lustre")
#: Seconds that a replaced database is kept without a word.
_KEPT = 35 * 86_400


def examine_machine(patient: Patient) -> Iterator[Verdict]:
    """Look at the machine, and at what the settings say of it."""
    yield _modes(patient.settings.data)
    yield from _disk(patient.settings.data)
    yield _sqlite(SQLITE_VERSION)
    yield _python(PYTHON)
    yield _secrets(patient)
    yield from _sender(patient)
    yield from _replaced(patient)


def _modes(data: Path) -> Verdict:
    if not data.is_dir():
        return good("data folder", f"{data} is made at the first start")
    names = [path for path in (data, *data.rglob("*")) if _is_open(path)]
    if not names:
        return good("data folder", f"{data} belongs to its owner alone")
    found = f"{names[0]} can be read by others" + (f", and {len(names) - 1} more" if len(names) > 1 else "")
    return Verdict("data folder", "bad", found, f"chmod -R go= {data}")


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        # Files come and go while others work.
        return False
    # A link has every right, and gives none.
    return not stat.S_ISLNK(mode) and bool(stat.S_IMODE(mode) & 0o077)


def _disk(data: Path) -> Iterator[Verdict]:
    folder = next(path for path in (data, *data.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    found = f"{free // _MB} MB are free"
    if free < LOW:
        yield Verdict("disk", "bad" if free < FLOOR else "warn", found, f"make room on the disk of {folder}")
    else:
        yield good("disk", found)
    kind = file_system_of(folder.resolve(), _mounts())
    if kind.startswith(_NETWORK):
        advice = "SQLite needs a local disk: set GATEPOST_DATA to a folder on one"
        yield Verdict("file system", "bad", f"{folder} is on {kind}", advice)
    elif kind:
        yield good("file system", kind)


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8")
    except OSError:
        return ""


def file_system_of(path: Path, mounts: str) -> str:
    """Return the kind of file system that a path is on, by the text of /proc/mounts; "" when it is not known."""
    kinds = {}
    for line in mounts.splitlines():
        _, place, kind, *_ = line.split()
        kinds[place.replace("\\040", " ")] = kind
    return next((kinds[str(place)] for place in (path, *path.parents) if str(place) in kinds), "")


def _sqlite(version: str) -> Verdict:
    if tuple(map(int, version.split("."))) >= _SQLITE:
        return good("SQLite", version)
    advice = "pip install pysqlite3 (it is used by itself), or a newer Python: several processes could spoil the file"
    return Verdict("SQLite", "warn", f"{version} is older than 3.51.3", advice)


def _python(version: tuple[int, ...]) -> Verdict:
    found = ".".join(map(str, version))
    least = _REPAIRED.get((version[0], version[1]))
    if least is None or version[2] >= least:
        return good("Python", found)
    advice = f"install {version[0]}.{version[1]}.{least} or newer; Gatepost guards its own mails against it"
    return Verdict("Python", "warn", f"{found} has a hole in its mail library (CVE-2024-6923)", advice)


def _secrets(patient: Patient) -> Verdict:
    settings = patient.settings
    try:
        for name, value in (("secret", settings.secret), ("suppression-key", settings.suppression_key)):
            if value.get_secret_value() or (settings.data / name).exists():
                _ = settings.signing_secrets if name == "secret" else settings.address_key
    except GatepostError as error:
        return Verdict("secrets", "bad", str(error).partition(";")[0], "write one of 32 bytes or more, or remove it")
    return good("secrets", "long enough, or made at the first start")


def _sender(patient: Patient) -> Iterator[Verdict]:
    settings = patient.settings
    real = settings.channel == "smtp"
    if not real:
        advice = "set GATEPOST_CHANNEL=smtp and the relay when people are to get mail"
        yield Verdict("channel", "warn", "mail is captured on this machine, not sent", advice)
    try:
        sender = Sender.of(settings)
        signer_of(settings, sender.domain)
    except GatepostError as error:
        yield Verdict("sender", "bad", str(error), "mend the setting")
    else:
        if "mail_from" in settings.model_fields_set or not real:
            yield good("sender", sender.address)
        else:
            yield Verdict("sender", "bad", f"{sender.address} is only an example", "set GATEPOST_MAIL_FROM")
    if settings.postal_address:
        yield good("postal address", settings.postal_address)
    else:
        advice = "set GATEPOST_POSTAL_ADDRESS: mails of sequences wait until it is set"
        yield Verdict("postal address", "bad" if real else "warn", "is not set", advice)


def _replaced(patient: Patient) -> Iterator[Verdict]:
    for path in sorted(patient.settings.data.glob("replaced-*.db")):
        age = patient.now - int(path.stat().st_mtime)
        if age > _KEPT:
            advice = f"delete it when you need it no more: erasing somebody does not reach into it: rm {path}"
            yield Verdict("replaced database", "warn", f"{path} is {span(age)} old", advice)
