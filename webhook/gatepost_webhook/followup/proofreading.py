"""Reads messages before anybody is sent one: unknown values, missing fallbacks, bad links, what cannot be rendered."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gatepost_site.documents import load_yaml, position_in, read_text, split, suggestion
from gatepost_site.findings import Finding
from gatepost_webhook.errors import RenderError, TooLargeError
from gatepost_webhook.followup import markup
from gatepost_webhook.followup.messages import MAX_HTML, Occasion, render_step
from gatepost_webhook.followup.template_check import Problem, template_problems
from gatepost_webhook.followup.templates import OPEN
from gatepost_webhook.followup.visits import MOST, VISIT, target_of, targets_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gatepost_site.documents import Document
    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.formats import MessageMeta
    from gatepost_webhook.followup.includes import Partials
    from gatepost_webhook.followup.letterhead import Letterhead
    from gatepost_webhook.followup.message import Message
    from gatepost_webhook.followup.message_files import MessageFiles
    from gatepost_webhook.followup.steps import Sequence

#: Values that every message may name.
ALWAYS = frozenset({"asked_on", "download_url", "magnet_title", "sequence_title", "site_name"})
#: Characters of a message's body. Mail programs cut a message off at about 100 KB of HTML.
MAX_BODY = 20_000
#: What stands before a value in YAML.
_VALUE = re.compile(r"(?:- *)?\w[\w-]*:\s*[\"']?|- *[\"']?")
_CODE = re.compile(r"`[^`\n]*`")
_PICTURE = re.compile(r"!\[[^\]\n]*\]\(\s*([^\s)]*)")
_ELEMENT = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
#: What an answer may look like at worst.
_HOSTILE = "{{7*7}} **<script>alert(1)</script>** [a](javascript:b) \r\nBcc: x@example.com \u202e=?utf-8?q?=0D=0A?=" * 2


@dataclass(frozen=True)
class Known:
    """The answers that a sequence's messages may name."""

    fields: frozenset[str]
    #: Fields that everybody who is enrolled has answered.
    required: frozenset[str]
    #: What every message may name.
    always: frozenset[str] = ALWAYS
    #: Slugs of all magnets, to which links may lead.
    magnets: tuple[str, ...] = ()

    @classmethod
    def of(cls, slug: str, magnets: Mapping[str, Magnet]) -> Known:
        """Return what the forms leading to a sequence ask for; all forms when none leads to it yet."""
        using = [magnet for magnet in magnets.values() if magnet.meta.sequence == slug]
        asked = [magnet.meta.fields for magnet in using or magnets.values()]
        names = frozenset(field.name for fields in asked for field in fields)
        always = [{field.name for field in fields if field.required} for fields in asked] if using else []
        required = frozenset.intersection(*map(frozenset, always)) if always else frozenset()
        # The lessons of a course are all there is: nothing can be downloaded.
        values = ALWAYS - {"download_url"} if using and all(magnet.is_course for magnet in using) else ALWAYS
        return cls(names, required, values, tuple(sorted(magnets)))


@dataclass(frozen=True)
class Proof:
    """What a message is read against."""

    known: Known
    #: Of the sequence and of the message.
    fallbacks: Mapping[str, str]
    partials: Partials
    #: BCP 47; "" when nobody says.
    language: str = ""
    #: Folder of the site's pages; None when links to them cannot be judged.
    pages: Path | None = None
    names: frozenset[str] = field(init=False)
    #: Those of the names that may be empty.
    optional: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        known, given = self.known, self.fallbacks.keys()
        object.__setattr__(self, "names", known.fields | known.always | given)
        object.__setattr__(self, "optional", known.fields - known.required - given)

    def problems(self, text: str) -> Iterator[Problem]:
        """Yield what is wrong with a text by itself."""
        yield from template_problems(text, self.names, self.optional)
        yield from self.partials.problems(text, self.language)
        yield from _markdown_problems(text)
        yield from self._link_problems(text)

    def _link_problems(self, text: str) -> Iterator[Problem]:
        # Template tags would be in the way, and a link that holds a value is judged when the value is known.
        pictures = {found[1] for found in _PICTURE.finditer(text)}
        for url in markup.skeleton(_TAG.sub(OPEN, text)).urls:
            if (OPEN in url and not target_of(url)) or url in pictures or not (told := self._told(url)):
                continue
            written = url.partition(OPEN)[0]
            before = text.partition(written)[0]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            yield Problem(line, column, told[0], f"'{written}{'{{' if OPEN in url else ''}'", told[1])

    def _told(self, url: str) -> tuple[str, str] | None:
        """Return what is wrong with a link, and what to write; None when it leads somewhere."""
        if url.startswith(VISIT):
            return self._told_of_visit(url, target_of(url))
        if url.startswith(markup.MAGNET):
            known = [f"{markup.MAGNET}{slug}" for slug in self.known.magnets]
            return None if url in known else ("no such magnet", suggestion(url, known) if known else "a page's address")
        if page := markup.page_of(url):
            there = self.pages is None or (self.pages / page).is_file()
            return None if there else ("no such page", self._near(page))
        if markup.address(url, (), SAMPLE.site_url):
            return None
        page = "" if ":" in url else f"'/{url}' for a page of the site, or "
        return "a link leads nowhere from a mail", page + "an address with https:// or mailto:"

    def _told_of_visit(self, url: str, target: str) -> tuple[str, str] | None:
        # Whoever follows it must be led to what the team wrote, so nothing is put into it.
        if OPEN in url:
            return "a link that may be noted holds no values", "where it leads, or a plain link"
        if not target or target.startswith("mailto:"):
            return "a link that may be noted leads to a page", "'visit:/pricing/'"
        return self._told(target)

    def _near(self, page: str) -> str:
        pages = [path.relative_to(self.pages).as_posix() for path in self.pages.rglob("*.md")] if self.pages else []
        near = difflib.get_close_matches(page, pages, n=1)
        return f"'{near[0]}'" if near else "the name of a file in content/, as in 'guide/start.md'"


def message_findings(document: Document[MessageMeta], path: Path, proof: Proof) -> list[Finding]:
    """Return what is wrong with a message's text, and with the partials in it."""
    file, body = document.file, document.body
    findings = [_finding(file, problem, document.body_line) for problem in proof.problems(body)]
    if not body.strip():
        findings.append(Finding(file, document.body_line, 1, "the message is empty", "", "what the mail says"))
    if len(body) > MAX_BODY:
        what, write = "the message is too long", f"at most {MAX_BODY}, and a link"
        findings.append(Finding(file, document.body_line, 1, what, f"{len(body)} characters", write))
    if (count := len(targets_in(body))) > MOST:
        what, write = "too many links that may be noted", f"at most {MOST}"
        findings.append(Finding(file, document.body_line, 1, what, str(count), write))
    for partial in proof.partials.used_by(body, proof.language).values():
        findings += [_finding(partial.file, problem, 1) for problem in proof.problems(partial.text)]
    return findings + list(_line_findings(document, path, proof))


def _line_findings(document: Document[MessageMeta], path: Path, proof: Proof) -> Iterator[Finding]:
    """Judge what becomes one line: the subjects and the preheader."""
    meta = document.meta
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    texts: list[tuple[tuple[str, ...], str]] = [(("subject",), meta.subject), (("preheader",), meta.preheader)]
    texts += [(("subjects", one.name), one.subject) for one in meta.subjects]
    for where, text in texts:
        for problem in template_problems(text, proof.names, proof.optional):
            line, column = place_in(path, *where)
            before = _VALUE.match(lines[line - 1], column - 1)
            place = replace(problem, column=problem.column + (before.end() if before else column - 1))
            yield _finding(document.file, place, line)


def place_in(path: Path, *where: str) -> tuple[int, int]:
    """Return (line, column) of a key of a file's front matter, of the deepest part that is there."""
    front, _, _ = split(read_text(path, path.name), path.name)
    return position_in(load_yaml(front or "", path.name, first_line=2), where, 2)


def trial_findings(
    sequence: Sequence, files: Mapping[str, MessageFiles], known: Known, letterhead: Letterhead
) -> list[Finding]:
    """Render every step for somebody who answered nothing, everything, and nastily."""
    findings = []
    for step in sequence.messages:
        for message in step.message.versions():
            document = files[step.message.file].draft(message).document
            if told := _trial(sequence, message, known, letterhead):
                findings.append(Finding(document.file, document.body_line, 1, *told))
    return findings


def _trial(sequence: Sequence, message: Message, known: Known, letterhead: Letterhead) -> tuple[str, str, str] | None:
    """Return (what, found, write) of the first thing that goes wrong with a message."""
    variants = [one.name for one in message.subjects] or [""]
    for variant, answer in ((variant, answer) for variant in variants for answer in ("", "Sample", _HOSTILE)):
        answers = dict.fromkeys(known.fields, "") | dict.fromkeys(
            known.required if not answer else known.fields, answer or "Sample"
        )
        try:
            render_step(
                replace(SAMPLE, letterhead=letterhead), sequence, message.named(variant), answers=answers,
                download_url="https://example.com/d/sample",
            )  # fmt: skip
        except TooLargeError as error:
            write = f"less, and a link to the rest: mail programs cut off what is over {MAX_HTML // 1000} KB"
            return "the mail is too large", f"{error.size // 1000} KB of HTML", write
        except RenderError as error:
            return "cannot be rendered", f"{error}", ""
    return None


#: Why somebody might get a mail.
SAMPLE = Occasion(
    kind="drip",
    site_name="Sample",
    site_url="https://example.com/",
    magnet_title="Sample",
    landing_url="https://example.com/get/sample/",
    asked_at=0,
    sender="Sample",
    postal_address="Sample Street",
    unsubscribe_url="https://example.com/u/sample",
    preferences_url="https://example.com/p/sample",
)


def _finding(file: str, problem: Problem, first_line: int) -> Finding:
    return Finding(file, first_line + problem.line - 1, problem.column, problem.what, problem.found, problem.write)


def _markdown_problems(text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), start=1):
        plain = _CODE.sub(lambda found: " " * len(found[0]), line)
        for picture in _PICTURE.finditer(plain):
            if not picture[1].startswith("/") or picture[1].startswith("//") or "{" in picture[1]:
                what, write = "a mail shows pictures of its own site only", "'/assets/...': a file of content/"
                yield Problem(number, picture.start(1) + 1, what, f"'{picture[1]}'", write)
        if element := _ELEMENT.search(plain):
            yield Problem(number, element.start() + 1, "HTML is shown as it is written", f"'{element[0]}'", "Markdown")
