"""The gated file as an answer: by name, with one range at the most, and never kept by anything in between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio import Path as AsyncPath
from starlette.responses import FileResponse, Response

from gatepost_webhook.errors import NotBuiltError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Asset
    from gatepost_site.words.words import Words
    from gatepost_webhook.intake.desk import Desk

_ONE_RANGE = re.compile(rb"bytes=(?:(\d{1,15})-(\d{0,15})|-\d{1,15})")


class GatedFile(FileResponse):
    """A file for one person. Several ranges, or one that makes no sense, are answered with the whole file."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or the one range of it that was asked for."""
        # Only a GET has ranges (RFC 9110, 14.2).
        ranges = [value.strip() for name, value in scope["headers"] if name == b"range"]
        if ranges and not (len(ranges) == 1 and scope["method"] == "GET" and _sensible(ranges[0])):
            scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}
        await super().__call__(scope, receive, send)


async def file_of(desk: Desk, magnet: Magnet) -> GatedFile:
    """Return the file of a magnet, or of its translation. Raises NotBuiltError when the last build's file is gone."""
    return await gated_file(desk, desk.manifest.assets[magnet.key])


async def recording_of(desk: Desk, magnet: Magnet) -> GatedFile:
    """Return the recording of a webinar. Raises NotBuiltError when the last build's file is gone."""
    return await gated_file(desk, desk.manifest.recordings[magnet.key])


async def gated_file(desk: Desk, asset: Asset) -> GatedFile:
    """Return a gated file. Raises NotBuiltError when the last build's file is gone."""
    path = desk.project.root / asset.path
    try:
        found = await AsyncPath(path).stat()
    except OSError as error:
        raise NotBuiltError(f"{path}: cannot be read ({error.strerror}); run 'gatepost build'") from error
    headers = {
        "Content-Disposition": _disposition(asset.filename),
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
    if found.st_size == asset.size:
        headers["ETag"] = f'"{asset.sha256}"'
    return GatedFile(path, headers=headers, media_type=asset.media_type, stat_result=found)


def unchanged(request: Request, response: GatedFile) -> Response | None:
    """Return 304 when the client says that it has the file already."""
    known = request.headers.getlist("if-none-match")
    tags = [tag.strip().removeprefix("W/") for tag in ",".join(known).split(",")] if known else []
    if "*" not in tags and response.headers["etag"] not in tags:
        return None
    kept = {name: response.headers[name] for name in ("cache-control", "etag", "x-robots-tag")}
    return Response(status_code=304, headers=kept)


def said_size(asset: Asset, words: Words) -> str:
    """Return a file's size for people: "1.2 MB", "340 kB"."""
    if asset.size >= 1_000_000:
        return f"{words.number(asset.size / 1_000_000, decimals=1)} MB"
    return f"{max(1, round(asset.size / 1000))} kB"


def said_kind(asset: Asset) -> str:
    """Return what a file is, for people: "PDF"."""
    return asset.filename.rpartition(".")[2].upper()


def _disposition(filename: str) -> str:
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _sensible(text: bytes) -> bool:
    found = _ONE_RANGE.fullmatch(text)
    if not found:
        return False
    first, last = found.groups()
    return not (first and last and int(first) > int(last))
