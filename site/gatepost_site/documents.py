"""Text to checked objects: front matter and YAML read strictly, every mistake with its line and column, all at once."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from gatepost_site.findings import ContentError, Finding
from gatepost_site.plain_yaml import UnusualError, read_plainly
from gatepost_site.yaml_mistakes import mistake_in_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

#: Bytes. Nobody writes more by hand; a larger file is an accident or an attack.
MAX_BYTES = 256 * 1024
#: YAML aliases a file may use: a handful is convenience, more is a "billion laughs".
MAX_ALIASES = 20
#: Brackets inside brackets. The parser takes seconds for a flood of them before it gives up.
MAX_DEPTH = 100

# MkDocs takes `---` or `...` as the end of front matter, and white space after either.
_FENCE = re.compile(r"^---[ \t]*$")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$")
#: Kinds of pydantic's mistakes -> the same for who writes YAML.
_PLAIN = {
    **dict.fromkeys(("string_type", "string_sub_type"), "must be text"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type"), "must be a list, each entry after '- '"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "must be keys with values"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "must be a day"),
}
_BRACKETS = re.compile(r"[\[\]{}]")


class Checked(BaseModel):
    """Base of every file format: frozen, and a key that is not declared is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


M = TypeVar("M", bound=Checked)


@dataclass(frozen=True)
class Document(Generic[M]):
    """A Markdown file: its checked front matter and its body."""

    #: Path as findings show it, relative to the project's root.
    file: str
    meta: M
    body: str
    #: Line of the file, from 1, on which the body starts.
    body_line: int


def read_document(path: Path, model: type[M], *, root: Path, inherited: Mapping[str, Any] | None = None) -> Document[M]:
    """Read a Markdown file whose front matter must fit `model`; what it leaves out may be `inherited`.

    Raises ContentError with every mistake at once.
    """
    file = shown(path, root)
    front, body, body_line = split(read_text(path, file), file)
    if front is None:
        write = f"'---', {_example(model)}, '---' at the top"
        raise ContentError([Finding(file, 1, 1, "front matter is missing", write=write)])
    return Document(file, _checked(front, model, file, first_line=2, inherited=inherited), body, body_line)


def read_yaml(path: Path, model: type[M], *, root: Path) -> M:
    """Read a YAML file that must fit `model`. Raises ContentError with every mistake at once."""
    file = shown(path, root)
    return _checked(read_text(path, file), model, file, first_line=1)


def parse_yaml(text: str, model: type[M], file: str, *, first_line: int) -> M:
    """Read YAML that stands in another file from `first_line` on. Raises ContentError with every mistake at once."""
    return _checked(text, model, file, first_line=first_line)


def read_front_matter(path: Path, *, root: Path) -> tuple[Mapping[str, Any], dict[str, tuple[int, int]]]:
    """Read any page's front matter: its values, and the (line, column) of each key.

    Pages may carry keys of other plugins, so only the syntax is judged here. Raises ContentError.
    """
    file = shown(path, root)
    front, _, _ = split(read_text(path, file), file)
    if front is None:
        return {}, {}
    values, positions = _front_matter(front, file)
    return dict(values), dict(positions)


# Checks read the front matter of a page one after another, and the parser is slow.
@lru_cache(maxsize=16_384)
def _front_matter(front: str, file: str) -> tuple[Mapping[str, Any], Mapping[str, tuple[int, int]]]:
    try:
        return read_plainly(front, 2)
    except UnusualError:
        loaded = load_yaml(front, file, first_line=2)
    return plain(loaded), {str(key): position_in(loaded, (key,), 2) for key in loaded}


def split(text: str, file: str) -> tuple[str | None, str, int]:
    """Split text into (front matter or None, body, the body's first line).

    Raises ContentError when the front matter is not closed.
    """
    # Not splitlines(), for which there are line ends that MkDocs does not know.
    lines = text.split("\n")
    if not _FENCE.match(lines[0]):
        return None, text, 1
    for number, line in enumerate(lines[1:], start=1):
        if _END.match(line):
            front = "".join(f"{line}\n" for line in lines[1:number])
            return front, "\n".join(lines[number + 1 :]), number + 2
    raise ContentError([Finding(file, 1, 1, "front matter is not closed", write="a line of '---' after the last key")])


def shown(path: Path, root: Path) -> str:
    """Return the path as findings show it."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def load_yaml(text: str, file: str, *, first_line: int) -> CommentedMap:
    """Parse a YAML mapping, keeping positions.

    Raises ContentError, for duplicate keys and floods of aliases too.
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.allow_duplicate_keys = False
    too_deep = Finding(file, first_line, 1, "YAML nested too deeply", write="at most a few levels")
    if _depth(text) > MAX_DEPTH:
        raise ContentError([too_deep])
    try:
        if _aliases(text) > MAX_ALIASES:
            too_many = Finding(file, first_line, 1, f"more than {MAX_ALIASES} YAML aliases", write="the values")
            raise ContentError([too_many])
        loaded = yaml.load(text)
    except (YAMLError, ValueError) as error:
        raise ContentError([mistake_in_yaml(error, text, file, first_line)]) from error
    except RecursionError as error:
        raise ContentError([too_deep]) from error
    if loaded is None:
        return CommentedMap()
    if not isinstance(loaded, CommentedMap):
        write = "one 'key: value' a line"
        raise ContentError([Finding(file, first_line, 1, "must be keys with values", _brief(loaded), write)])
    return loaded


def _depth(text: str) -> int:
    return max(accumulate(1 if mark[0] in "[{" else -1 for mark in _BRACKETS.finditer(text)), default=0)


def _aliases(text: str) -> int:
    if "&" not in text or "*" not in text:
        return 0
    aliases = (event for event in YAML(pure=True).parse(text) if isinstance(event, AliasEvent))
    # One too many is enough to know.
    return sum(1 for _ in islice(aliases, MAX_ALIASES + 1))


def plain(value: Any) -> Any:
    """Turn the parser's own types into plain dict, list and scalars."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def mistake(message: str, write: str) -> PydanticCustomError:
    """Return what a validator raises: what is wrong with the value, and what to write instead."""
    # The message goes in as a value because the template's braces are pydantic's own syntax.
    return PydanticCustomError("gatepost", "{message}", {"message": message, "write": write})


def suggestion(word: str, known: Sequence[str]) -> str:
    """Return what to write instead of an unknown word: the nearest known one, else all of them."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"'{near[0]}'" if near else "one of " + ", ".join(known)


def read_text(path: Path, file: str) -> str:
    """Return the text of a file, its lines ending as MkDocs reads them. Raises ContentError when it is no text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ContentError([Finding(file, 1, 1, f"cannot be read ({error.strerror})")]) from error
    if len(data) > MAX_BYTES:
        found = f"{len(data) // 1024} KiB"
        raise ContentError([Finding(file, 1, 1, "file is too large", found, f"at most {MAX_BYTES // 1024} KiB")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        found = f"byte 0x{data[error.start]:02x}"
        raise ContentError([Finding(file, line, column, "not UTF-8 text", found, "the file saved as UTF-8")]) from error


def mistakes(loaded: CommentedMap, model: type[Checked], file: str, *, first_line: int) -> list[Finding]:
    """Return what does not fit `model` in a parsed YAML mapping, [] when all does."""
    try:
        model.model_validate(plain(loaded))
    except ValidationError as error:
        return _findings(error.errors(include_url=False), loaded, model, file, first_line)
    return []


def _checked(text: str, model: type[M], file: str, *, first_line: int, inherited: Mapping[str, Any] | None = None) -> M:
    loaded = load_yaml(text, file, first_line=first_line)
    try:
        return model.model_validate({**(inherited or {}), **plain(loaded)})
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise ContentError(_findings(details, loaded, model, file, first_line)) from error


def _findings(
    details: list[ErrorDetails], loaded: CommentedMap, model: type[Checked], file: str, first_line: int
) -> list[Finding]:
    findings = []
    for detail in details:
        where = tuple(part for part in detail["loc"] if not (isinstance(part, str) and "[" in part))
        line, column = position_in(loaded, where, first_line)
        what, found, write = _words(detail, where, model)
        rule = "unknown-key" if detail["type"] == "extra_forbidden" else ""
        findings.append(Finding(file, line, column, what, found, write, rule))
    return findings


def _words(detail: ErrorDetails, where: tuple[int | str, ...], model: type[Checked]) -> tuple[str, str, str]:
    """Say (what, found, write) for one of pydantic's errors."""
    name = ".".join(str(part) for part in where)
    owner = _owner(model, where[:-1])
    if detail["type"] == "extra_forbidden":
        return "unknown key", f"'{where[-1]}'", suggestion(str(where[-1]), list(owner.model_fields) if owner else [])
    if detail["type"] == "missing":
        return f"key '{name}' is missing", "", _field_example(owner, str(where[-1])) or f"'{where[-1]}: ...'"
    message = detail["msg"].removeprefix("Value error, ")
    what = _PLAIN.get(detail["type"], message[0].lower() + message[1:])
    context = detail.get("ctx", {})
    if detail["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        return f"'{name}': no such choice", _brief(detail["input"]), suggestion(str(detail["input"]), choices)
    example = _field_example(owner, str(where[-1])) if where else ""
    write = str(context.get("write", "")) or example
    found = _brief(detail["input"]) if not isinstance(detail["input"], dict) else ""
    return (f"'{name}': {what}" if name else what), found, write


def _owner(model: type[Checked], where: Sequence[int | str]) -> type[Checked] | None:
    """Find the model in which the path `where` ends."""
    current: type[Checked] | None = model
    for part in where:
        if isinstance(part, int) or current is None:
            continue
        field = current.model_fields.get(part)
        current = _model_in(field.annotation) if field else None
    return current


def _model_in(annotation: Any) -> type[Checked] | None:
    if isinstance(annotation, type) and issubclass(annotation, Checked):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)


def _field_example(owner: type[Checked] | None, name: str) -> str:
    field = owner.model_fields.get(name) if owner else None
    return f"'{name}: {field.examples[0]}'" if field and field.examples else ""


def _example(model: type[Checked]) -> str:
    return ", ".join(
        _field_example(model, name) or f"'{name}: ...'" for name, f in model.model_fields.items() if f.is_required()
    )


def position_in(loaded: Any, where: Sequence[int | str], first_line: int) -> tuple[int, int]:
    """Find line and column of a path in the parsed YAML: of the deepest part that exists."""
    line, column = first_line, 1
    for part in where:
        position = None
        # A key that came by a merge ("<<: *other") has no place of its own.
        if isinstance(loaded, CommentedMap) and part in (loaded.lc.data or {}):
            position = loaded.lc.key(part)
        elif isinstance(loaded, CommentedSeq) and isinstance(part, int) and part < len(loaded):
            position = loaded.lc.item(part)
        if position is None:
            break
        line, column = first_line + position[0], position[1] + 1
        loaded = loaded[part]
    return line, column


def _brief(value: object) -> str:
    # A day or a time is shown as it was written, more or less, and not as Python's object.
    value = str(value) if isinstance(value, date) else value
    if value is None:
        return "nothing"
    text = repr(plain(value))
    return text if len(text) <= 60 else text[:57] + "..."
