"""Faults on demand: makes the next requests fail."""

import difflib
import functools
import re
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ._api.routes import ROUTES
from ._go.json import json_text
from ._http.messages import BASE_PATH, Request, Response, header_value

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class UnhitFaultWarning(UserWarning):
    """A fault was never hit by a request, so the test did not test what it claims to."""


@dataclass(eq=False, repr=False)
class Fault:
    """What goes wrong with the next requests that match; made by `FakeHarbor.fail_next`.

    `hits` counts the requests that were hit; `cancel()` ends it early.
    """

    method: str | None
    path: str | None
    response: Response | None
    delay: float
    close: str | None
    #: How many more requests are hit, and how many pass first.
    left: int
    passing: int
    hits: int = 0

    def cancel(self) -> None:
        """Let later requests pass."""
        self.left = 0

    def strikes(self, request: Request) -> bool:
        """Whether this request is hit; counts."""
        pattern = ".*".join(map(re.escape, (self.path or "*").split("*")))
        path = request.path.removeprefix(BASE_PATH)
        if self.method not in (None, request.method) or not re.fullmatch(pattern, path, re.DOTALL):
            return False
        if self.passing:
            self.passing -= 1
            return False
        hit = self.left > 0
        self.left -= hit
        self.hits += hit
        return hit

    def __repr__(self) -> str:
        what = f"status {self.response.status}" if self.response else f"close {self.close!r}" if self.close else "delay"
        where = f"{self.method or 'any method'} {self.path or 'any path'}"
        return f"<Fault {what} on {where}, {self.hits} hits, {self.left} left>"


class FaultInjection:
    """The part of `FakeHarbor` that makes requests fail."""

    def __init__(self) -> None:
        self._faults_lock = threading.Lock()
        #: In the order in which they were requested.
        self._faults: list[Fault] = []

    def fail_next(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        status: int | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        close: str | None = None,
        times: int = 1,
        after: int = 0,
    ) -> Fault:
        """Make the next requests that match fail.

        With `status`, `body` or `headers` the request is not carried out, and gets that response. With `close` the
        connection is closed without a complete response. With `delay` alone the response is right, but late. With none
        of these it is a 503.

        A fault that has not hit any request when the ``with`` block of the harbor ends is reported by an
        `UnhitFaultWarning`.

        Args:
            method: hit only this verb.
            path: hit only this path, as it stands below ``/api/v2.0`` and without a query; ``*`` is any text, as in
                ``/users/*/password``.
            status: the status of the response; by default, 503.
            body: the body of the response: text, bytes, or a value to send as JSON; by default, an error like Harbor's.
            headers: of the response, such as ``{"Retry-After": "2"}``; they replace what the server would send, such as
                ``Date`` or ``Content-Length``.
            delay: seconds, by `clock`, for which the request is held back first.
            close: ``"before"``: the request is not carried out; ``"after"``: it is, but no response is sent;
                ``"during"``: it is, and half of the response is sent.
            times: how many requests are hit.
            after: how many matching requests pass first: ``after=1`` hits the second.

        Returns:
            The fault. Its ``hits`` counts the requests; its ``cancel()`` ends it early.

        Raises:
            TypeError: an argument has the wrong type, such as ``status="500"``.
            ValueError: arguments that contradict each other, or a method and path that no request can have.
        """
        method = None if method is None else str(method).upper()
        _check_target(method, None if path is None else str(path))
        _check_number("times", times, 1, int)
        _check_number("after", after, 0, int)
        _check_number("delay", delay, 0, int | float)
        if close not in (None, "before", "during", "after"):
            raise ValueError(f"close must be before, during or after, not {close!r}")
        responds = body is not None or headers is not None
        if close is not None and (status is not None or responds):
            raise ValueError("a fault either responds (status, body, headers) or closes the connection")
        if close is None and status is None and (not delay or responds):
            status = 503
        response = None if status is None else _response(status, body, headers or {})
        fault = Fault(method, path, response, delay, close, times, after)
        with self._faults_lock:
            self._faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        """Cancel all faults."""
        with self._faults_lock:
            for fault in self._faults:
                fault.cancel()
            self._faults = []

    def _next_fault(self, request: Request) -> Fault | None:
        """The first fault that hits this request."""
        with self._faults_lock:
            found = next((fault for fault in self._faults if fault.strikes(request)), None)
            self._faults = [fault for fault in self._faults if fault.left]
            return found

    def _warn_of_unhit_faults(self, stacklevel: int) -> None:
        for fault in self._faults:
            if fault.left and not fault.hits:
                passing = f"; {fault.passing} more would have passed first" if fault.passing else ""
                message = f"{fault!r} was never hit by a request{passing} (cancel() it if that is intended)"
                warnings.warn(message, UnhitFaultWarning, stacklevel=stacklevel + 1)


def _check_target(method: str | None, path: str | None) -> None:
    """Refuse what no request can match."""
    if method is not None and method not in _METHODS:
        raise ValueError(f"{method!r} is not an HTTP method; there are {', '.join(sorted(_METHODS))}")
    if path is None:
        return
    if path.startswith(BASE_PATH):
        raise ValueError(f"path is what follows {BASE_PATH}: {path.removeprefix(BASE_PATH) or '/'!r}, not {path!r}")
    if not path.startswith(("/", "*")) or re.search(r"[?#\s{}]|://", path):
        raise ValueError(f"path must be a path without host and query, such as '/users/*', not {path!r}")
    templates = {re.sub(r"\{\w+\}", "+", template): routes for template, routes in ROUTES.items()}
    methods = {each for template, routes in templates.items() if _overlap(path, template) for each in routes}
    if methods and method is not None and method not in methods:
        raise ValueError(f"there is no {method} {path}: it has {', '.join(sorted(methods))}")
    if not methods:
        plain = re.sub(r"\d+", "+", path.lower())
        known = [template for template in templates if not plain.startswith(f"{template}/")]
        alike = difflib.get_close_matches(plain, known, 1, 0.82)
        if alike or plain.startswith("/users"):
            hint = f": did you mean {alike[0].replace('+', '*')!r}?" if alike else ""
            raise ValueError(f"Harbor has no path {path!r}{hint}")


@functools.lru_cache(1000)
def _overlap(pattern: str, template: str) -> bool:
    """Whether some path matches both: ``*`` is any text, ``+`` a part between slashes."""
    if not pattern:
        return not template.strip("+")
    if pattern[0] == "*":
        return _overlap(pattern[1:], template) or (template != "" and _overlap(pattern, template[1:]))
    if template[:1] == "+":
        return _overlap(pattern, template[1:]) or (pattern[0] != "/" and _overlap(pattern[1:], template))
    return pattern[0] == template[:1] and _overlap(pattern[1:], template[1:])


def _check_number(name: str, value: Any, lowest: int, kind: Any, highest: float = 1e9) -> None:
    if isinstance(value, bool) or not isinstance(value, kind):
        raise TypeError(f"{name} must be {'an integer' if kind is int else 'a number'}, not {value!r}")
    if not lowest <= value <= highest:
        raise ValueError(f"{name} must be from {lowest} to {highest:.0f}, not {value}")


def _response(status: int, body: object, headers: Mapping[str, str]) -> Response:
    """A response as wanted: text and bytes as they are, None as an error in Harbor's form, anything else as JSON."""
    _check_number("status", status, 200, int, 599)
    own = {str(name): header_value(str(value)) for name, value in dict(headers).items()}
    if wrong := [name for name in own if not _HEADER_NAME.fullmatch(name)]:
        raise ValueError(f"{wrong[0]!r} is not the name of a header")
    content_type = "application/json; charset=utf-8"
    if body is None and status >= 400:
        phrase = _PHRASES.get(status, "unknown")
        body = {"errors": [{"code": phrase.upper().replace(" ", "_"), "message": phrase.lower()}]}
    if isinstance(body, bytes):
        raw, content_type = body, "application/octet-stream"
    elif isinstance(body, str):
        raw, content_type = body.encode(), "text/html" if body.lstrip()[:1] == "<" else "text/plain; charset=utf-8"
    else:
        raw = b"" if body is None else json_text(body, escape_html=True) + b"\n"
    if raw and not any(name.lower() == "content-type" for name in own):
        own["Content-Type"] = content_type
    return Response(int(status), raw, own)
