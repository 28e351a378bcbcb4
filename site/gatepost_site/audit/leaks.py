"""Looks through the built site for what must not be there: a gated file, whole, renamed, or inside another file."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import html
import os
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.documents import shown
from gatepost_site.findings import ContentError, Finding
from gatepost_site.gated_text import paragraphs_of, stands_in, visible_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

#: Files in which base64 could stand.
_TEXT = frozenset(
    {
        ".atom", ".cjs", ".css", ".csv", ".htm", ".html", ".ics", ".js", ".json", ".jsonl", ".jsonld", ".map", ".md",
        ".mjs", ".ndjson", ".rss", ".svg", ".ts", ".txt", ".vtt", ".webmanifest", ".xhtml", ".xml", ".yaml", ".yml",
    }
)  # fmt: skip
#: Those that are JSON, in which a text's line ends are escaped.
_JSON = frozenset({".json", ".jsonld", ".map", ".webmanifest"})
#: Base64 of a hundred bytes and more, in lines or in one, as text or escaped.
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{60,}(?:(?:\\n|\s)+[A-Za-z0-9+/_-]{20,})*={0,2}")
_BREAKS = re.compile(rb"\\n|\s")
#: Bytes of a gated file that are looked for first inside others: long enough to be its own.
_PIECE = 96
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BLANK = b" \t\r\n\\"
_ADVICE = "the file into magnets/ only, and a link to its landing page"


@dataclass(frozen=True)
class Secret:
    """One file that visitors get only through a form."""

    magnet: str
    sha256: str
    file: Path
    #: A piece of its content, b"" when only the whole can be compared: a first, quick look into other files.
    piece: bytes = b""
    #: Length in bytes, and CRC-32 as archives keep it.
    size: int = 0
    checksum: int = 0
    #: The words of its paragraphs, for text.
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class SecretAddress:
    """A webinar's room or recording, which only those may know who confirmed."""

    magnet: str
    #: Finds it in a public file, as it is and as HTML spells it.
    pattern: re.Pattern[bytes]


def leaks(magnets: Mapping[str, Magnet], project: Project) -> list[tuple[Path, Finding]]:
    """Return each file of the built site that gives away a gated file, with what is to be said about it."""
    versions = [version for magnet in magnets.values() for version in magnet.versions() if version.hands_out_its_own]
    secrets = [secret for version in versions for secret in _secrets(version, project)]
    addresses = [address for version in versions for address in _addresses(version)]
    found = []
    for file in _files(project.public) if secrets or addresses else ():
        if leak := _leak(file, secrets) or _address_in(file, addresses):
            secret, how = leak
            what = f"public file gives away magnet '{secret.magnet}'"
            found.append((file, Finding(shown(file, project.root), 1, 1, what, how, _ADVICE)))
    return found


def remove_leaks(magnets: Mapping[str, Magnet], project: Project) -> None:
    """Delete from the built site whatever gives away a gated file. Raises ContentError naming each."""
    found = leaks(magnets, project)
    for file, _ in found:
        file.unlink(missing_ok=True)
    if found:
        raise ContentError(finding for _, finding in found)


def sha256_of(file: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _secrets(magnet: Magnet, project: Project) -> Iterator[Secret]:
    if magnet.has_file:
        yield _secret(magnet, magnet.asset_path(project), whole=True)
    if book := magnet.epub_path(project):
        yield _secret(magnet, book, whole=True)
    if magnet.is_typeset:
        yield _secret(magnet, magnet.folder / magnet.meta.file, whole=False)
    yield from _webinar_secrets(magnet)
    for chapter in magnet.chapter_paths() if magnet.is_ebook else ():
        # Whole chapters only: a paragraph of the book may well stand in an article.
        yield _secret(magnet, chapter, whole=False)


def _webinar_secrets(magnet: Magnet) -> Iterator[Secret]:
    """Yield the recording of a webinar, when it is a file."""
    if recording := magnet.recording_path():
        # Too long to be read whole: it is known by its sum and its size.
        yield Secret(magnet.slug, sha256_of(recording), recording, size=recording.stat().st_size)


def _addresses(magnet: Magnet) -> Iterator[SecretAddress]:
    webinar = magnet.webinar
    for address in (webinar.join_url, webinar.recording) if webinar else ():
        if address.startswith("https://"):
            spellings = b"|".join(re.escape(text.encode()) for text in (address, html.escape(address)))
            # Not where a longer address only begins like it.
            yield SecretAddress(magnet.slug, re.compile(rb"(?:" + spellings + rb")(?![\w/%=&?#-])"))


def _secret(magnet: Magnet, file: Path, *, whole: bool) -> Secret:
    data = file.read_bytes()
    middle = len(data) // 2
    piece = data[middle : middle + _PIECE] if whole and len(data) >= 2 * _PIECE else b""
    digest = hashlib.sha256(data).hexdigest()
    return Secret(magnet.slug, digest, file, piece, len(data), zlib.crc32(data), _paragraphs(file, data))


def _paragraphs(file: Path, data: bytes) -> tuple[str, ...]:
    is_text = file.suffix.lower() in {".md", ".txt"}
    return paragraphs_of(data.decode(errors="replace").replace("\r\n", "\n")) if is_text else ()


def _files(public: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(public):
        for name in sorted(names):
            yield public.joinpath(folder, name)


@dataclass(frozen=True)
class _Content:
    """One public file, in the forms in which a secret is looked for in it."""

    digests: frozenset[str]
    data: bytes
    #: Without line breaks, plain or escaped as in JSON, and base64 in its usual spelling: b"" when it is no text.
    squeezed: bytes
    #: (Length, CRC-32) of the files inside an archive.
    packed: frozenset[tuple[int, int]]
    #: What somebody reads in it, "" when it is no text.
    words: str
    #: What stands in it as base64.
    blobs: tuple[bytes, ...]

    @classmethod
    def of(cls, file: Path, *, is_read: bool) -> _Content:
        """Read a file; its texts only when there is one to look for."""
        raw = file.read_bytes()
        data = _unpacked(file, raw)
        is_text = _kind(file) in _TEXT
        return cls(
            digests=frozenset(hashlib.sha256(content).hexdigest() for content in (raw, data)),
            data=data,
            squeezed=data.replace(b"\\n", b"").translate(_URL_SAFE, _BLANK) if is_text else b"",
            packed=_packed(file),
            words=visible_words(data.decode(errors="replace"), is_json=_kind(file) in _JSON)
            if is_text and is_read
            else "",
            blobs=tuple(_blobs(data)) if is_text and is_read else (),
        )


def _leak(file: Path, secrets: list[Secret]) -> tuple[Secret, str] | None:
    """Return the secret that a public file gives away and in which form, None when it is clean."""
    content = _Content.of(file, is_read=any(secret.paragraphs for secret in secrets))
    for secret in secrets:
        how = _whole(secret, content) or _as_text(secret, content) or (_inside(secret, content) if secret.piece else "")
        if how:
            return secret, how
    return None


def _whole(secret: Secret, content: _Content) -> str:
    if secret.sha256 in content.digests:
        return "a copy with the same bytes"
    return "a copy inside the archive" if (secret.size, secret.checksum) in content.packed else ""


def _as_text(secret: Secret, content: _Content) -> str:
    if stands_in(secret.paragraphs, content.words):
        return f"the text of '{secret.file.name}'"
    is_encoded = any(
        secret.sha256 == hashlib.sha256(blob).hexdigest() or _holds(secret, blob) for blob in content.blobs
    )
    return f"the text of '{secret.file.name}' in base64" if is_encoded else ""


def _inside(secret: Secret, content: _Content) -> str:
    """Look for the whole only where a piece of it is: files may be large."""
    if secret.piece in content.data and secret.file.read_bytes() in content.data:
        return "its bytes inside the file"
    if _encoded_in(secret.piece, content.squeezed) and _encoded_in(secret.file.read_bytes(), content.squeezed):
        return "its bytes in base64 inside the file"
    return ""


def _unpacked(file: Path, data: bytes) -> bytes:
    """Return a file's bytes; of one that was compressed for servers to hand out, those that browsers get."""
    if file.suffix.lower() == ".gz":
        with contextlib.suppress(OSError, EOFError, zlib.error):
            return gzip.decompress(data)
    return data


def _kind(file: Path) -> str:
    """Return a file's ending, without that of compression."""
    return (file.with_suffix("") if file.suffix.lower() == ".gz" else file).suffix.lower()


def _blobs(data: bytes) -> Iterator[bytes]:
    """Yield what stands as base64 in a text."""
    for found in _BASE64.finditer(data):
        blob = _BREAKS.sub(b"", found[0]).translate(_URL_SAFE).rstrip(b"=")
        yield base64.b64decode(blob[: len(blob) // 4 * 4] + _rest(blob))


def _rest(blob: bytes) -> bytes:
    """Return the last characters of base64 without padding, padded."""
    rest = blob[len(blob) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _holds(secret: Secret, blob: bytes) -> bool:
    return stands_in(secret.paragraphs, visible_words(blob.decode(errors="replace"), is_json=False))


def _address_in(file: Path, addresses: list[SecretAddress]) -> tuple[SecretAddress, str] | None:
    """Return the address that a public file gives away, None when it holds none."""
    data = file.read_bytes() if addresses and file.suffix.lower() in _TEXT else b""
    found = (address for address in addresses if data and address.pattern.search(data))
    return next(((address, "an address that only those get who confirmed") for address in found), None)


def _packed(file: Path) -> frozenset[tuple[int, int]]:
    """Return (length, CRC-32) of the files inside an archive; documents of an office are archives too."""
    try:
        with zipfile.ZipFile(file) as archive:
            return frozenset((member.file_size, member.CRC) for member in archive.infolist())
    except zipfile.BadZipFile:
        return frozenset()


def _encoded_in(piece: bytes, squeezed: bytes) -> bool:
    """Whether bytes stand in a text as base64, in any of the three spellings that their place in a whole gives them."""
    # The characters at either end depend on the bytes around the piece.
    return any(base64.b64encode(bytes(shift) + piece)[4:-4] in squeezed for shift in range(3))
