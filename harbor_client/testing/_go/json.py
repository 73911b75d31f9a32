"""JSON as Go's ``encoding/json`` reads and writes it.

Reading differs from Python's `json` module: object keys match regardless of case, unknown keys are ignored, ``null``
leaves a field alone, whatever follows the first value is ignored, invalid UTF-8 becomes U+FFFD, and a value of the
wrong type does not stop the reading (the first one is reported at the end). Go's most common complaints about syntax
are worded as Go words them; rarer ones become "looking for beginning of value".
"""

import json
import re
from typing import Any, Final, NoReturn

from .text import quote

#: JSON names to Go types: ``string``, ``bool``, ``int64``, another struct, or a list of structs.
Fields = dict[str, "str | Struct | list[Struct]"]

_SPACE = " \t\r\n"
_SURROGATE = re.compile("[\ud800-\udfff]")
_INVALID_BYTE = re.compile("[\udc80-\udcff]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_KINDS: Final = {str: "string", bool: "bool", list: "array"}
#: How Python's message begins, what to pass to get to the character that Go names, and Go's words about it.
_COMPLAINTS = (
    ("Expecting value", r"((tr?u?|fa?l?s?|nu?l?|-)\Z)?", "looking for beginning of value"),
    ("Expecting property name", "", "looking for beginning of object key string"),
    ("Expecting ':' delimiter", "", "after object key"),
    ("Illegal trailing comma before end of array", r",[ \t\r\n]*", "looking for beginning of value"),
    ("Illegal trailing comma before end of object", r",[ \t\r\n]*", "looking for beginning of object key string"),
    ("Invalid control character", "", "in string literal"),
    ("Invalid \\escape", r"\\", "in string escape code"),
    ("Invalid \\u", "u?[0-9A-Fa-f]*", "in \\u hexadecimal character escape"),
    ("Unterminated string", ".*", ""),
)


class JSONError(ValueError):
    """The body cannot be read; the text is Go's."""


class Empty(Exception):
    """There is nothing but white space."""


class Struct:
    """A Go struct: its name with the package, such as ``models.PasswordReq``, and its fields."""

    def __init__(self, name: str, fields: Fields) -> None:
        self.name = name
        self.fields = fields
        self.by_folded_name = {_fold(field): field for field in fields}


class _Number(str):
    """A number as it was written."""


class _Object(list[tuple[str, Any]]):
    """An object's members in order; a key can occur twice."""


def _refuse_constant(name: str) -> NoReturn:
    where = "in numeric literal" if name[0] == "-" else "looking for beginning of value"
    raise JSONError(f"invalid character {_shown(name.removeprefix('-')[0])} {where}")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_refuse_constant
)


def decode_object(body: bytes, struct: Struct) -> dict[str, Any]:
    """Read the first JSON value of `body` into a Go struct; the result holds the fields that were given a value.

    Raises:
        Empty: there is no value.
        JSONError: it is not JSON, or a value has the wrong type.
    """
    text = _INVALID_BYTE.sub("\ufffd", body.decode("utf-8", "surrogateescape")).lstrip(_SPACE)
    if not text:
        raise Empty
    try:
        value, _ = _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        raise JSONError(_complaint(text, error)) from None
    except RecursionError:
        raise JSONError("exceeded max depth") from None
    if value is None:
        return {}
    if not isinstance(value, _Object):
        raise JSONError(f"json: cannot unmarshal {_kind(value)} into Go value of type {struct.name}")
    complaints: list[str] = []
    result = _fill(struct, value, "", complaints)
    if complaints:
        raise JSONError(complaints[0])
    return result


def _fill(struct: Struct, members: _Object, path: str, complaints: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in members:
        name = key if key in struct.fields else struct.by_folded_name.get(_fold(key))
        if name is None or value is None:
            continue
        wanted = struct.fields[name]
        if isinstance(wanted, Struct) and isinstance(value, _Object):
            result[name] = _fill(wanted, value, f"{path}{name}.", complaints)
        elif isinstance(wanted, list) and isinstance(value, list) and not isinstance(value, _Object):
            items = [item for item in value if isinstance(item, _Object)]
            result[name] = [_fill(wanted[0], item, f"{path}{name}.", complaints) for item in items]
        elif wanted == "int64" and isinstance(value, _Number) and _fits(value):
            result[name] = int(value)
        elif wanted == "string" and type(value) is str:
            result[name] = _SURROGATE.sub("\ufffd", value)
        elif wanted == "bool" and isinstance(value, bool):
            result[name] = value
        else:
            shown = f"number {value}" if wanted == "int64" and isinstance(value, _Number) else _kind(value)
            kind = wanted[0] if isinstance(wanted, list) else wanted
            go_type = kind.name if isinstance(kind, Struct) else kind
            field = f"{struct.name.rpartition('.')[2]}.{path}{name}"
            complaints.append(f"json: cannot unmarshal {shown} into Go struct field {field} of type {go_type}")
    return result


def _fold(key: str) -> str:
    """What two keys have in common that Go takes for the same."""
    return key.replace("\u017f", "s").replace("\u212a", "k").lower()


def _kind(value: object) -> str:
    """Go's word for the type of a value."""
    return "number" if isinstance(value, _Number) else "object" if isinstance(value, _Object) else _KINDS[type(value)]


def _fits(digits: str) -> bool:
    return len(digits) <= 20 and digits.removeprefix("-").isdigit() and -(2**63) <= int(digits) < 2**63


def _complaint(text: str, error: json.JSONDecodeError) -> str:
    """What Go says where Python's reader gave up."""
    found = [(skip, where) for start, skip, where in _COMPLAINTS if error.msg.startswith(start)]
    skip, where = found[0] if found else ("", "after " + _open_container(text[: error.pos]))
    match = re.compile(skip, re.DOTALL).match(text, error.pos)
    position = match.end() if match else error.pos
    if position >= len(text):
        return "unexpected EOF"
    return f"invalid character {_shown(text[position])} {where}"


def _open_container(text: str) -> str:
    """What an entry that ended here belongs to."""
    brackets = re.sub(r"[^][{}]", "", _STRING.sub("", text))
    while (inner := re.sub(r"\[\]|\{\}", "", brackets)) != brackets:
        brackets = inner
    return "array element" if brackets[-1] == "[" else "object key:value pair"


def _shown(character: str) -> str:
    return {"'": r"'\''", '"': "'\"'"}.get(character) or f"'{quote(character)[1:-1]}'"


def json_text(value: object, escape_html: bool) -> bytes:
    """`value` as compact JSON, as Go writes it: keys in order, some characters escaped, invalid UTF-8 replaced."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if not text.isascii():
        text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        text = _SURROGATE.sub(r"\\ufffd", text)
    if escape_html:
        text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return text.encode()
