"""Reports each exchange: as a log record, and to the user's hooks."""

import logging
import re
import time

from harbor_client._transport.connection import ExchangeError
from harbor_client._transport.errors import masking_for, without_userinfo
from harbor_client._transport.http1 import RawResponse, Request
from harbor_client._transport.policy import SAFE_METHODS

logger = logging.getLogger("harbor_client")

#: Response headers that a log line shows.
SHOWN_HEADERS = ("Content-Type", "Content-Length", "Location", "Retry-After", "X-Total-Count", "X-Request-Id")
#: The names of operations by method and path; the classes of operations add theirs.
OPERATIONS: dict[tuple[str, str], str] = {}


class Event:
    """One exchange, a request and its response. It holds no secret.

    Attributes:
        operation: the method of the API class, such as ``"get_user"``; ``None`` for other paths.
        method: the HTTP method.
        url: the URL, secrets masked.
        request_id: the ``X-Request-Id`` that was sent, or else the response's.
        attempt: 1, or more for a repeat.
        headers: empty; a request hook may put header fields here that are to be sent.
        status: the HTTP status; ``None`` without a response.
        seconds: how long the exchange took; ``None`` before it.
        outcome: as of an :class:`~harbor_client.ApiException`; ``None`` before the exchange.
        error: what went wrong, in words; ``None`` if there was a response.
    """

    LOGGED = ("operation", "method", "url", "request_id", "attempt", "status", "seconds", "outcome", "error")
    __slots__ = (*LOGGED, "_started", "headers")

    def __init__(self, request: Request, attempt: int) -> None:
        mask = masking_for(request)
        request_id = request.header("x-request-id")
        self.operation = _operation(request)
        self.method = request.method
        self.url = mask(without_userinfo(request.url))
        self.request_id: str | None = mask(str(request_id)) if request_id else None
        self.attempt = attempt
        self.headers: dict[str, str] = {}
        self._started = 0.0
        self.status: int | None = None
        self.seconds: float | None = None
        self.outcome: str | None = None
        self.error: str | None = None

    def __repr__(self) -> str:
        return f"Event({', '.join(f'{name}={getattr(self, name)!r}' for name in self.LOGGED)})"


def begin(request: Request, attempt: int) -> Event:
    """Call the request hooks, and add the header fields that they want."""
    event = Event(request, attempt)
    for hook in request.transport.configuration.event_hooks["request"]:
        hook(event)
    if event.headers:
        added = {name.lower() for name in event.headers}
        kept = {name: value for name, value in request.headers.items() if name.lower() not in added}
        request.headers = {**kept, **event.headers}
    event._started = time.monotonic()
    return event


def end(event: Event, request: Request, result: RawResponse | ExchangeError) -> None:
    """Log an exchange, and call the hooks for its response or failure."""
    event.seconds = time.monotonic() - event._started
    mask = masking_for(request)
    shown = {}
    if isinstance(result, Exception):
        event.outcome = "unknown" if result.sent else "not_sent"
        event.error = mask(result.text)
        summary = f"{result.kind}: {result.text} 0 B"
    else:
        event.outcome, event.status = "answered", result.status
        for name in SHOWN_HEADERS:
            value = ", ".join(result.values(name.lower()))
            if value:
                shown[name] = mask(without_userinfo(value) if name == "Location" else value)
        event.request_id = event.request_id or shown.get("X-Request-Id")
        summary = f"{result.status} {len(result.data)} B"
    configuration = request.transport.configuration
    is_write = request.method not in SAFE_METHODS
    level = logging.INFO if is_write and configuration.log_writes else logging.DEBUG
    if logger.isEnabledFor(level):
        line = f"{summary} {event.seconds * 1000:.1f} ms attempt {event.attempt} id {event.request_id or '-'} {shown}"
        extra = {f"harbor_{name}": getattr(event, name) for name in Event.LOGGED}
        logger.log(level, "%s %s %s", event.method, event.url.partition("?")[0], mask(line), extra=extra)
    for hook in configuration.event_hooks["response" if event.status is not None else "error"]:
        hook(event)


def _operation(request: Request) -> str | None:
    path = request.url.partition("?")[0].removeprefix(request.transport.configuration.host)
    for method, template in sorted(OPERATIONS, key=lambda known: known[1].count("{")):
        if method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return OPERATIONS[method, template]
    return None
