"""Turns models and other values into what ``json.dumps`` writes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_READY = frozenset((str, int, bool, type(None)))


def encode(value: Any, part: Callable[[Any], Any] | None = None) -> Any:
    """What is sent for a value.

    Models, also those of other generated packages (anything with ``swagger_types`` and ``attribute_map``), become
    dictionaries of their JSON keys without what is ``None``; dictionaries keep their ``None``; dates become ISO 8601
    text, bytes become text.

    Args:
        value: the value.
        part: a script's own function for what is in lists, dictionaries and models.

    Raises:
        TypeError: a value cannot be written as JSON; names its type and place, never the value.
        ValueError: a number is infinite or none, bytes are no UTF-8, or the value holds itself.
    """
    if type(value) in _READY:
        return value
    try:
        return _encode(value, "") if part is None else _encode_by(value, part)
    except BaseException as error:
        too_deep = isinstance(error, RecursionError)
        value = None
        if not too_deep:
            from harbor_client._privacy.guard import sweep

            sweep(error)
            raise
    raise ValueError("the value holds itself, or is nested too deep to be sent")


def _encode(value: Any, path: str) -> Any:
    if hasattr(value, "attribute_map") and hasattr(value, "swagger_types") and not isinstance(value, type):
        return _encode_model(value, path)
    if isinstance(value, dict):
        return {
            (name := _key(key, path)): item if type(item) in _READY else _encode(item, f"{path}.{name}")
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [item if type(item) in _READY else _encode(item, f"{path}[{n}]") for n, item in enumerate(value)]
    if isinstance(value, tuple):
        return tuple(item if type(item) in _READY else _encode(item, f"{path}[{n}]") for n, item in enumerate(value))
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError(f"{_place(path)} is {value!r}, which JSON cannot say")
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _text(value, path)
    raise TypeError(f"{_place(path)} is of type {type(value).__name__}, which cannot be sent as JSON")


def _encode_model(value: Any, path: str) -> dict[str, Any]:
    keys = value.attribute_map
    encoded = {}
    for name in value.swagger_types:
        item = getattr(value, name, None)
        if item is not None:
            encoded[keys.get(name, name)] = item if type(item) in _READY else _encode(item, f"{path}.{name}")
    return encoded


def _encode_by(value: Any, part: Callable[[Any], Any]) -> Any:
    if hasattr(value, "attribute_map") and hasattr(value, "swagger_types") and not isinstance(value, type):
        items = {value.attribute_map.get(name, name): getattr(value, name, None) for name in value.swagger_types}
        return {key: part(item) for key, item in items.items() if item is not None}
    if isinstance(value, dict):
        return {_key(key, ""): part(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(map(part, value))
    return _encode(value, "")


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
        pass
    raise ValueError(f"{_place(path)} holds bytes that are not UTF-8")


def _place(path: str) -> str:
    return path.removeprefix(".") or "the value"
