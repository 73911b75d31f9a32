"""The way of a request through Harbor: what is looked at, in which order, and what is put on every answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import uuid
from collections.abc import Callable
from email.utils import formatdate

from ._binding import bind, media_type
from ._callers import Authenticator, basic_credentials
from ._errors import Failure, Panic, bad_request, forbidden
from ._gotext import split_query, to_text
from ._messages import BASE_PATH, Request, Response, failure_response, wire_text
from ._operations import Call, Operations
from ._routes import find_route
from ._settings import Settings
from ._store import Store
from ._versions import Version

__all__ = ["Pipeline"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_METHODS = _SAFE | {
    *("POST", "PUT", "PATCH", "DELETE", "CONNECT"),
    *("COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "UNLOCK"),
}
_CORE_PATHS = ("/api/", "/c/", "/service/", "/v2/", "/chartrepo/")
_CSRF_SECONDS = 43_200
_READ_ONLY = "The system is in read only mode. Any modification is prohibited."
_PORTAL_PAGE = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Harbor</title><base href="/"></head>
<body><harbor-app>Loading...</harbor-app></body>
</html>
"""


class Pipeline:
    """Answers requests: query syntax, request id, CSRF, who is it, read-only mode, web framework, route, binding,
    operation."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        authenticator: Authenticator,
        operations: Operations,
        version: Version,
        now: Callable[[], float],
        secure: bool,
    ) -> None:
        self._store = store
        self._settings = settings
        self._authenticator = authenticator
        self._operations = operations
        self._version = version
        self._cookies = _Cookies(now, secure)

    def answer(self, request: Request) -> Response:
        """The answer to a request. Never raises on account of what a client sent."""
        if not request.path.startswith(_CORE_PATHS):
            return _portal(request)
        if request.query and (problem := split_query(request.query)[1]):
            return failure_response(bad_request(problem))
        response = self._within_session(request)
        response.headers["X-Request-Id"] = request.header("x-request-id") or str(uuid.uuid4())
        return response

    def _within_session(self, request: Request) -> Response:
        """What carries a `sid` is taken for a browser, whose writes need a CSRF token."""
        sid = request.cookie("sid")
        extra: dict[str, str] = {}
        if sid is not None:
            real_token, cookie = self._cookies.csrf_token(request)
            extra["X-Harbor-Csrf-Token"] = self._cookies.masked(real_token)
            if cookie:
                extra["Set-Cookie"] = cookie
            if request.method not in _SAFE and (problem := self._cookies.problem(request, real_token)):
                response = failure_response(forbidden(problem))
                response.headers.update(extra)
                return response
            extra["Vary"] = "Cookie"
        response, reached_router = self._checked(request, sid is not None)
        if reached_router and "Set-Cookie" not in extra and not (sid and self._cookies.is_live(sid)):
            extra["Set-Cookie"] = self._cookies.new_sid()
        response.headers.update(extra)
        return response

    def _checked(self, request: Request, has_session: bool) -> tuple[Response, bool]:
        """The answer, and whether the request came as far as the router, which hands out the `sid`."""
        caller = self._authenticator.caller(request)
        if self._settings.read_only and not _passes_read_only(request):
            return failure_response(Failure(403, "DENIED", _READ_ONLY)), False
        if problem := _framework_problem(request):
            return _framework_page(*problem), False
        try:
            route, user_id = find_route(request)
            bound = bind(request, user_id, route.query, route.body, self._version)
            with self._store.lock:
                operation = getattr(self._operations, route.operation)
                response: Response = operation(Call(request, caller, bound, has_session))
                return response, True
        except Panic:
            return Response(500), True
        except Failure as failure:
            response = failure_response(failure)
            if failure.status == 422 and basic_credentials(request) is None:
                response.headers["Www-Authenticate"] = 'Basic realm="API"'
            return response, True


def _passes_read_only(request: Request) -> bool:
    """Reads do, and so does the switch that ends the mode."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return True
    return request.method == "PUT" and request.path.startswith(f"{BASE_PATH}/configurations")


def _framework_problem(request: Request) -> tuple[int, str] | None:
    """What the web framework under Harbor refuses by itself, before any route: a method that it does not know, and
    what it cannot read as a form."""
    method = request.method
    if method not in _METHODS:
        return 405, "Method Not Allowed"
    if method in ("GET", "HEAD"):
        return None
    content_type = wire_text(request.header("content-type"))
    if "multipart/form-data" in content_type:
        readable = "boundary=" in content_type and request.body.startswith(b"--")
    elif method in ("POST", "PUT", "PATCH") and content_type:
        name, problem, _ = media_type(content_type)
        is_form = name == "application/x-www-form-urlencoded"
        readable = not problem and not (is_form and split_query(to_text(request.body))[1])
    else:
        readable = True
    return None if readable else (500, "Internal Server Error")


def _framework_page(status: int, title: str) -> Response:
    page = f'<!DOCTYPE html>\n<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n'
    return Response(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _portal(request: Request) -> Response:
    """Harbor's web pages, which answer on every path that is not the API's."""
    if request.method not in ("GET", "HEAD"):
        return Response(405, b"<html><body><h1>405 Not Allowed</h1></body></html>\n", {"Content-Type": "text/html"})
    return Response(200, _PORTAL_PAGE, {"Content-Type": "text/html"})


class _Cookies:
    """The session id and the CSRF token. Both prove by themselves that this server made them: none is stored."""

    def __init__(self, now: Callable[[], float], secure: bool) -> None:
        self._now = now
        self._key = os.urandom(32)
        self._flags = "; HttpOnly; Secure; SameSite=Strict" if secure else "; HttpOnly; SameSite=Strict"

    def _seal(self, what: str, value: bytes, length: int) -> bytes:
        return hmac.new(self._key, what.encode() + value, hashlib.sha256).digest()[:length]

    def new_sid(self) -> str:
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

    @staticmethod
    def masked(token: bytes) -> str:
        pad = os.urandom(32)
        return base64.b64encode(pad + _xor(pad, token)).decode()

    @staticmethod
    def problem(request: Request, real_token: bytes) -> str:
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
