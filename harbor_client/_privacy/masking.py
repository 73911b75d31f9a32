"""Finds the secrets in a request and masks them in the texts of errors and log lines."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

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
#: An escaped character in JSON or Python.
_ESCAPED = re.compile(r"\\+(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|U000([0-9A-Fa-f]{5})|[ntrbf]?)")
#: What there is in a text in which something is escaped or has been replaced.
_DOUBTFUL = re.compile("[\\\\%&?\x80-\U0010ffff]")
#: What may be dropped, replaced or written in another way when a text is passed on.
_CHANGEABLE = re.compile(r"[^!-~]|[?+\\]")


class Masking:
    """Replaces some secrets in texts: as they are, and as JSON, URLs and Base64 write them.

    A text that contains one with its characters escaped in another way, or more than once, is withheld as a whole.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {text for text in secrets if len(text) >= _SHORTEST_SECRET}
        self._written = sorted({written for secret in found for written in _writings(secret)}, key=len, reverse=True)
        # Letters and digits are never escaped: a text without the longest run of them does not contain the secret.
        self._escapable = [
            (max(_ALPHANUMERIC.findall(secret), key=len, default=""), secret)
            for secret in found
            if not (secret.isascii() and secret.isalnum())
        ]

    def __call__(self, text: str) -> str:
        """A text with the secrets masked."""
        for written in self._written:
            if written in text:
                text = text.replace(written, MASK)
        for run, secret in self._escapable if _DOUBTFUL.search(text) else ():
            if run in text and (len(text) > _LONGEST_UNESCAPED or _normal(secret, secret) in _normal(text, secret)):
                return _WITHHELD
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


def _writings(secret: str) -> Iterator[str]:
    """A secret as it is, in JSON and in a URL, and the Base64 characters that it produces inside a longer text."""
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, in_json, json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"))
    for text in {secret, in_json}:
        raw = text.encode("utf-8", "surrogatepass")
        for shift in range(3):  # the three possible alignments
            whole = base64.b64encode(bytes(shift) + raw).decode()[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
            if len(whole) >= _SHORTEST_BASE64:
                yield from (whole, whole.replace("+", "-").replace("/", "_"))


def _normal(text: str, secret: str) -> str:
    """A text with all escapes undone, nested ones as well, to look for a secret in it.

    It is without the characters that may have changed, if enough others remain of the secret.
    """
    from html import unescape  # large, and hardly ever needed

    for _ in range(8):  # no escape is as long as the numbers that Python refuses to read
        before, text = text, unescape(unquote(_ESCAPED.sub(_character, re.sub("[0-9]{600,}", "", text))))
        if text == before:
            break
    return _CHANGEABLE.sub("", text) if len(_CHANGEABLE.sub("", secret)) >= _SHORTEST_SECRET else text


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    return chr(int(code, 16)) if code else ""


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
    yield from in_body(parse_qsl(parts.query, keep_blank_values=True), _WORDS)


def in_body(body: Any, words: tuple[str, ...] = _WORDS_IN_BODIES) -> Iterator[str]:
    """The values of fields in a request's body that its models mark as secret, or whose names are those of secrets."""
    waiting: list[tuple[Any, bool]] = [(body, False)]
    while waiting:
        value, secret = waiting.pop()
        if isinstance(value, dict):
            waiting += [(inner, secret or _is_secret(name, words)) for name, inner in value.items()]
        elif isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):  # a field of a form
            waiting.append((value[1], secret or _is_secret(value[0], words)))
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


def _is_secret(name: object, words: tuple[str, ...]) -> bool:
    """Whether a name is that of a secret, or contains such a word (as Harbor's ``ldap_search_password`` does)."""
    return is_secret(name) or any(word in str(name).lower() for word in words)
