"""`gatepost schema`: what editors complete and validate files by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gatepost_site.project import Project
from gatepost_site.schemas import as_text, write_schemas
from gatepost_webhook.options import project_option
from gatepost_webhook.schemas import NAMES, schemas

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("name", type=click.Choice(NAMES), required=False)
@project_option
def command(name: str | None, root: Path) -> None:
    """Write the JSON Schemas of all file formats into .gatepost/schemas/, or print the one that is NAMEd.

    `gatepost init`, `build` and `check` write them too, so that they are those of the version that reads the files.

    \b
    Examples:
      gatepost schema
      gatepost schema sequence
    """
    if name:
        click.echo(as_text(schemas()[name]), nl=False)
        return
    for path in write_schemas(schemas(), Project.at(root)):
        click.echo(path)
