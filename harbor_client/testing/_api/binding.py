"""Checks a request against the API's description: media types, parameters, bodies. What does not fit is a 422.

Harbor leaves this to go-swagger. It checks the media types first, and then lists what is wrong with the parameters, in
the order of their names, under one heading.
"""

from typing import Any, NamedTuple

from .._errors import Failure
from .._go.json import Empty, JSONError, Struct, decode_object
from .._go.media_types import accepts_json, means_json, media_type
from .._go.text import parse_int64, quote
from .._http.messages import Request, wire_text
from .._versions import Version

_HEADING = "validation failure list:"
_JSON = "application/json"
_TRUE = frozenset({"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"})

#: The value of a parameter.
Scalar = str | bool | int


class Parameter(NamedTuple):
    """A parameter of the path, the query or the headers: its name, and its kind: ``string``, ``int64`` or ``bool``."""

    name: str
    kind: str = "string"
    default: Scalar = ""
    maximum: int | None = None
    required: bool = False
    place: str = "query"


class Body(NamedTuple):
    """A JSON body: the parameter's name, the struct it is read into, and fields of at most 255 characters."""

    name: str
    struct: Struct
    limited: tuple[str, ...] = ()
    required: bool = True


PAGING = (Parameter("page", "int64", 1), Parameter("page_size", "int64", 10, maximum=100))


def texts(struct: str, *names: str) -> Struct:
    """A struct whose fields are all text."""
    return Struct(f"models.{struct}", dict.fromkeys(names, "string"))


class _Misfit(Exception):
    """One thing that is wrong with a request."""


def bind(
    request: Request, in_path: dict[str, str], parameters: tuple[Parameter, ...], body: Body | None, version: Version
) -> tuple[dict[str, Scalar], dict[str, Any]]:
    """Read the parameters and the body of an operation.

    Args:
        request: what was sent.
        in_path: the texts that stand where the path has parameters.
        parameters: what the operation takes.
        body: what the operation takes as a body.
        version: which Harbor this is.

    Raises:
        Failure: 422, with all that is wrong.
    """
    if request.body:
        _check_content_type(request, version)
    elif (accept := request.headers.get("accept")) and not accepts_json(accept, version.reads_accept_as_media_types):
        raise _unprocessable([f"unsupported media type requested, only [{_JSON}] are available"])
    in_headers = {name.title(): values[0] for name, values in request.headers.items()}
    given = {"path": in_path, "query": dict(request.pairs()), "header": in_headers}
    problems: list[tuple[str, str]] = []
    values: dict[str, Scalar] = {}
    fields: dict[str, Any] = {}
    for parameter in parameters:
        try:
            values[parameter.name] = _read_parameter(parameter, given[parameter.place].get(parameter.name, ""))
        except _Misfit as problem:
            problems.append((parameter.name, str(problem)))
    if body is not None:
        try:
            fields = _read_body(request, body)
        except _Misfit as problem:
            problems.append((body.name, str(problem)))
    if problems:
        raise _unprocessable([text for _, text in sorted(problems)])
    return values, fields


def _unprocessable(problems: list[str]) -> Failure:
    return Failure(422, "UNPROCESSABLE_ENTITY", "\n".join([_HEADING, *problems]))


def _read_parameter(parameter: Parameter, text: str) -> Scalar:
    where = f"{parameter.name} in {parameter.place}"
    if not text and parameter.required:
        raise _Misfit(f"{where} is required")
    if not text:
        return parameter.default
    if parameter.kind == "bool":
        return text.lower() in _TRUE
    if parameter.kind == "string":
        return text
    number = parse_int64(text)
    if number is None:
        raise _Misfit(f"{where} must be of type int64: {quote(text)}")
    if parameter.maximum is not None and number > parameter.maximum:
        raise _Misfit(f"{where} should be less than or equal to {parameter.maximum}")
    return number


def _read_body(request: Request, body: Body) -> dict[str, Any]:
    try:
        values = decode_object(request.body, body.struct)
    except Empty:
        if not body.required:
            return {}
        raise _Misfit(f"{body.name} in body is required") from None
    except JSONError as error:
        raise _Misfit(f'parsing {body.name} body from "" failed, because {error}') from None
    if too_long := [name for name in body.limited if len(values.get(name, "")) > 255]:
        lines = [f"{name} in body should be at most 255 chars long" for name in too_long]
        raise _Misfit("\n".join([_HEADING, *lines]))
    return values


def _check_content_type(request: Request, version: Version) -> None:
    sent = wire_text(request.header("content-type"))
    name, problem, _ = media_type(sent or "application/octet-stream")
    if not problem and "/" not in name and version.reads_accept_as_media_types:
        sent, problem = name, f"mediatype: malformed: {quote(name)} has no subtype"
    if problem:
        raise _unprocessable([f"parsing Content-Type header from {quote(sent)} failed, because {problem}"])
    if name != _JSON and means_json(name) and version.reads_accept_as_media_types:
        raise _unprocessable([f"no consumer registered for {name}"])
    if name != _JSON:
        raise _unprocessable([f"unsupported media type {quote(name)}, only [{_JSON}] are allowed"])
