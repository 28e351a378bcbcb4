"""Chapters in Markdown to a book one is glad to hand out: PDF, and the cover as a picture."""

from gatepost_site.ebook.building import build_ebook, cover_png, page_count

__all__ = ["build_ebook", "cover_png", "page_count"]
