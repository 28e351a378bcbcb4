"""Pictures in pages: their size is written down, smaller files stand beside them, the first one is fetched first."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gatepost_site.findings import ContentError
from tests.site.conftest import CONFIG, MAGNET, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

LONG = "Words enough to fill the first screen of a phone. " * 20


def drawn_image(kind: str, width: int, height: int, **options: object) -> bytes:
    """Return a picture with noise in it, as a photograph has: larger than any small file that could replace it."""
    noise = Image.effect_noise((width // 8, height // 8), 90).resize((width, height), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    noise.convert("RGB").save(out, kind, **options)
    return out.getvalue()


PHOTO = drawn_image("JPEG", 800, 480, quality=95)


def tags(html: str) -> list[str]:
    return re.findall(r"<picture>.*?</picture>|<img[^>]*>", html)


def published(drawn: Drawn) -> list[str]:
    """Return the pictures of the built site but its share cards, the piece of a digest in their names left out."""
    files = (path.relative_to(drawn.public).as_posix() for path in drawn.public.rglob("*.*"))
    found = [re.sub(r"\.[0-9a-f]{8}\.", ".", file) for file in files]
    pictures = (".avif", ".gif", ".jpg", ".png", ".svg", ".webp")
    return sorted(file for file in found if file.endswith(pictures) and not file.startswith("assets/cards/"))


PLACE = "../../pictures/my%20photo"


def source_of(kind: str) -> str:
    files = ", ".join(f"{PLACE}.{width}.{kind} {width}w" for width in (320, 640, 800))
    return f'<source type="image/{kind}" srcset="{files}" sizes="(min-width: 48em) 46rem, 100vw">'


def test_a_photograph_gets_its_size_and_smaller_files_to_choose_from(draw: Draw) -> None:
    drawn = draw(
        {
            "content/a/page.md": f"{LONG}\n\n![A photo](../pictures/my photo.jpg)\n",
            "content/pictures/my photo.jpg": PHOTO,
        }
    )
    drawn.build()
    (tag,) = tags(drawn.page("a/page"))
    assert re.sub(r"\.[0-9a-f]{8}\.", ".", tag) == (
        f"<picture>{source_of('avif')}{source_of('webp')}"
        f'<img alt="A photo" src="{PLACE}.jpg" width="800" height="480" loading="lazy" decoding="async" /></picture>'
    )
    assert published(drawn) == [
        *(f"pictures/my photo.{width}.{kind}" for width in (320, 640, 800) for kind in ("avif", "webp")),
        "pictures/my photo.jpg",
    ]


def test_every_file_named_is_there_smaller_than_the_original_and_as_wide_as_said(draw: Draw) -> None:
    drawn = draw({"content/index.md": "![A photo](photo.jpg)\n", "content/photo.jpg": PHOTO})
    drawn.build()
    files = re.findall(r"(photo\.[^ ]+) (\d+)w", drawn.page("."))
    assert len(files) >= 6
    for name, width in files:
        file = drawn.public / name
        assert file.stat().st_size < len(PHOTO)
        with Image.open(file) as image:
            assert image.size == (int(width), round(480 * int(width) / 800))


def test_the_first_large_picture_is_asked_for_before_the_body_is_read(draw: Draw) -> None:
    page = "# T\n\n![One](photo.jpg)\n\n![Two](other.jpg)\n"
    drawn = draw({"content/index.md": page, "content/photo.jpg": PHOTO, "content/other.jpg": PHOTO + b"\0"})
    drawn.build()
    html = drawn.page(".")
    first, second = tags(html)
    assert 'fetchpriority="high"' in first
    assert "loading" not in first
    assert 'decoding="async"' in second
    assert "fetchpriority" not in second
    (preload,) = re.findall(r"<link rel=\"preload\"[^>]*>", html)
    source = re.search(r'type="image/avif" srcset="([^"]*)" sizes="([^"]*)"', first)
    assert source
    assert f'as="image" type="image/avif" imagesrcset="{source[1]}" imagesizes="{source[2]}"' in preload


def test_a_first_picture_far_down_is_not_waited_for(draw: Draw) -> None:
    drawn = draw({"content/index.md": f"{LONG}\n\n![One](photo.jpg)\n", "content/photo.jpg": PHOTO})
    drawn.build()
    assert 'loading="lazy"' in tags(drawn.page("."))[0]
    assert "preload" not in drawn.page(".")


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ("", ' width="800" height="480"'),
        (' width="200"', ' width="200" height="120"'),
        (' height="48px"', ' height="48px" width="80"'),
        (' width="50%"', ' width="50%"'),
        (' width="7" height="9"', ' width="7" height="9"'),
    ],
)
def test_a_size_that_the_writer_gave_stays(draw: Draw, given: str, size: str) -> None:
    page = f'{LONG}\n\n<img src="photo.jpg" alt=""{given}>\n'
    drawn = draw({"content/index.md": page, "content/photo.jpg": PHOTO})
    drawn.build()
    assert f'<img src="photo.jpg" alt=""{size} loading="lazy" decoding="async">' in drawn.page(".")


def test_what_the_writer_chose_stays(draw: Draw) -> None:
    chosen = '<picture><source srcset="b.webp"><img src="photo.jpg" alt=""></picture>'
    eager = '<img src="photo.jpg" alt="" loading="eager" decoding="sync" srcset="photo.jpg 2x">'
    drawn = draw({"content/index.md": f"{LONG}\n\n{chosen}\n\n{eager}\n", "content/photo.jpg": PHOTO})
    drawn.build()
    html = drawn.page(".")
    assert f'{chosen[:-11]} width="800" height="480"></picture>' in html
    assert f'{eager[:-1]} width="800" height="480">' in html


VECTORS = {
    "a view box": ('viewBox="0 0 64 32"', ' width="64" height="32"'),
    "both": ('width="10px" height="20" viewBox="0 0 1 1"', ' width="10" height="20"'),
    "one and a view box": ('width="10" viewBox="0,0,64,32"', ' width="10" height="5"'),
    "as wide as there is room": ('width="100%" height="100%" viewBox="0 0 64 32"', ' width="64" height="32"'),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("root", "size"), VECTORS.values(), ids=VECTORS)
def test_a_drawing_gets_the_size_that_it_says(draw: Draw, root: str, size: str) -> None:
    picture = f'<?xml version="1.0"?>\n<!-- A comment -->\n<svg xmlns="http://www.w3.org/2000/svg" {root}><g/></svg>'
    drawn = draw({"content/index.md": f"{LONG}\n\n![D](d.svg)\n", "content/d.svg": picture})
    drawn.build()
    assert tags(drawn.page(".")) == [f'<img alt="D" src="d.svg"{size} loading="lazy" decoding="async" />']


def test_what_moves_stays_one_file(draw: Draw) -> None:
    frames = [Image.new("RGB", (300, 200), color) for color in ("navy", "gold")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    drawn = draw({"content/index.md": f"{LONG}\n\n![G](g.gif)\n", "content/g.gif": out.getvalue() + bytes(20_000)})
    drawn.build()
    assert tags(drawn.page(".")) == [
        '<img alt="G" src="g.gif" width="300" height="200" loading="lazy" decoding="async" />'
    ]
    assert published(drawn) == ["g.gif"]


def test_a_picture_that_is_small_already_stays_one_file(draw: Draw) -> None:
    out = io.BytesIO()
    Image.new("RGB", (900, 500), "navy").save(out, "PNG")
    drawn = draw({"content/index.md": f"{LONG}\n\n![P](p.png)\n", "content/p.png": out.getvalue()})
    drawn.build()
    assert published(drawn) == ["p.png"]
    assert 'width="900" height="500"' in drawn.page(".")


def test_a_picture_taken_sideways_has_the_size_at_which_it_is_seen(draw: Draw) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = drawn_image("JPEG", 800, 480, exif=exif, quality=95)
    drawn = draw({"content/index.md": "![P](p.jpg)\n", "content/p.jpg": picture})
    drawn.build()
    assert 'width="480" height="800"' in drawn.page(".")
    with Image.open(next(drawn.public.glob("p.480.*.webp"))) as image:
        assert image.size == (480, 800)
        assert not image.getexif()


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="https://elsewhere.example/p.jpg" alt="">',
        '<img src="//elsewhere.example/p.jpg" alt="">',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">',
        "<!-- <img src='photo.jpg'> -->",
        "<script>const tag = '<img src=\"photo.jpg\">';</script>",
    ],
)
def test_what_is_not_the_sites_picture_is_left_alone(draw: Draw, tag: str) -> None:
    drawn = draw({"content/index.md": f"{LONG}\n\n{tag}\n", "content/photo.jpg": PHOTO})
    drawn.build()
    assert tag in drawn.page(".")
    assert published(drawn) == ["photo.jpg"]


@pytest.mark.parametrize(
    "address", ["/sub/photo.jpg", "https://example.com/sub/photo.jpg", "photo.jpg?v=2", "photo.jpg#only-dark"]
)
def test_a_picture_is_known_by_each_of_its_addresses(draw: Draw, address: str) -> None:
    config = CONFIG.replace("example.com/", "example.com/sub/")
    page = f'{LONG}\n\n<img src="{address}" alt="">\n'
    drawn = draw({"mkdocs.yml": config, "content/index.md": page, "content/photo.jpg": PHOTO})
    drawn.build()
    assert f'<img src="{address}" alt="" width="800" height="480"' in drawn.page(".")


def test_a_cover_stands_in_the_form_that_loads_fastest(example: Drawn) -> None:
    html = example.page("get/nurturing-playbook")
    cover = next(tag for tag in tags(html) if "cover.png" in tag)
    assert cover.index("image/avif") < cover.index("image/webp") < cover.index('src="cover.png"')
    assert 'fetchpriority="high"' in cover
    assert html.count('rel="preload"') == 1
    assert "data-sizes" not in html


def test_nothing_is_done_again_when_nothing_changed(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw({"content/index.md": "![One](photo.jpg)\n", "content/photo.jpg": PHOTO})
    drawn.build()
    before = {path: path.read_bytes() for path in drawn.public.rglob("*") if path.is_file()}
    monkeypatch.setattr(Image.Image, "save", None)
    drawn.build()
    assert {path: path.read_bytes() for path in drawn.public.rglob("*") if path.is_file()} == before


def test_the_same_pictures_give_the_same_bytes(draw: Draw) -> None:
    drawn = draw({"content/index.md": "![One](photo.jpg)\n", "content/photo.jpg": PHOTO})
    drawn.build()
    before = {path.name: path.read_bytes() for path in drawn.public.iterdir() if path.is_file()}
    for path in (drawn.root / ".gatepost/images").iterdir():
        path.unlink()
    drawn.build()
    assert {path.name: path.read_bytes() for path in drawn.public.iterdir() if path.is_file()} == before


def test_a_damaged_cache_is_made_anew(draw: Draw) -> None:
    drawn = draw({"content/index.md": "![One](photo.jpg)\n", "content/photo.jpg": PHOTO})
    drawn.build()
    html = drawn.page(".")
    for path in (drawn.root / ".gatepost/images").iterdir():
        path.write_bytes(b"")
    drawn.build()
    assert drawn.page(".") == html
    assert all(path.stat().st_size for path in drawn.public.glob("photo.*"))


def test_the_site_may_do_without(checklist: Draw) -> None:
    config = CONFIG.replace("  - gatepost", "  - gatepost:\n      images: false")
    files: dict[str, str | bytes] = {
        "mkdocs.yml": config,
        "content/index.md": "![One](photo.jpg)\n\n![Two](gone.png)\n",
        "content/photo.jpg": PHOTO,
    }
    drawn = checklist(files)
    drawn.build()
    assert '<img alt="One" src="photo.jpg" />' in drawn.page(".")
    assert published(drawn) == ["photo.jpg"]


BROKEN = {
    "no such file": ("content/page.md", "# T\n\n![A](img/gone.png)\n", "3:10: no such picture, found 'img/gone.png'"),
    "in HTML": ("content/page.md", '# T\n\n<img src="../gone.png">\n', "3:14: no such picture, found '../gone.png'"),
    "in landing copy": (
        "magnets/checklist/magnet.md",
        MAGNET + "\n![A](gone.png)\n",
        "9:6: no such picture, found 'gone.png'",
    ),
}


@pytest.mark.parametrize("images", ["true", "false"])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_picture_that_is_not_there_is_warned_of_and_the_rest_is_built(
    checklist: Draw, capsys: pytest.CaptureFixture[str], broken: tuple[str, str, str], images: str
) -> None:
    file, text, message = broken
    config = CONFIG.replace("  - gatepost", f"  - gatepost:\n      images: {images}")
    drawn = checklist({"mkdocs.yml": config, file: text})
    drawn.build()
    warning = f"warning: {file}:{message}; write the path of a file below content/\n"
    assert warning in capsys.readouterr().err
    assert (drawn.public / "index.html").is_file()
    with pytest.raises(ContentError, match="strict"):
        drawn.build(strict=True)


@pytest.mark.parametrize(
    ("name", "data"), [("p.png", b"not a picture"), ("p.svg", b"<svg"), ("p.jpg", PHOTO[:9000] * 2)]
)
def test_a_picture_that_cannot_be_read_is_warned_of_and_stays(
    draw: Draw, capsys: pytest.CaptureFixture[str], name: str, data: bytes
) -> None:
    drawn = draw({"content/index.md": f"![A]({name})\n", f"content/{name}": data})
    drawn.build()
    assert capsys.readouterr().err == (
        f"warning: content/{name}:1:1: not a picture that can be read; write the picture saved anew\n"
    )
    assert tags(drawn.page(".")) == [f'<img alt="A" src="{name}" />']
    assert (drawn.public / name).read_bytes() == data


def test_a_gated_picture_does_not_come_out_as_a_variant(draw: Draw, tmp_path: Path) -> None:
    magnet = "---\ntitle: T\ndescription: D\nfile: wallpaper.jpg\n---\n"
    files: dict[str, str | bytes] = {
        "magnets/w/magnet.md": magnet,
        "magnets/w/wallpaper.jpg": PHOTO + PDF,
        "content/index.md": "# T\n",
    }
    drawn = draw(files)
    drawn.build()
    assert published(drawn) == []
    assert not (tmp_path / ".gatepost/images").exists()
