"""What an operation is, as data, and how a method's arguments are sent by it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import index
from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple

from harbor_client._privacy.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    from harbor_client.api_client import ApiClient


class Parameter(NamedTuple):
    """An argument of an operation: its Python name, where it goes and under which name, its check."""

    name: str
    place: Literal["path", "query", "header", "body"]
    wire_name: str
    check: Callable[[str, Any, bool], Any]
    required: bool = False


class Operation(NamedTuple):
    """An operation of the API: method, path, parameters in the order of the wire, and what it answers."""

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    returns: str | None = None


_OPTIONS = frozenset({"async_req", "_return_http_data_only", "_preload_content", "_request_timeout"})
_INTEGER = re.compile(r"-?[0-9]{1,19}")


class Api:
    """What the classes of operations share: a client, and the way from arguments to its ``call_api``.

    Args:
        api_client: the client.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, member in list(vars(cls).items()):
            if isinstance(member, FunctionType) and not name.startswith("_"):
                setattr(cls, name, guarded(member))

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client: ApiClient = api_client

    def _send(self, operation: Operation, options: dict[str, Any], *arguments: Any) -> Any:
        """Check the arguments of an operation, in the order of its parameters, and call."""
        client = self.api_client
        validated = client.client_side_validation
        for name in options:
            if name not in _OPTIONS:
                raise TypeError(f"Got an unexpected keyword argument '{name}' to method {operation.name}")
        path: dict[str, Any] = {}
        query: list[tuple[str, Any]] = []
        headers: dict[str, Any] = {}
        body = None
        for (name, place, wire_name, check, required), value in zip(operation.parameters, arguments, strict=True):
            if value is None:
                if required and (validated or place == "path"):
                    raise ValueError(f"Missing the required parameter `{name}` when calling `{operation.name}`")
                continue
            try:
                value = check(name, value, validated)
            except (ValueError, TypeError) as error:
                raise type(error)(
                    f"Invalid value for parameter `{name}` when calling `{operation.name}`, {error}"
                ) from None
            if place == "path":
                path[wire_name] = value
            elif place == "query":
                query.append((wire_name, value))
            elif place == "header":
                headers[wire_name] = value
            else:
                body = value
        headers["Accept"] = client.select_header_accept(_JSON)
        headers["Content-Type"] = client.select_header_content_type(_JSON)
        return client.call_api(
            operation.path,
            operation.method,
            path,
            query,
            headers,
            body=body,
            post_params=[],
            files={},
            response_type=operation.returns,
            auth_settings=_BASIC,
            async_req=options.get("async_req"),
            _return_http_data_only=options.get("_return_http_data_only"),
            _preload_content=options.get("_preload_content", True),
            _request_timeout=options.get("_request_timeout"),
            collection_formats={},
        )


def plain(options: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """The keywords that a plain method hands to its twin: what it was given, and that the value alone is wanted."""
    options["_return_http_data_only"] = True
    options.update({name: value for name, value in optional.items() if value is not None})
    return options


_JSON = ["application/json"]
_BASIC = ["basic"]


def integer(name: str, value: Any, validated: bool) -> int:
    """An integer of 64 bits, or its text."""
    if isinstance(value, (str, bytes)):
        value = text(name, value, validated)
        if _INTEGER.fullmatch(value) is None:
            raise ValueError("must be an integer")
        value = int(value)
    elif isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"must be an integer, not {type(value).__name__}")
    number = index(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError("must be an integer of 64 bits")
    return number


def page_size(name: str, value: Any, validated: bool) -> int:
    """An integer, at most 100: Harbor answers 422 to more."""
    number = integer(name, value, validated)
    if validated and number > 100:
        raise ValueError("must be a value less than or equal to `100`")
    return number


def text(name: str, value: Any, validated: bool) -> str:
    """Text, or UTF-8 bytes."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        import six

        try:
            return six.ensure_text(value)
        except UnicodeDecodeError:
            raise ValueError("must be UTF-8") from None
    raise TypeError(f"must be text, not {type(value).__name__}")


def expression(name: str, value: Any, validated: bool) -> str:
    """Text, or what ``harbor_client.query`` has for it: a ``Query`` for ``q``, a ``Sort`` for ``sort``."""
    if getattr(type(value), "argument", None) == name:
        return str(value)
    return text(name, value, validated)


def nonempty(name: str, value: Any, validated: bool) -> str:
    """Text of at least one character."""
    result = text(name, value, validated)
    if validated and not result:
        raise ValueError("length must be greater than or equal to `1`")
    return result


def truth(name: str, value: Any, validated: bool) -> int | str:
    """True or False, or the text of it."""
    if not isinstance(value, (int, str)):  # 1 and 0 are what old scripts send as well
        raise TypeError(f"must be True or False, not {type(value).__name__}")
    return value


def model(name: str, value: Any, validated: bool) -> Any:
    """A model, of this package or of another generated one, or a dictionary; of another mapping, its dictionary."""
    if isinstance(value, dict) or hasattr(value, "swagger_types"):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"must be a model or a dictionary, not {type(value).__name__}")
