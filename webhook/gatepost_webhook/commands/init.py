"""`gatepost init`: a new site that works at once, to be rewritten piece by piece."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from gatepost_webhook.starter import start_site


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Start a new site in DIR: pages, a blog, one lead magnet and its sequence, ready to run and to rewrite.

    It writes content/, magnets/, sequences/, mkdocs.yml, .gitignore, and .env.example with every setting. DIR must be
    new or empty.

    \b
    Example:
      gatepost init my-site
    """
    start_site(folder)
    click.echo(f"A new site is in {folder}. See it run, with a mailbox that keeps every mail on this machine:\n")
    if folder.resolve() != Path.cwd():
        click.echo(f"  cd {shlex.quote(str(folder))}")
    click.echo("  gatepost demo")
