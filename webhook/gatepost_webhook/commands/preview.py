"""gatepost preview: mails of a sequence as a persona would get them, on the screen or in the browser."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_site.documents import shown
from gatepost_webhook.checking import count
from gatepost_webhook.commands.send_test import check_variant
from gatepost_webhook.commands.studio import check_language, find_steps, open_bench
from gatepost_webhook.commands.timelines import find_persona, persona_option
from gatepost_webhook.options import project_option
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.samples import Sample

#: Format -> ending of its file.
FORMATS = {"text": "txt", "html": "html", "raw": "eml"}
_INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem }}
section {{ border-top: 1px solid #8886; padding: 1rem 0 2rem }}
iframe {{ width: 100%; height: 40rem; border: 1px solid #8886; border-radius: 6px; background: #fff }}
.soft {{ opacity: .75 }}
</style></head><body><h1>{title}</h1>
{mails}
</body></html>
"""
_MAIL = """<section><h2>{subject}</h2>
<p class="soft">{step} · {language}{variant} · {file} · <a href="{name}.html">HTML</a> · <a href="{name}.txt">text</a>
· <a href="{name}.eml">raw</a></p>
<iframe src="{name}.html" title="{subject}" sandbox="allow-popups"></iframe></section>"""


@click.command(short_help="Show mails of a sequence as a persona would get them.")
@click.argument("step", metavar="SEQUENCE[/STEP]")
@persona_option
@click.option(
    "--language", default="", metavar="TAG", help="Language of the reader, as in de; the site's when left out."
)
@click.option("--variant", default="", metavar="NAME", help="Which of several subjects; the first when left out.")
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="What is printed."
)
@click.option("--open", "opens", is_flag=True, help="Show it in the browser instead.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    show_default=".gatepost/mails/SEQUENCE",
    help="Folder for the files of a whole sequence.",
)
@project_option
def command(
    *,
    step: str,
    persona: str | None,
    language: str,
    variant: str,
    form: str,
    opens: bool,
    output: Path | None,
    root: Path,
) -> None:
    """Show one mail of a sequence, or write all of them into a folder with a page that shows them.

    Nothing is sent. A step may be named by its key, its file or its number, and shortened where that leaves no doubt.

    \b
    Examples:
      gatepost preview nurturing-playbook/first-read --persona full
      gatepost preview nurturing-playbook/2 --format html --open
      gatepost preview nurturing-playbook --language de --open
    """
    bench = open_bench(root, load_settings())
    found = find_steps(bench.sequences, step)
    single = len(found) == 1
    sequence = found[0][0]
    someone = find_persona(bench.project, sequence.slug, persona)
    samples = []
    for _, one in found:
        if single:
            check_language(bench, one, language)
            check_variant(one.message.in_language(language).subjects, variant)
        named = variant if variant in [subject.name for subject in one.message.in_language(language).subjects] else ""
        samples.append(
            bench.studio.sample(sequence, one, someone, name=persona or "", language=language, variant=named)
        )
    if single and not opens and output is None:
        _print(samples[0], form)
        return
    folder = output or bench.project.private / "mails" / sequence.slug
    _write(samples, folder, sequence.title)
    page = folder / (f"{_name(0, samples[0])}.{FORMATS[form]}" if single and form != "text" else "index.html")
    click.echo(
        f"{count(len(samples), 'mail')} in {shown(folder.resolve(), bench.project.root)}/, seen together in index.html"
    )
    if opens:
        click.launch(str(page.resolve()))


def _print(sample: Sample, form: str) -> None:
    if form == "raw":
        click.echo(sample.data, nl=False)
    elif form == "html":
        click.echo(sample.rendered.html)
    else:
        click.echo(as_text(sample), nl=False)


def as_text(sample: Sample) -> str:
    """Return a mail for a terminal: what a mail program lists, and the text."""
    rendered = sample.rendered
    variant = f" (variant {sample.variant})" if sample.variant else ""
    head = [f"Subject: {rendered.subject}{variant}"]
    head += [f"Preview: {rendered.preheader}"] if rendered.preheader else []
    head += [f"File:    sequences/{sample.sequence}/{sample.file} ({sample.language})"]
    return "\n".join(head) + "\n\n" + rendered.text


def _write(samples: Row[Sample], folder: Path, title: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(samples):
        name = _name(number, sample)
        (folder / f"{name}.html").write_text(sample.rendered.html, encoding="utf-8")
        (folder / f"{name}.txt").write_text(as_text(sample), encoding="utf-8")
        (folder / f"{name}.eml").write_bytes(sample.data)
    mails = "\n".join(_section(number, sample) for number, sample in enumerate(samples))
    (folder / "index.html").write_text(_INDEX.format(title=html.escape(title), mails=mails), encoding="utf-8")


def _section(number: int, sample: Sample) -> str:
    return _MAIL.format(
        subject=html.escape(sample.rendered.subject),
        step=sample.step,
        language=sample.language,
        variant=f" · variant {sample.variant}" if sample.variant else "",
        file=html.escape(sample.file),
        name=_name(number, sample),
    )


def _name(number: int, sample: Sample) -> str:
    return f"{number + 1:02d}-{sample.step}"
