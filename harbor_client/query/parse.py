"""Joins conditions on one field, and reads ``q`` texts as Harbor does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from harbor_client.query import _FIELDS, IdField, LoginField, TextField
from harbor_client.query.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from harbor_client.query import _Field
    from harbor_client.query.conditions import Value

#: White space as Go knows it, which is four control characters less than Python's.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
#: What Harbor takes for a number or a time in ranges and lists.
_NO_TEXT = re.compile(r"[+-]?[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?", re.ASCII)


def joined(one: Condition, other: Condition) -> Condition:
    """One condition that says what two on the same field say."""
    if one == other:
        return one
    field = _FIELDS[one.field]
    if one.kind == other.kind == "between":
        # Only the database knows the order of texts; of numbers and times we know it.
        pairs = list(zip(one.values, other.values, strict=True))
        if not isinstance(field, TextField) or all(None in pair for pair in pairs):
            return field._between(_extreme(max, pairs[0]), _extreme(min, pairs[1]))
    elif isinstance(field, IdField):
        if one.kind == "between":
            one, other = other, one
        values = [value for value in one.values if other.matches(value)]
        if values:
            return field._one_of(tuple(values))
        raise ValueError(f"no {field.name} meets both {one.text} and {other.text}")
    raise ValueError(f"Harbor heeds only the last of several conditions on {field.name}: {one.text} and {other.text}")


def _extreme(choose: Any, pair: Sequence[Any]) -> Any:
    given = [limit for limit in pair if limit is not None]
    return choose(given) if given else None


def conditions(text: str) -> list[Condition]:
    """The conditions of a ``q`` text; see :meth:`harbor_client.query.Query.parse`."""
    if not isinstance(text, str):
        raise TypeError(f"q must be a str, not {type(text).__name__}")
    found: dict[str, Condition] = {}
    for part in _decoded(text).split(",") if text else ():
        name, sign, operand = part.partition("=")
        if not sign or not name or not operand:
            raise ValueError(f"{part!r} in q is not of the form field=value")
        field = _FIELDS.get(name)
        if field is None:
            raise ValueError(f"{name!r} in q is not a field that Harbor filters on: {', '.join(_FIELDS)}")
        if name in found:
            raise ValueError(f"Harbor heeds only the last of several conditions on {name}")
        found[name] = _parsed(field, operand)
    return list(found.values())


def _decoded(text: str) -> str:
    """Undo the encoding inside ``q`` as Go's url.QueryUnescape does; Harbor takes what is malformed as it is."""
    pieces = text.split("%")[1:]
    if not all(len(piece) >= 2 and _is_hex(piece[0]) and _is_hex(piece[1]) for piece in pieces):
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError:
        raise ValueError("q is not Unicode once its percent-encoding is undone") from None


def _is_hex(character: str) -> bool:
    return character in "0123456789abcdefABCDEF"


def _parsed(field: _Field, operand: str) -> Condition:
    """Read what follows ``field=`` in a ``q`` text."""

    def wrong(why: str) -> ValueError:
        return ValueError(f"{field.name}={operand} in q: {why}")

    def value(text: str) -> Value:
        trimmed = text.strip(_SPACE)
        if _NO_TEXT.fullmatch(trimmed) and isinstance(field, TextField):
            raise wrong(f"{trimmed} is a number or a time to Harbor, and a text in quotation marks only")
        return field._from_text(trimmed if isinstance(field, IdField) else trimmed.strip("\"'"))

    first, inner = operand[0], operand[1:-1]
    if isinstance(field, LoginField) and first in "~[{(":
        raise wrong("Harbor ignores all but an exact value here, and lists everybody")
    if first == "~":
        if not isinstance(field, TextField):
            raise wrong("only texts are searched for a part")
        return field.contains(operand[1:])._conditions[field.name]
    if first == "(":
        raise wrong("Harbor ignores lists in parentheses for users, and lists everybody")
    if first == "[":
        if operand[-1] != "]" or operand.count("~") != 1:
            raise wrong("a range is [low~high]")
        low, high = (value(side) if side.strip(_SPACE) else None for side in inner.split("~"))
        if low is None and high is None:
            raise wrong("a range needs a limit on one side at least")
        return Condition(field.name, "between", (low, high), operand)
    if first == "{":
        values = tuple(value(item) for item in inner.split(" ") if item.strip(_SPACE).strip("\"'"))
        if operand[-1] != "}" or not values:
            raise wrong("a list is {one two}")
        return Condition(field.name, "one of", values, operand)
    text = operand[1:] if first == "\\" else operand
    return Condition(field.name, "equals", (field._from_text(text),), operand)
