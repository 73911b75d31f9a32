"""How an operation is declared: as one typed method, whose decorator names the HTTP method and the path.

::

    class UserApi(Api):
        @get("/users/{user_id}")
        def get_user(self, user_id: Id, **options: Any) -> models.UserResp:
            \"\"\"Get a user.\"\"\"

Required parameters come first; those that may be left out are keyword-only, and have ``None`` as their default.

A parameter whose name is in the path goes there, and one whose name begins with ``x_`` is a header field. The type of
any other says whether it is the body or a part of the query; each type has its check. The options are those of every
call, ``x_request_id`` among them. The method is never executed; the class gets two in its place: one that returns the
value, and ``get_user_with_http_info``, which sends the request and returns (value, status, headers).
"""

from collections.abc import Callable
from functools import partial, update_wrapper
from types import FunctionType, GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, cast, get_args, get_origin, get_type_hints

from urllib3 import HTTPHeaderDict

from harbor_client._privacy.guard import guarded
from harbor_client._transport.events import OPERATIONS
from harbor_client.api._parameters import Check, body, body_with_role, nonempty
from harbor_client.api_client import ApiClient

_F = TypeVar("_F")

#: What to use where there is no operation.
INSTEAD = "for any other path, use ApiClient.call(method, path) or ApiClient.pages(path)"

_JSON = ["application/json"]
_BASIC = ["basic"]
#: The options of every call beside ``x_request_id``, and their defaults.
_OPTIONS: dict[str, Any] = {
    "async_req": None,
    "_return_http_data_only": None,
    "_preload_content": True,
    "_request_timeout": None,
}


class Api:
    """The base of the classes of operations.

    Args:
        api_client: the client to call with.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, declared in list(vars(cls).items()):
            if isinstance(declared, Operation):
                setattr(cls, name, declared.plain())
                setattr(cls, f"{name}_with_http_info", declared.twin())
                OPERATIONS[declared.method, declared.path] = name

    def __init__(self, api_client: ApiClient) -> None:
        if isinstance(api_client, type) or not hasattr(api_client, "call_api"):
            kind = type(api_client).__name__
            raise TypeError(f"api_client must be an ApiClient, such as ApiClient(configuration), not {kind}")
        self.api_client: ApiClient = api_client

    if not TYPE_CHECKING:  # a checker would take any name for granted; pylint knows no other way to the twins

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}; {INSTEAD}")


def _declare(method: str, path: str) -> Callable[[_F], _F]:
    """Declare an operation with this HTTP method and path."""
    return cast("Callable[[_F], _F]", partial(Operation, method, path))


get, head, post, put, delete = (partial(_declare, method) for method in ("GET", "HEAD", "POST", "PUT", "DELETE"))


class Parameter(NamedTuple):
    """A parameter of an operation: its position and name, where and under which name it is sent, and its check."""

    position: int
    name: str
    place: str
    wire_name: str
    check: Check


class Operation:
    """A declared operation, and how its two methods are made."""

    def __init__(self, method: str, path: str, function: FunctionType) -> None:
        code = function.__code__
        self.method = method
        self.path = path
        self.function = function
        self.name = function.__name__
        self.names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        self.required = code.co_argcount - 1
        returns = function.__annotations__["return"].replace("models.", "")
        self.returns = None if returns == "None" else returns

    def parameters(self) -> list[Parameter]:
        """The parameters in the order in which they are sent. Evaluates the annotations, and so loads the models."""
        hints = get_type_hints(self.function, include_extras=True)
        found = [self._parameter(position, name, hints[name]) for position, name in enumerate(self.names)]
        found.append(Parameter(len(found), "x_request_id", "header", "X-Request-Id", nonempty))
        return sorted(found, key=lambda parameter: parameter.position < self.required and parameter.place == "query")

    def _parameter(self, position: int, name: str, hint: Any) -> Parameter:
        if get_origin(hint) is not Annotated:  # it is optional
            (hint,) = (part for part in get_args(hint) if get_origin(part) is Annotated)
        (check,) = hint.__metadata__
        place, wire_name = "query", name
        if f"{{{name}}}" in self.path:
            place = "path"
        elif name.startswith("x_"):
            place, wire_name = "header", name.title().replace("_", "-")
        elif check in (body, body_with_role):
            place = wire_name = "body"
        return Parameter(position, name, place, wire_name, check)

    def plain(self) -> Callable[..., Any]:
        """The method that returns the value. It calls its twin on ``self``, where scripts may have put their own."""
        required, twin, complete = self.required, f"{self.name}_with_http_info", self._complete

        def plain(self: Api, *args: Any, **options: Any) -> Any:
            if len(args) != required:
                args = complete(self, args, options)
            options["_return_http_data_only"] = True
            return getattr(self, twin)(*args, **options)

        return _dress(plain, self.function)

    def twin(self) -> Callable[..., Any]:
        """The method that sends the request."""
        operation, required, complete = self, self.required, self._complete
        optional = (*self.names[required:], "x_request_id")
        parameters: list[Parameter] = []

        def twin(self: Api, *args: Any, **options: Any) -> Any:
            if len(args) != required:
                args = complete(self, args, options)
            if not parameters:
                parameters.extend(operation.parameters())
            values = [*args, *[options.pop(name, None) for name in optional]]
            if not options.keys() <= _OPTIONS.keys():
                operation.function(self, *args, **options)  # raises the TypeError of Python itself for what came twice
                name = next(name for name in options if name not in _OPTIONS)
                raise TypeError(f"Got an unexpected keyword argument '{name}' to method {operation.name}")
            client: Any = self.api_client
            validated = client.client_side_validation
            parts: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "body": {}}
            for position, name, place, wire_name, check in parameters:
                value = values[position]
                if value is not None:
                    try:
                        parts[place][wire_name] = check(name, value, validated)
                    except (ValueError, TypeError) as error:
                        where = f"Invalid value for parameter `{name}` when calling `{operation.name}`"
                        raise type(error)(f"{where}, {error}") from None
                elif position < required and (validated or place == "path"):
                    raise ValueError(f"Missing the required parameter `{name}` when calling `{operation.name}`")
            headers = parts["header"]
            headers["Accept"] = client.select_header_accept(_JSON)
            headers["Content-Type"] = client.select_header_content_type(_JSON)
            what = (operation.path, operation.method, parts["path"], list(parts["query"].items()), headers)
            how = {**_OPTIONS, **options, "response_type": operation.returns, "auth_settings": _BASIC}
            how["body"] = parts["body"].get("body")
            return client.call_api(*what, post_params=[], files={}, collection_formats={}, **how)

        function = self.function
        name = f"{self.name}_with_http_info"
        declared = FunctionType(function.__code__, function.__globals__, name)
        returns = GenericAlias(tuple, (function.__annotations__["return"], int, HTTPHeaderDict))
        declared.__annotations__ = {**function.__annotations__, "return": returns}
        declared.__kwdefaults__ = function.__kwdefaults__
        declared.__doc__ = f":meth:`{self.name}`, with status and headers: (value, status, headers)."
        declared.__module__ = function.__module__
        declared.__qualname__ = f"{function.__qualname__}_with_http_info"
        return _dress(twin, declared)

    def _complete(self, api: Api, args: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, ...]:
        """The positional arguments with the required ones that were given by name."""
        missing = self.names[len(args) : self.required]
        if len(args) > self.required or not all(name in options for name in missing):
            self.function(api, *args, **options)  # raises the TypeError of Python itself
        return (*args, *[options.pop(name) for name in missing])


def _dress(method: Any, declared: FunctionType) -> Callable[..., Any]:
    """Guard a generated method, and give it the name, signature and docstring of the declared one."""
    method.__code__ = method.__code__.replace(co_name=declared.__name__)  # for tracebacks
    dressed = update_wrapper(guarded(method), declared)
    dressed.__annotations__ = declared.__annotations__
    return dressed
