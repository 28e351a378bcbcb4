"""Reads messages before anybody is sent one: unknown values, missing fallbacks, bad links, what cannot be rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatepost_site.documents import read_front_matter
from gatepost_site.findings import Finding
from gatepost_webhook.errors import RenderError
from gatepost_webhook.followup import markup
from gatepost_webhook.followup.messages import Occasion, render_step
from gatepost_webhook.followup.template_check import Problem, template_problems
from gatepost_webhook.followup.templates import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gatepost_site.documents import Document
    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.formats import MessageMeta
    from gatepost_webhook.followup.steps import Sequence

#: Values that every message may name.
ALWAYS = frozenset({"download_url", "magnet_title", "site_name"})
#: Characters of a message's body. Mail programs cut a message off at about 100 KB of HTML.
MAX_BODY = 20_000
#: What stands before a value in YAML.
_VALUE = re.compile(r"\w+:\s*[\"']?")
_CODE = re.compile(r"`[^`\n]*`")
_IMAGE = re.compile(r"!\[")
_ELEMENT = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
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

    @classmethod
    def of(cls, slug: str, magnets: Mapping[str, Magnet]) -> Known:
        """Return what the forms leading to a sequence ask for; all forms when none leads to it yet."""
        using = [magnet for magnet in magnets.values() if magnet.meta.sequence == slug]
        asked = [magnet.meta.fields for magnet in using or magnets.values()]
        names = frozenset(field.name for fields in asked for field in fields)
        always = [{field.name for field in fields if field.required} for fields in asked] if using else []
        # The lessons of a course are all there is: nothing can be downloaded.
        values = ALWAYS - {"download_url"} if using and all(magnet.is_course for magnet in using) else ALWAYS
        return cls(names, frozenset.intersection(*map(frozenset, always)) if always else frozenset(), values)


def message_findings(
    document: Document[MessageMeta], path: Path, known: Known, fallbacks: Mapping[str, str]
) -> list[Finding]:
    """Return what is wrong with a message's text."""
    names = known.fields | known.always | fallbacks.keys()
    optional = known.fields - known.required - fallbacks.keys()
    findings = [
        _finding(document, problem, document.body_line)
        for problem in [*template_problems(document.body, names, optional), *_markdown_problems(document.body)]
    ]
    _, positions = read_front_matter(path, root=path.parent)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for key, text in (("subject", document.meta.subject), ("preheader", document.meta.preheader)):
        line, _ = positions.get(key, (1, 1))
        before = _VALUE.match(lines[line - 1])
        for problem in template_problems(text, names, optional):
            place = replace(problem, column=problem.column + (before.end() if before else 0))
            findings.append(_finding(document, place, line))
    return findings


def trial_findings(sequence: Sequence, documents: Mapping[str, Document[MessageMeta]], known: Known) -> list[Finding]:
    """Render every step for somebody who answered nothing, everything, and nastily."""
    findings = []
    for step in sequence.messages:
        document = documents[step.message.file]
        for answer in ("", "Sample", _HOSTILE):
            answers = dict.fromkeys(known.fields, "") | dict.fromkeys(
                known.required if not answer else known.fields, answer or "Sample"
            )
            try:
                render_step(_SAMPLE, sequence, step, answers=answers, download_url="https://example.com/d/sample")
            except RenderError as error:
                findings.append(Finding(document.file, document.body_line, 1, "cannot be rendered", f"{error}"))
                break
    return findings


_SAMPLE = Occasion(
    kind="drip",
    site_name="Sample",
    site_url="https://example.com/",
    magnet_title="Sample",
    landing_url="https://example.com/get/sample/",
    asked_at=0,
    sender="Sample",
    postal_address="Sample Street",
    unsubscribe_url="https://example.com/u/sample",
)


def _finding(document: Document[MessageMeta], problem: Problem, first_line: int) -> Finding:
    line = first_line + problem.line - 1
    return Finding(document.file, line, problem.column, problem.what, problem.found, problem.write)


def _markdown_problems(body: str) -> Iterator[Problem]:
    if not body.strip():
        yield Problem(1, 1, "the message is empty", "", "what the mail says")
    if len(body) > MAX_BODY:
        yield Problem(1, 1, "the message is too long", f"{len(body)} characters", f"at most {MAX_BODY}, and a link")
    for number, line in enumerate(body.splitlines(), start=1):
        text = _CODE.sub(lambda found: " " * len(found[0]), line)
        if image := _IMAGE.search(text):
            yield Problem(number, image.start() + 1, "a mail holds no pictures", "'!['", "a link to the page with it")
        if element := _ELEMENT.search(text):
            yield Problem(number, element.start() + 1, "HTML is shown as it is written", f"'{element[0]}'", "Markdown")
    yield from _link_problems(body)


def _link_problems(body: str) -> Iterator[Problem]:
    # Template tags would be in the way, and a link that holds a value is judged when the value is known.
    for url in markup.skeleton(re.sub(r"\{[{%#].*?[}%#]\}", OPEN, body, flags=re.DOTALL)).urls:
        if OPEN in url or markup.address(url, (), _SAMPLE.site_url):
            continue
        before = body.partition(url)[0]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        page = "" if ":" in url else f"'/{url}' for a page of the site, or "
        write = page + "an address with https:// or mailto:"
        yield Problem(line, column, "a link leads nowhere from a mail", f"'{url}'", write)
