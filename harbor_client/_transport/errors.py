"""Turns a failed exchange, or an unsuccessful response, into the exception that the caller gets."""

from __future__ import annotations

import re

from urllib3 import HTTPHeaderDict

from harbor_client import exceptions
from harbor_client._hints import hint_for
from harbor_client._privacy.guard import clean_cause
from harbor_client._privacy.masking import Masking, in_body, in_headers, in_url
from harbor_client._transport.connection import ExchangeError
from harbor_client._transport.http1 import RawResponse, Request
from harbor_client._transport.policy import REDIRECT_STATUSES, is_missing, location_of, outcome_of
from harbor_client.exceptions import ApiException, UnexpectedResponseException, class_for
from harbor_client.models.errors import lenient_errors

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
    mask = masking_for(request)
    error.reason = mask(failure.text)
    error.__cause__ = failure.lower and clean_cause(failure.lower, mask)
    return _complete(error, request, mask)


def error_of_response(response: RawResponse, unexpected: str = "", cause: BaseException | None = None) -> ApiException:
    """The exception for a response, by its status unless it says what is unexpected in it; secrets are masked."""
    status = response.status
    body = response.data.decode("utf-8", "replace").removeprefix("\ufeff")
    from_harbor = any(one.code and one.message for one in lenient_errors(body))
    kind, reason = class_for(status), unexpected or response.reason or ""
    if unexpected or (status == 404 and not is_missing(response, from_harbor)):
        kind = UnexpectedResponseException
    elif status in REDIRECT_STATUSES:
        reason = f"{reason}, not followed: {without_userinfo(location_of(response)) or 'no target'}"
    error = kind(status)
    mask = masking_for(response.request)
    error.reason = mask(f"{reason}, and {response.flaw}" if response.flaw else reason)
    error.body = mask.body(body)
    fields, together = response.fields, "\n".join([value for _, value in response.fields])
    if mask(together) != together:  # hardly ever
        fields = [(name, mask(value)) for name, value in fields]
    headers = error.headers = HTTPHeaderDict(fields)
    if "location" in headers:
        headers["location"] = without_userinfo(headers["location"])
    error.outcome = "answered" if status < 300 else outcome_of(response, from_harbor)
    error.__cause__ = cause and clean_cause(cause, mask)
    return _complete(error, response.request, mask)


def _complete(error: ApiException, request: Request, mask: Masking) -> ApiException:
    error.args = (error.status, error.reason)
    error.method = request.method
    error.url = mask(without_userinfo(request.url))
    given = (error.headers or {}).get("X-Request-Id") or request.header("x-request-id")
    error.request_id = mask(str(given)) if given else None
    # Harbor's own 404 says it all.
    if type(error) is not exceptions.NotFoundException or not error.body or "/api/v" not in error.url:
        configuration = request.transport.configuration
        authorization = request.header("authorization")
        error.hint = hint_for(error, configuration.username, configuration.password, authorization)
    return error


def masking_for(request: Request) -> Masking:
    """The masking of a call's secrets in errors and log lines; reused while the secrets stay the same."""
    transport, configuration = request.transport, request.transport.configuration
    # Where all secrets of a request without a body come from.
    settings = configuration.password, configuration.key_password, str(configuration.api_key)
    source = request.url.partition("?")[2], settings, transport.proxy, *request.headers.items()
    known: tuple[object, Masking] = transport.masking
    if known[0] == source and not request.body:
        return known[1]
    configured = configuration.secrets()
    if transport.proxy is not None:
        configured += [transport.proxy.username, transport.proxy.password, *in_headers(transport.proxy.headers)]
    mask = Masking((*configured, *in_headers(request.headers), *in_url(request.url), *in_body(request.body)))
    transport.masking = None if request.body else source, mask
    return mask


def without_userinfo(url: str) -> str:
    """A URL without the username and password that it may hold."""
    return re.sub(r"^([^/]*//)[^/]*@", r"\1", url) if "@" in url else url
