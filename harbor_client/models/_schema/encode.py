"""Turns models and other values into what ``json.dumps`` writes."""

from collections.abc import Callable
from datetime import date
from typing import Any

_READY: frozenset[type] = frozenset((str, int, bool, type(None)))
#: Only a value that contains itself is nested more deeply than this.
_DEEPEST = 100


def encode(value: Any, part: Callable[[Any], Any] | None = None, path: tuple[str | int, ...] = ()) -> Any:
    """What is sent for a value.

    Models, also those of other generated packages (anything with ``swagger_types`` and ``attribute_map``), become
    dictionaries of their JSON keys without what is ``None``; dictionaries keep their ``None``; dates become ISO 8601
    text, bytes become text.

    Args:
        value: the value.
        part: a script's own function for what is in lists, dictionaries and models.
        path: where the value stands.

    Raises:
        TypeError: a value cannot be written as JSON. The error names its type and place, never the value.
        ValueError: a number is infinite or not a number, bytes are not UTF-8, or the value contains itself.
    """

    def inner(item: Any, place: str | int) -> Any:
        if part is not None:
            return part(item)
        return item if type(item) in _READY else encode(item, None, (*path, place))

    if len(path) > _DEEPEST:
        raise ValueError("the value contains itself, or is nested too deeply to be sent")
    if hasattr(value, "attribute_map") and hasattr(value, "swagger_types") and not isinstance(value, type):
        keys, encoded = value.attribute_map, {}
        for name in value.swagger_types:
            item = getattr(value, name, None)
            if item is not None:
                encoded[keys.get(name, name)] = inner(item, name)
        return encoded
    if isinstance(value, dict):
        return {key: inner(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [inner(item, number) for number, item in enumerate(value)]
        return items if isinstance(value, list) else tuple(items)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError(f"{_shown(path)} is {value!r}, which is not a number in JSON")
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _text(value, path)
    raise TypeError(f"{_shown(path)} is of type {type(value).__name__}, which cannot be sent as JSON")


def _text(value: bytes, path: tuple[str | int, ...]) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{_shown(path)} contains bytes that are not UTF-8") from None


def _shown(path: tuple[str | int, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".") or "the value"
