"""Writes a site of any size, the same each time: articles of about 800 words, with all that costs time."""

from __future__ import annotations

import random
import zlib
from struct import pack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: Pages a folder of the content.
SECTION = 50
_WORDS = (
    "lead", "magnet", "reader", "page", "offer", "letter", "form", "consent", "answer", "list", "campaign",
    "article", "search", "button", "landing", "title", "mail", "sequence", "visitor", "owner", "week", "question",
    "promise", "address", "copy", "measure", "report", "growth", "trust", "clear", "useful", "short", "honest",
    "early", "later", "simple", "better", "often", "before", "after", "because", "while", "without", "between",
    "almost", "every", "several", "small", "large", "quiet", "write", "read", "send", "keep", "test", "change",
    "show", "ask", "give", "open", "follow", "learn", "wait", "build", "compare", "choose", "explain", "remember",
)  # fmt: skip


def write_corpus(root: Path, pages: int) -> None:
    """Write `pages` Markdown files and a few pictures into root/content."""
    content = root / "content"
    content.mkdir(parents=True)
    (content / "img").mkdir()
    for number in range(10):
        (content / "img" / f"picture-{number}.png").write_bytes(_picture(number))
    (content / "index.md").write_text(_page(0, pages), encoding="utf-8")
    for number in range(1, pages):
        path = content / _path(number)
        path.parent.mkdir(exist_ok=True)
        path.write_text(_page(number, pages), encoding="utf-8")


def edit(root: Path, number: int, turn: int) -> None:
    """Change a sentence in the middle of a page; each turn changes it to something else."""
    path = root / "content" / _path(number)
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    place = next(at for at, line in enumerate(lines) if line.startswith("To sum up"))
    lines[place] = f"To sum up, this is what was learnt in round {turn}."
    path.write_text("\n".join(lines), encoding="utf-8")


def _path(number: int) -> str:
    return f"part-{number // SECTION:03}/article-{number:05}.md" if number else "index.md"


def _page(number: int, pages: int) -> str:
    chance = random.Random(number)
    title = _sentence(chance, 5).rstrip(".")
    front = (
        f"---\ntitle: {title} {number}\ndescription: {_sentence(chance, 16)}\ntags: [{chance.choice(_WORDS)}]\n---\n\n"
    )
    parts = [f"# {title} {number}", _paragraph(chance, number, pages)]
    for _ in range(5):
        parts += [f"## {_sentence(chance, 4).rstrip('.')}", *(_paragraph(chance, number, pages) for _ in range(2))]
        parts += [chance.choice(_EXTRAS)(chance)]
    parts += [f"![{_sentence(chance, 4)}]({_up(number)}img/picture-{number % 10}.png)", "To sum up, write less."]
    return front + "\n\n".join(parts) + "\n"


def _up(number: int) -> str:
    return "../" if number else ""


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words)).capitalize() + "."


def _paragraph(chance: random.Random, number: int, pages: int) -> str:
    sentences = [_sentence(chance, chance.randint(8, 16)) for _ in range(4)]
    sentences.insert(
        1, f"A **{chance.choice(_WORDS)}** and an *{chance.choice(_WORDS)}* with `{chance.choice(_WORDS)}()`."
    )
    if chance.random() < 0.5:
        other = chance.randrange(pages)
        sentences.insert(2, f"See [{_sentence(chance, 3).rstrip('.')}]({_up(number)}{_path(other)}).")
    return " ".join(sentences)


def _code(chance: random.Random) -> str:
    name = chance.choice(_WORDS)
    body = "\n".join(
        f"    {word} = {name}({at}, '{word}')  # {word}" for at, word in enumerate(chance.sample(_WORDS, 6))
    )
    return f"```python\ndef {name}(value: int) -> str:\n{body}\n    return str(value)\n```"


def _table(chance: random.Random) -> str:
    rows = "\n".join(f"| {' | '.join(chance.sample(_WORDS, 3))} |" for _ in range(5))
    return f"| What | When | Who |\n|---|---|---|\n{rows}"


def _list(chance: random.Random) -> str:
    return "\n".join(f"- {_sentence(chance, 8)}" for _ in range(5))


def _note(chance: random.Random) -> str:
    return f'!!! note "{_sentence(chance, 3)}"\n\n    {_sentence(chance, 14)} {_sentence(chance, 12)}'


_EXTRAS = (_code, _table, _list, _note)


def _picture(number: int) -> bytes:
    """Return a PNG of 8 x 8 pixels in one colour."""
    row = b"\0" + bytes((number * 25 % 256, 120, 200)) * 8
    chunks = [(b"IHDR", pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(row * 8)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
