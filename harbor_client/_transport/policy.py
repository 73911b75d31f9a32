"""What may be repeated, for how long, and where to: every rule of a call's exchanges, and nothing else.

1.  One deadline covers the whole call, waits and repeats included.
2.  Only a GET is repeated, at most ``retries`` times: after a failed connection, and after 429, 502, 503, 504.
    Never after 401 (it locks the account), 500 (Harbor's are deterministic), a TLS failure, a proxy's refusal, or an
    answer that is malformed.
3.  Before a repeat there is a wait: the server's ``Retry-After`` if it gives a valid one, else exponential with full
    jitter. A wait that does not fit into the deadline is not begun: the failure is raised at once.
4.  A write is sent again only if no byte of it has left: on a connection that the server had closed while it was idle.
5.  A GET follows at most five redirects, all to its own origin. Every other redirect is an error that names its target.
6.  The outcome of a failure: ``not_sent`` if no byte has left, ``answered`` if a whole answer came, else ``unknown``.
"""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING

from harbor_client._transport.http1 import Deadline

if TYPE_CHECKING:
    from typing import Any

    from harbor_client._transport.connection import ExchangeError
    from harbor_client.exceptions import Outcome
    from harbor_client.rest import RESTResponse

#: Answers after which a GET is sent again.
RETRIED_STATUSES = frozenset({429, 502, 503, 504})
#: Failures after which a GET is sent again; a timeout only where time is left (that of connecting was over).
RETRIED_FAILURES = frozenset({"connection", "truncated", "proxy", "timeout"})
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
#: So many idle connections may turn out to be closed before the failure counts.
MAX_REPLACED = 5

#: The wait before repeat n (from 0) is a random time up to ``FIRST_WAIT * 2**n``, at most ``LONGEST_WAIT`` (seconds).
FIRST_WAIT = 0.25
LONGEST_WAIT = 8.0

_SECONDS = re.compile(r"[0-9]+")
_NOT_ASCII = re.compile(r"[\x80-\xff]")
_NOT_IN_LOCATION = re.compile(r"[\x00-\x20\x7f\\]")


def bounds(request_timeout: Any, timeout: float, connect_timeout: float | None) -> tuple[Deadline, float | None]:
    """The deadline of a call and the seconds allowed for connecting.

    ``request_timeout`` is that of the call: ``None`` or 0 for the configured ones, a number of seconds for the whole
    call, or the pair (connect, read), whose sum is the deadline.
    """
    if request_timeout is None or (_is_number(request_timeout) and request_timeout == 0):
        return Deadline.after(timeout), connect_timeout
    if isinstance(request_timeout, (tuple, list)):
        if len(request_timeout) != 2:
            raise ValueError("_request_timeout: a pair has to be (connect, read), in seconds")
        connect, read = request_timeout
        connect = _seconds(connect) if connect is not None else connect_timeout
        read = _seconds(read) if read is not None else timeout
        return Deadline.after((connect or 0.0) + read), connect
    total = _seconds(request_timeout)
    return Deadline.after(total), connect_timeout


def _seconds(value: Any) -> float:
    if not _is_number(value):
        raise TypeError(f"_request_timeout: seconds, or a pair of seconds, not {type(value).__name__}")
    if not 0 < value < 1e9:
        raise ValueError("_request_timeout: has to be a positive number of seconds")
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def outcome_of(failure: ExchangeError) -> Outcome:
    """Rule 6, for an exchange without a whole answer."""
    return "unknown" if failure.sent else "not_sent"


def replaced_at_once(failure: ExchangeError) -> bool:
    """Rule 4: an idle connection turned out to be closed, and nothing of the request has left."""
    return not failure.fresh and not failure.sent and failure.kind in ("connection", "truncated", "tls")


def wait_after_failure(method: str, failure: ExchangeError, repeat: int, retries: int, deadline: Deadline) -> bool:
    """Wait before the next attempt after a failure; False, without waiting, if there shall be none (rules 1 to 3)."""
    if method != "GET" or repeat >= retries or failure.kind not in RETRIED_FAILURES:
        return False
    return _wait(_backoff(repeat), deadline)


def wait_after_answer(method: str, answer: RESTResponse, repeat: int, retries: int, deadline: Deadline) -> bool:
    """Wait before the next attempt after an answer; False, without waiting, if it stands (rules 1 to 3)."""
    if answer.status not in RETRIED_STATUSES or method != "GET" or repeat >= retries:
        return False
    asked = retry_after(answer.headers.getlist("Retry-After"))
    return _wait(_backoff(repeat) if asked is None else asked, deadline)


def retry_after(values: list[str]) -> float | None:
    """Seconds that ``Retry-After`` asks for (a number, or a date); ``None`` where it is absent or makes no sense."""
    if len(values) != 1:
        return None
    if _SECONDS.fullmatch(values[0]):
        return float(values[0])
    from datetime import datetime, timezone
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(values[0])
        if date.tzinfo is None:
            date = date.replace(tzinfo=timezone.utc)
        return max(0.0, (date - datetime.now(timezone.utc)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def redirect_target(method: str, url: str, location: str, followed: int) -> str | None:
    """Where to go on after a redirect; ``None`` if it is not to be followed (rule 5)."""
    if method != "GET" or followed >= MAX_REDIRECTS or not location or _NOT_IN_LOCATION.search(location):
        return None
    from urllib.parse import urljoin, urlsplit

    # What is not ASCII came as bytes, and goes back as these bytes.
    location = _NOT_ASCII.sub(lambda byte: f"%{ord(byte[0]):02X}", location)
    try:
        given = urlsplit(location)
        if given.scheme and not given.netloc:
            return None
        target = urlsplit(urljoin(url, location))
        if origin(target.geturl()) != origin(url):
            return None
    except ValueError:
        return None
    return target._replace(path=target.path or "/", fragment="").geturl()


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL. ``ValueError`` for one that has no origin, or has user information."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not an http or https URL")
    return parts.scheme, parts.hostname.rstrip("."), parts.port or default


def _backoff(repeat: int) -> float:
    return random.uniform(0.0, min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(repeat, 16)))


def _wait(seconds: float, deadline: Deadline) -> bool:
    if time.monotonic() + seconds >= deadline.at:
        return False
    time.sleep(seconds)
    return True
