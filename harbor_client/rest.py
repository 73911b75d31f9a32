"""The transport under the names of the generated client.

:class:`RESTClientObject` takes a request (method, URL, headers, body) and returns a :class:`RESTResponse` with a 2xx
status, or raises an :class:`~harbor_client.ApiException`. What carries requests out is in ``_transport``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from json import dumps
from types import FunctionType
from typing import Any
from urllib.parse import urlencode

import urllib3  # noqa: F401  tests of scripts put their own parts into harbor_client.rest.urllib3
from urllib3 import HTTPHeaderDict

from harbor_client._compat import forms, managers, pools
from harbor_client._privacy.guard import guarded
from harbor_client._transport.http1 import RawResponse, Request
from harbor_client._transport.pool import is_patched
from harbor_client._transport.transport import Transport
from harbor_client.configuration import Configuration
from harbor_client.exceptions import ApiException

__all__ = ["ApiException", "RESTClientObject", "RESTResponse"]

logger: logging.Logger = logging.getLogger("harbor_client.rest")


_METHODS = frozenset({"GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"})


class RESTResponse:
    """A response, its body as text.

    Attributes:
        status: the HTTP status.
        reason: the reason phrase.
        data: the body as text, decoded as UTF-8 (``UnicodeDecodeError`` if it is not).
        headers: the header fields, a case-insensitive mapping with ``getlist``.
        raw: what it was made from.
    """

    data: str
    headers: HTTPHeaderDict

    def __init__(self, resp: Any) -> None:
        self.raw: Any = resp
        self.status: int = resp.status
        self.reason: str = resp.reason

    def __getattr__(self, name: str) -> Any:
        """Read ``data`` and ``headers`` when they are first asked for."""
        # Not cached properties: on Python 3.11 and earlier, these hold a lock that an interruption can leave locked.
        if name == "headers":
            value: Any = managers.headers_of(self.raw)
        elif name == "data":
            value = self.raw.data
            text = value if isinstance(value, str) else bytes(value or b"").decode("utf-8")
            value = text.removeprefix("\ufeff")
        else:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self.__dict__[name] = value
        return value

    @property
    def urllib3_response(self) -> Any:
        """The response as a :class:`urllib3.HTTPResponse`."""
        return managers.as_urllib3(self.raw) if isinstance(self.raw, RawResponse) else self.raw

    def getheaders(self) -> HTTPHeaderDict:
        """The header fields."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """A header field, its values joined by ``", "``."""
        return self.headers.get(name, default)


def _verb(method: str, *bodies: str) -> Callable[..., Any]:
    """A method named after its HTTP method; ``bodies`` are its parameters for a body."""
    names = ("headers", "query_params", *bodies, "_preload_content", "_request_timeout")
    parameters = ("self", "url", *names)
    count = len(parameters)
    code = (lambda: None).__code__.replace(co_varnames=parameters, co_argcount=count, co_nlocals=count)
    declared: Any = FunctionType(code, {}, method, (None, None, *[None for _ in bodies], True, None))
    declared.__doc__ = f":meth:`request` with {method}."
    declared.__module__, declared.__qualname__ = __name__, f"RESTClientObject.{method}"

    @wraps(declared)  # what inspect and help() show
    def verb(self: RESTClientObject, url: str, *args: Any, **options: Any) -> Any:
        if len(args) > len(names):
            declared(self, url, *args)  # raises the TypeError of Python itself
        return self.request(method, url, **dict(zip(names, args, strict=False)), **options)

    return guarded(verb)


class RESTClientObject:
    """Carries out requests for an :class:`~harbor_client.ApiClient`; safe to share among threads."""

    @guarded
    def __init__(self, configuration: Configuration, pools_size: int = 4, maxsize: int | None = None) -> None:
        self.configuration = configuration
        self.transport: Transport = Transport(configuration, pools.POOL_CLASSES, pools_size, maxsize)
        stand_in = managers.stand_in(self.transport)
        if stand_in is not None:
            self.pool_manager = stand_in

    @property
    def pool_manager(self) -> Any:
        """The urllib3 pool manager; it may be patched, wrapped or replaced.

        Its pools are made at first use from what its ``connection_pool_kw`` holds then.
        """
        return self.transport.manager

    @pool_manager.setter
    def pool_manager(self, manager: Any) -> None:
        self.transport.manager = manager

    def close(self) -> None:
        """Close the idle connections."""
        self.transport.close()

    @guarded
    def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: dict[str, Any] | None = None,
        body: Any = None,
        post_params: Any = None,
        _preload_content: bool | None = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Carry out one request.

        Args:
            method: GET, HEAD, DELETE, POST, PUT, PATCH or OPTIONS.
            url: absolute URL.
            query_params: a mapping or a list of pairs to be encoded into the URL.
            headers: the header fields.
            body: what is sent as JSON; text or bytes are sent as they are if the content type is not JSON.
            post_params: form fields, for the content types of forms.
            _preload_content: ``False`` returns urllib3's response instead of a :class:`RESTResponse`.
            _request_timeout: seconds for the whole call, or the pair (connect, read).

        Returns:
            A :class:`RESTResponse` whose status is 2xx.

        Raises:
            ApiException: the call failed.
            ValueError, TypeError: wrong arguments or settings; nothing was sent.
        """
        method = method.upper()
        if method not in _METHODS:
            raise ValueError(f"http method must be one of {', '.join(sorted(_METHODS))}")
        if post_params and body:
            raise ValueError("body parameter cannot be used with post_params parameter.")
        headers = {} if headers is None else dict(headers)
        if headers.get("Content-Type") is None:
            _settle_content_type(headers)
        content = None
        if method not in ("GET", "HEAD"):
            is_json = "json" in str(headers["Content-Type"]).lower()
            content = _json_body(method, body) if is_json else forms.encode(headers, body, post_params)
        if query_params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(query_params)}"
        exchange = managers.exchange if is_patched(self.transport.manager) else None
        request = Request(method, url, headers, content, body or post_params)
        response = self.transport.send(request, _request_timeout, exchange)
        return RESTResponse(response) if _preload_content else managers.as_urllib3(response)

    GET = _verb("GET")
    HEAD = _verb("HEAD")
    DELETE = _verb("DELETE", "body")
    POST = _verb("POST", "post_params", "body")
    PUT = _verb("PUT", "post_params", "body")
    PATCH = _verb("PATCH", "post_params", "body")
    OPTIONS = _verb("OPTIONS", "post_params", "body")


def _settle_content_type(headers: dict[str, Any]) -> None:
    """Give a content type its usual spelling; JSON if there is none."""
    given = [headers.pop(name) for name in list(headers) if name.lower() == "content-type"]
    headers["Content-Type"] = next((kind for kind in reversed(given) if kind is not None), "application/json")


def _json_body(method: str, body: Any) -> bytes | None:
    """A body as JSON; ``{}`` where the method requires one and there is none."""
    if body is None:
        return b"{}" if method in ("POST", "PUT", "PATCH") else None
    try:
        return dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise type(error)(
            "body: cannot be sent as JSON (a type or a number that JSON does not have, or a cycle)"
        ) from None
