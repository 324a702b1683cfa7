"""Events to bytes and back. Bytes are RFC 8785 JSON; stored bytes are never made again to be verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import rfc8785

from console.errors import BadInput, RecordBroken
from console.incident.events import AnyEvent
from console.incident.house import AnyHouseEvent

if TYPE_CHECKING:
    from collections.abc import Callable

EventT = TypeVar("EventT")

# A newer shape of an event is read from older bytes here: (kind, version) -> a function over the plain dict.
UPCASTERS: Final[dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {}

_event: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_house: msgspec.json.Decoder[AnyHouseEvent] = msgspec.json.Decoder(AnyHouseEvent)


def encode(event: AnyEvent | AnyHouseEvent) -> bytes:
    """The canonical bytes of an event.

    Raises:
        BadInput: it holds half a character or a number that no canonical JSON can hold.
    """
    try:
        return rfc8785.dumps(msgspec.to_builtins(event))
    except rfc8785.CanonicalizationError as error:
        raise BadInput("There is a character or a number in it that cannot be kept.") from error


def decode(raw: bytes) -> AnyEvent:
    """The event of stored bytes.

    Raises:
        RecordBroken: the bytes are no event of ours.
    """
    return _decode(raw, _event)


def decode_house(raw: bytes) -> AnyHouseEvent:
    """The house event of stored bytes; raises RecordBroken as `decode` does."""
    return _decode(raw, _house)


def _decode(raw: bytes, decoder: msgspec.json.Decoder[EventT]) -> EventT:
    try:
        if UPCASTERS:
            plain = msgspec.json.decode(raw)
            upcast = UPCASTERS.get((plain.get("kind", ""), plain.get("v", 1)))
            if upcast is not None:
                raw = msgspec.json.encode(upcast(plain))
        event: EventT = decoder.decode(raw)
        return event
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordBroken(f"An entry of the record cannot be read: {error}.") from error
