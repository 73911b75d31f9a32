"""Turns a failed exchange, or an unsuccessful response, into the exception that the caller gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from urllib3 import HTTPHeaderDict

from harbor_client import exceptions
from harbor_client._privacy.guard import clean_cause
from harbor_client._transport.connection import ExchangeError
from harbor_client._transport.http1 import RawResponse, Request
from harbor_client._transport.policy import REDIRECT_STATUSES, is_missing, location_of, outcome_of
from harbor_client.exceptions import ApiException, UnexpectedResponseException, class_for

if TYPE_CHECKING:
    from harbor_client._privacy.masking import Masking
    from harbor_client.models.error import Error

_CLASSES: dict[str, type[ApiException]] = {
    "connection": exceptions.ConnectionException,
    "timeout": exceptions.TimeoutException,
    "tls": exceptions.TLSException,
    "proxy": exceptions.ProxyException,
    "refused": exceptions.ProxyException,
    "truncated": exceptions.ProtocolException,
    "protocol": exceptions.ProtocolException,
}


def error_of_failure(request: Request, failure: ExchangeError) -> ApiException:
    """The exception for an exchange without a complete response."""
    error = _CLASSES[failure.kind](failure.status)
    error.outcome = "unknown" if failure.sent else "not_sent"
    try:
        mask = masking_for(request)
        error.reason = mask(failure.text)
        error.__cause__ = failure.lower and clean_cause(failure.lower, mask)
        return _complete(error, request, mask)
    except OSError as unreadable:
        # No more files can be opened, so the modules that mask and explain cannot be loaded: say only that.
        error.method = request.method
        error.reason = f"{failure.kind}: {unreadable.strerror}"
        error.args = (error.status, error.reason)
        error.__cause__ = OSError(unreadable.errno, unreadable.strerror)
        return error


def error_of_response(response: RawResponse, unexpected: str = "", cause: BaseException | None = None) -> ApiException:
    """The exception for a response, by its status unless it says what is unexpected in it; secrets are masked."""
    status = response.status
    body = response.data.decode("utf-8", "replace").removeprefix("\ufeff")
    from harbor_client.models.errors import lenient_errors  # what is needed only for errors costs no import time

    found = lenient_errors(body)
    from_harbor = any(one.code and one.message for one in found)
    kind, reason = class_for(status), unexpected or response.reason or ""
    if unexpected or (status == 404 and not is_missing(response, from_harbor)):
        kind = UnexpectedResponseException
    elif status in REDIRECT_STATUSES:
        reason = f"{reason}, not followed: {without_userinfo(location_of(response)) or 'no target'}"
    error = kind(status)
    mask = masking_for(response.request)
    error.reason = mask(f"{reason}, and {response.flaw}" if response.flaw else reason)
    error.body = mask.body(body)
    error.headers = HTTPHeaderDict()
    together = "\n".join(value for _, value in response.fields)  # nearly always without a secret: one look is enough
    clean = mask(together) == together
    for name, value in response.fields:
        masked = value if clean else mask(value)
        error.headers.add(name, without_userinfo(masked) if name.lower() == "location" else masked)
    error.outcome = "answered" if status < 300 else outcome_of(response, from_harbor)
    if cause is not None:
        error.__cause__ = clean_cause(cause, mask)
    return _complete(error, response.request, mask, found)


def _complete(error: ApiException, request: Request, mask: Masking, found: list[Error] | None = None) -> ApiException:
    error.args = (error.status, error.reason)
    error.method = request.method
    error.url = mask(without_userinfo(request.url))
    given = (error.headers or {}).get("X-Request-Id") or request.header("x-request-id")
    error.request_id = mask(str(given)) if given else None
    from harbor_client._hints import hint_for

    configuration = request.transport.configuration
    error.hint = hint_for(error, configuration.username, configuration.password, found)
    return error


def masking_for(request: Request) -> Masking:
    """The masking of a call's secrets in errors and log lines; reused while the secrets stay the same."""
    from harbor_client._privacy.masking import Masking, in_body, in_headers, in_url  # only needed for errors and logs

    transport, configuration = request.transport, request.transport.configuration
    # All that the secrets of a request without a body come from.
    settings = configuration.password, configuration.key_password, str(configuration.api_key)
    source = request.url.partition("?")[2], settings, *transport.proxy_secrets, *request.headers.items()
    if transport.masking[0] == source and not request.body:
        return cast("Masking", transport.masking[1])
    configured = *configuration.secrets(), *transport.proxy_secrets
    mask = Masking((*configured, *in_headers(request.headers), *in_url(request.url), *in_body(request.body)))
    transport.masking = None if request.body else source, mask
    return mask


def without_userinfo(url: str) -> str:
    """A URL without the user name and password that it may hold."""
    scheme, separator, rest = url.partition("//")
    authority, slash, path = rest.partition("/")
    return scheme + separator + authority.rpartition("@")[2] + slash + path
