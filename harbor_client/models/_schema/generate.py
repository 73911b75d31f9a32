"""Writes, at first use, the two functions of a model that are called most: its constructor and its row decoder.

Both are straight-line functions over the class's fields. Written out they cost a third of a loop over the fields, and
the constructor has the signature that editors and ``inspect`` look for.
"""

from __future__ import annotations

import sys
from datetime import datetime
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from harbor_client.models._schema.field import Field, Limited

if TYPE_CHECKING:
    from collections.abc import Callable

    from harbor_client.models._schema.model import Model

#: Reads the dates that Harbor writes. Before Python 3.11, fromisoformat rejects "Z"; from 3.14 on, it takes hour 24.
if sys.version_info >= (3, 14):
    _READ_DATE = [
        "    if value[10] != 'T' or value[11:13] == '24': return strict(row)",
        "    value = read_date(value)",
    ]
elif sys.version_info >= (3, 11):
    _READ_DATE = ["    if value[10] != 'T': return strict(row)", "    value = read_date(value)"]
else:
    _READ_DATE = [
        "    if value[10] != 'T' or value[-1] != 'Z': return strict(row)",
        "    value = read_date(value[:-1] + '+00:00')",
    ]

#: How the row decoder takes in one value, by type. What is not as expected is left to the strict decoder.
_TAKE = {
    "str": ["if value is not None and type(value) is not str: return strict(row)"],
    "int": [
        "if value is not None and (type(value) is not int or not -0x8000000000000000 <= value <= 0x7fffffffffffffff):",
        "    return strict(row)",
    ],
    "bool": ["if value is not None and type(value) is not bool: return strict(row)"],
    "object": [],
    "datetime": ["if value is not None:", *_READ_DATE],
}

#: What an unexpected value makes of the lines above.
_REFUSED = (TypeError, ValueError, LookupError, OverflowError)


def constructor(cls: type[Model]) -> Callable[..., None]:
    """Write ``__init__`` for a model class: all fields in order, then ``_configuration``; all of them optional."""
    undecorated = [name for name, value in vars(cls).items() if isinstance(value, Field)]
    if undecorated:
        raise TypeError(f"{cls.__name__} declares fields and lacks the decorator @model")
    names = [name for name in cls.swagger_types if _is_parameter(name)]
    body = ["if _configuration is not None: self._configuration = _configuration"]
    for name in names:
        if placement(cls, name) == "shadowed":
            body += [*_empty_slot(cls, "self", name), f"if {name} is not None: self.{name} = {name}"]
        else:
            body.append(f"self.{name} = {name}")
    # A setter may refuse its value: what leaves then must not carry the others, among them perhaps a password.
    blank = " = ".join(["self", "_configuration", *names])
    body = ["try:", *_indented(body), "except BaseException:", f"    {blank} = None", "    raise"]
    parameters = ", ".join(f"{name}=None" for name in [*names, "_configuration"])
    function = _compile(cls, f"def __init__(self, {parameters}):", body)
    known = {name: cls._fields[name] for name in names if name in cls._fields}
    function.__doc__ = "\n".join(
        [f"Make a {cls.__name__}; what is not given is ``None``.", "", "Args:"]
        + [f"    {name}: {declared.doc}" for name, declared in known.items()]
    )
    function.__annotations__ = {name: declared.annotation for name, declared in known.items()} | {"return": "None"}
    return function


def row_decoder(
    cls: type[Model], strict: Callable[[Any], Any], nested: Callable[[str], Callable[[Any], Any]]
) -> Callable[[Any], Any]:
    """Write the function that turns one parsed JSON object into a model while all of it is as expected.

    Args:
        cls: the model's class, one whose constructor was written by :func:`constructor`.
        strict: decodes the same row with all care, or raises; called as soon as anything is not as expected.
        nested: gives the decoder of a type that is not built in.
    """
    body = ["if type(row) is not dict: return strict(row)", "get = row.get", "made = new(model)", "try:"]
    for name, kind in cls.swagger_types.items():
        take = _TAKE.get(kind, [f"if value is not None: value = nested(types[{name!r}])(value)"])
        where = placement(cls, name)
        if where == "limited":  # past the check: what the server answers has no limits of ours
            put = [f"members[{name!r}].__set__(made, value)"]
        elif where == "shadowed":
            put = [*_empty_slot(cls, "made", name), f"if value is not None: setattr(made, {name!r}, value)"]
        elif where == "slot":
            put = [f"made.{name} = value"]
        else:
            put = [f"setattr(made, {name!r}, value)"]
        body += _indented([f"value = get({cls.attribute_map.get(name, name)!r})", *take, *put])
    body += ["except refused: pass", "else: return made", "return strict(row)"]
    return _compile(
        cls,
        "def decode(row):",
        body,
        model=cls,
        types=dict(cls.swagger_types),
        new=object.__new__,
        strict=strict,
        nested=nested,
        read_date=datetime.fromisoformat,
        refused=_REFUSED,
    )


def placement(cls: type[Model], name: str) -> str:
    """Where the value of a field goes.

    ``"slot"`` or ``"limited"`` (a slot behind a check) for what a model declares; ``"shadowed"`` when a script's
    subclass has put a property or a default of its own in that place, which ``None`` must not disturb; ``"extra"``
    for a field that is only in a subclass's ``swagger_types``.
    """
    for ancestor in cls.__mro__:
        if name in vars(ancestor):
            standing = vars(ancestor)[name]
            if isinstance(standing, Limited):
                return "limited"
            return "slot" if standing is cls._members.get(name) else "shadowed"
    return "extra"


def _empty_slot(cls: type[Model], instance: str, name: str) -> list[str]:
    return [f"members[{name!r}].__set__({instance}, None)"] if name in cls._members else []


def _is_parameter(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name) and name not in ("self", "_configuration")


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _compile(cls: type[Model], head: str, body: list[str], **names: Any) -> Callable[..., Any]:
    """Make a function of lines of source; it stands in this module, with the class's name in tracebacks."""
    namespace = {"__name__": __name__, "members": cls._members, **names}
    exec(compile("\n".join([head, *_indented(body)]), f"<{cls.__name__}>", "exec"), namespace)
    function: Callable[..., Any] = namespace[head.partition("(")[0].removeprefix("def ")]
    function.__module__ = cls.__module__
    function.__qualname__ = f"{cls.__qualname__}.{function.__name__}"
    return function
