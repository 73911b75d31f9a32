"""All the rules of a call's exchanges: what is repeated, how long to wait, and where a redirect may lead.

1.  One deadline covers the whole call, waits and repeats included.
2.  A GET is repeated at most ``retries`` times: after a failed connection, and after 429, 502, 503 or 504. Nothing is
    repeated after 401 (it locks the account), 500 (Harbor's are deterministic), a TLS failure, a proxy's refusal, or a
    malformed response.
3.  Any request of which no byte has left is repeated: at once if the server had closed an idle connection, and for
    ``UNSENT_PERIOD`` seconds if no connection could be made, so that a restart goes unnoticed. The latter does not
    apply with ``retries=0``, or if the host name does not exist.
4.  Before a repeat there is a wait: the server's ``Retry-After`` if it is valid, otherwise exponential backoff with
    full jitter. If the wait does not fit into the deadline, the failure is raised at once.
5.  A GET follows at most five redirects, all to its own origin. Any other redirect is an error that names its target.
6.  The outcome: ``not_sent`` if no byte has left, ``answered`` if a whole response came, otherwise ``unknown``. A
    gateway's 502, 503 or 504 to a write, or its text with a 500, is ``unknown`` as well unless it has an error body of
    Harbor's: Harbor may have carried it out.
7.  A 404 without an error body of Harbor's is not "not found": something else answered. HEAD has no body to tell.
"""

import random
import re
import socket
import time
from datetime import timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from harbor_client._transport.connection import ExchangeError
from harbor_client._transport.http1 import Deadline, RawResponse, Request
from harbor_client.exceptions import Outcome

#: Statuses after which a GET is sent again.
RETRIED_STATUSES = frozenset({429, 502, 503, 504})
#: Failures after which a GET is sent again; a timeout only if time is left, which means that connecting timed out.
RETRIED_FAILURES = frozenset({"connection", "truncated", "proxy", "timeout"})
#: Statuses by which a gateway says that it got no proper response from Harbor; beyond 504 they are Cloudflare's.
GATEWAY_STATUSES = frozenset({502, 503, 504, *range(520, 531)})
#: Methods that change nothing.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5

#: The wait before repeat n (from 0) is a random time up to ``FIRST_WAIT * 2**n``, at most ``LONGEST_WAIT`` (seconds).
FIRST_WAIT = 0.25
LONGEST_WAIT = 8.0
#: How long to try to connect (rule 3), and the longest wait in between, in seconds.
UNSENT_PERIOD = 5.0
LONGEST_UNSENT_WAIT = 1.0

_SECONDS = re.compile(r"[0-9]+")
_NOT_ASCII = re.compile(r"[\x80-\xff]")
_NOT_IN_LOCATION = re.compile(r"[\x00-\x20\x7f\\]")


class Repeats:
    """What has been repeated in a call so far, and what may still be (rules 1 to 5).

    When :meth:`after` returns true, it has already waited as long as the rules say.
    """

    def __init__(self, request: Request, retries: int) -> None:
        self._request = request
        self._retries = retries
        self._followed = 0
        self._unsent = 0
        self._connecting_until: float | None = None
        self._count = 0  # repeats after a failure or a status
        self._arrived = False

    def after(self, result: RawResponse | ExchangeError) -> bool:
        """Whether to send the request again. Sets ``sent`` of a failure if any attempt may have reached the server."""
        if isinstance(result, RawResponse):
            self._arrived = True
            return self._after_status(result)
        again = self._after_failure(result)
        result.sent = self._arrived = self._arrived or result.sent
        return again

    def _after_failure(self, failure: ExchangeError) -> bool:
        if not failure.sent:
            if not failure.fresh and failure.kind in ("connection", "truncated", "tls"):
                return True  # the server had closed this idle connection; another one may work
            if failure.kind in ("connection", "proxy", "timeout") and self._retries:
                return not _is_unknown_name(failure) and self._connect_again()
        return failure.kind in RETRIED_FAILURES and self._repeat(None)

    def _connect_again(self) -> bool:
        """Rule 3: whether to try again to connect."""
        now = time.monotonic()
        self._connecting_until = self._connecting_until or now + UNSENT_PERIOD
        left = self._connecting_until - now
        wait = min(_backoff(self._unsent), LONGEST_UNSENT_WAIT, left)  # the last try comes at the end of the period
        self._unsent += 1
        return left > 0 and _wait(wait, self._request.bounds.deadline)

    def _after_status(self, response: RawResponse) -> bool:
        """Rules 2 and 5: whether to repeat the request, or to follow a redirect, which changes its URL."""
        request = self._request
        if response.status in REDIRECT_STATUSES:
            target = redirect_target(request.method, request.url, location_of(response), self._followed)
            if target is None:
                return False
            request.url = target
            self._followed += 1
            return True
        return response.status in RETRIED_STATUSES and self._repeat(response)

    def _repeat(self, response: RawResponse | None) -> bool:
        """Rules 2 and 4: whether to repeat a GET, after the seconds that the server asks for."""
        if self._request.method != "GET" or self._count >= self._retries:
            return False
        asked = retry_after(response.values("retry-after"), response.values("date")) if response else None
        wait = _backoff(self._count) if asked is None else asked
        self._count += 1
        return _wait(wait, self._request.bounds.deadline)


def _is_unknown_name(failure: ExchangeError) -> bool:
    lower = failure.lower
    return isinstance(lower, UnicodeError) or (
        isinstance(lower, socket.gaierror) and lower.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))
    )


def outcome_of(response: RawResponse, from_harbor: bool) -> Outcome:
    """Rule 6 for a response that is not a success; ``from_harbor``: whether it has an error body of Harbor's."""
    if from_harbor or response.request.method in SAFE_METHODS:
        return "answered"
    is_gateways = response.status in GATEWAY_STATUSES or (response.status == 500 and bool(response.data.strip()))
    return "unknown" if is_gateways else "answered"


def is_missing(response: RawResponse, from_harbor: bool) -> bool:
    """Rule 7 for a 404: whether Harbor says that what was asked for does not exist."""
    return from_harbor or response.request.method == "HEAD"


def location_of(response: RawResponse) -> str:
    """The ``Location`` of a response, ``""`` without one."""
    return ", ".join(response.values("location"))


def retry_after(values: list[str], now: list[str]) -> float | None:
    """Seconds that ``Retry-After`` asks for (a number or a date); ``None`` if it is absent or invalid.

    A date counts from the server's own clock, its ``Date`` field in ``now``, if there is one.
    """
    if len(values) != 1:
        return None
    if _SECONDS.fullmatch(values[0]):
        return float(values[0])
    date = _timestamp(values[0])
    if date is None:
        return None
    current = _timestamp(now[0]) if len(now) == 1 else None
    return max(0.0, date - (time.time() if current is None else current))


def _timestamp(date: str) -> float | None:
    try:
        parsed = parsedate_to_datetime(date)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def redirect_target(method: str, url: str, location: str, followed: int) -> str | None:
    """Where a redirect leads; ``None`` if it must not be followed (rule 5)."""
    if method != "GET" or followed >= MAX_REDIRECTS or not location or _NOT_IN_LOCATION.search(location):
        return None
    # Characters beyond ASCII arrived as bytes, and go back as the same bytes.
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
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not an http or https URL")
    return parts.scheme, parts.hostname.rstrip("."), parts.port or default


def _backoff(repeat: int) -> float:
    # Neither the seeded numbers of the caller nor, after a fork, those of a sibling.
    return random.SystemRandom().uniform(0.0, min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(repeat, 16)))


def _wait(seconds: float, deadline: Deadline) -> bool:
    if time.monotonic() + seconds >= deadline.at:
        return False
    time.sleep(seconds)
    return True
