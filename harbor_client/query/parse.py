"""Reads ``q`` texts as Harbor does."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from harbor_client.query.conditions import Condition, Value
from harbor_client.query.grammar import GRAMMARS, Grammar, IdGrammar, LoginGrammar, TextGrammar

#: White space as Go defines it: four control characters less than Python's.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
#: What Harbor takes for a number or a time in ranges and lists.
_NO_TEXT = re.compile(r"[+-]?[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?", re.ASCII)
_MALFORMED_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


def conditions(text: str) -> list[Condition]:
    """The conditions of a ``q`` text; see :meth:`harbor_client.query.Query.parse`."""
    if not isinstance(text, str):
        raise TypeError(f"q must be a str, not {type(text).__name__}")
    found: dict[str, Condition] = {}
    for part in _decoded(text).split(",") if text else ():
        name, sign, operand = part.partition("=")
        if not sign or not name or not operand:
            raise ValueError(f"{part!r} in q is not of the form field=value")
        grammar = GRAMMARS.get(name)
        if grammar is None:
            raise ValueError(f"{name!r} in q is not a field that Harbor filters on: {', '.join(GRAMMARS)}")
        if name in found:
            raise ValueError(f"Harbor heeds only the last of several conditions on {name}")
        found[name] = _condition(grammar, operand)
    return list(found.values())


def _decoded(text: str) -> str:
    """Undo the encoding inside ``q`` as Go's url.QueryUnescape does; Harbor takes malformed text as it is."""
    if _MALFORMED_ESCAPE.search(text):
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError:
        raise ValueError("q is not Unicode once its percent-encoding is undone") from None


def _condition(grammar: Grammar, operand: str) -> Condition:
    """The condition in what follows ``field=``."""

    def wrong(why: str) -> ValueError:
        return ValueError(f"{grammar.name}={operand} in q: {why}")

    def value(text: str) -> Value:
        trimmed = text.strip(_SPACE)
        if _NO_TEXT.fullmatch(trimmed) and isinstance(grammar, TextGrammar):
            raise wrong(f"{trimmed} is a number or a time to Harbor, and a text only in quotation marks")
        found: Value = grammar.read(trimmed if isinstance(grammar, IdGrammar) else trimmed.strip("\"'"))
        return found

    first, inner = operand[0], operand[1:-1]
    if isinstance(grammar, LoginGrammar) and first in "~[{(":
        raise wrong("Harbor ignores all but an exact value here, and lists everybody")
    if first == "~":
        return grammar.contains(operand[1:])
    if first == "(":
        raise wrong("Harbor ignores lists in parentheses for users, and lists everybody")
    if first == "[":
        if operand[-1] != "]" or operand.count("~") != 1:
            raise wrong("a range is [low~high]")
        return grammar.between(*(value(side) if side.strip(_SPACE) else None for side in inner.split("~")))
    if first == "{":
        if operand[-1] != "}":
            raise wrong("a list is {one two}")
        return grammar.one_of(tuple(value(item) for item in inner.split(" ") if item.strip(_SPACE).strip("\"'")))
    text = operand[1:] if first == "\\" else operand
    return Condition(grammar.name, "equals", (grammar.read(text),), operand)
