"""What Harbor gives a browser: the session id and the CSRF token, which a write needs once a ``sid`` is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
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

    def _seal(self, kind: str, value: bytes, length: int) -> bytes:
        return hmac.new(self._key, kind.encode() + value, hashlib.sha256).digest()[:length]

    def new_sid(self) -> str:
        """A Set-Cookie header for a new session."""
        head = os.urandom(8)
        return f"sid={(head + self._seal('sid', head, 8)).hex()}; Path=/; HttpOnly"

    def is_live(self, sid: str) -> bool:
        try:
            raw = bytes.fromhex(sid)
        except ValueError:
            return False
        return len(raw) == 16 and hmac.compare_digest(self._seal("sid", raw[:8], 8), raw[8:])

    def csrf_token(self, request: Request) -> tuple[bytes, str]:
        """The real token of this browser, and the Set-Cookie that gives it one if it had none (else ``""``)."""
        raw = _decoded(request.cookie("_gorilla_csrf") or "", b"-_")
        if len(raw) == 64 and hmac.compare_digest(self._seal("csrf", raw[:32], 32), raw[32:]):
            return raw[:32], ""
        token = os.urandom(32)
        value = base64.urlsafe_b64encode(token + self._seal("csrf", token, 32)).decode()
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
