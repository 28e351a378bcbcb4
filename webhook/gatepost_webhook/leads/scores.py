"""sequences/scores.yml: what a lead's doings are worth, as a file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, InstanceOf, WithJsonSchema, model_validator

from gatepost_site.documents import Checked, mistake, read_yaml
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.durations import say_duration
from gatepost_webhook.followup.formats import Duration  # noqa: TC001 - pydantic reads it
from gatepost_webhook.followup.positions import Positions
from gatepost_webhook.leads.conditions import Condition, parse_condition
from gatepost_webhook.leads.nodes import questions_of
from gatepost_webhook.leads.questions import Belongs, Has, Since
from gatepost_webhook.leads.scoring import Rule, Scoring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_webhook.leads.known import Known

NAME = "scores.yml"


def _lasting(value: object) -> Condition:
    """Read a condition that nothing but an event changes: a score is kept, and time passes unseen."""
    condition = parse_condition(value)
    for question in questions_of(condition.node):
        match question:
            case Since():
                raise mistake("asks for a time, and scores are kept", "'half_life' beside an 'event'")
            case Belongs():
                raise mistake("asks for a segment, which may ask for the score", "the segment's own condition")
            case Has(word) if word in {"in", "finished"}:
                raise mistake("asks for a sequence, which may ask for the score", "what the lead did or is tagged")
            case Has():
                pass
            case _ if not question.subject.is_field and question.subject.name == "score":
                raise mistake("asks for the score itself", "what the lead did or answered")
    return condition


class RuleMeta(Checked):
    """One entry of `rules` in scores.yml: points for an event, or for a condition."""

    #: How many points it gives, or takes.
    points: int = Field(ge=-1000, le=1000, examples=["10"])
    #: What the lead did. Only what a person does counts: not mails that programs open, not links that they follow.
    event: Literal["confirmed", "downloaded", "visited"] | None = Field(None, examples=["downloaded"])
    #: Only with this magnet.
    magnet: str = Field("", max_length=60, examples=["nurturing-playbook"])
    #: Only of this page, for visits.
    page: str = Field("", max_length=300, examples=["/pricing/"])
    #: How often it counts at the most.
    at_most: int = Field(1, ge=1, le=1000, examples=["3"])
    #: The time in which half of an event's points fade; kept in seconds.
    half_life: Duration | None = Field(None, examples=["30 days"])
    #: What must be true of the lead, instead of an event: answers, tags, the stage, magnets.
    condition: (
        Annotated[
            InstanceOf[Condition],
            BeforeValidator(_lasting),
            WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 2000}),
        ]
        | None
    ) = Field(None, examples=["company is set"])

    @model_validator(mode="after")
    def _one_of_both(self) -> RuleMeta:
        if (self.event is None) == (self.condition is None):
            raise mistake("a rule has an event or a condition", "'event: downloaded' or 'condition: company is set'")
        if self.condition is not None and (self.magnet or self.page or self.half_life or self.at_most != 1):
            raise mistake("a condition is true or not, and is about nothing else", "'points' and 'condition' alone")
        if self.page and self.event != "visited":
            raise mistake("only visits have a page", "'event: visited'")
        if self.magnet and self.event == "visited":
            raise mistake("a visit has no magnet", "'page: /pricing/'")
        return self


class ScoresMeta(Checked):
    """sequences/scores.yml."""

    #: What gives points; a lead's score is their sum.
    rules: Annotated[tuple[RuleMeta, ...], Field(max_length=200)] = Field(
        examples=["[{points: 10, event: downloaded}]"]
    )


def load_scoring(project: Project, known: Known | None = None) -> Scoring:
    """Read a project's rules; none when there is no file. Raises ContentError with every mistake."""
    path = project.sequences / NAME
    if not path.is_file():
        return Scoring()
    meta = read_yaml(path, ScoresMeta, root=project.root)
    positions = Positions.of(path, project.root)
    if known and (findings := list(_misnomers(meta, positions, path, known))):
        raise ContentError(findings)
    rules = tuple(_rule(one, positions.at(("rules", index))[0]) for index, one in enumerate(meta.rules))
    content = "\n".join(_content(one) for one in meta.rules)
    return Scoring(rules, hashlib.sha256(content.encode()).hexdigest()[:16])


def _rule(meta: RuleMeta, line: int) -> Rule:
    return Rule(
        meta.points,
        meta.event or "",
        meta.magnet,
        meta.page,
        meta.at_most,
        meta.half_life or 0,
        meta.condition,
        line,
    )


def _content(meta: RuleMeta) -> str:
    half_life = say_duration(meta.half_life or 0)
    return repr((meta.points, meta.event, meta.magnet, meta.page, meta.at_most, half_life, str(meta.condition or "")))


def _misnomers(meta: ScoresMeta, positions: Positions, path: Path, known: Known) -> Iterator[Finding]:
    for index, rule in enumerate(meta.rules):
        asked = rule.condition or (parse_condition(f"downloaded '{rule.magnet}'") if rule.magnet else None)
        where = ("rules", index, "condition" if rule.condition else "magnet")
        for wrong in known.misnomers(asked) if asked else ():
            line, column = positions.of_word(path, where, wrong.place)
            yield Finding(positions.file, line, column, wrong.what, f"'{wrong.name}'", wrong.write)
