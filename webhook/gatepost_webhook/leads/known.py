"""What a condition may name in a project, so that a misspelt name is found before somebody waits for nobody."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gatepost_site.documents import suggestion
from gatepost_webhook.leads.folding import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.leads.conditions import Condition, Kind

#: Kind of name -> what is said of one that there is not. Tags and stages may come from anywhere, so they are not here.
_MISSING: dict[Kind, str] = {
    "field": "no form asks for this field",
    "magnet": "no such magnet",
    "sequence": "no such sequence",
    "segment": "no such segment",
}
#: How much alike two names of tags are, of which one is taken for the other misspelt.
_ALIKE = 0.7


class Misnomer(NamedTuple):
    """A name that means nothing in the project."""

    kind: Kind
    name: str
    what: str
    write: str

    @property
    def place(self) -> str:
        """The words to look for in the text of the condition: a field may have a segment's name."""
        return f"segment {self.name}" if self.kind == "segment" else self.name


@dataclass(frozen=True)
class Known:
    """The names of a project."""

    fields: Collection[str] = ()
    magnets: Collection[str] = ()
    sequences: Collection[str] = ()
    segments: Collection[str] = ()
    #: Tags that sequences give, folded; owners may give others.
    tags: Collection[str] = ()

    @classmethod
    def of(
        cls,
        magnets: Iterable[Magnet],
        *,
        sequences: Iterable[str] = (),
        segments: Iterable[str] = (),
        tags: Iterable[str] = (),
    ) -> Known:
        """Return what a project's magnets and the names of its sequences, segments and tags make known."""
        found = list(magnets)
        names = {asked.name for magnet in found for asked in magnet.meta.fields}
        slugs = {magnet.slug for magnet in found}
        return cls(frozenset(names), slugs, frozenset(sequences), frozenset(segments), frozenset(map(folded, tags)))

    def misnomers(self, condition: Condition) -> Iterator[Misnomer]:
        """Yield the names in a condition that mean nothing here."""
        for kind, what in _MISSING.items():
            known: Collection[str] = getattr(self, f"{kind}s")
            # Where no form asks for anything yet, fields are written down before their forms.
            for name in condition.names(kind) if known or kind != "field" else ():
                if name not in known:
                    write = (
                        suggestion(name, sorted(known)) if known else f"the name of a {kind}, of which there are none"
                    )
                    yield Misnomer(kind, name, what, write)
        for name in condition.names("tag"):
            near = difflib.get_close_matches(folded(name), sorted(self.tags), n=1, cutoff=_ALIKE)
            if near and folded(name) not in self.tags:
                yield Misnomer("tag", name, "no sequence gives this tag", f"'{near[0]}'")
