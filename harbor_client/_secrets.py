"""Finds the secrets of a request, and masks them in text. Read only when an error or a log line is made."""

from __future__ import annotations

import re
from json import dumps
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from harbor_client.models._model import SECRET_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

MASK = "***"

#: Shorter values are too common in ordinary text to be replaced there.
_SHORTEST_SECRET = 4

_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
_WORDS = ("token", "secret", "password", "api-key", "apikey", "auth")
_NAMES = "|".join(sorted(SECRET_NAMES))
#: A JSON field with the name of a secret, its value perhaps cut short.
_FIELD = re.compile(rf'("(?:{_NAMES})"\s*:\s*")(?:[^"\\]|\\.)+', re.IGNORECASE)


class Masking:
    """Replaces some secrets in texts: as they are, and in the forms in which servers and URLs write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if len(secret) >= _SHORTEST_SECRET:
                forms.add(secret)
                if not (secret.isascii() and secret.isalnum()):
                    forms.update(_forms(secret))
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """A text with the secrets masked."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def body(self, text: str) -> str:
        """The text of a body with the secrets masked, and all fields that go by the name of one."""
        return _FIELD.sub(rf"\g<1>{MASK}", self(text))


def _forms(secret: str) -> Iterator[str]:
    in_json = dumps(secret)[1:-1]
    yield in_json
    yield in_json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    yield dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="", errors="replace")
    yield quote_plus(secret, errors="replace")
    yield repr(secret)[1:-1]


def in_headers(headers: Mapping[str, Any]) -> Iterator[str]:
    """What authenticates in header fields, without the name of the scheme before it."""
    for name, value in headers.items():
        lowered = name.lower()
        if lowered in _HEADERS or any(word in lowered for word in _WORDS):
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            yield text.rpartition(" ")[2].rstrip("=")


def in_body(body: Any) -> Iterator[str]:
    """The values of a request's fields that its models mark secret, or that go by such a name."""
    waiting, rounds = [body], 0
    while waiting and rounds < 10_000:
        rounds += 1
        value = waiting.pop()
        if isinstance(value, dict):
            for name, inner in value.items():
                if isinstance(inner, str) and str(name).lower() in SECRET_NAMES:
                    yield inner
                else:
                    waiting.append(inner)
        elif isinstance(value, (list, tuple)):
            waiting.extend(value)
