"""`gatepost words`: the words that Gatepost itself writes, as a file to translate or to change."""

from __future__ import annotations

import click

from gatepost_site.words.languages import SHIPPED, shipped_source


@click.command()
@click.argument("language", type=click.Choice(SHIPPED), default="en")
def command(language: str) -> None:
    """Print the words that Gatepost itself writes, in English or another LANGUAGE that it comes with.

    A site's own words are in languages/LANGUAGE.yml: a new language has all of them, a known one only what differs.

    \b
    Example:
      gatepost words > languages/fr.yml
    """
    click.echo(shipped_source(language), nl=False)
