"""Smaller files of a picture: narrower ones, in the formats that browsers load fastest. Made once for its content."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
from dataclasses import dataclass
from functools import cache as once
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from gatepost_site.images.measuring import UnreadableImageError, measure
from gatepost_site.late import Late

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from PIL import Image, ImageOps
else:
    Image, ImageOps = Late("PIL.Image"), Late("PIL.ImageOps")

#: Pixels: from a phone's column to a wide screen of twice the density.
WIDTHS = (320, 640, 1280, 2000)
#: Bytes. What is smaller costs less than a choice.
SMALL = 10_000
#: Best first: a browser takes the first that it knows.
FORMATS = ("avif", "webp")
_LOSSLESS = frozenset({"PNG", "GIF"})
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    # One thread: with more, the bytes could depend on their number.
    "avif": {"quality": 60, "speed": 7, "max_threads": 1},
    "webp": {"quality": 82, "method": 4},
}
#: Drawings and screenshots: letters keep their edges, in WebP as long as that does not cost much more.
_SHARP: Mapping[str, Mapping[str, Any]] = {
    "avif": {**_OPTIONS["avif"], "subsampling": "4:4:4"},
    "webp": {"lossless": True, "method": 4},
}
_MOST_FOR_SHARP = 1.3


@dataclass(frozen=True)
class Variant:
    """One file that can be shown in a picture's place."""

    file: Path
    #: In pixels.
    width: int
    #: "avif" or "webp".
    format: str


@dataclass(frozen=True)
class Prepared:
    """A picture's size in pixels, and its variants: by format, the best first, and from narrow to wide."""

    width: int
    height: int
    variants: tuple[Variant, ...] = ()
    #: Names the content and how it was treated.
    key: str = ""


def prepare(file: Path, cache: Path) -> Prepared:
    """Measure a picture and make its variants, unless that was done. Raises UnreadableImageError and OSError."""
    data = file.read_bytes()
    key = hashlib.sha256(_recipe() + file.suffix.lower().encode() + data).hexdigest()[:32]
    if kept := _kept(cache, key):
        return kept
    size = measure(file)
    made = list(_encoded(data)) if size.is_still and len(data) >= SMALL else []
    variants = tuple(Variant(cache / f"{key}-{width}.{name}", width, name) for name, width, _ in made)
    cache.mkdir(parents=True, exist_ok=True)
    for variant, (_, _, encoded) in zip(variants, made, strict=True):
        _replace(variant.file, encoded)
    prepared = Prepared(size.width, size.height, variants, key)
    _replace(
        cache / f"{key}.json",
        _record(prepared, {v.file.name: len(e) for v, (_, _, e) in zip(variants, made, strict=True)}),
    )
    return prepared


@once
def _recipe() -> bytes:
    """Name everything but the picture that decides about the result."""
    # The codecs come with Pillow, whose version is known without loading it.
    return json.dumps([version("pillow"), WIDTHS, SMALL, _OPTIONS, _SHARP, _MOST_FOR_SHARP], sort_keys=True).encode()


def _kept(cache: Path, key: str) -> Prepared | None:
    try:
        record = json.loads((cache / f"{key}.json").read_text(encoding="utf-8"))
        variants = tuple(Variant(cache / name, width, kind) for name, width, kind, _ in record["variants"])
        whole = all((cache / name).stat().st_size == size for name, _, _, size in record["variants"])
        return Prepared(record["width"], record["height"], variants, key) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _record(prepared: Prepared, sizes: Mapping[str, int]) -> bytes:
    variants = [[v.file.name, v.width, v.format, sizes[v.file.name]] for v in prepared.variants]
    return json.dumps({"width": prepared.width, "height": prepared.height, "variants": variants}).encode()


def _encoded(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield (format, width, bytes) of each variant that is worth having."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            source, kind = ImageOps.exif_transpose(image), str(image.format)
            profile = image.info.get("icc_profile")
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadableImageError(str(error)) from error
    has_alpha = source.mode in {"LA", "RGBA"} or "transparency" in source.info
    pixels = source.convert("RGBA" if has_alpha else "RGB")
    for name in FORMATS[: 0 if kind == "AVIF" else 1 if kind == "WEBP" else 2]:
        yield from _of_format(pixels, name, is_sharp=kind in _LOSSLESS, limit=len(data), profile=profile)


def _of_format(
    pixels: Image.Image, name: str, *, is_sharp: bool, limit: int, profile: bytes | None
) -> Iterator[tuple[str, int, bytes]]:
    found = []
    for width in _widths(pixels.width):
        height = max(1, round(pixels.height * width / pixels.width))
        scaled = pixels if width == pixels.width else pixels.resize((width, height), Image.Resampling.LANCZOS)
        found.append((name, width, _smallest(scaled, name, is_sharp=is_sharp, profile=profile)))
    # A browser that took this format would never get the full width: better none of it.
    if len(found[-1][2]) < limit:
        yield from (variant for variant in found if len(variant[2]) < limit)


def _widths(full: int) -> list[int]:
    widest = min(full, WIDTHS[-1])
    return [*(width for width in WIDTHS if width < 0.9 * widest), widest]


def _smallest(pixels: Image.Image, name: str, *, is_sharp: bool, profile: bytes | None) -> bytes:
    if not is_sharp:
        return _encode(pixels, name, _OPTIONS[name], profile)
    sharp = _encode(pixels, name, _SHARP[name], profile)
    if not _SHARP[name].get("lossless"):
        return sharp
    plain = _encode(pixels, name, _OPTIONS[name], profile)
    return sharp if len(sharp) <= _MOST_FOR_SHARP * len(plain) else plain


def _encode(pixels: Image.Image, name: str, options: Mapping[str, Any], profile: bytes | None) -> bytes:
    out = io.BytesIO()
    pixels.save(out, name.upper(), icc_profile=profile or b"", exif=b"", **options)
    return out.getvalue()


def _replace(path: Path, data: bytes) -> None:
    # A name of its own for each writer: two builds at once may not write into one file.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    temporary.write_bytes(data)
    temporary.replace(path)
