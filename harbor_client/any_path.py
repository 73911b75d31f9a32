"""Calls to any path of Harbor's API, for the operations that have no method, and lists read to their end."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

from harbor_client._privacy.guard import guarded
from harbor_client.exceptions import PreconditionFailedException, UnexpectedResponseException
from harbor_client.models._schema.decode import decoder

#: What a path may consist of; everything else has to be percent-encoded. No part but the last may be empty.
_PATH = re.compile(r"(?=/)(/([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*/?", re.ASCII)

#: How often a list is read, at most, without bringing half a page of new entries.
_ROUNDS = 5

#: How many entries two pages have in common: so many may be deleted in between without a round being in vain.
_OVERLAP = 2

#: The smallest size of a page: with fewer, pages that overlap do not always get any further.
_LEAST = 20

#: How many entries more than Harbor counts are read, because a list may grow while it is read.
_MORE = 100_000

#: What tells an entry from the others of its list, other than ``id``, by the last part of the path.
_KEYS = {"projects": "project_id", "users": "user_id", "search": "user_id"}


class AnyPath:
    """The part of an ``ApiClient`` that calls any path."""

    @guarded
    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        returns: str | None = "object",
        x_request_id: str | None = None,
        timeout: Any = None,
    ) -> Any:
        """Call any path of the API, authenticated and with the deadline, retries and errors of the operations.

        Args:
            method: the HTTP method.
            path: what follows the host's ``/api/v2.0``, such as ``"/statistics"``, percent-encoded where needed. The
                name of a repository has to be encoded twice: ``"library%252Fhello"``.
            query: parameters for the query, as a mapping or pairs; those that are ``None`` are left out.
            body: what is sent as JSON; not with GET or HEAD.
            headers: header fields to add.
            returns: the type to return: ``"object"`` for parsed JSON (``None`` without a body), the name of a model,
                ``"list[Project]"``, ``"str"``, or ``None`` to return nothing.
            x_request_id: the ``X-Request-Id`` to send.
            timeout: seconds for the whole call.

        Raises:
            ApiException: the call failed.
            ValueError, TypeError: wrong arguments; nothing was sent.
        """
        _check_path(path)
        method = f"{method}".upper()
        if body is not None and method in ("GET", "HEAD"):
            raise ValueError(f"a {method} request has no body: parameters belong into query")
        if returns and returns != "file":
            decoder(returns)  # raises for what is no type
        send = self._authenticated(x_request_id, timeout, headers)
        value = send(path, method, query_params=_pairs(query), body=body, response_type=returns)[0]
        return None if returns == "object" and isinstance(value, str) and not value.strip() else value

    @guarded
    def pages(
        self,
        path: str,
        *,
        query: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        page_size: int = 100,
        x_request_id: str | None = None,
        timeout: Any = None,
    ) -> Iterator[Any]:
        """Iterate over all entries of a list, page by page, as parsed JSON.

        Each entry is returned once, and none that exists the whole time is missed, even if others come and go: pages
        overlap, and the list is read again if two of them do not connect or Harbor counts more. There is no such
        guarantee for a list whose order changes, such as one with ``sort=update_time``. The credentials are checked as
        well, because with wrong ones Harbor lists only what is public.

        Args:
            path: the path of the list, as for :meth:`call`, such as ``"/projects"``.
            query: parameters for the query.
            page_size: the most entries per request, 1 to 100; fewer than 20 count as 20, because pages overlap.
            x_request_id: the ``X-Request-Id`` to send with each request.
            timeout: seconds for each request.

        Raises:
            ApiException: a call failed, or Harbor lists fewer entries than it counts, or the list keeps changing.
            ValueError, TypeError: wrong arguments; nothing was sent.
        """
        given = _pairs(query)
        if page_size not in range(1, 101):
            raise ValueError(f"page_size must be 1 to 100, not {page_size!r}")
        if {"page", "page_size"} & {name for name, _ in given}:
            raise ValueError("query must not have page or page_size: all pages are read")
        _check_path(path)
        get = partial(self._authenticated(x_request_id, timeout), method="GET")
        entries = self._entries(get, path, given, max(int(page_size), _LEAST))
        return iter(guarded(entries.__next__), object())  # an error leaves nothing of the query in its traceback

    def _entries(self, get: Callable[..., Any], path: str, query: list[Any], most: int) -> Iterator[Any]:
        counted = not dict(query).get("entityname")  # Harbor's total ignores this filter
        own_key = _KEYS.get(path.rstrip("/").rpartition("/")[2], "id")
        returned: set[str] = set()
        problem, rounds, limit = "", 0, 0
        while rounds < _ROUNDS:
            listed: set[str] = set()
            totals: set[int] = set()
            before, largest, begin = len(returned), most, 0
            while True:
                # A page begins at a multiple of its size: of the sizes, take the one whose page reaches furthest.
                size = max(range(largest // 2 + 1, largest + 1), key=lambda size: (begin // size + 1) * size)
                number = begin // size
                paged = [*query, ("page", number + 1), ("page_size", size)]
                entries, _, headers = get(path, query_params=paged, response_type="list[object]")
                if not listed:  # after the request, because the account may have been locked during it
                    self._check_credentials(get)
                found = {_key(entry, own_key): entry for entry in entries}
                yield from [entry for key, entry in found.items() if key not in returned]
                returned.update(found)
                is_connected = not listed or not listed.isdisjoint(found)
                known = len(listed)
                listed.update(found)
                total, end = total_of(headers), number * size + len(entries)
                totals.add(total)
                if not is_connected or len(listed) == known or total == end:
                    break
                limit = limit or _MORE + total
                if len(returned) > limit:
                    raise UnexpectedResponseException(200, f"{path} has no end: {len(returned)} entries so far")
                begin = max(end - _OVERLAP, 0)
                if len(entries) < size:  # the last page, or a server that sends less than it is asked for
                    largest = len(entries)
            unchanged = is_connected and len(totals) == 1
            if (is_connected and len(listed) >= min(totals) and end >= total) or (unchanged and not counted):
                return
            rounds += len(returned) - before < most // 2
            why = f"counts {total}" if unchanged else "changes all the time, or ignores page_size"
            problem = f"{path} lists {len(listed)} entries, but {why}"
        raise UnexpectedResponseException(200, problem)

    def _check_credentials(self: Any, get: Callable[..., Any]) -> None:
        headers = dict(self.default_headers)
        self.update_params_for_auth(headers, [], ["basic"])
        if self.cookie or any(name.lower() == "authorization" for name in headers):
            try:
                get("/users/current")
            except PreconditionFailedException:  # a robot account, which is no user
                pass

    def _authenticated(self: Any, x_request_id: Any, timeout: Any, headers: Any = None) -> Callable[..., Any]:
        """``call_api`` with what all of these requests have in common."""
        fields = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        if x_request_id is not None:
            fields["X-Request-Id"] = x_request_id
        return partial(self.call_api, header_params=fields, auth_settings=["basic"], _request_timeout=timeout)


def total_of(headers: Mapping[str, str]) -> int:
    """How many entries a list has in all, as the response says; 0 if it does not."""
    total = headers.get("X-Total-Count") or ""
    return int(total) if total.isascii() and total.isdigit() else 0


def _check_path(path: str) -> None:
    if not isinstance(path, str):
        raise TypeError(f"path must be text, not {type(path).__name__}")
    if not _PATH.fullmatch(path):
        raise ValueError(
            "path must begin with a slash, have no empty part, and be percent-encoded; parameters belong into query"
        )
    if {".", ".."} & set(re.split(r"[/\\]", unquote(unquote(path)))):
        raise ValueError("path must not have . or .. as a part")


def _key(entry: Any, own_key: str) -> str:
    """What tells an entry from the others of its list."""
    number = entry.get(own_key) if isinstance(entry, dict) else None
    return str(number) if number else json.dumps(entry, sort_keys=True)


def _pairs(query: Any) -> list[tuple[Any, Any]]:
    """Parameters as pairs, or ``TypeError``."""
    try:
        pairs = [(name, value) for name, value in (query.items() if isinstance(query, Mapping) else query or ())]
    except (TypeError, ValueError):
        raise TypeError("query must be a mapping, or pairs of name and value") from None
    for name, value in pairs:
        if isinstance(value, (list, tuple, set, dict)):
            raise TypeError(f"query: {name} has several values: give each as a pair of its own")
    return pairs
