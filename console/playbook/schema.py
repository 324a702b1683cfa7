"""The JSON Schema (draft-07, which editors read) of playbooks and scenarios, from the model that the reader uses.

`python -m console.playbook.schema [FOLDER]` writes `playbook-1.json` and `scenario-1.json` into `playbooks/schema`.
Texts without a pattern may be any scalar but null, because the reader takes a scalar's source text. The schema sees less
than the reader: it knows the shape of each value, not what the names in it refer to.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.playbook.document import TOGETHER, PlaybookDoc, StepDoc
from console.playbook.forms import FORMS
from console.playbook.scenario_document import ScenarioDoc
from console.playbook.shapes import (
    Either,
    Field,
    Flag,
    Limits,
    Listing,
    Record,
    Shape,
    Table,
    Text,
    Whole,
    Words,
    shape_of,
)

if TYPE_CHECKING:
    from console.playbook.forms import Doc

FOLDER: Final = Path("playbooks/schema")
SCHEMAS: Final[dict[str, type[Doc]]] = {"playbook-1.json": PlaybookDoc, "scenario-1.json": ScenarioDoc}
_SCALAR: Final = ["string", "number", "boolean"]
_SOMETHING: Final = r"\S"  # a text of blanks is no text

Schema = dict[str, Any]


def schema_of(name: str) -> Schema:
    """The schema of that file name, ready to be written."""
    definitions: dict[str, Schema] = {}
    root = _record(shape_of(SCHEMAS[name]), definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": name,
        "title": "Incident Console: " + name.partition("-")[0] + ", format 1",
        **root,
        "definitions": dict(sorted(definitions.items())),
    }


def written(name: str) -> str:
    """The schema as the text of its file."""
    return json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n"


def _schema(shape: Shape, definitions: dict[str, Schema]) -> Schema:
    match shape:
        case Text():
            return _text(shape)
        case Whole(limits):
            return {"type": "integer", **_bounds("minimum", "maximum", limits)}
        case Flag():
            return {"type": "boolean"}
        case Words(options):
            return {"enum": list(options)}
        case Listing(item, limits):
            return {
                "type": "array",
                "items": _schema(item, definitions),
                **_bounds("minItems", "maxItems", limits),
            }
        case Table():
            return {"type": "object", **_table(shape, definitions)}
        case Record():
            if shape.name not in definitions:
                definitions[shape.name] = {}  # it may hold itself
                definitions[shape.name] = _record(shape, definitions)
            return {"$ref": f"#/definitions/{shape.name}"}
        case Either(options):
            return {"anyOf": [_schema(option, definitions) for option in options]}


def _text(shape: Text) -> Schema:
    pattern = FORMS[shape.limits.form].pattern
    length = _bounds("minLength", "maxLength", shape.limits)
    return {"type": "string" if pattern else _SCALAR, "pattern": pattern or _SOMETHING, **length}


def _table(shape: Table, definitions: dict[str, Schema]) -> Schema:
    key = _text(shape.key)
    return {
        "propertyNames": {name: value for name, value in key.items() if name != "type"},
        "additionalProperties": _schema(shape.value, definitions),
        **_bounds("minProperties", "maxProperties", shape.limits),
    }


def _record(shape: Record, definitions: dict[str, Schema]) -> Schema:
    rest: Schema = {"additionalProperties": False} if shape.rest is None else _table(shape.rest, definitions)
    together = {"dependencies": {key: [wanted] for key, wanted in TOGETHER}} if shape.made is StepDoc else {}
    return {
        "type": "object",
        "description": shape.limits.description,
        "properties": {name: _property(field, definitions) for name, field in shape.fields.items()},
        "required": list(shape.required),
        **together,
        **rest,
    }


def _property(field: Field, definitions: dict[str, Schema]) -> Schema:
    limits = field.shape.limits
    inner = _schema(field.shape, definitions)
    if "$ref" in inner:
        inner = {"allOf": [inner]}  # draft-07 ignores what stands beside a $ref
    return {"description": limits.description, "examples": list(limits.examples), **inner}


def _bounds(least: str, most: str, limits: Limits) -> Schema:
    both = {least: limits.least, most: limits.most}
    return {name: value for name, value in both.items() if value is not None}


def main(folder: Path) -> None:
    """Write every schema into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (folder / name).write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
