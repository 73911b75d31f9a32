"""Calls to any path of Harbor's API, for the operations that have no method, and lists read to their end."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from harbor_client._privacy.guard import guarded
from harbor_client.configuration import Configuration
from harbor_client.exceptions import PreconditionFailedException, UnexpectedResponseException
from harbor_client.models._schema.decode import decoder

#: What a path may consist of; everything else has to be percent-encoded. No part but the last may be empty.
_PATH = re.compile(r"(?=/)(/([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*/?", re.ASCII)

#: How often a list is read again because it has changed in the meantime.
_ROUNDS = 5

#: How many entries more than Harbor counts are read, because a list may grow while it is read.
_MORE = 100_000

#: What tells an entry from the others of its list, other than ``id``, by the last part of the path.
_KEYS = {"projects": "project_id", "users": "user_id", "search": "user_id"}

#: Query parameters by which Harbor filters a list, but not its total.
_NOT_COUNTED = ("entityname",)


class AnyPath:
    """The part of an ``ApiClient`` that calls any path."""

    configuration: Configuration
    call_api: Any
    cookie: str | None
    default_headers: dict[str, Any]
    update_params_for_auth: Any

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
        return self._call(method, path, query, returns, x_request_id, timeout, body, headers)[0]

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

        If the list changes in the meantime, it is read again, and entries that were missed are added. Each entry is
        returned once. The credentials are checked first, because with wrong ones Harbor lists only what is public.

        Args:
            path: the path of the list, as for :meth:`call`, such as ``"/projects"``.
            query: parameters for the query.
            page_size: entries per request, 1 to 100.
            x_request_id: the ``X-Request-Id`` to send with each request.
            timeout: seconds for each request.

        Raises:
            ApiException: a call failed, or Harbor lists fewer entries than it counts, or never the same.
            ValueError, TypeError: wrong arguments; nothing was sent.
        """
        given = _pairs(query)
        if page_size not in range(1, 101):
            raise ValueError(f"page_size must be 1 to 100, not {page_size!r}")
        if {"page", "page_size"} & {name for name, _ in given}:
            raise ValueError("query must not have page or page_size: all pages are read")
        _check_path(path)
        return self._entries(path, given, int(page_size), x_request_id, timeout)

    def _entries(self, path: str, query: list[Any], size: int, request_id: Any, timeout: Any) -> Iterator[Any]:
        counted = not any(name in _NOT_COUNTED and value for name, value in query)
        own_key = _KEYS.get(path.rstrip("/").rpartition("/")[2], "id")
        returned: set[str] = set()
        listed: set[str] = set()
        totals: set[int] = set()
        for _ in range(_ROUNDS):
            self._check_credentials(request_id, timeout)
            listed, totals = set(), set()
            page, more = 0, True
            while more and len(listed) <= _MORE + min(totals, default=0):
                page += 1
                paged = [*query, ("page", page), ("page_size", size)]
                entries, headers = self._call("GET", path, paged, "list[object]", request_id, timeout, None, None)
                total = _total(headers)
                before = len(listed)
                for entry in entries:
                    key = _key(entry, own_key)
                    listed.add(key)
                    if key not in returned:
                        returned.add(key)
                        yield entry
                totals.update(() if total is None else (total,))
                more = len(listed) > before and len(listed) != total  # more than the total: that is wrong
            if more:
                raise UnexpectedResponseException(200, f"{path} has no end: {len(listed)} entries so far")
            if not totals or not counted or (len(totals) == 1 and len(listed) >= max(totals)):
                return
        counts = f"counts {max(totals)}" if len(totals) < 2 else "its number changes all the time"
        raise UnexpectedResponseException(200, f"{path} lists {len(listed)} entries, but {counts}")

    def _check_credentials(self, request_id: Any, timeout: Any) -> None:
        headers = dict(self.default_headers)
        self.update_params_for_auth(headers, [], ["basic"])
        if self.cookie or any(name.lower() == "authorization" for name in headers):
            try:
                self._call("GET", "/users/current", None, "object", request_id, timeout, None, None)
            except PreconditionFailedException:  # a robot account, which is no user
                pass

    def _call(
        self, method: str, path: str, query: Any, returns: Any, request_id: Any, timeout: Any, body: Any, headers: Any
    ) -> tuple[Any, Any]:
        """The value that a path returns, and the response's headers."""
        _check_path(path)
        fields = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        if request_id is not None:
            fields["X-Request-Id"] = request_id
        method = f"{method}".upper()
        if body is not None and method in ("GET", "HEAD"):
            raise ValueError(f"a {method} request has no body: parameters belong into query")
        if returns and returns != "file":
            decoder(returns)  # raises for what is no type
        request: tuple[Any, ...] = (path, method, {}, _pairs(query), fields, body)
        value, _, received = self.call_api(
            *request, response_type=returns, auth_settings=["basic"], _request_timeout=timeout
        )
        if returns == "object" and isinstance(value, str) and not value.strip():
            value = None
        return value, received


def _check_path(path: str) -> None:
    if not isinstance(path, str):
        raise TypeError(f"path must be text, not {type(path).__name__}")
    if not _PATH.fullmatch(path):
        raise ValueError(
            "path must begin with a slash, have no empty part, and be percent-encoded; parameters belong into query"
        )
    if {".", ".."} & set(re.split(r"[/\\]", unquote(unquote(path)))):
        raise ValueError("path must not have . or .. as a part")


def _total(headers: Mapping[str, str]) -> int | None:
    total = headers.get("X-Total-Count") or ""
    return int(total) if total.isascii() and total.isdigit() else None


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
