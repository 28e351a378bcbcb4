"""robots.txt: where the sitemap is, and which programs of AI companies are asked to stay away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatepost_site.site_files.indexable import address

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site

#: Gather texts to train models with. "-Extended" are no programs of their own: the word keeps pages out of training.
TRAINING = (
    "AI2Bot", "Amazonbot", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "Diffbot", "FacebookBot",
    "GPTBot", "Google-Extended", "Meta-ExternalAgent", "Timpibot", "anthropic-ai", "cohere-training-data-crawler",
)  # fmt: skip
#: Read a page to answer somebody's question, and name it as the source.
ANSWERS = (
    "ChatGPT-User", "Claude-SearchBot", "Claude-User", "DuckAssistBot", "Meta-ExternalFetcher", "MistralAI-User",
    "OAI-SearchBot", "Perplexity-User", "PerplexityBot",
)  # fmt: skip
_REFUSED = {"all": (), "answers": TRAINING, "none": (*TRAINING, *ANSWERS)}


def write_robots(site: Site, public: Path, project: Project) -> None:
    """Write robots.txt, unless a writer wrote one. Robots look for it at the top of a host only."""
    if not site.facts.adds.robots or (project.content / "robots.txt").is_file():
        return
    if urlsplit(site.facts.url).path.strip("/"):
        return
    (public / "robots.txt").write_text(robots_text(site, project), encoding="utf-8", newline="\n")


def robots_text(site: Site, project: Project) -> str:
    """Return the rules. Pages to leave out say so themselves: what a robot may not read, it cannot obey either."""
    refused = _REFUSED[site.facts.adds.ai_crawlers]
    groups = ["User-agent: *\nDisallow:\n"]
    if refused:
        groups.append("".join(f"User-agent: {name}\n" for name in refused) + "Disallow: /\n")
    if site.facts.url and (site.facts.adds.sitemap or (project.content / "sitemap.xml").is_file()):
        groups.append(f"Sitemap: {address('sitemap.xml', site)}\n")
    return "\n".join(groups)
