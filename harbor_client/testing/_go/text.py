"""Texts as Go writes them: quoting, URL escapes and integers.

Harbor is written in Go, and much of what it answers is what Go's standard library says. Strings from outside are held
here as `str` in which a byte that is not UTF-8 is a lone surrogate (Python's ``surrogateescape``), since a Go string
can hold any byte.
"""

from __future__ import annotations

import re

_HEX = frozenset(b"0123456789abcdefABCDEF")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_PLAIN_IN_PATH = _UNRESERVED | frozenset(b"$&+,/:;=@")
_LEFT_IN_PATH = _PLAIN_IN_PATH | frozenset(b"!'()*[]%")
_SHORT_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
_INTEGER = re.compile("([+-]?)0*([0-9]{1,19})", re.ASCII)


class BadEscape(ValueError):
    """A percent sign without two hexadecimal digits; the text is Go's."""


def to_text(raw: bytes) -> str:
    """Bytes from the wire as text, without losing any."""
    return raw.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """The bytes that `to_text` was given."""
    return text.encode("utf-8", "surrogateescape")


def quote(text: str) -> str:
    """`text` in double quotes with escapes, as Go's ``%q`` prints it."""
    parts = []
    for character in text:
        code = ord(character)
        if code in _SHORT_ESCAPES:
            parts.append(_SHORT_ESCAPES[code])
        elif 0xDC80 <= code <= 0xDCFF:
            parts.append(f"\\x{code - 0xDC00:02x}")
        elif code < 0x20 or code == 0x7F:
            parts.append(f"\\x{code:02x}")
        elif character.isprintable():
            parts.append(character)
        elif code < 0x10000:
            parts.append(f"\\u{code:04x}")
        else:
            parts.append(f"\\U{code:08x}")
    return '"' + "".join(parts) + '"'


def parse_int64(text: str) -> int | None:
    """The number that `text` is in decimal, None when it is none or takes more than 64 bits."""
    match = _INTEGER.fullmatch(text)
    number = int(match[1] + match[2]) if match else 2**63
    return number if -(2**63) <= number < 2**63 else None


def _unescape(text: str, plus_is_space: bool) -> str:
    if "%" not in text:
        return text.replace("+", " ") if plus_is_space else text
    raw = to_bytes(text)
    out = bytearray()
    position = 0
    while position < len(raw):
        byte = raw[position]
        if byte == 0x25:  # %
            pair = raw[position + 1 : position + 3]
            if len(pair) < 2 or pair[0] not in _HEX or pair[1] not in _HEX:
                raise BadEscape("invalid URL escape " + quote(to_text(raw[position : position + 3])))
            out.append(int(pair, 16))
            position += 3
            continue
        out.append(0x20 if byte == 0x2B and plus_is_space else byte)
        position += 1
    return to_text(bytes(out))


def unescape_query(text: str) -> str:
    """What a part of a query string means: ``+`` is a space. `BadEscape` for a bad percent sign."""
    return _unescape(text, plus_is_space=True)


def unescape_path(text: str) -> str:
    """What a path means: only percent signs count. `BadEscape` for a bad one."""
    return _unescape(text, plus_is_space=False)


def _escape(raw: bytes, plain: frozenset[int], plus_is_space: bool) -> str:
    return "".join(
        chr(byte) if byte in plain else "+" if byte == 0x20 and plus_is_space else f"%{byte:02X}" for byte in raw
    )


def escape_query(text: str) -> str:
    """`text` as a key or a value in a query string."""
    return _escape(to_bytes(text), _UNRESERVED, plus_is_space=True)


def escape_path(path: str, as_sent: str) -> str:
    """How Go writes `path` again: as it was sent if that still means the same, else newly escaped."""
    if all(byte in _LEFT_IN_PATH for byte in to_bytes(as_sent)) and unescape_path(as_sent) == path:
        return as_sent
    return _escape(to_bytes(path), _PLAIN_IN_PATH, plus_is_space=False)


def split_query(query: str) -> tuple[list[tuple[str, str]], str]:
    """Take a query string apart.

    Returns the pairs in order, without those that are malformed, and what Go says of the first malformed one
    (``""`` when there is none).
    """
    pairs: list[tuple[str, str]] = []
    problem = ""
    for part in query.split("&"):
        if ";" in part:
            problem = problem or "invalid semicolon separator in query"
            continue
        if not part:
            continue
        key, _, value = part.partition("=")
        try:
            pairs.append((unescape_query(key), unescape_query(value)))
        except BadEscape as error:
            problem = problem or str(error)
    return pairs, problem
