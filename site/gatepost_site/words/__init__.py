"""The words that Gatepost itself writes, in any language: one YAML file each, here or in a site's `languages/`."""
