"""JSON Schemas of the file formats, made from the very models that read the files, for editors to complete by."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.documents import Checked
    from gatepost_site.project import Project

#: What language servers for YAML understand best.
DRAFT = "http://json-schema.org/draft-07/schema#"
_COMMENT = re.compile(r"((?:^ +#: .*\n)+) +(\w+):", re.MULTILINE)


def schema_of(model: type[Checked], title: str) -> dict[str, Any]:
    """Return the schema of a format. Each key has its comment in the model, or its description, and its example."""
    made = model.model_json_schema()
    definitions: dict[str, Any] = made.pop("$defs", {})
    _explain(made, model)
    for name, nested in _models_in(model).items():
        if name in definitions:
            _explain(definitions[name], nested)
    schema = {"$schema": DRAFT, **made, "title": title}
    return schema | ({"$defs": definitions} if definitions else {})


def write_schemas(schemas: Mapping[str, Mapping[str, Any]], project: Project) -> list[str]:
    """Write schemas to where the files of a project name them; return their paths, relative to the project.

    A file that is right already is left alone. Raises OSError.
    """
    folder = project.private / "schemas"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas.items():
        path, text = folder / f"{name}.json", as_text(schema)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        paths.append(path.relative_to(project.root).as_posix())
    return paths


def as_text(schema: Mapping[str, Any]) -> str:
    """Return a schema as a file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _explain(schema: dict[str, Any], model: type[Checked]) -> None:
    """Say of each key what it is for; take out what is true of the program only."""
    schema["description"] = inspect.getdoc(model) or ""
    comments = _comments(model)
    for name, field in model.model_fields.items():
        key = schema["properties"][name]
        _without_null(key)
        if not _is_writable(key.get("default")) or "pattern" in key:
            key.pop("default", None)
        key.pop("title", None)
        example = f"Example: {name}: {field.examples[0]}" if field.examples else ""
        key.pop("examples", None)
        key["description"] = "\n\n".join(filter(None, (field.description or comments.get(name, ""), example)))


def _comments(model: type[Checked]) -> dict[str, str]:
    """Return the comments that stand above the fields of a model."""
    source = inspect.getsource(model)
    return {
        found[2]: " ".join(line.strip().removeprefix("#: ") for line in found[1].splitlines())
        for found in _COMMENT.finditer(source)
    }


def _is_writable(default: Any) -> bool:
    return isinstance(default, (str, int, bool)) and default != ""


def _without_null(key: dict[str, Any]) -> None:
    """Leave out that a key may be empty: whoever writes a key means something by it."""
    kinds = [kind for kind in key.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del key["anyOf"]
        key |= kinds[0]
    elif kinds:
        key["anyOf"] = kinds
    if key.get("default", "") is None:
        del key["default"]


def _models_in(model: type[Checked]) -> dict[str, type[Checked]]:
    """Return the models inside a model, at any depth, by name."""
    found: dict[str, type[Checked]] = {}
    for field in model.model_fields.values():
        for inner in _models_of(field.annotation):
            if inner.__name__ not in found:
                found |= {inner.__name__: inner} | _models_in(inner)
    return found


def _models_of(annotation: Any) -> list[type[Checked]]:
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return [annotation]
    return [inner for part in getattr(annotation, "__args__", ()) for inner in _models_of(part)]
