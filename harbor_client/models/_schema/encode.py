"""Turns models and other values into what ``json.dumps`` writes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from harbor_client._privacy.guard import guarded

_READY: frozenset[type] = frozenset((str, int, bool, type(None)))
#: So long a path, in characters, only leads into a value that contains itself. Python 3.13.0 does not notice that.
_LONGEST_PATH = 2_000


@guarded
def encode(value: Any, part: Callable[[Any], Any] | None = None) -> Any:
    """What is sent for a value.

    Models, also those of other generated packages (anything with ``swagger_types`` and ``attribute_map``), become
    dictionaries of their JSON keys without what is ``None``; dictionaries keep their ``None``; dates become ISO 8601
    text, bytes become text.

    Args:
        value: the value.
        part: a script's own function for what is in lists, dictionaries and models.

    Raises:
        TypeError: a value cannot be written as JSON. The error names its type and place, never the value.
        ValueError: a number is infinite or not a number, bytes are not UTF-8, or the value contains itself.
    """
    try:
        return _encode(value, "") if part is None else _encode(value, "", lambda item, _: part(item), frozenset())
    except RecursionError:
        pass
    raise ValueError("the value contains itself, or is nested too deeply to be sent")


def _encode(value: Any, path: str, inner: Any = None, ready: frozenset[type] = _READY) -> Any:
    """Encode a value; ``inner`` is called with each item in it, and its path, whose type is not ``ready``."""
    inner = inner or _encode
    if len(path) > _LONGEST_PATH:
        raise RecursionError
    if hasattr(value, "attribute_map") and hasattr(value, "swagger_types") and not isinstance(value, type):
        keys, encoded = value.attribute_map, {}
        for name in value.swagger_types:
            item = getattr(value, name, None)
            if item is not None:
                encoded[keys.get(name, name)] = item if type(item) in ready else inner(item, f"{path}.{name}")
        return encoded
    if isinstance(value, dict):
        return {
            (name := _key(key, path)): item if type(item) in ready else inner(item, f"{path}.{name}")
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        items = [item if type(item) in ready else inner(item, f"{path}[{n}]") for n, item in enumerate(value)]
        return items if isinstance(value, list) else tuple(items)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError(f"{_place(path)} is {value!r}, which is not a number in JSON")
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _text(value, path)
    raise TypeError(f"{_place(path)} is of type {type(value).__name__}, which cannot be sent as JSON")


def _key(key: Any, path: str) -> Any:
    if isinstance(key, bytes):
        return _text(key, path)
    if key is None or isinstance(key, (str, int, float)):
        return key
    raise TypeError(f"{_place(path)} has a key of type {type(key).__name__}, which cannot be sent as JSON")


def _text(value: bytes, path: str) -> str:
    from six import ensure_text

    try:
        return ensure_text(value)
    except UnicodeDecodeError:
        raise ValueError(f"{_place(path)} contains bytes that are not UTF-8") from None


def _place(path: str) -> str:
    return path.removeprefix(".") or "the value"
