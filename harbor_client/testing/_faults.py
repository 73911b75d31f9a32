"""Faults on demand: what a test wants to go wrong with the next requests."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Mapping
from http import HTTPStatus

from ._go.json import json_text
from ._http.messages import BASE_PATH, Request, Response, header_value

_CLOSES = ("before", "during", "after")


class Fault:
    """Something that goes wrong with the next requests that match; made by `FakeHarbor.fail_next`.

    `hits` counts how often it has happened, `cancel()` ends it early.
    """

    def __init__(
        self,
        method: str | None,
        path: str | None,
        response: Response | None,
        delay: float,
        close: str | None,
        times: int,
    ) -> None:
        self.hits: int = 0
        self.response = response
        self.delay = delay
        self.close = close
        self._method = None if method is None else method.upper()
        self._path = path
        self._left = times

    def cancel(self) -> None:
        """Let later requests pass."""
        self._left = 0

    @property
    def active(self) -> bool:
        """Whether it will still happen."""
        return self._left > 0

    def strikes(self, request: Request) -> bool:
        """Whether this request is hit; counts."""
        if self._left <= 0 or self._method not in (None, request.method.upper()):
            return False
        if self._path is not None and not fnmatch.fnmatchcase(request.path.removeprefix(BASE_PATH), self._path):
            return False
        self._left -= 1
        self.hits += 1
        return True

    def __repr__(self) -> str:
        what = f"status {self.response.status}" if self.response else f"close {self.close!r}" if self.close else "delay"
        where = f"{self._method or 'any method'} {self._path or 'any path'}"
        return f"<Fault {what} on {where}, {self.hits} hits, {self._left} left>"


class Faults:
    """All faults of one server, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        method: str | None,
        path: str | None,
        status: int | None,
        body: object,
        headers: Mapping[str, str] | None,
        delay: float,
        close: str | None,
        times: int,
    ) -> Fault:
        if close is not None and close not in _CLOSES:
            raise ValueError(f"close must be one of {', '.join(_CLOSES)}, not {close!r}")
        if close is not None and (status is not None or body is not None or headers is not None):
            raise ValueError("a fault either answers (status, body, headers) or closes the connection")
        if delay < 0 or times < 1:
            raise ValueError("delay must not be negative and times must be at least 1")
        if close is None and status is None and (not delay or body is not None or headers is not None):
            status = 503
        response = None if status is None else _response(status, body, headers)
        fault = Fault(method, path, response, delay, close, times)
        with self._lock:
            self._faults.append(fault)
        return fault

    def next_for(self, request: Request) -> Fault | None:
        """The first fault that hits this request."""
        if not self._faults:
            return None
        with self._lock:
            found = next((fault for fault in self._faults if fault.strikes(request)), None)
            self._faults = [fault for fault in self._faults if fault.active]
            return found

    def clear(self) -> None:
        with self._lock:
            for fault in self._faults:
                fault.cancel()
            self._faults = []


def _response(status: int, body: object, headers: Mapping[str, str] | None) -> Response:
    """An answer as asked for: text and bytes as they are, None as an error in Harbor's form, anything else as JSON."""
    if not 200 <= status <= 599:
        raise ValueError(f"status must be from 200 to 599, not {status}")
    own = {name: header_value(value) for name, value in (headers or {}).items()}
    content_type = "application/json; charset=utf-8"
    if isinstance(body, bytes):
        raw, content_type = body, "application/octet-stream"
    elif isinstance(body, str):
        raw, content_type = body.encode(), "text/plain; charset=utf-8"
        if body.lstrip()[:1] == "<":
            content_type = "text/html"
    elif body is None and status < 400:
        raw = b""
    else:
        raw = json_text(_error(status) if body is None else body, escape_html=True) + b"\n"
    if raw and not any(name.lower() == "content-type" for name in own):
        own["Content-Type"] = content_type
    return Response(status, raw, own)


def _error(status: int) -> dict[str, object]:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "unknown"
    return {"errors": [{"code": phrase.upper().replace(" ", "_"), "message": phrase.lower()}]}
