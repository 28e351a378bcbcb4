"""The key `social` in front matter: what posts about a page or a magnet say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from gatepost_site.documents import Checked, mistake, read_document, read_front_matter
from gatepost_site.seo.posts import NETWORKS, Wording

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLE = "Read this before Friday."


def _hashtag(value: str) -> str:
    if not value.replace("_", "").isalnum():
        raise mistake("is no hashtag", "letters and digits, without '#'")
    return value


class Social(Checked):
    """What posts say: one text for all networks, or one for each."""

    #: For every network that is not named.
    text: str = Field("", max_length=5000, examples=[_EXAMPLE])
    linkedin: str = Field("", max_length=5000, examples=[_EXAMPLE])
    x: str = Field("", max_length=5000, examples=[_EXAMPLE])
    mastodon: str = Field("", max_length=5000, examples=[_EXAMPLE])
    bluesky: str = Field("", max_length=5000, examples=[_EXAMPLE])
    facebook: str = Field("", max_length=5000, examples=[_EXAMPLE])
    hashtags: tuple[Annotated[str, AfterValidator(_hashtag)], ...] = Field((), examples=["[EmailMarketing]"])

    @property
    def wording(self) -> Wording:
        """The same for whoever writes posts."""
        texts = {key: text for key in NETWORKS if (text := getattr(self, key))}
        return Wording(texts, self.text, self.hashtags)


def _with_text(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


#: A text alone stands for all networks.
SocialKey: TypeAlias = Annotated[Social, BeforeValidator(_with_text, json_schema_input_type=str | Social)]


class _Speaking(Checked):
    """Any front matter that may have the key."""

    model_config = ConfigDict(extra="allow")

    social: SocialKey = Field(Social(), examples=[_EXAMPLE])


def read_wording(path: Path, *, root: Path) -> Wording:
    """Read what the file of a page or a magnet says of posts. Raises ContentError with every mistake."""
    values, _ = read_front_matter(path, root=root)
    return read_document(path, _Speaking, root=root).meta.social.wording if "social" in values else Wording()
