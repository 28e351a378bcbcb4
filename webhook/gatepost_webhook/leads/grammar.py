"""Reads the text of a condition; what it does not understand it names, with what may stand there instead.

condition  = either
either     = all {"or" all}
all        = one {"and" one}
one        = "not" one | "(" either ")" | question
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic_core import PydanticCustomError

from gatepost_site.documents import mistake
from gatepost_webhook.followup.durations import parse_duration
from gatepost_webhook.leads.nodes import All, Either, denied
from gatepost_webhook.leads.questions import (
    BARE,
    ORDERS,
    PLAIN_NAMES,
    SETS,
    TRAITS,
    Answered,
    Belongs,
    Comparison,
    Contains,
    Equals,
    Has,
    Measures,
    Since,
    Subject,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.leads.nodes import Node
    from gatepost_webhook.leads.questions import Question

#: Characters of a condition, questions in it, and parentheses inside parentheses.
MAX_LENGTH, MAX_QUESTIONS, MAX_DEPTH = 2000, 50, 10
_TOKEN = re.compile(r"""\s*(?:(?P<mark>[(),])|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>[^\s()"',]+))""")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_VERBS = frozenset({"is", "contains", "does"})
EXAMPLES = (
    "one of 'downloaded', 'company is set', 'company is \"Bakery\"', 'tagged \"customer\"', 'in segment regulars'"
)
_TRAIT_EXAMPLES = {
    "stage": "'stage is \"customer\"' or 'stage is set'; 'field stage ...' is the answer to a form",
    "language": "'language is \"de\"'; 'field language ...' is the answer to a form",
    "score": "'score is at least 50'; 'field score ...' is the answer to a form",
}
_TESTS = "'is set', 'is not set', 'is \"...\"', 'is one of \"...\", \"...\"', 'contains \"...\"' or 'is more than 20'"


@dataclass(frozen=True)
class _Token:
    """A word, a mark, or a text that stood in quotes."""

    text: str
    is_text: bool = False


def read(text: str) -> Node:
    """Return the tree that a text states. Raises a validator's mistake."""
    if len(text) > MAX_LENGTH:
        raise mistake("is too long for a condition", f"at most {MAX_LENGTH} characters, and segments for its parts")
    if bad := next((c for c in text if unicodedata.category(c) in {"Cc", "Cs"} and not c.isspace()), None):
        raise mistake("holds a character that nobody sees", f"the condition without U+{ord(bad):04X}")
    reader = _Reader(_tokens(text))
    node = reader.either()
    if reader.word:
        raise reader.refused("'and' or 'or' before another question")
    return node


def _tokens(text: str) -> list[_Token]:
    tokens, position = [], 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if not found:
            raise mistake("is not a condition: a quotation mark is not closed", "the same mark behind the text")
        position = found.end()
        kind = found.lastgroup or ""
        tokens.append(_Token(" ".join(found[kind].split()), is_text=kind in {"double", "single"}))
    return tokens


class _Reader:
    """Goes through the words of a condition once, from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._questions = 0

    @property
    def word(self) -> str:
        """What stands here: a word as it is, a text in its quotes, "" at the end."""
        return self._shown(self._at)

    def either(self) -> Node:
        """Read parts with `or` between them."""
        parts = self._parts("or", self._all)
        return parts[0] if len(parts) == 1 else Either(parts)

    def refused(self, write: str) -> PydanticCustomError:
        """Return the mistake that what stands here is."""
        before = " ".join(map(self._shown, range(max(0, self._at - 3), self._at)))
        after = f" after {before!r}" if before else ""
        here = f"{self.word!r} is not understood{after}" if self.word else f"something is missing{after}"
        return mistake(f"is not a condition: {here}" if self._tokens else "is not a condition", write)

    def _all(self) -> Node:
        parts = self._parts("and", self._one)
        return parts[0] if len(parts) == 1 else All(parts)

    def _parts(self, joint: str, part: Callable[[], Node]) -> tuple[Node, ...]:
        parts = [part()]
        while self._take(joint):
            parts.append(part())
        return tuple(parts)

    def _one(self) -> Node:
        if self._begins_comparison():
            return self._comparison()
        if self._take("not"):
            return denied(self._deeper(self._one))
        if self._take("("):
            node = self._deeper(self.either)
            if not self._take(")"):
                raise self.refused("'and', 'or' or ')'")
            return node
        return self._question()

    def _deeper(self, inner: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise mistake("is nested too deeply", f"at most {MAX_DEPTH} levels, and segments for its parts")
        node = inner()
        self._depth -= 1
        return node

    def _question(self) -> Question:
        self._count()
        if self._take("came"):
            return self._since("came")
        if self._take("last", "active"):
            return self._since("last active")
        if self._take("in", "segment"):
            return Belongs(self._name("segment"))
        for word, (_, kind) in SETS.items():
            if self._take(*word.split()):
                return Has(word, self._name(kind, optional=word in BARE))
        if self._at < len(self._tokens) and _FIELD.fullmatch(self.word):
            self._at += 1
            raise self.refused(_TESTS)
        raise self.refused(EXAMPLES)

    def _count(self) -> None:
        self._questions += 1
        if self._questions > MAX_QUESTIONS:
            raise mistake("asks too many questions", f"at most {MAX_QUESTIONS}, and segments for its parts")

    def _name(self, kind: str, *, optional: bool = False) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else _Token("")
        if optional and not token.is_text and token.text in {"", "and", "or", ")"}:
            return ""
        if not token.text or not (token.is_text or (kind in PLAIN_NAMES and _NAME.fullmatch(token.text))):
            raise self.refused(f"the name of a {kind}" if kind in PLAIN_NAMES else f"the {kind} in quotation marks")
        self._at += 1
        return token.text

    def _since(self, what: Literal["came", "last active"]) -> Since:
        within = self._take("within")
        if not within and not self._take("more", "than"):
            raise self.refused("'within 30 days' or 'more than 30 days ago'")
        duration = " ".join(map(self._shown, (self._at, self._at + 1)))
        try:
            seconds = parse_duration(duration)
        except PydanticCustomError:
            write = "a number and minutes, hours, days or weeks, as in '30 days'; at most '104 weeks'"
            raise self.refused(write) from None
        self._at += 2
        if not within and not self._take("ago"):
            raise self.refused("'ago'")
        return Since(what, seconds, within)

    def _begins_comparison(self) -> bool:
        ahead = self._at + (self._shown(self._at) == "field" and self._shown(self._at + 1) not in _VERBS)
        return self._shown(ahead + 1) in _VERBS and not self._tokens[ahead].is_text

    def _comparison(self) -> Node:
        self._count()
        subject = self._subject()
        if self._take("contains"):
            return self._checked(Contains(subject, self._part()))
        if self._take("does"):
            if not self._take("not", "contain"):
                raise self.refused("'not contain'")
            return denied(self._checked(Contains(subject, self._part())))
        self._take("is")
        negated = self._take("not")
        test = self._checked(self._test(subject))
        return denied(test) if negated else test

    def _subject(self) -> Subject:
        is_field = self._shown(self._at + 1) not in _VERBS
        self._at += is_field
        name = self.word
        if not _FIELD.fullmatch(name):
            raise self.refused("the name of a form's field: small letters, digits and _")
        self._at += 1
        return Subject(name, is_field or name not in TRAITS)

    def _test(self, subject: Subject) -> Answered | Equals | Measures:
        if self._take("set"):
            return Answered(subject)
        if self._take("one", "of"):
            values = [self._text()]
            while self._take(","):
                values.append(self._text())
            return Equals(subject, tuple(values))
        for order in ORDERS:
            if self._take(*order.split()):
                return Measures(subject, order, self._number())
        if self._at < len(self._tokens) and not self._tokens[self._at].is_text:
            what = "'set', 'not set', " if self._shown(self._at - 1) != "not" else "'set', "
            raise self.refused(
                f"{what}the answer in quotation marks, 'one of', or 'more than', 'at least', 'less than', 'at most'"
            )
        return Equals(subject, (self._text(),))

    def _checked(self, test: Comparison) -> Comparison:
        """Refuse what cannot be asked of a stage, a language or a score."""
        subject = test.subject
        if not subject.is_field and not isinstance(test, TRAITS[subject.name]):
            raise mistake(f"cannot be asked of the {subject.name}", _TRAIT_EXAMPLES[subject.name])
        return test

    def _text(self) -> str:
        if self._at >= len(self._tokens) or not self._tokens[self._at].is_text:
            raise self.refused("a text in quotation marks")
        self._at += 1
        return self._tokens[self._at - 1].text

    def _part(self) -> str:
        if self.word == '""':
            raise self.refused("a text that is not empty")
        return self._text()

    def _number(self) -> float:
        if not _NUMBER.fullmatch(self.word):
            raise self.refused("a number, as in '20' or '2.5'")
        self._at += 1
        return float(self._tokens[self._at - 1].text)

    def _take(self, *words: str) -> bool:
        """Go past words if they stand here."""
        if any(self._shown(self._at + offset) != word for offset, word in enumerate(words)):
            return False
        self._at += len(words)
        return True

    def _shown(self, place: int) -> str:
        if not 0 <= place < len(self._tokens):
            return ""
        token = self._tokens[place]
        return quoted(token.text) if token.is_text else token.text
