"""What is wrong with a site: rules over its sources and over what was built, and what they found."""

from gatepost_site.audit.leaks import leaks, remove_leaks, sha256_of

__all__ = ["leaks", "remove_leaks", "sha256_of"]
