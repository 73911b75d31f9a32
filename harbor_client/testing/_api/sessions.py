"""What Harbor gives a browser: the session id and the CSRF token, which a write needs once a ``sid`` is sent."""

import base64
import hmac
import os
import re
from collections.abc import Callable
from email.utils import formatdate

from .._http.messages import Request

_CSRF_SECONDS = 43_200


class Sessions:
    """Session ids and CSRF tokens. Both prove by themselves that this server made them: none is stored."""

    def __init__(self, now: Callable[[], float], secure: bool) -> None:
        self._now = now
        self._key = os.urandom(32)
        self._flags = "; HttpOnly; Secure; SameSite=Strict" if secure else "; HttpOnly; SameSite=Strict"

    def _sealed(self, value: bytes) -> bytes:
        return value + hmac.digest(self._key, value, "sha256")[: len(value)]

    def _opened(self, raw: bytes) -> bytes:
        """The value that was sealed, empty where this server has not done so."""
        value = raw[: len(raw) // 2]
        return value if hmac.compare_digest(self._sealed(value), raw) else b""

    def new_sid(self) -> str:
        """A Set-Cookie header for a new session."""
        return f"sid={self._sealed(os.urandom(8)).hex()}; Path=/; HttpOnly"

    def is_live(self, sid: str) -> bool:
        return bool(re.fullmatch("[0-9a-f]{32}", sid)) and self._opened(bytes.fromhex(sid)) != b""

    def csrf_token(self, request: Request) -> tuple[bytes, str]:
        """The real token of this browser, and the Set-Cookie that gives it one if it had none (else ``""``)."""
        if token := self._opened(_decoded(request.cookie("_gorilla_csrf") or "", b"-_")):
            return token, ""
        token = os.urandom(32)
        value = base64.urlsafe_b64encode(self._sealed(token)).decode()
        expires = formatdate(self._now() + _CSRF_SECONDS, usegmt=True)
        return token, f"_gorilla_csrf={value}; Path=/; Expires={expires}; Max-Age={_CSRF_SECONDS}{self._flags}"


def masked(token: bytes) -> str:
    """A token as it is shown: never twice the same."""
    pad = os.urandom(32)
    return base64.b64encode(pad + _xor(pad, token)).decode()


def csrf_problem(request: Request, real_token: bytes) -> str:
    """What is wrong with the token that a write carries, ``""`` for nothing."""
    sent = request.header("x-harbor-csrf-token")
    if not sent:
        return "CSRF token not found in request"
    raw = _decoded(sent, b"+/")
    if len(raw) == 64 and hmac.compare_digest(_xor(raw[:32], raw[32:]), real_token):
        return ""
    return "CSRF token invalid"


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _decoded(text: str, altchars: bytes) -> bytes:
    try:
        return base64.b64decode(text.encode("latin-1"), altchars, validate=True)
    except ValueError:
        return b""
