"""JSON in one form only (RFC 8785), so that a signature can speak of it."""

from __future__ import annotations

import json
from typing import Any

_LARGEST = 2**53 - 1  # beyond it, readers of JSON no longer agree


class NotCanonical(ValueError):
    """This is not JSON, or not in its one canonical form."""


def canonical(value: Any) -> bytes:
    """``value`` as RFC 8785 writes it. Raises :class:`NotCanonical` on a fractional number."""
    try:
        return json.dumps(
            _sorted(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()
    except (UnicodeEncodeError, TypeError) as error:
        raise NotCanonical(str(error)) from error


def read_canonical(data: bytes) -> Any:
    """The value that is written exactly like this; anything else is :class:`NotCanonical`."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("this is not JSON") from error
    if canonical(value) != data:
        raise NotCanonical("this JSON is not in its canonical form")
    return value


def _sorted(value: Any) -> Any:
    """The same, names sorted by their UTF-16 units (§ 3.2.3)."""
    match value:
        case None | bool() | str():
            return value
        case int() if abs(value) <= _LARGEST:
            return value
        case list() | tuple():
            return [_sorted(item) for item in value]
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return {name: _sorted(value[name]) for name in names}
    raise NotCanonical(f"a {type(value).__name__} has no place in a signed document")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are said once: two readers could each keep another one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotCanonical("a name is said twice")
    return found
