"""Finds the secrets of a request, and masks them in text. Read only when an error or a log line is made."""

from __future__ import annotations

import base64
import html
import json
import re
from functools import lru_cache
from html.entities import codepoint2name
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from harbor_client._privacy.names import MASK, is_secret, secret_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

#: Shorter values are too common in ordinary text to be replaced there.
_SHORTEST_SECRET = 4
_SHORTEST_BASE64 = 8
#: Longer ones would take long to be made into a regular expression: they are looked for in few writings, and so much of
#: letters and digits in a row wherever it is.
_LONGEST_PATTERN = 512
_SHORTEST_PIECE = 8

#: Words in the names of header fields and query parameters whose values authenticate.
_WORDS = ("auth", "cookie", "credential", "key", "password", "secret", "session", "token")

#: Such words in the names of a body's fields.
_WORDS_IN_BODIES = ("api_key", "password", "secret", "token")

_PLAIN = re.compile(r"[A-Za-z0-9]+")
_PART = re.compile(r"[A-Za-z0-9]+|\\+|.", re.DOTALL)
_NAMED = {'"': "|quot", "'": "|apos", "<": "|lt", ">": "|gt", "&": "|amp"}
#: What the forms of escaping begin with, each perhaps escaped by another.
_PERCENT = r"(?:%|(?:&|%26)(?:amp;){0,3}(?:#|%23)(?:37|[Xx]25)(?:;|%3[Bb]))(?:25){0,3}"
_BACKSLASH = rf"(?:\\|{_PERCENT}5[Cc]|(?:&|%26)(?:amp;){{0,3}}(?:#|%23)(?:0{{0,3}}92|[Xx]0{{0,3}}5[Cc])(?:;|%3[Bb]))"
_AMPERSAND = rf"(?:&|\\{{1,32}}u0026|{_PERCENT}26)(?:amp(?:;|{_PERCENT}3[Bb])){{0,3}}"
_LETTERED = {"\n": "n", "\t": "t", "\r": "r", "\b": "b", "\f": "f"}


class Masking:
    """Replaces some secrets in texts: as they are, and in the forms in which servers, URLs and pages write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._given = frozenset(secrets)
        found = {text for text in self._given if len(text) >= _SHORTEST_SECRET}
        found.update(*map(_in_base64, found))
        # Letters and digits are written the same everywhere: without the longest run of them, there is no secret.
        self._secrets = [
            (max(_PLAIN.findall(secret), key=len, default=""), secret)
            for secret in sorted(found, key=len, reverse=True)
        ]

    def hides(self, secrets: frozenset[str]) -> bool:
        """Whether it was made for just these secrets."""
        return self._given == secrets

    def __call__(self, text: str) -> str:
        """A text with the secrets masked."""
        for longest, secret in self._secrets:
            if longest not in text:
                continue
            text = text.replace(secret, MASK)
            if longest == secret:
                continue
            if len(secret) <= _LONGEST_PATTERN:
                text = re.sub(_pattern(secret), MASK, text)
            else:
                for piece in _pieces(secret):
                    text = text.replace(piece, MASK)
        return text

    def body(self, text: str) -> str:
        """The text of a body with the secrets masked, and all fields that go by the name of one."""
        return _field(secret_names()).sub(_masked_field, self(text))


@lru_cache(8)
def _field(names: frozenset[str]) -> re.Pattern[str]:
    """A JSON field with the name of a secret: its text, perhaps cut short, or its number.

    In a JSON text inside another, so many backslashes stand before each quote, and more before a quote in the value.
    """
    named = "|".join(map(re.escape, sorted(names)))
    text = r'(?P<opening>(?P=escape)")(?!(?P=escape)").+?(?:(?<!\\)(?=(?P=escape)")|\Z)'
    return re.compile(
        rf'(?P<name>"(?:{named})(?P<escape>\\*)"\s*:\s*)(?:{text}|-?[0-9][\w.+-]*)', re.IGNORECASE | re.DOTALL
    )


def _masked_field(found: re.Match[str]) -> str:
    name, escape, opening = found["name"], found["escape"], found["opening"]
    return f"{name}{opening}{MASK}" if opening else f'{name}{escape}"{MASK}{escape}"'


def _in_base64(secret: str) -> Iterator[str]:
    """What a secret is in the Base64 of a text that holds it, as it is or in JSON: three forms, by where it begins."""
    for text in {secret, json.dumps(secret)[1:-1]}:
        raw = text.encode("utf-8", "surrogatepass")
        for shift in range(3):
            whole = base64.b64encode(bytes(shift) + raw).decode()[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
            if len(whole) >= _SHORTEST_BASE64:
                yield whole
                if not whole.isalnum():
                    yield whole.replace("+", "-").replace("/", "_")


def _pieces(secret: str) -> Iterator[str]:
    """What is masked of a secret that is too long for a regular expression."""
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="", errors="surrogatepass")
    yield html.escape(secret)
    for part in re.split(r"[^A-Za-z0-9]+", secret):
        if len(part) >= _SHORTEST_PIECE:
            yield part


def _pattern(secret: str) -> str:
    """A regular expression for a secret, each of its characters plain, or escaped as in JSON, Python, URLs or HTML.

    One may be inside another. Two repeats never stand side by side, so no text can make the search slow.
    """
    pieces = []
    escape = ""  # nothing need be masked before the first character
    for part in _PART.findall(secret):
        if _PLAIN.fullmatch(part):
            pieces.append(part)
            escape = _BACKSLASH
        elif part[0] == "\\":
            pieces.append(f"{_BACKSLASH}{{{len(part)},{32 * len(part)}}}")
            escape = ""  # they are among these
        else:
            pieces.append(f"(?:{'|'.join(_writings(part, escape))})")
            escape = _BACKSLASH
    return "".join(pieces)


def _writings(character: str, escape: str) -> Iterator[str]:
    """How a character, no letter or digit of ASCII, may be written; after how many backslashes, unless these are
    accounted for."""
    code = ord(character)
    perhaps, surely = (f"{escape}{{0,32}}", f"{escape}{{1,32}}") if escape else ("", "")
    yield f"{perhaps}(?:{re.escape(character)}|{_in_url(character)}|{_in_html(character)})"
    if code < 0x10000:
        yield f"{surely}(?i:u{code:04x})"
    else:
        high, low = 0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)
        yield f"{surely}(?i:u{high:04x}){_BACKSLASH}{{1,32}}(?i:u{low:04x})"
        yield f"{surely}U{code:08x}"
    if code < 0x100:
        yield f"{surely}x{code:02x}"
    if character in _LETTERED:
        yield surely + _LETTERED[character]
    if code > 0x7F:
        raw = character.encode("utf-8", "surrogatepass")
        yield re.escape(raw.decode("latin-1"))
        yield "".join(f"{surely}(?i:x{byte:02x})" for byte in raw)
        yield rf"\?|{_in_url('?')}"  # what a server puts in its place that knows ASCII only
        if code in codepoint2name:
            yield f"{_AMPERSAND}{codepoint2name[code]}(?:;|{_PERCENT}3[Bb])"
        if 0xD800 <= code < 0xE000:  # no Unicode: what is put in its place
            yield "\ufffd{1,3}"
            yield f"{surely}ufffd"
        if code < 0x100:  # sent in a header as Latin-1, and read as UTF-8
            yield "\ufffd"


def _in_url(character: str) -> str:
    written = "".join(f"{_PERCENT}{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    return f"(?i:{written})" + (rf"|\+|{_in_url('+')}|{_in_html('+')}" if character == " " else "")


def _in_html(character: str) -> str:
    code = ord(character)
    written = rf"(?:\#|{_PERCENT}23)(?:0{{0,3}}{code}|x0{{0,3}}{code:x}){_NAMED.get(character, '')}"
    return rf"{_AMPERSAND}(?i:{written})(?:;|{_PERCENT}3[Bb])"


def in_headers(headers: Mapping[str, Any]) -> Iterator[str]:
    """What authenticates in header fields: whole, without the name of the scheme before it, and part by part."""
    for name, value in headers.items():
        if _authenticates(name):
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            yield text
            scheme, _, token = text.partition(" ")
            token = token.strip().rstrip("=")
            yield token
            if scheme.lower() == "basic":
                yield _decoded(token).partition(":")[2]
            for part in re.split(r"[;,]", text):
                yield part.partition("=")[2].strip().strip('"')


def _decoded(token: str) -> str:
    """The user name and password of Basic authentication, as a server reads them; ``""`` for what is none."""
    try:
        return base64.b64decode(f"{token}{'=' * (-len(token) % 4)}").decode("utf-8", "surrogatepass")
    except ValueError:
        return ""


def in_url(url: str) -> Iterator[str]:
    """What authenticates in a URL: user information, and query parameters that go by such a name."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    yield parts.netloc.rpartition("@")[0]
    yield unquote(parts.password or "")
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if _authenticates(name):
            yield value


def in_body(body: Any) -> Iterator[str]:
    """The values of a request's fields that its models mark secret, or that go by such a name."""
    waiting: list[tuple[Any, bool]] = [(body, False)]
    rounds = 0
    while waiting and rounds < 1_000_000:
        rounds += 1
        value, secret = waiting.pop()
        if isinstance(value, dict):
            waiting += [(inner, secret or _is_secret(name)) for name, inner in value.items()]
        elif isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):  # a field of a form
            waiting.append((value[1], secret or _is_secret(value[0])))
        elif isinstance(value, (list, tuple)):
            waiting += [(inner, secret) for inner in value]
        elif secret and not (value is None or isinstance(value, bool)):
            yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        elif value is body and isinstance(value, (str, bytes)):
            waiting.append((_parsed(value), False))


def _parsed(body: str | bytes) -> Any:
    """What a body that was given as text says."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        return parse_qsl(text, keep_blank_values=True)


def _is_secret(name: object) -> bool:
    """Whether a field of a body is marked, or is a password of another kind (Harbor has ``ldap_search_password``)."""
    if is_secret(name):
        return True
    lowered = str(name).lower()
    return any(word in lowered for word in _WORDS_IN_BODIES)


def _authenticates(name: str) -> bool:
    lowered = name.lower()
    return is_secret(lowered) or any(word in lowered for word in _WORDS)
