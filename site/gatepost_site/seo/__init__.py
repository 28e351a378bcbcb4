"""What search engines, answer engines and networks are told of a site."""
