"""Turns parsed JSON into models, and into whatever else a type's name says; strictly, or not at all.

There are two ways. The strict one, here, walks type by type and knows where it is. The quick one is a function written
for each model (see ``_generate``); it gives every row in which anything is unusual to the strict one.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from harbor_client import models
from harbor_client.models._schema.generate import placement, row_decoder
from harbor_client.models._schema.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable

_LIST = re.compile(r"list\[(.+)\]")
_DICT = re.compile(r"dict[(\[]\s*str\s*,\s*(.+)[)\]]")

#: A key that is no field's name is shown in a path if it is no longer: a part of it could be a part of a secret.
_LONGEST_KEY = 40

_WORDS = {dict: "object", list: "list", str: "string", bool: "boolean", int: "integer", float: "number"}


class DecodeError(ValueError):
    """A JSON value is not what the API says.

    Attributes:
        path: where, such as ``"[3].user_id"``; ``""`` for the whole value.
        expected: what should be there, in words of JSON.
        found: what is there, in words of JSON; never the value itself.
    """

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path, expected, found)
        self.path = path
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return f"{self.path + ': ' if self.path else ''}expected {self.expected}, found {self.found}"


def decoder(kind: str | type) -> Callable[[object], Any]:
    """Give the function that turns parsed JSON into a type. Ask for it at each call: it costs next to nothing.

    Args:
        kind: ``"int"``, ``"str"``, ``"bool"``, ``"float"``, ``"object"`` (anything, as it is), ``"date"``,
            ``"datetime"``, a model's name as found in ``harbor_client.models`` at this moment, ``"list[…]"`` or
            ``"dict(str, …)"`` of these; or a class.

    The function raises :class:`DecodeError` for whatever does not fit.

    Raises:
        ValueError: there is no type of that name.
        TypeError: the class is no model.
    """
    ready = _ready.get(kind)
    if ready is None or not ready.is_current():
        ready = _ready[kind] = _Decoder(kind)
    return ready.decode


class _Decoder:
    """The decoder of one type, and what it was made from: a script may change its models at any time."""

    __slots__ = ("cls", "constructor", "decode", "keys", "name", "quick", "types")

    def __init__(self, kind: str | type) -> None:
        leaf = _leaf(kind)
        self.name = leaf if isinstance(leaf, str) else None
        self.cls: Any = None if leaf in _NATIVE else _model_class(leaf)
        self.constructor: Any = None
        self.quick: Callable[[Any], Any] = lambda value: _strict(kind, value, "")
        cls = self.cls
        if cls is not None and _is_ours(cls):
            self.constructor = cls.__init__
            self.types = dict(cls.swagger_types)
            self.keys = dict(cls.attribute_map)
            if kind is leaf:
                self.quick = row_decoder(cls, self.quick, decoder)
            elif kind == f"list[{leaf}]":
                self.quick = _quick_list(row_decoder(cls, lambda row: _strict(cls, row, ""), decoder), self.quick)
        self.decode = _swept(self.quick)

    def is_current(self) -> bool:
        """Whether the name still means that class, and the class still is what it was."""
        cls = self.cls
        if cls is None:
            return True
        if self.name is not None and getattr(models, self.name, None) is not cls:
            return False
        if self.constructor is None:  # the strict way asks the class each time
            return not _is_ours(cls)
        return cls.__init__ is self.constructor and cls.swagger_types == self.types and cls.attribute_map == self.keys


_ready: dict[str | type, _Decoder] = {}


def _swept(decode: Callable[[Any], Any]) -> Callable[[object], Any]:
    """Let nothing leave with rows, and so perhaps secrets, in the frames of its traceback."""

    def decode_swept(value: object) -> Any:
        try:
            return decode(value)
        except BaseException as error:
            value = None
            from harbor_client._privacy.guard import sweep

            sweep(error)
            raise

    return decode_swept


def _quick_list(row: Callable[[Any], Any], strict: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:
        if type(value) is list:
            try:
                return list(map(row, value))
            except DecodeError:  # it does not know which row
                pass
        return strict(value)

    return decode


def _leaf(kind: Any) -> Any:
    """What stands inside all lists and dictionaries of a type's name."""
    while isinstance(kind, str):
        inner = _LIST.fullmatch(kind) or _DICT.fullmatch(kind)
        if inner is None:
            break
        kind = inner[1]
    return kind


def _model_class(kind: Any) -> Any:
    if isinstance(kind, str):
        found = getattr(models, kind, None)
        if found is None:
            raise ValueError(f"there is no type {kind!r}")
        kind = found
    if not isinstance(kind, type) or not hasattr(kind, "swagger_types") or not hasattr(kind, "attribute_map"):
        raise TypeError(f"{getattr(kind, '__name__', kind)!r} is no model")
    return kind


def _is_ours(cls: Any) -> bool:
    """Whether a class is made by the constructor that was written for it."""
    return issubclass(cls, Model) and cls.__init__ is vars(cls).get("_generated_init") and cls.__new__ is object.__new__


def _strict(kind: Any, value: Any, path: str) -> Any:
    """Decode a value, knowing where it stands."""
    if isinstance(kind, str):
        element = _LIST.fullmatch(kind)
        if element is not None:
            if not isinstance(value, list):
                raise DecodeError(path, "list", _word(value))
            return [_strict(element[1], item, f"{path}[{number}]") for number, item in enumerate(value)]
        element = _DICT.fullmatch(kind)
        if element is not None:
            if not isinstance(value, dict):
                raise DecodeError(path, "object", _word(value))
            return {
                key: _strict(element[1], item, _below(path, key if len(key) <= _LONGEST_KEY else "…"))
                for key, item in value.items()
            }
    read = _NATIVE.get(kind)
    if read is not None:
        return read(value, path)
    cls = _model_class(kind)
    if not cls.swagger_types:  # a model without fields stands for any value
        return value
    if not isinstance(value, dict):
        raise DecodeError(path, "object", _word(value))
    values = {}
    for name, field_kind in cls.swagger_types.items():
        key = cls.attribute_map.get(name, name)
        if key in value:
            item = value[key]
            values[name] = None if item is None else _strict(field_kind, item, _below(path, key))
    return _build(cls, values)


def _build(cls: Any, values: dict[str, Any]) -> Any:
    """Make a model of decoded values: as the quick way does, or through a constructor that is not ours."""
    if not _is_ours(cls):
        return cls(**values)
    made = object.__new__(cls)
    for name in cls.swagger_types:
        value = values.get(name)
        where = placement(cls, name)
        if name in cls._members:
            cls._members[name].__set__(made, None if where == "shadowed" else value)
        if where == "extra" or (where == "shadowed" and value is not None):
            setattr(made, name, value)
    return made


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _word(value: object) -> str:
    """The kind of a value in words of JSON."""
    for kind, word in _WORDS.items():
        if isinstance(value, kind):
            return word
    return "null" if value is None else type(value).__name__


def _as_is(value: Any, path: str) -> Any:
    return value


def _text(value: Any, path: str) -> str:
    if isinstance(value, str):
        return value
    raise DecodeError(path, "string", _word(value))


def _boolean(value: Any, path: str) -> bool:
    if isinstance(value, bool):
        return value
    raise DecodeError(path, "boolean", _word(value))


def _integer(value: Any, path: str) -> int:
    """An integer of 64 bits, as all of Harbor's are."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise DecodeError(path, "integer", _word(value))
    if not -(2**63) <= value < 2**63:
        raise DecodeError(path, "integer", "integer beyond 64 bits")
    return value


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DecodeError(path, "number", _word(value))
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if number - number != 0:
        raise DecodeError(path, "number", "number that is infinite or none")
    return number


def _datetime(value: Any, path: str) -> datetime:
    from harbor_client.models._schema.dates import read_datetime

    moment = read_datetime(_text(value, path))
    if moment is None:
        raise DecodeError(path, "date and time", "string that names none")
    return moment


def _date(value: Any, path: str) -> date:
    from harbor_client.models._schema.dates import read_date

    day = read_date(_text(value, path))
    if day is None:
        raise DecodeError(path, "date", "string that names none")
    return day


_NATIVE: dict[Any, Callable[[Any, str], Any]] = {
    "object": _as_is,
    "str": _text,
    "bool": _boolean,
    "int": _integer,
    "long": _integer,
    "float": _number,
    "datetime": _datetime,
    "date": _date,
    object: _as_is,
    str: _text,
    bool: _boolean,
    int: _integer,
    float: _number,
    datetime: _datetime,
    date: _date,
}
