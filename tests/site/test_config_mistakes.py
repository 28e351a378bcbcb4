"""What MkDocs refuses in mkdocs.yml comes back with its line, what was found, and what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.conftest import Drawn

REST = {
    "site_name": "Example", "docs_dir": "content", "site_dir": "public", "theme": "mkdocs", "plugins": "[gatepost]",
}  # fmt: skip
CASES = {
    "plugins:\n  - gatepost\n  - serach\n": "3:5: plugin is not installed, found 'serach'; write 'search'",
    "plugins:\n  - gatepost\n  - x-ray: {}\n": (
        "3:5: plugin is not installed, found 'x-ray'; write pip install with the name of the package that brings it"
    ),
    "plugins:\n  - gatepost:\n      feeds: often\n": "3:7: gatepost: 'feeds' must be true or false",
    "plugins:\n  - gatepost:\n      feed: true\n": "3:7: gatepost: unknown option, found 'feed'; write 'feeds'",
    "markdown_extensions:\n  - toc\n  - atr_list\n": (
        "3:5: extension is not installed, found 'atr_list'; write 'attr_list'"
    ),
    "theme: materiel\n": "1:1: no such theme, found 'materiel'; write 'material'",
    "theme:\n  name: materiel\n": "2:3: no such theme, found 'materiel'; write 'material'",
    "site_url: example.com\n": (
        "1:1: 'site_url' is no full address, found 'example.com'; write 'https://www.example.com/'"
    ),
    "site_dir: content/out\n": (
        "1:1: output folder and folder of pages stand in each other, found 'content/out'; write 'site_dir: public'"
    ),
    "docs_dir: contents\n": (
        "1:1: no such folder, found 'contents'; write the name of the folder of pages, as in 'docs_dir: content'"
    ),
}


@pytest.mark.parametrize(("written", "said"), CASES.items())
def test_a_mistake_in_the_configuration_has_its_line(draw: Callable[..., Drawn], written: str, said: str) -> None:
    rest = [f"{key}: {value}\n" for key, value in REST.items() if not written.startswith(f"{key}:")]
    assert draw({"mkdocs.yml": written + "".join(rest)}).complaints() == f"mkdocs.yml:{said}"
