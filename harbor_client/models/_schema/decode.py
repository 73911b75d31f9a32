"""Turns parsed JSON into models and other types, by the type's name; a value that does not fit is an error.

There are two decoders. The strict one, in this module, walks a value type by type and keeps track of the path. The
quick one is a function generated for each model (see ``generate``); it hands every unusual row to the strict one.
"""

import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from harbor_client import models
from harbor_client.models._schema.generate import row_decoder

_CONTAINER = re.compile(r"(?:(list)\[|(dict)[(\[]\s*str\s*,\s*)(.+)[)\]]")

#: Longer keys that are not the names of fields are not shown in a path, not even in part: they could be secrets.
_LONGEST_KEY = 40

_WORDS = {dict: "object", list: "list", str: "string", bool: "boolean", int: "integer", float: "number"}


class DecodeError(ValueError):
    """A JSON value is not what the API says.

    Attributes:
        path: where, such as ``"[3].user_id"``; ``""`` for the whole value.
        expected: what should be there, in JSON's terms.
        found: what is there, in JSON's terms; never the value itself.
    """

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path, expected, found)
        self.path = path
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return f"{self.path + ': ' if self.path else ''}expected {self.expected}, found {self.found}"


def decoder(kind: str | type, filled: bool = False) -> Callable[[object], Any]:
    """Return the function that turns parsed JSON into a type. Call this each time: it is nearly free.

    Args:
        kind: ``"int"``, ``"str"``, ``"bool"``, ``"float"``, ``"object"`` (anything, unchanged), ``"date"``,
            ``"datetime"``, the name of a model in ``harbor_client.models`` (where scripts may have put their own),
            ``"list[…]"`` or ``"dict(str, …)"`` of these; or a class.
        filled: refuse a model whose fields are all missing or null; models inside it may be empty.

    The function raises :class:`DecodeError` for whatever does not fit.

    Raises:
        ValueError: there is no type of that name.
        TypeError: the class is not a model.
    """
    container, leaf = _split(kind)
    while container:
        container, leaf = _split(leaf)
    return _make_decoder(kind, leaf if leaf in _NATIVE else _model_class(leaf), filled)


@lru_cache(256)
def _make_decoder(kind: str | type, leaf: Any, filled: bool) -> Callable[[object], Any]:
    """Make the decoder of a type: quick for a declared model and a list of them, strict for all others."""

    def decode(value: Any) -> Any:
        return _strict(kind, value, "", filled)

    container, inner = _split(kind)
    if not _is_declared(leaf) or not leaf.swagger_types or container == "dict" or _split(inner)[0]:
        return decode
    row = row_decoder(leaf, lambda value: _strict(leaf, value, "", filled), decoder)

    def decode_list(value: Any) -> Any:
        if type(value) is list:
            try:
                return list(map(row, value))
            except DecodeError:  # it does not know which row
                pass
        return decode(value)

    return decode_list if container else row


def _is_declared(cls: Any) -> bool:
    """Whether a class declares fields, and is not, say, a script's subclass of such a class."""
    return getattr(cls, "_declared_by", None) is cls


@lru_cache(256)
def _split(kind: Any) -> tuple[str, Any]:
    """``"list[int]"`` is ``("list", "int")``; of a type that is no container, ``("", kind)``."""
    found = _CONTAINER.fullmatch(kind) if isinstance(kind, str) else None
    return (found[1] or found[2], found[3]) if found else ("", kind)


def _model_class(kind: Any) -> Any:
    if isinstance(kind, str):
        found = getattr(models, kind, None)
        if found is None:
            raise ValueError(f"there is no type {kind!r}")
        kind = found
    if not isinstance(kind, type) or not hasattr(kind, "swagger_types") or not hasattr(kind, "attribute_map"):
        raise TypeError(f"{getattr(kind, '__name__', kind)!r} is not a model")
    return kind


def _strict(kind: Any, value: Any, path: str, filled: bool = False) -> Any:
    """Decode a value, knowing where it stands."""
    container, inner = _split(kind)
    if container == "list":
        return [_strict(inner, item, f"{path}[{n}]", filled) for n, item in enumerate(_expect(list, value, path))]
    if container == "dict":
        items = _expect(dict, value, path).items()
        return {
            key: _strict(inner, item, _below(path, key if len(key) <= _LONGEST_KEY else "…"), filled)
            for key, item in items
        }
    if kind in _NATIVE:
        return _NATIVE[kind](value, path)
    cls = _model_class(kind)
    if not cls.swagger_types:  # a model without fields accepts any value
        return value
    row, values = _expect(dict, value, path), {}
    for name, field_kind in cls.swagger_types.items():
        key = cls.attribute_map.get(name, name)
        if key in row:
            values[name] = None if row[key] is None else _strict(field_kind, row[key], _below(path, key))
    # Every field may be missing. An object with other fields only is something else; so is a response without any.
    is_void = filled and all(value is None for value in values.values())
    if (is_void or (row and not values)) and hasattr(cls, "_declared_by"):
        raise DecodeError(path, "an object with fields of the model", "an object with none of them")
    if not _is_declared(cls):
        return cls(**values)
    made = object.__new__(cls)  # past the limits, which are for what is sent
    vars(made).update(values)
    return made


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _expect(kind: type, value: Any, path: str) -> Any:
    """The value, if it is of the class of JSON values; an integer is a number, a boolean is neither."""
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        found = "null" if value is None else _WORDS.get(type(value), type(value).__name__)
        raise DecodeError(path, _WORDS[kind], found)
    return value


def _integer(value: Any, path: str) -> int:
    """An integer of 64 bits, as all of Harbor's are."""
    number: int = _expect(int, value, path)
    if not -(2**63) <= number < 2**63:
        raise DecodeError(path, "integer", "integer beyond 64 bits")
    return number


def _number(value: Any, path: str) -> float:
    if not abs(_expect(float, value, path)) <= sys.float_info.max:
        raise DecodeError(path, "number", "number that is infinite or not a number")
    return float(value)


def _datetime(value: Any, path: str, expected: str = "date and time") -> datetime:
    from harbor_client.models._schema.dates import read_datetime

    moment = read_datetime(_expect(str, value, path))
    if moment is None:
        raise DecodeError(path, expected, "string that is not one")
    return moment


_NATIVE: dict[Any, Callable[[Any, str], Any]] = {
    object: lambda value, path: value,
    str: partial(_expect, str),
    bool: partial(_expect, bool),
    int: _integer,
    float: _number,
    datetime: _datetime,
    date: lambda value, path: _datetime(value, path, "date").date(),
}
_NATIVE.update({kind.__name__: read for kind, read in _NATIVE.items()}, long=_integer)
