"""X's published description as a judge of what is asked and answered (OpenAPI 3.0, version 2.167). Empty-handed where it is not at hand.

A small validator of its own: what a general one does with this description takes a hundred times as long.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path

BESIDE = Path(__file__).parents[3] / "shared" / "specs"
SPEC = Path(os.environ.get("INCIDENT_SPECS") or BESIDE) / "x" / "openapi.json"
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
KNOWN = {
    *(
        "type",
        "enum",
        "pattern",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "oneOf",
        "allOf",
        "$ref",
    ),
    *(
        "minItems",
        "maxItems",
        "uniqueItems",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "nullable",
        "format",
    ),
    *("description", "example", "default", "discriminator", "title"),
}


@cache
def spec():
    """The description; None when it is not at hand. Two of its enums hold a member twice, which means nothing here."""
    return json.loads(SPEC.read_text()) if SPEC.exists() else None


def _resolved(schema):
    while "$ref" in schema:
        schema = spec()["components"][schema["$ref"].split("/")[2]][schema["$ref"].rpartition("/")[2]]
    return schema


def wrong_with(schema, value, where=""):
    """Everything about a value that its schema does not allow, with its place."""
    schema = _resolved(schema)
    assert set(schema) <= KNOWN, f"this judge does not know {set(schema) - KNOWN}"
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    if "oneOf" in schema:
        return _one_of(schema, value, where)
    wrong = [each for part in schema.get("allOf", []) for each in wrong_with(part, value, where)]
    kind = TYPES.get(schema.get("type"), object)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind in (int, (int, float))):
        return [*wrong, f"{where} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{where} is {value!r:.60}, none of those known")
    if isinstance(value, str):
        wrong += _wrong_text(schema, value, where)
    if isinstance(value, int):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        wrong += [] if low <= value <= high else [f"{where} is {value}"]
    if isinstance(value, list):
        wrong += _wrong_list(schema, value, where)
    return wrong + (_wrong_table(schema, value, where) if isinstance(value, dict) else [])


def _one_of(schema, value, where):
    tried = [wrong_with(each, value, where) for each in schema["oneOf"]]
    fits = sum(not each for each in tried)
    return [] if fits == 1 else [f"{where} fits {fits} of {len(tried)} shapes: {min(tried, key=len)}"]


def _wrong_text(schema, value, where):
    long = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    fits = re.search(schema.get("pattern", ""), value, re.ASCII)
    return [] if long and fits else [f"{where} is {value!r:.60}"]


def _wrong_list(schema, value, where):
    many = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    once = not schema.get("uniqueItems") or len({json.dumps(each) for each in value}) == len(value)
    wrong = [] if many and once else [f"{where} has {len(value)} members, some perhaps twice"]
    return wrong + [
        each
        for n, member in enumerate(value)
        for each in wrong_with(schema.get("items", {}), member, f"{where}/{n}")
    ]


def _wrong_table(schema, value, where):
    known = schema.get("properties", {})
    wrong = [f"{where}/{name} is missing" for name in schema.get("required", []) if name not in value]
    for name, each in value.items():
        if name in known:
            wrong += wrong_with(known[name], each, f"{where}/{name}")
        elif schema.get("additionalProperties") is False:
            wrong.append(f"{where}/{name} is not known")
    return wrong


@cache
def _templates():
    return [
        (re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)), path) for path in sorted(spec()["paths"], key=len)
    ]


@cache
def operation(method, path):
    """What the description says of a request, exact paths before those with a place for an id; None when it knows none."""
    exact = spec()["paths"].get(path)
    found = exact or next((spec()["paths"][each] for form, each in _templates() if form.fullmatch(path)), {})
    return found.get(method.lower())


def _as_typed(schema, raw):
    if schema["type"] == "array":
        return raw.split(",")
    return int(raw) if schema["type"] == "integer" and raw.isdecimal() else raw


def wrong_request(method, path, query, body, scheme):
    """Everything that the description does not allow; `scheme` is OAuth2UserToken, UserToken or BearerToken."""
    if spec() is None:
        return []
    known = operation(method, path)
    if known is None:
        return [f"there is no {method} {path}"]
    wrong = [] if any(scheme in each for each in known["security"]) else [f"{scheme} may not {method} {path}"]
    described = [_resolved(each) for each in known.get("parameters", [])]
    parameters = {each["name"]: each for each in described if each["in"] == "query"}
    wrong += [f"there is no parameter {name}" for name in query if name not in parameters]
    wrong += [
        f"{name} is missing"
        for name, each in parameters.items()
        if each.get("required") and name not in query
    ]
    for name in query.keys() & parameters.keys():
        schema = parameters[name]["schema"]
        wrong += wrong_with(schema, _as_typed(schema, query[name]), name)
    place = next((each for each in described if each["in"] == "path"), None)
    if place is not None:
        ident = re.fullmatch(r"/2/\w+/(?:by/username/)?([^/]+).*", path)[1]
        wrong += wrong_with(place["schema"], ident, place["name"])
    if "requestBody" in known:
        return wrong + wrong_with(known["requestBody"]["content"]["application/json"]["schema"], body, "body")
    return wrong + ([] if body is None else ["it takes no body"])


def wrong_answer(method, path, status, body):
    """What a 2xx, or a problem of the kind resource-not-found, has that the description does not allow."""
    known = operation(method, path) if spec() is not None else None
    if known is None:
        return []
    described = known["responses"].get(str(status)) or known["responses"].get("200")
    return wrong_with(described["content"]["application/json"]["schema"], body, "answer")


def wrong_event(told):
    """What an event of the activity stream has that the description does not allow of its kind."""
    if spec() is None:
        return []
    schemas = spec()["components"]["schemas"]
    kinds = schemas["ActivityStreamingResponsePayload"]["discriminator"]["mapping"]
    event = told["data"]
    envelope = {"data": {name: value for name, value in event.items() if name != "payload"}}
    payload = wrong_with({"$ref": kinds[event["event_type"]]}, event["payload"], "payload")
    return payload + wrong_with(schemas["ActivityStreamResponse"], envelope, "event")
