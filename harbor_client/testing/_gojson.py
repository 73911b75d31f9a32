"""JSON bodies read as Go's ``encoding/json`` reads them, down to the words of its complaints.

What differs from Python's `json`: object keys match regardless of case, unknown keys are ignored, ``null`` leaves a
field alone, whatever follows the first value is ignored, bad UTF-8 becomes U+FFFD, and a value of the wrong type does
not stop the reading (the first one is reported at the end).
"""

from __future__ import annotations

import re
from typing import Any

from ._gotext import quote

__all__ = ["Empty", "JSONError", "decode_object"]

_SPECIAL = re.compile(rb'["\\\x00-\x1f]')
_SPACE = frozenset(b" \t\r\n")
_DIGITS = frozenset(b"0123456789")
_HEX = frozenset(b"0123456789abcdefABCDEF")
_ESCAPES = {0x62: "\b", 0x66: "\f", 0x6E: "\n", 0x72: "\r", 0x74: "\t", 0x5C: "\\", 0x2F: "/", 0x22: '"'}
_LITERALS = {0x74: b"true", 0x66: b"false", 0x6E: b"null"}
_DEEPEST = 10_000
_KINDS = {"string": str, "bool": bool, "int64": int}

# One value that was read: its kind in Go's words and, where a field can hold it, the value itself.
_Value = tuple[str, "str | bool | list[tuple[str, Any]] | None"]


class JSONError(ValueError):
    """The body cannot be read; the text is Go's."""


class Empty(Exception):
    """There is nothing but white space."""


def _fold(key: str) -> str:
    """What two keys have in common that Go takes for the same."""
    return key.replace("\u017f", "s").replace("\u212a", "k").lower()


def decode_object(body: bytes, go_type: str, fields: dict[str, str]) -> dict[str, str | bool | int]:
    """Read the first JSON value of `body` into the fields of a Go struct.

    Args:
        body: what the client sent.
        go_type: the struct's name in Go, with its package, such as ``models.PasswordReq``.
        fields: what it holds: JSON name to ``string``, ``bool`` or ``int64``.

    Returns:
        The fields that were given a value.

    Raises:
        Empty: there is no value.
        JSONError: it is no JSON, or a value has the wrong type.
    """
    kind, value = _Reader(body).read()
    if kind == "null":
        return {}
    if kind != "object":
        raise JSONError(f"json: cannot unmarshal {_bare(kind)} into Go value of type {go_type}")
    assert isinstance(value, list)
    struct = go_type.rpartition(".")[2]
    by_fold = {_fold(name): name for name in fields}
    complaint = ""
    result: dict[str, str | bool | int] = {}
    for key, (found, item) in value:
        name = key if key in fields else by_fold.get(_fold(key))
        if name is None or found == "null":
            continue
        wanted = fields[name]
        if wanted == "int64" and found.startswith("number ") and _fits(found[7:]):
            result[name] = int(found[7:])
        elif found == wanted and isinstance(item, (str, bool)):
            result[name] = item
        elif not complaint:
            shown = found if wanted == "int64" else _bare(found)
            complaint = f"json: cannot unmarshal {shown} into Go struct field {struct}.{name} of type {wanted}"
    if complaint:
        raise JSONError(complaint)
    return result


def _bare(kind: str) -> str:
    """A number's kind without its digits: Go shows them only where an integer was wanted."""
    return "number" if kind.startswith("number ") else kind


def _fits(digits: str) -> bool:
    return len(digits) <= 20 and digits.removeprefix("-").isdigit() and -(2**63) <= int(digits) < 2**63


class _Reader:
    """One pass over the bytes, iterative so that deep nesting is harmless."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def read(self) -> _Value:
        self._skip_space()
        if self._at >= len(self._body):
            raise Empty
        # Containers that are open: their entries so far, and the key under which the next value belongs
        # (None in an array, whose entries nobody needs).
        open_: list[list[tuple[str, _Value]] | None] = []
        keys: list[str] = []
        while True:
            byte = self._next_byte()
            if byte in b"{[":
                if len(open_) == _DEEPEST:
                    raise JSONError("exceeded max depth")
                self._at += 1
                if byte == 0x7B:
                    open_.append([])
                    if self._peek() != 0x7D:
                        keys.append(self._key())
                        continue
                else:
                    open_.append(None)
                    if self._peek() != 0x5D:
                        continue
                self._at += 1
                value = self._close(open_.pop())
            else:
                value = self._scalar(byte)
            # A value is complete: store it, then close whatever ends here.
            while True:
                if not open_:
                    return value
                container = open_[-1]
                if container is not None:
                    container.append((keys.pop(), value))
                if self._more(in_object=container is not None):
                    if container is not None:
                        keys.append(self._key())
                    break
                value = self._close(open_.pop())

    @staticmethod
    def _close(container: list[tuple[str, _Value]] | None) -> _Value:
        return ("array", None) if container is None else ("object", container)

    def _more(self, in_object: bool) -> bool:
        """Pass a comma (True) or the closing bracket (False)."""
        byte = self._next_byte()
        if byte == 0x2C:
            self._at += 1
            return True
        if byte == (0x7D if in_object else 0x5D):
            self._at += 1
            return False
        raise self._bad(byte, "after object key:value pair" if in_object else "after array element")

    def _key(self) -> str:
        byte = self._next_byte()
        if byte != 0x22:
            raise self._bad(byte, "looking for beginning of object key string")
        key = self._string()
        byte = self._next_byte()
        if byte != 0x3A:
            raise self._bad(byte, "after object key")
        self._at += 1
        return key

    def _scalar(self, byte: int) -> _Value:
        if byte == 0x22:
            return "string", self._string()
        if byte in _LITERALS:
            word = _LITERALS[byte]
            for expected in word:
                found = self._take()
                if found != expected:
                    raise self._bad(found, f"in literal {word.decode()} (expecting {chr(expected)!r})")
            return ("null", None) if word == b"null" else ("bool", word == b"true")
        if byte == 0x2D or byte in _DIGITS:
            return "number " + self._number(), None
        raise self._bad(byte, "looking for beginning of value")

    def _number(self) -> str:
        start = self._at
        if self._body[self._at] == 0x2D:
            self._at += 1
            self._digit("in numeric literal")
            self._at -= 1
        if self._body[self._at] == 0x30:
            self._at += 1
        else:
            self._digits()
        if self._raw() == 0x2E:
            self._at += 1
            self._digit("after decimal point in numeric literal")
            self._digits()
        if self._raw() in (0x65, 0x45):
            self._at += 1
            if self._raw() in (0x2B, 0x2D):
                self._at += 1
            self._digit("in exponent of numeric literal")
            self._digits()
        return self._body[start : self._at].decode()

    def _digit(self, where: str) -> None:
        byte = self._take()
        if byte not in _DIGITS:
            raise self._bad(byte, where)

    def _digits(self) -> None:
        while self._raw() in _DIGITS:
            self._at += 1

    def _string(self) -> str:
        self._at += 1
        parts: list[str] = []
        start = self._at
        while True:
            special = _SPECIAL.search(self._body, self._at)
            self._at = len(self._body) if special is None else special.start()
            byte = self._take()
            if byte == 0x22:
                parts.append(self._text(start, self._at - 1))
                return _join_surrogates("".join(parts))
            if byte == 0x5C:
                parts.append(self._text(start, self._at - 1))
                parts.append(self._escape())
                start = self._at
            else:
                raise self._bad(byte, "in string literal")

    def _escape(self) -> str:
        byte = self._take()
        if byte in _ESCAPES:
            return _ESCAPES[byte]
        if byte != 0x75:
            raise self._bad(byte, "in string escape code")
        code = ""
        for _ in range(4):
            byte = self._take()
            if byte not in _HEX:
                raise self._bad(byte, "in \\u hexadecimal character escape")
            code += chr(byte)
        return chr(int(code, 16))

    def _text(self, start: int, end: int) -> str:
        text = self._body[start:end].decode("utf-8", "surrogateescape")
        if text.isascii():
            return text
        return "".join("\ufffd" if "\udc80" <= character <= "\udcff" else character for character in text)

    def _raw(self) -> int:
        """The byte that is next, or -1 at the end."""
        return self._body[self._at] if self._at < len(self._body) else -1

    def _take(self) -> int:
        if self._at >= len(self._body):
            raise JSONError("unexpected EOF")
        self._at += 1
        return self._body[self._at - 1]

    def _skip_space(self) -> None:
        while self._raw() in _SPACE:
            self._at += 1

    def _peek(self) -> int:
        self._skip_space()
        return self._raw()

    def _next_byte(self) -> int:
        """The first byte that is not white space."""
        byte = self._peek()
        if byte < 0:
            raise JSONError("unexpected EOF")
        return byte

    @staticmethod
    def _bad(byte: int, where: str) -> JSONError:
        shown = {0x27: r"'\''", 0x22: "'\"'"}.get(byte) or "'" + quote(chr(byte))[1:-1] + "'"
        return JSONError(f"invalid character {shown} {where}")


def _join_surrogates(text: str) -> str:
    """Pairs of escaped surrogates are one character; one alone is U+FFFD."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
