"""GOV.UK Notify's published description as a judge of what is asked and answered. Empty-handed where it is not at hand.

It lies in several files that refer to each other; `nullable` is OpenAPI 3.0's own word, which JSON Schema does not know.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

BESIDE = Path(__file__).parents[3] / "shared" / "specs"
FOLDER = Path(os.environ.get("INCIDENT_SPECS") or BESIDE) / "notify"


@cache
def at_hand():
    return (FOLDER / "publicapi_spec.json").exists()


@cache
def _file(name):
    return json.loads((FOLDER / name).read_text())


def _plain(schema):
    """The schema with every reference replaced by what it names, and `nullable` said as JSON Schema says it."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(_file("schema.json")["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    found = {name: _plain(each) for name, each in schema.items() if name not in ("example", "nullable")}
    if schema.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found


@cache
def operation(method, path):
    """What the description says of a request; None when it knows none. `path` has `{names}` as there."""
    described = _file("publicapi_spec.json")["paths"].get(path)
    return _file(described["$ref"].removeprefix("./")).get(method.lower()) if described else None


@cache
def _judge(method, path, status):
    """A validator of the body that is asked (status 0), or answered with a status; None where the description has none."""
    known = operation(method, path)
    place = known["requestBody"] if not status else known["responses"].get(str(status), {})
    schema = _plain(place.get("content", {}).get("application/json", {}).get("schema", {}))
    # A text message and a letter fit the shape of a mail as well: only the mail's is asked for.
    branch = [each for each in schema.get("oneOf", ()) if each.get("title") == "email"]
    items = schema.get("properties", {}).get("notifications", {}).get("items", {})
    if items.get("oneOf"):
        schema["properties"]["notifications"]["items"] = next(
            each for each in items["oneOf"] if each["title"] == "email"
        )
    return Draft7Validator(branch[0] if branch else schema)


def wrong_request(method, path, query, body):
    """Everything that the description does not allow of a request."""
    if not at_hand():
        return []
    known = operation(method, path)
    if known is None:
        return [f"there is no {method} {path}"]
    parameters = {
        each["name"]: each["schema"] for each in known.get("parameters", ()) if each["in"] == "query"
    }
    wrong = [f"there is no parameter {name}" for name in query if name not in parameters]
    wrong += [
        f"{name} is {value!r}, none of those known"
        for name, value in query.items()
        if value not in parameters.get(name, {}).get("enum", (value,))
    ]
    if "requestBody" not in known:
        return wrong + (["it takes no body"] if body is not None else [])
    judge = _judge(method, path, 0)
    unknown = set(body) - set(judge.schema["properties"])  # the description forbids none, the service does
    return wrong + [f"there is no field {name}" for name in unknown] + _said(judge, body)


def wrong_answer(method, path, status, body):
    """Everything that the description does not allow of an answer that it describes."""
    if not at_hand() or status >= 500:
        return []
    return _said(_judge(method, path, status), body)


def _said(judge, value):
    return [f"{'/'.join(map(str, each.path))}: {each.message[:120]}" for each in judge.iter_errors(value)]
