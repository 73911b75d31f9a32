"""How a request is carried out: complete requests in, answers out, on urllib3's pools.

:class:`RESTClientObject` takes a request (method, URL, headers, body) and gives a :class:`RESTResponse` with a 2xx
status, or raises an :class:`~harbor_client.ApiException`. ``_call`` has the road of a call, ``_policy`` its rules.
"""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING

import urllib3  # noqa: F401  tests of scripts put their own parts into harbor_client.rest.urllib3
from urllib3 import HTTPHeaderDict, Retry

from harbor_client._compat import originals as _originals  # noqa: F401  before tests of scripts can change what it holds on to
from harbor_client._privacy.guard import guarded
from harbor_client.exceptions import ApiException

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from harbor_client._privacy.masking import Masking
    from harbor_client._transport.pool import Route
    from harbor_client._types import HTTPResponse
    from harbor_client.configuration import Configuration

__all__ = ["ApiException", "RESTClientObject", "RESTResponse"]

logger: logging.Logger = logging.getLogger("harbor_client.rest")


class RESTResponse:
    """An answer, its body as text.

    Attributes:
        status: the HTTP status.
        reason: the reason phrase.
        data: the body as text, decoded as UTF-8 (``UnicodeDecodeError`` where it is not).
        headers: the header fields, a case-insensitive mapping with ``getlist``.
    """

    __slots__ = ("__dict__", "_headers", "_raw", "_text", "reason", "status")

    def __init__(self, resp: Any) -> None:
        self._raw = resp
        self._text: str | None = None
        self._headers: HTTPHeaderDict | None = None
        self.status: int = resp.status
        self.reason: str = resp.reason

    @property
    def body(self) -> bytes:
        """The body as it came, its codings undone."""
        data = self._raw.data
        return data if isinstance(data, bytes) else str(data or "").encode()

    @property
    def data(self) -> str:
        if self._text is None:
            data = self._raw.data
            if not isinstance(data, str):
                data = bytes(data or b"").decode("utf-8")
            self._text = data.removeprefix("\ufeff")
        return self._text

    @data.setter
    def data(self, value: str) -> None:
        self._text = value

    @property
    def headers(self) -> HTTPHeaderDict:
        if self._headers is None:
            from harbor_client._transport.http1 import Answer

            raw = self._raw
            headers = self._headers = HTTPHeaderDict()
            if isinstance(raw, Answer):
                for name, value in raw.fields:
                    headers.add(name, value)
            else:
                given = raw.headers if getattr(raw, "headers", None) is not None else raw.getheaders()
                headers.extend(given)
        return self._headers

    @property
    def urllib3_response(self) -> HTTPResponse:
        """The answer as a urllib3 response."""
        return self.answer_to("GET", "")

    def answer_to(self, method: str, url: str) -> HTTPResponse:
        """The answer as the urllib3 response to such a request."""
        from harbor_client._transport.http1 import Answer
        from harbor_client._transport.message import split_url
        from harbor_client._transport.pool import as_urllib3

        raw = self._raw
        return as_urllib3(raw, method, split_url(url)[1] if url else "") if isinstance(raw, Answer) else raw

    def getheaders(self) -> HTTPHeaderDict:
        """The header fields."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """One header field, its values joined by ``", "``."""
        return self.headers.get(name, default)


def _verb_without_body(method: str) -> Callable[..., Any]:
    def verb(
        self: RESTClientObject,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        _preload_content: bool | None = True,
        _request_timeout: Any = None,
    ) -> Any:
        return self.request(
            method,
            url,
            headers=headers,
            query_params=query_params,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    return _named(verb, method)


def _verb_with_form(method: str) -> Callable[..., Any]:
    def verb(
        self: RESTClientObject,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool | None = True,
        _request_timeout: Any = None,
    ) -> Any:
        return self.request(
            method,
            url,
            headers=headers,
            query_params=query_params,
            post_params=post_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    return _named(verb, method)


def _named(verb: Callable[..., Any], method: str) -> Callable[..., Any]:
    verb.__name__, verb.__qualname__ = method, f"RESTClientObject.{method}"
    verb.__doc__ = f":meth:`request` with {method}."
    return guarded(verb)


class RESTClientObject:
    """Carries out requests; one for each :class:`~harbor_client.ApiClient`, safe to share among threads.

    ``pool_manager`` is a urllib3 pool manager. Its pools are made at first use from what stands in its
    ``connection_pool_kw`` then; it may be patched, wrapped or replaced.
    """

    #: What answers are made to.
    response_class: type[RESTResponse] = RESTResponse

    @guarded
    def __init__(self, configuration: Configuration, pools_size: int = 4, maxsize: int | None = None) -> None:
        self.configuration = configuration
        keywords: dict[str, Any] = {
            "maxsize": (configuration.connection_pool_maxsize or 4) if maxsize is None else maxsize,
            "cert_reqs": ssl.CERT_REQUIRED if configuration.verify_ssl else ssl.CERT_NONE,
            "cert_file": configuration.cert_file,
            "key_file": configuration.key_file,
        }
        if configuration.ssl_ca_cert:
            keywords["ca_certs"] = configuration.ssl_ca_cert
        if configuration.key_password:
            keywords["key_password"] = configuration.key_password
        if configuration.assert_hostname is not None:
            keywords["assert_hostname"] = configuration.assert_hostname
        # What carries requests out is loaded with the first client, not with the package.
        from harbor_client._transport import call  # noqa: F401
        from harbor_client._transport.pool import Router

        self._router = Router(configuration, pools_size)
        self._routes: dict[str, Route] = {}
        #: What masked the secrets of the last call that needed it.
        self._masking: Masking | None = None
        self.pool_manager: Any = self._router.new_manager(keywords, configuration.host)

    def close(self) -> None:
        """Close the idle connections. The client can still be used, and opens new ones then."""
        routes, self._routes = self._routes, {}
        for route in list(routes.values()):  # another thread may just be adding one
            route.pool.close()
        clear = getattr(self.pool_manager, "clear", None)
        if clear is not None:
            clear()

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
            body: what is sent as JSON, or text or bytes that are sent as they are where the content type is not JSON.
            post_params: form fields, for the content types of forms.
            _preload_content: False gives urllib3's response instead of a :class:`RESTResponse`.
            _request_timeout: seconds for the whole call, or the pair (connect, read).

        Returns:
            A :class:`RESTResponse`, its status 2xx.

        Raises:
            ApiException: whatever went wrong with the call.
            ValueError, TypeError: wrong arguments or settings; nothing was sent.
        """
        from harbor_client._transport.call import Call

        call = Call.of(self, method, url, query_params, headers, body, post_params, _request_timeout)
        response = call.run()
        if 200 <= response.status <= 299:
            return response if _preload_content else response.answer_to(call.method, call.url)
        raise call.refused(response)

    GET = _verb_without_body("GET")
    HEAD = _verb_without_body("HEAD")
    POST = _verb_with_form("POST")
    PUT = _verb_with_form("PUT")
    PATCH = _verb_with_form("PATCH")
    OPTIONS = _verb_with_form("OPTIONS")

    @guarded
    def DELETE(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        body: Any = None,
        _preload_content: bool | None = True,
        _request_timeout: Any = None,
    ) -> Any:
        """:meth:`request` with DELETE."""
        return self.request(
            "DELETE",
            url,
            headers=headers,
            query_params=query_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    @property
    def retries(self) -> int:
        """How often a GET may be repeated: ``connection_pool_kw["retries"]`` if a script has put a number there."""
        patched = getattr(self.pool_manager, "connection_pool_kw", {}).get("retries")
        if isinstance(patched, Retry):
            patched = patched.total
        if patched is True or not isinstance(patched, int):
            return self.configuration.retries
        return max(0, int(patched))

    def secrets(self) -> list[str]:
        """The credentials that this client sends."""
        return [*self.configuration.secrets(), *self._router.proxy_secrets]

    def complete(
        self, error: ApiException, method: str, url: str, headers: dict[str, Any], body: Any, response: Any
    ) -> None:
        """Fill in what an error of the content of an answer does not know of its call."""
        if isinstance(response, RESTResponse):  # else it is a script's own
            from harbor_client._transport.call import Call

            Call(self, method, url, headers, None, body).explain(error, response)

    def _route_to(self, manager: Any, origin: str) -> Route:
        """How requests go from here to an origin (scheme and authority), by ``pool_manager`` as it stands now."""
        route = self._routes.get(origin)
        if route is None or route.manager is not manager or route.generation != getattr(manager, "generation", None):
            route = self._routes[origin] = self._router.route(manager, origin)
            self.pool_manager = route.manager
        return route
