"""Pool managers that a script has wrapped, replaced or patched: they are called as the generated client calls them."""

from http.client import HTTPException
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

import urllib3
from urllib3 import HTTPHeaderDict, HTTPResponse, poolmanager
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError, ProxyError, SSLError
from urllib3.poolmanager import PoolManager, ProxyManager

from harbor_client._compat.pools import POOL_CLASSES, CallTimeout
from harbor_client._transport.connection import ExchangeError, Kind
from harbor_client._transport.http1 import RawResponse, Request, split_url
from harbor_client._transport.pool import connects_unpatched
from harbor_client._transport.transport import Transport


def stand_in(transport: Transport) -> Any:
    """A pool manager of the class that a test has put in the place of urllib3's; ``None`` if it has not."""
    keywords = {"num_pools": transport.pools_size, **transport.manager.connection_pool_kw}
    if transport.proxy is None and urllib3.PoolManager is not PoolManager:
        return urllib3.PoolManager(**keywords)
    if transport.proxy is not None and urllib3.ProxyManager is not ProxyManager:
        return urllib3.ProxyManager(proxy_url=transport.proxy.url, **keywords)
    return None


def exchange(transport: Transport, request: Request) -> RawResponse:
    """A single exchange by ``pool_manager.request``, whatever that is; raises ``ExchangeError``."""
    manager = transport.manager
    # urllib3's own pools are more lenient than ours. They are used only where a recorder has put its connections there.
    classes = POOL_CLASSES if connects_unpatched() else poolmanager.pool_classes_by_scheme
    used = getattr(manager, "pool_classes_by_scheme", None)
    if isinstance(used, dict) and {kind.__module__.partition(".")[0] for kind in used.values()} <= _REPLACED:
        transport.take_over(manager, classes)
    url, keywords = _arguments(request)
    if getattr(manager.request, "__func__", None) is _REQUEST:  # not a script's own, which may not know these
        keywords.update(retries=False, redirect=False)
    try:
        keywords.update(preload_content=True, timeout=CallTimeout(request.bounds), headers=dict(request.headers))
        response = manager.request(request.method, url, **keywords)
    except (HTTPError, HTTPException, OSError) as error:
        failure = _failure(error)
    else:
        return _as_raw(response)
    raise failure


_REQUEST = PoolManager.request
#: The packages whose classes of pools are replaced; others are a script's own.
_REPLACED = {"urllib3", "harbor_client"}
#: What failures of urllib3's mean: the kind, and whether the request may have left.
_FAILURES: tuple[tuple[type[Exception], Kind, bool], ...] = (
    (ProxyError, "proxy", False),
    (SSLError, "tls", False),
    (NewConnectionError, "connection", False),  # before its base class
    (ConnectTimeoutError, "timeout", False),
    (urllib3.exceptions.TimeoutError, "timeout", True),
    (TimeoutError, "timeout", True),
    (Exception, "connection", True),
)


def _failure(error: Exception) -> ExchangeError:
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    _, kind, sent = next(row for row in _FAILURES if isinstance(reason, row[0]))
    text = str(reason) or type(reason).__name__
    if kind == "timeout" and sent:
        text = "timed out waiting for a complete response"
    failure = ExchangeError(kind, text, reason)
    failure.sent = sent
    return failure


def _arguments(request: Request) -> tuple[str, dict[str, Any]]:
    """A request as scripts expect to see it in their own ``pool_manager.request``: its URL, and keywords for the rest.

    The query of a GET or HEAD is in ``fields``, unless its pairs would be encoded differently; text is text.
    """
    url, body = request.url, request.content
    if request.method in ("GET", "HEAD"):
        path, _, query = url.partition("?")
        fields = parse_qsl(query, keep_blank_values=True)
        return (path, {"fields": fields}) if urlencode(fields) == query else (url, {"fields": []})
    if body is None:
        return url, {}
    try:
        return url, {"body": body.decode()}
    except UnicodeDecodeError:
        return url, {"body": body}


def _as_raw(response: Any) -> RawResponse:
    """What ``pool_manager.request`` returned, which may be anything that has ``status``, ``data`` and headers."""
    fields = [(str(name), str(value)) for name, value in headers_of(response).items()]
    raw = RawResponse(getattr(response, "version", 11), response.status, response.reason, fields)
    data = response.data
    raw.data = data if isinstance(data, bytes) else str(data or "").encode()
    raw.original = response
    return raw


def headers_of(response: Any) -> HTTPHeaderDict:
    """The header fields of a response of whatever kind."""
    if isinstance(response, RawResponse):
        return HTTPHeaderDict(response.fields)
    headers = getattr(response, "headers", None)
    return HTTPHeaderDict(response.getheaders() if headers is None else headers)


def as_urllib3(raw: RawResponse) -> Any:
    """A response as urllib3's, its body in memory and decoded."""
    if raw.original is not None:
        return raw.original
    options: Any = dict.fromkeys(("preload_content", "decode_content", "enforce_content_length"), False)
    options.update(request_method=raw.request.method, request_url=split_url(raw.request.url)[1])
    head = (headers_of(raw), raw.status, raw.version, f"HTTP/{raw.version / 10}", raw.reason)
    return HTTPResponse(BytesIO(raw.data), *head, **options)
