"""Files that a site has beside its pages: for search engines, feed readers, answer engines and old addresses."""
