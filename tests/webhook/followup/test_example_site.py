"""The example's sequences use every key and every kind of step at least once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from gatepost_site.documents import read_document, read_yaml
from gatepost_webhook.followup.formats import MessageMeta, SequenceMeta, StepMeta, WayMeta
from gatepost_webhook.followup.personas import PersonaEvent, PersonaMeta
from gatepost_webhook.followup.rule_formats import EnterMeta, LeaveMeta, WindowMeta
from gatepost_webhook.foresight.expectations import ExpectMeta, TrialMeta, TrialsMeta

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
FORMATS = [
    SequenceMeta,
    StepMeta,
    WayMeta,
    EnterMeta,
    LeaveMeta,
    WindowMeta,
    MessageMeta,
    PersonaMeta,
    PersonaEvent,
    TrialMeta,
    ExpectMeta,
]


@pytest.fixture(scope="module")
def used() -> set[tuple[str, str]]:
    """(format, key) of everything that the files say."""
    folder = ROOT / "sequences"
    found: list[BaseModel] = [read_yaml(path, SequenceMeta, root=ROOT) for path in folder.glob("*/sequence.yml")]
    found += [read_yaml(path, TrialsMeta, root=ROOT) for path in folder.glob("*/tests.yml")]
    found += [read_yaml(path, PersonaMeta, root=ROOT) for path in folder.glob("*/personas/*.yml")]
    found += [read_document(path, MessageMeta, root=ROOT).meta for path in folder.glob("[!_]*/*.md")]
    return {(type(one).__name__, key) for model in found for one in models_in(model) for key in one.model_fields_set}


def models_in(value: object) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        value = list(vars(value).values())
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from models_in(one)


@pytest.mark.parametrize("model", FORMATS, ids=lambda model: model.__name__)
def test_every_key_of_a_format_is_used(model: type[BaseModel], used: set[tuple[str, str]]) -> None:
    assert {key for key in model.model_fields if (model.__name__, key) not in used} == set()


def test_personas_do_everything_that_one_can_do(used: set[tuple[str, str]]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "sequences").glob("*/*/*.yml")]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "sequences").glob("*/tests.yml")]
    kinds = ("downloaded", "unsubscribed", "confirmed", "tagged", "staged", "visited")
    assert [kind for kind in kinds if not any(f"event: {kind}" in text for text in texts)] == []
