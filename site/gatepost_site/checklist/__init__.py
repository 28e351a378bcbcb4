"""A list in Markdown to a sheet that one is glad to print and tick off."""

from gatepost_site.checklist.building import build_checklist

__all__ = ["build_checklist"]
