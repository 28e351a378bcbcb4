"""All rules of the site half, in the order in which they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.audit.rules import (
    forms,
    headings,
    links,
    pictures,
    published,
    reach,
    redirects,
    sources,
    titles,
    wording,
)

if TYPE_CHECKING:
    from gatepost_site.audit.registry import Rule

RULES: tuple[Rule, ...] = (
    sources.config,
    sources.front_matter,
    sources.unknown_key,
    sources.gated_page,
    sources.snippet,
    sources.magnet,
    sources.offer,
    sources.block,
    sources.words,
    sources.landing_heading,
    sources.ebook,
    published.leak,
    sources.key_type,
    titles.missing_title,
    titles.duplicate_title,
    titles.long_title,
    titles.short_title,
    titles.missing_description,
    titles.duplicate_description,
    titles.long_description,
    titles.short_description,
    headings.first_heading,
    headings.skipped_level,
    headings.empty_heading,
    headings.duplicate_heading,
    links.dead_link,
    links.dead_image,
    links.dead_anchor,
    links.link_address,
    links.undefined_reference,
    links.link_text,
    pictures.missing_alt,
    pictures.broken_image,
    pictures.heavy_image,
    pictures.large_image,
    reach.orphan_page,
    reach.missing_offer,
    reach.unreachable_magnet,
    forms.missing_privacy,
    forms.consent_for_ever,
    forms.poor_label,
    forms.unused_sequence,
    redirects.redirect_conflict,
    wording.leftover,
    wording.hard_to_read,
    published.canonical,
    published.hreflang,
)
