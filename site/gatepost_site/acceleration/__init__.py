"""Stands between MkDocs and its pages: what was made of the same input is taken from the last build."""

from gatepost_site.acceleration.building import Acceleration
from gatepost_site.acceleration.theming import prune_navigation, use_bytecode_cache

__all__ = ["Acceleration", "prune_navigation", "use_bytecode_cache"]
