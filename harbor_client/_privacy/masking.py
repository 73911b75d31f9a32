"""Finds the secrets in a request and masks them in the texts of errors and log lines."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from harbor_client._privacy.names import MASK, is_secret, secret_names

#: Shorter values are too common in ordinary text to be replaced there.
_SHORTEST_SECRET = 4
_SHORTEST_BASE64 = 8

#: Longer texts are not unescaped to look for secrets: they are withheld if they may contain an escaped one.
_LONGEST_UNESCAPED = 1 << 20
_WITHHELD = f"{MASK} (withheld: it may contain a secret)"

#: Words in the names of header fields and query parameters whose values authenticate.
_WORDS = ("auth", "cookie", "credential", "key", "password", "secret", "session", "token")

#: Such words in the names of a body's fields.
_WORDS_IN_BODIES = ("api_key", "password", "secret", "token")

_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
#: An escaped character in JSON or Python, in a URL, in HTML.
_ESCAPED = re.compile(
    r"\\+(?:u(?P<u>[0-9A-Fa-f]{4})|x(?P<x>[0-9A-Fa-f]{2})|U000(?P<U>[0-9A-Fa-f]{5})|(?P<other>.?))"
    r"|%(?P<url>[0-9A-Fa-f]{2})|&(?:#[0-9]{1,7}|#[Xx][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});",
    re.DOTALL,
)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class Masking:
    """Replaces some secrets in texts: as they are, and as JSON, Python, URLs, HTML and Base64 write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {text for text in secrets if len(text) >= _SHORTEST_SECRET}
        found.update(*map(_in_base64, found))
        # Letters and digits are never escaped: a text without the longest run of them does not contain the secret.
        self._secrets = [
            (max(_ALPHANUMERIC.findall(secret), key=len, default=""), secret)
            for secret in sorted(found, key=len, reverse=True)
        ]

    def __call__(self, text: str) -> str:
        """A text with the secrets masked."""
        for longest, secret in self._secrets:
            if longest not in text:
                continue
            text = text.replace(secret, MASK)
            if longest != secret and longest in text:
                text = _mask_escaped(text, secret)
        return text

    def body(self, text: str) -> str:
        """The text of a body with the secrets masked, and the values of all fields that have the name of one."""
        return _field(secret_names()).sub(_masked_field, self(text))


@lru_cache(8)
def _field(names: frozenset[str]) -> re.Pattern[str]:
    """A JSON field with the name of a secret: its text, perhaps cut short, or its number.

    In JSON inside other JSON, backslashes precede each quotation mark, and more of them those within the value.
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
    """The Base64 characters that a secret inside a longer text produces, for each of its three possible alignments."""
    for text in {secret, json.dumps(secret)[1:-1]}:
        raw = text.encode("utf-8", "surrogatepass")
        for shift in range(3):
            whole = base64.b64encode(bytes(shift) + raw).decode()[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
            if len(whole) >= _SHORTEST_BASE64:
                yield whole
                if not whole.isalnum():
                    yield whole.replace("+", "-").replace("/", "_")


def _mask_escaped(text: str, secret: str) -> str:
    """A text with a secret masked, however the secret's characters are escaped."""
    if len(text) > _LONGEST_UNESCAPED:
        return _WITHHELD
    wanted, _ = _unescaped(secret)
    if len(wanted) < _SHORTEST_SECRET:
        return text
    plain, starts = _unescaped(text)
    masked, at = [], 0
    for found in _pattern(wanted).finditer(plain):
        masked += [text[at : starts[found.start()]], MASK]
        at = starts[found.end()]
    return "".join([*masked, text[at:]])


def _unescaped(text: str) -> tuple[str, list[int]]:
    """A text with all escapes undone, nested ones as well, and where each character begins in the original text."""
    starts = list(range(len(text) + 1))
    for _ in range(8):
        parts: list[str] = []
        kept: list[int] = []
        at = 0
        for found in _ESCAPED.finditer(text):
            character = _character(found)
            parts += [text[at : found.start()], character]
            kept += starts[at : found.start() + len(character)]
            at = found.end()
        if not at:
            break
        text, starts = "".join([*parts, text[at:]]), kept + starts[at:]
    return text, starts


def _character(found: re.Match[str]) -> str:
    """What an escape stands for: at most one character; in URLs, one byte of its UTF-8."""
    code = found["u"] or found["x"] or found["U"] or found["url"]
    if code:
        return chr(int(code, 16))
    if found["other"] is None:
        from html import unescape  # large, and hardly ever needed

        return unescape(found[0])[:1]
    return _CONTROL.get(found["other"], found["other"])


def _pattern(unescaped: str) -> re.Pattern[str]:
    """Matches an unescaped secret whose non-ASCII characters may have been replaced, or decoded wrongly."""
    beyond = r"[^\x00->@-\x7f]"  # and question marks
    pattern = ""
    for part in re.findall(rf"{beyond}+|[ +]|[^ +?\x80-\U0010ffff]+", unescaped):
        if part in " +":
            pattern += "[ +]"
        elif part.isascii() and part[0] != "?":
            pattern += re.escape(part)
        else:  # from where such a run begins, so that no text makes the search slow
            pattern += f"{'' if pattern else f'(?<!{beyond})'}{beyond}{{{len(part)},}}"
    return re.compile(pattern)


def in_headers(headers: Mapping[str, Any]) -> Iterator[str]:
    """The credentials in header fields: the whole value, the value without its scheme, and each part of it."""
    for name, value in headers.items():
        if _is_secret(name, _WORDS):
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
    """The username and password of Basic authentication, as a server decodes them; ``""`` for anything else."""
    try:
        return base64.b64decode(f"{token}{'=' * (-len(token) % 4)}").decode("utf-8", "surrogatepass")
    except ValueError:
        return ""


def in_url(url: str) -> Iterator[str]:
    """The credentials in a URL: user information, and query parameters with the name of a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    yield parts.netloc.rpartition("@")[0]
    yield unquote(parts.password or "")
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if _is_secret(name, _WORDS):
            yield value


def in_body(body: Any) -> Iterator[str]:
    """The values of fields in a request's body that its models mark as secret, or whose names are those of secrets."""
    waiting: list[tuple[Any, bool]] = [(body, False)]
    while waiting:
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
    """The fields of a body that was given as text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        return parse_qsl(text, keep_blank_values=True)


def _is_secret(name: object, words: tuple[str, ...] = _WORDS_IN_BODIES) -> bool:
    """Whether a name is that of a secret, or contains such a word (as Harbor's ``ldap_search_password`` does)."""
    return is_secret(name) or any(word in str(name).lower() for word in words)
