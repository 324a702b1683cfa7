"""The shapes a document may have, made once from the annotations of `document.py`.

`msgspec` itself cannot hold a union of structs that no tag tells apart, which authors' short and long forms need. So
the reader and the schema both walk these shapes, and there is one model for both.
"""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN: Final = "node"


class Limits(Struct, frozen=True):
    """What a Meta said: lengths, bounds, words for the hover, and `form`, a name of `document.FORMS`."""

    least: int | None = None
    most: int | None = None
    form: str = ""
    description: str = ""
    examples: tuple[Any, ...] = ()


class Text(Struct, frozen=True):
    """Any scalar's source text, in the form that the limits name."""

    limits: Limits


class Whole(Struct, frozen=True):
    """A whole number."""

    limits: Limits


class Flag(Struct, frozen=True):
    """`true` or `false`."""

    limits: Limits


class Words(Struct, frozen=True):
    """One of a few constants, texts or numbers."""

    options: tuple[str | int, ...]
    limits: Limits


class Listing(Struct, frozen=True):
    """A list of one shape."""

    item: Shape
    limits: Limits


class Table(Struct, frozen=True):
    """Keys of the author's own making, all values of one shape."""

    key: Text
    value: Shape
    limits: Limits


class Field(Struct, frozen=True):
    """One key of a record."""

    name: str
    attribute: str
    shape: Shape
    required: bool


class Record(Struct, frozen=True):
    """Known keys. `rest` is the shape of any further key, where the author may add some."""

    made: type
    fields: dict[str, Field]
    required: tuple[str, ...]
    limits: Limits
    rest: Table | None = None

    @property
    def name(self) -> str:
        """The name of its definition in the schema."""
        return self.made.__name__

    def constant(self, key: str) -> str | int | None:
        """The one word that may stand under that key, when there is only one."""
        field = self.fields.get(key)
        single = field is not None and isinstance(field.shape, Words) and len(field.shape.options) == 1
        return field.shape.options[0] if field and single and isinstance(field.shape, Words) else None


class Either(Struct, frozen=True):
    """A short form or a long one: which may be a scalar, a list, or keys."""

    options: tuple[Shape, ...]
    limits: Limits
    scalar: Shape | None = None
    listing: Shape | None = None
    keyed: tuple[Shape, ...] = ()


Shape = Text | Whole | Flag | Words | Listing | Table | Record | Either


_made: Final[dict[type, Record]] = {}


def shape_of(document: type) -> Record:
    """The shape of a document struct, made once."""
    if document not in _made:
        shape = _shape(document, ())
        assert isinstance(shape, Record)
        _made[document] = shape
    return _made[document]


def _limits(metas: Sequence[Meta]) -> Limits:
    merged: dict[str, Any] = {}
    for meta in metas:
        least = meta.min_length if meta.min_length is not None else meta.ge
        most = meta.max_length if meta.max_length is not None else meta.le
        form = (meta.extra or {}).get("form")
        examples = None if meta.examples is None else tuple(meta.examples)
        said = {
            "least": least,
            "most": most,
            "form": form,
            "description": meta.description,
            "examples": examples,
        }
        merged.update({name: value for name, value in said.items() if value is not None})
    return Limits(**merged)


def _shape(annotation: Any, metas: tuple[Meta, ...]) -> Shape:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *own = get_args(annotation)
        return _shape(inner, (*(one for one in own if isinstance(one, Meta)), *metas))
    limits = _limits(metas)
    if origin is Literal:
        return Words(tuple(option for option in get_args(annotation) if option != ""), limits)
    if origin in (typing.Union, types.UnionType):
        return _union(annotation, metas, limits)
    if origin is list:
        return Listing(_shape(get_args(annotation)[0], ()), limits)
    if origin is dict:
        key, value = get_args(annotation)
        text = _shape(key, ())
        assert isinstance(text, Text)
        return Table(text, _shape(value, ()), limits)
    if annotation in (str, int, bool):
        return Text(limits) if annotation is str else Whole(limits) if annotation is int else Flag(limits)
    return _record(annotation, limits)


def _union(annotation: Any, metas: tuple[Meta, ...], limits: Limits) -> Shape:
    options = [option for option in get_args(annotation) if option is not type(None)]
    if len(options) == 1:
        return _shape(options[0], metas)
    flat: list[Shape] = []
    for shape in (_shape(option, ()) for option in options):
        flat.extend(shape.options if isinstance(shape, Either) else [shape])
    scalars = [shape for shape in flat if isinstance(shape, Text | Whole | Flag | Words)]
    lists = [shape for shape in flat if isinstance(shape, Listing)]
    keyed = [shape for shape in flat if isinstance(shape, Table | Record)]
    return Either(tuple(flat), limits, next(iter(scalars), None), next(iter(lists), None), tuple(keyed))


def _record(made: type, limits: Limits) -> Record:
    known = {
        one.encode_name: Field(
            one.encode_name,
            one.name,
            _shape(one.type, ()),
            one.default is msgspec.NODEFAULT and one.default_factory is msgspec.NODEFAULT,
        )
        for one in fields(made)
        if one.name not in (HIDDEN, "rest")
    }
    rest = next((_shape(one.type, ()) for one in fields(made) if one.name == "rest"), None)
    assert rest is None or isinstance(rest, Table)
    description = limits.description or (made.__doc__ or "").strip().partition("\n")[0]
    said = msgspec.structs.replace(limits, description=description)
    required = tuple(name for name, field in known.items() if field.required)
    return Record(made, known, required, said, rest)
