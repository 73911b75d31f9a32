"""The DEBUG line that each exchange writes."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from harbor_client._transport.errors import masking_for
from harbor_client._transport.request import without_userinfo

if TYPE_CHECKING:
    from harbor_client._transport.connection import ExchangeError
    from harbor_client._transport.http1 import RawResponse
    from harbor_client._transport.request import Request

logger = logging.getLogger("harbor_client")

#: Response headers that a log line may show.
SHOWN_HEADERS = ("Content-Type", "Content-Length", "Location", "Retry-After", "X-Total-Count", "X-Request-Id")


def response(response: RawResponse, started: float, repeat: int) -> None:
    """Log an exchange that ended with a response."""
    shown = {}
    for name in SHOWN_HEADERS:
        values = response.values(name.lower())
        if values:
            value = ", ".join(values)
            shown[name] = without_userinfo(value) if name == "Location" else value
    _log(response.request, f"{response.status} {len(response.data)} B", started, repeat, shown)


def failure(request: Request, failure: ExchangeError, started: float, repeat: int) -> None:
    """Log an exchange that failed."""
    _log(request, f"{failure.kind}: {failure.text} 0 B", started, repeat, {})


def _log(request: Request, result: str, started: float, repeat: int, shown: dict[str, str]) -> None:
    milliseconds = (time.monotonic() - started) * 1000
    request_id = request.header("x-request-id") or "-"
    mask = masking_for(request)
    line = f"{result} {milliseconds:.1f} ms attempt {repeat + 1} id {request_id} {shown}"
    logger.debug("%s %s %s", request.method, mask(without_userinfo(request.url.partition("?")[0])), mask(line))
