"""What landing copy is made of besides plain Markdown: benefits, contents, testimonials and the like."""

from gatepost_site.landing_blocks.check import block_findings, misplaced_blocks
from gatepost_site.landing_blocks.rendering import LandingExtension
from gatepost_site.landing_blocks.source import bind_blocks, blocks_in, is_landing_block, preview_length

__all__ = [
    "LandingExtension",
    "bind_blocks",
    "block_findings",
    "blocks_in",
    "is_landing_block",
    "misplaced_blocks",
    "preview_length",
]
