"""One call: its request, its exchanges by the rules of ``_policy``, and what the caller gets when it fails."""

from __future__ import annotations

import logging
import time
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from urllib3.exceptions import HTTPError

from harbor_client._privacy.guard import Cause, clean_cause
from harbor_client._transport import policy as _policy
from harbor_client._transport.connection import ExchangeError
from harbor_client._transport.message import content, keywords_of, message, settle_content_type, split_url
from harbor_client._transport.pool import CallTimeout, is_as_made, use_own_pools
from harbor_client.exceptions import (
    ApiException,
    ConnectionException,
    ProtocolException,
    ProxyException,
    TimeoutException,
    TLSException,
    class_for,
)

if TYPE_CHECKING:
    from typing import Any

    from harbor_client._privacy.masking import Masking
    from harbor_client._transport.http1 import Deadline
    from harbor_client.rest import RESTClientObject, RESTResponse

logger = logging.getLogger("harbor_client")

#: Response headers that a log line may show.
LOGGED_HEADERS = ("Content-Type", "Content-Length", "Location", "Retry-After", "X-Total-Count", "X-Request-Id")

_METHODS = frozenset({"GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"})

_CLASSES: dict[str, type[ApiException]] = {
    "connection": ConnectionException,
    "timeout": TimeoutException,
    "tls": TLSException,
    "proxy": ProxyException,
    "refused": ProxyException,
    "truncated": ProtocolException,
    "protocol": ProtocolException,
}


class Call:
    """A request on its way: complete, and not yet answered."""

    __slots__ = ("body", "client", "connect_timeout", "content", "deadline", "headers", "method", "url")

    def __init__(
        self, client: RESTClientObject, method: str, url: str, headers: dict[str, Any], content: bytes | None, body: Any
    ) -> None:
        self.client: RESTClientObject = client
        self.method: str = method
        self.url: str = url
        self.headers: dict[str, Any] = headers
        self.content: bytes | None = content
        self.body: Any = body
        self.deadline: Deadline
        self.connect_timeout: float | None

    @classmethod
    def of(
        cls,
        client: RESTClientObject,
        method: str,
        url: str,
        query_params: Any,
        headers: dict[str, Any] | None,
        body: Any,
        post_params: Any,
        request_timeout: Any,
    ) -> Call:
        """The call that the arguments of :meth:`RESTClientObject.request` ask for; its time begins now.

        Raises ``ValueError`` or ``TypeError`` for wrong ones.
        """
        configuration = client.configuration
        deadline, connect_timeout = _policy.bounds(
            request_timeout, configuration.timeout, configuration.connect_timeout
        )
        method = method.upper()
        if method not in _METHODS:
            raise ValueError(f"http method must be one of {', '.join(sorted(_METHODS))}")
        if post_params and body:
            raise ValueError("body parameter cannot be used with post_params parameter.")
        headers = {} if headers is None else dict(headers)
        if headers.get("Content-Type") is None:
            settle_content_type(headers)
        encoded = None
        if method not in ("GET", "HEAD"):
            encoded = content(method, headers, body, post_params)
        if query_params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(query_params)}"
        call = cls(client, method, url, headers, encoded, body or post_params)
        call.deadline, call.connect_timeout = deadline, connect_timeout
        return call

    def run(self) -> RESTResponse:
        """The final answer, whatever its status but a redirect; raises ``ApiException`` if there is none."""
        method, deadline = self.method, self.deadline
        retries = self.client.retries
        repeat = followed = replaced = 0
        arrived = False  # whether an earlier attempt may have reached the server
        while True:
            started = time.monotonic()
            try:
                response = self._exchange()
            except ExchangeError as failure:
                self._log(started, repeat, failure=failure)
                if _policy.replaced_at_once(failure) and replaced < _policy.MAX_REPLACED:
                    replaced += 1
                    continue
                if not _policy.wait_after_failure(method, failure, repeat, retries, deadline):
                    failure.sent = failure.sent or arrived
                    error = self._failed(failure)
                    raise error from error.__cause__
                arrived = arrived or failure.sent
                repeat += 1
                continue
            arrived = True
            if logger.isEnabledFor(logging.DEBUG):
                self._log(started, repeat, response=response)
            status = response.status
            if 200 <= status < 300:
                return response
            if _policy.wait_after_answer(method, response, repeat, retries, deadline):
                repeat += 1
            elif status in _policy.REDIRECT_STATUSES:
                self._follow(response, followed)
                followed += 1
            else:
                return response

    def _exchange(self) -> RESTResponse:
        manager = self.client.pool_manager
        if is_as_made(manager):
            return self._through_pool(manager)
        # Somebody has put a request function of their own in the place of urllib3's.
        limit = self.client.configuration.max_response_bytes
        timeout = CallTimeout(self.deadline, self.connect_timeout, limit)
        try:
            return self._through_manager(manager, timeout)
        except TimeoutError as error:
            failure = ExchangeError("timeout", "no whole answer before the deadline", error)
        except (HTTPError, HTTPException, OSError) as error:
            failure = ExchangeError("connection", str(error), error)
        failure.sent = True
        raise failure

    def _through_pool(self, manager: Any) -> RESTResponse:
        client, headers = self.client, self.headers
        origin, target = split_url(self.url)
        route = client._route_to(manager, origin)
        if route.forwarded:
            target = origin + target
            headers = {**headers, **route.pool.proxy_headers}
        request = message(self.method, target, route.authority, headers, self.content)
        limit = client.configuration.max_response_bytes
        answer = route.pool.exchange(request, self.method, self.deadline, self.connect_timeout, limit)
        return client.response_class(answer)

    def _through_manager(self, manager: Any, timeout: CallTimeout) -> RESTResponse:
        """One exchange by ``pool_manager.request``, whatever that is: it gets what it always got."""
        use_own_pools(manager)
        url, keywords = keywords_of(self.method, self.url, self.content)
        keywords.update(preload_content=True, timeout=timeout, headers=dict(self.headers))
        return self.client.response_class(manager.request(self.method, url, **keywords))

    def _follow(self, response: RESTResponse, followed: int) -> None:
        location = response.getheader("Location") or ""
        target = _policy.redirect_target(self.method, self.url, location, followed)
        if target is None:
            raise self.refused(
                response, f"{response.reason}, not followed: {_without_userinfo(location) or 'no target'}"
            )
        self.url = target

    def refused(self, response: RESTResponse, reason: str | None = None) -> ApiException:
        """The exception for an answer that is not a success."""
        error = class_for(response.status)(response.status)
        error.reason = reason or response.reason
        return self.explain(error, response)

    def explain(self, error: ApiException, response: RESTResponse) -> ApiException:
        """Put the answer and what is known of the call into an exception, credentials masked."""
        mask = self._masking()
        error.reason = mask(error.reason or "")
        text = response.body.decode("utf-8", "replace").removeprefix("\ufeff")
        error.body = mask.body(text)
        headers = response.headers.copy()
        for name, value in list(headers.items()):
            masked = mask(value)
            if name.lower() == "location":
                masked = _without_userinfo(masked)
            if masked != value:
                headers[name] = masked
        error.headers = headers
        error.outcome = "answered"
        if isinstance(error.__cause__, Cause):
            error.__cause__.args = tuple(map(mask, error.__cause__.args))
        return self._complete(error, mask)

    def _failed(self, failure: ExchangeError) -> ApiException:
        error = _CLASSES[failure.kind](failure.status)
        error.outcome = _policy.outcome_of(failure)
        try:
            mask = self._masking()
            error.reason = mask(failure.text)
            error.__cause__ = failure.lower and clean_cause(failure.lower, mask)
            return self._complete(error, mask)
        except OSError as unreadable:
            # No file can be opened any more, so what masks and describes a failure could not be loaded: say that alone.
            error.method = self.method
            error.reason = f"{failure.kind}: {unreadable.strerror}"
            error.args = (error.status, error.reason)
            error.__cause__ = OSError(unreadable.errno, unreadable.strerror)
            return error

    def _complete(self, error: ApiException, mask: Masking) -> ApiException:
        error.args = (error.status, error.reason)
        error.method = self.method
        error.url = mask(_without_userinfo(self.url))
        given = (error.headers or {}).get("X-Request-Id") or self._header("x-request-id")
        error.request_id = mask(str(given)) if given else None
        from harbor_client._hints import hint_for

        error.hint = hint_for(error, self.client.configuration.username)
        return error

    def _masking(self) -> Masking:
        """Masks everything of this call that an error must not repeat; mostly what the one before did."""
        from harbor_client._privacy.masking import Masking, in_body, in_headers, in_url

        client = self.client
        secrets = frozenset(
            [*client.secrets(), *in_headers(self.headers), *in_url(self.url), *in_body(self.body)],
        )
        mask = client._masking
        if mask is None or not mask.hides(secrets):
            mask = client._masking = Masking(secrets)
        return mask

    def _header(self, lowered: str) -> Any:
        for name, value in self.headers.items():
            if name.lower() == lowered:
                return value
        return None

    def _log(
        self,
        started: float,
        repeat: int,
        response: RESTResponse | None = None,
        failure: ExchangeError | None = None,
    ) -> None:
        if not logger.isEnabledFor(logging.DEBUG):
            return
        spent = (time.monotonic() - started) * 1000
        request_id = self._header("x-request-id") or "-"
        if failure is not None:
            result, size, shown = f"{failure.kind}: {failure.text}", 0, {}
        else:
            assert response is not None
            result, size = str(response.status), len(response.body)
            shown = {name: response.headers[name] for name in LOGGED_HEADERS if name in response.headers}
            if "Location" in shown:
                shown["Location"] = _without_userinfo(shown["Location"])
        mask = self._masking()
        line = f"{result} {size} B {spent:.1f} ms attempt {repeat + 1} id {request_id} {shown}"
        logger.debug("%s %s %s", self.method, mask(_without_userinfo(self.url.partition("?")[0])), mask(line))


def _without_userinfo(location: str) -> str:
    scheme, separator, rest = location.partition("//")
    authority, slash, path = rest.partition("/")
    return scheme + separator + authority.rpartition("@")[2] + slash + path
