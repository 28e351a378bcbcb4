"""The site half of Gatepost: Markdown, magnets and ebooks in; a checked static site out."""
