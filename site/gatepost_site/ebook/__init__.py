"""Chapters in Markdown to a book one is glad to hand out, its contents, and its first pages as pictures."""

from gatepost_site.ebook.building import build_ebook, build_epub, contents_of, cover_png, page_count
from gatepost_site.ebook.contents import ChapterTitle
from gatepost_site.ebook.preview import PagePicture, preview_pages

__all__ = [
    "ChapterTitle",
    "PagePicture",
    "build_ebook",
    "build_epub",
    "contents_of",
    "cover_png",
    "page_count",
    "preview_pages",
]
