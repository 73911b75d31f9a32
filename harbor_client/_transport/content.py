"""Turns the body of a 2xx response into the value that the API promises, or raises an error that says what it found."""

import json
from typing import Any

from harbor_client._hints import is_page
from harbor_client._privacy.guard import clean_cause
from harbor_client._transport.errors import error_of_response
from harbor_client._transport.http1 import RawResponse
from harbor_client.exceptions import ApiException, UnexpectedResponseException
from harbor_client.models._schema.decode import DecodeError, decoder


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)


def decode(response: Any, response_type: Any) -> Any:
    """Decode a response's ``data`` to a type; raises :class:`UnexpectedResponseException`."""
    text = ""
    cause: Exception
    try:
        text = response.data
        if not isinstance(text, str):
            text = bytes(text or b"").decode("utf-8-sig")
        value = _JSON.decode(text)
    except UnicodeDecodeError as error:
        problem, cause = "expected JSON, found text that is not UTF-8", error
    except RecursionError as error:
        problem, cause = "expected JSON, found JSON that is nested too deeply", error
    except ValueError as error:
        if response_type in ("str", "object", str, object):
            refuse_page(response)
            return text
        found = "an HTML page" if _is_page(response, text) else "text that is not JSON" if text.strip() else "nothing"
        problem, cause = f"expected JSON, found {found}", error
    else:
        if response_type in ("str", str) and not isinstance(value, str):
            return None if value is None else text
        try:
            # No object that an operation returns is ever empty. A script may have reasons of its own to decode one.
            return decoder(response_type, filled=_is_received(response))(value)
        except DecodeError as error:
            place = f" at {error.path}" if error.path else ""
            problem, cause = f"expected {error.expected}{place}, found {error.found}", error
    name = response_type if isinstance(response_type, str) else getattr(response_type, "__name__", "?")
    raise _unexpected(response, f"not a response of type {name}: {problem}", cause)


def refuse_page(response: Any) -> None:
    """Raise for an HTML page if no particular content was expected: it comes from a portal or a proxy."""
    text = getattr(response, "raw", response).data
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", "replace")
    if isinstance(text, str) and _is_page(response, text):
        raise _unexpected(response, "not a response of Harbor's: found an HTML page", None)


def _unexpected(response: Any, reason: str, cause: Exception | None) -> ApiException:
    if _is_received(response):
        return error_of_response(response.raw, reason, cause)
    error = UnexpectedResponseException(getattr(response, "status", 200), reason)  # a response of a script's own
    error.__cause__ = cause and clean_cause(cause)
    return error


def _is_received(response: Any) -> bool:
    """Whether a response came from a server, and is not one that a script made."""
    return isinstance(getattr(response, "raw", None), RawResponse)


def _is_page(response: Any, text: str) -> bool:
    getheader = getattr(response, "getheader", None)  # a script's own response may have none
    return is_page(text, str(getheader("Content-Type") or "") if getheader is not None else "")
