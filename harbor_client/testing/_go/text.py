"""Texts as Go writes them: quoting, URL escapes and integers.

Harbor is written in Go, and much of what it says is what Go's standard library says. Strings from outside are held
here as `str` in which a byte that is not UTF-8 is a lone surrogate (Python's ``surrogateescape``), since a Go string
can hold any byte.
"""

import re
import urllib.parse

_KEPT_IN_PATH = re.compile(r"[0-9A-Za-z\-_.~$&+,/:;=@!'()*\[\]%]*")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
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
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(character: str) -> str:
    code = ord(character)
    if code in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[code]
    if code < 0x20 or code == 0x7F or 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code & 0xFF:02x}"
    if character.isprintable():
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def parse_int64(text: str) -> int | None:
    """The number that `text` is in decimal, None when it is none or takes more than 64 bits."""
    match = _INTEGER.fullmatch(text)
    number = int(match[1] + match[2]) if match else 2**63
    return number if -(2**63) <= number < 2**63 else None


def _unescape(text: str, plus_is_space: bool) -> str:
    if "%" not in text:
        return text.replace("+", " ") if plus_is_space else text
    raw = to_bytes(text)
    if bad := _BAD_ESCAPE.search(raw):
        raise BadEscape("invalid URL escape " + quote(to_text(bad[0])))
    return to_text(urllib.parse.unquote_to_bytes(raw.replace(b"+", b" ") if plus_is_space else raw))


def unescape_query(text: str) -> str:
    """What a part of a query string means: ``+`` is a space. `BadEscape` for a bad percent sign."""
    return _unescape(text, plus_is_space=True)


def unescape_path(text: str) -> str:
    """What a path means: only percent signs count. `BadEscape` for a bad one."""
    return _unescape(text, plus_is_space=False)


def escape_query(text: str) -> str:
    """`text` as a key or a value in a query string."""
    return urllib.parse.quote_plus(to_bytes(text))


def escape_path(path: str, as_sent: str) -> str:
    """How Go writes `path` again: as it was sent if that still means the same, otherwise newly escaped."""
    if _KEPT_IN_PATH.fullmatch(as_sent) and unescape_path(as_sent) == path:
        return as_sent
    return urllib.parse.quote(to_bytes(path), safe="$&+,/:;=@")


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
