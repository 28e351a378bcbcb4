"""sequences/topics.yml: what sequences are about, in words for readers, who can leave one topic and keep others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, StringConstraints

from gatepost_site.documents import Checked, mistake, read_yaml, suggestion
from gatepost_site.findings import ContentError, Finding
from gatepost_site.words.tags import is_language, normal
from gatepost_webhook.followup.formats import Key  # noqa: TC001 - pydantic needs it at run time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_webhook.followup.positions import Positions

#: More than this nobody reads, and a form carries.
MAX_TOPICS = 12

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class TopicWords(Checked):
    """A topic in another language."""

    #: What readers see it called.
    title: Line = Field(examples=["Nachfassen"])
    #: One sentence about it.
    about: Sentence = Field("", examples=["Wie man Menschen schreibt, die gefragt haben."])


def _languages(value: dict[str, TopicWords]) -> dict[str, TopicWords]:
    for language in value:
        if not is_language(language):
            raise mistake(f"has {language!r}, which is not a language", "the tag of a language, as in 'de'")
    return {normal(language): words for language, words in value.items()}


class TopicMeta(Checked):
    """One topic of sequences/topics.yml."""

    #: What readers see it called.
    title: Line = Field(examples=["Following up"])
    #: One sentence about it.
    about: Sentence = Field("", examples=["How to write to people who asked."])
    #: Title and sentence in other languages, by their tag.
    translations: Annotated[dict[str, TopicWords], AfterValidator(_languages)] = Field(
        {}, examples=["{de: {title: Nachfassen}}"]
    )


def _few(value: dict[Key, TopicMeta]) -> dict[Key, TopicMeta]:
    if not 1 <= len(value) <= MAX_TOPICS:
        raise mistake(f"has {len(value)} topics", f"1 to {MAX_TOPICS}")
    return value


class TopicsMeta(Checked):
    """sequences/topics.yml."""

    #: Key -> what it is called; `topic:` in a sequence.yml names one.
    topics: Annotated[dict[Key, TopicMeta], AfterValidator(_few)] = Field(
        examples=["{nurturing: {title: Following up}}"]
    )


@dataclass(frozen=True)
class Topic:
    """A topic in one language."""

    key: str
    title: str
    about: str


@dataclass(frozen=True)
class Topics:
    """The topics of a project, by key, in the order of the file."""

    metas: Mapping[str, TopicMeta]

    def offered(self, used: Iterable[str], language: str) -> list[Topic]:
        """Return the topics that some sequence has, in words of a language as far as there are any."""
        keys = set(used)
        return [_in(key, meta, normal(language)) for key, meta in self.metas.items() if key in keys]


def load_topics(project: Project) -> Topics:
    """Read sequences/topics.yml; no topics when there is none. Raises ContentError."""
    path = _path(project)
    return Topics(read_yaml(path, TopicsMeta, root=project.root).topics if path.is_file() else {})


def topic_findings(topic: str, positions: Positions, project: Project) -> list[Finding]:
    """Name a sequence's topic that sequences/topics.yml does not have."""
    if not topic:
        return []
    try:
        known = list(load_topics(project).metas)
    except ContentError:
        # Told once, for the file that is wrong.
        return []
    if topic in known:
        return []
    write = suggestion(topic, known) if known else "a sequences/topics.yml that says what readers see it called"
    return [positions.finding(("topic",), "no such topic in sequences/topics.yml", f"'{topic}'", write)]


def _path(project: Project) -> Path:
    return project.sequences / "topics.yml"


def _in(key: str, meta: TopicMeta, language: str) -> Topic:
    words = meta.translations.get(language) or meta.translations.get(language.partition("-")[0]) or meta
    return Topic(key, words.title, words.about)
