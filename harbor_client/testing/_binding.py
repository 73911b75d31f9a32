"""Fitting a request to the API's description: media types, parameters, bodies. What does not fit is 422.

Harbor leaves this to go-swagger. It collects what is wrong with the parameters, in the order of their names, under one
heading; media types are looked at before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._errors import Failure
from ._gojson import Empty, JSONError, decode_object
from ._gotext import parse_int64, quote
from ._messages import Request, wire_text
from ._versions import Version

__all__ = ["Body", "Bound", "QueryParameter", "bind", "media_type"]

_HEADING = "validation failure list:"
_JSON = "application/json"
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PARAMETER = re.compile(rf';\s*({_TOKEN.pattern})\s*=\s*({_TOKEN.pattern}|"(?:[^"\\\r\n]|\\.)*")\s*')
_ESCAPED = re.compile(r"\\(.)")
_ENTRY = re.compile(r'(?:"(?:[^"\\]|\\.)*"?|[^",])+')
_ACCEPTED = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z/]+)\s*")
_COMMA = re.compile(r",\s*")
_WEIGHT_OR_NEXT = re.compile("q=|,")
_QUALITY = re.compile(r"(?=[01.])([01]?)(?:\.([0-9]*))?\s*")
_TRUE = frozenset({"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"})


#: A parameter of a request: of its query or a field of its body.
Scalar = str | bool | int


class Body:
    """A JSON body: the parameter's name, the Go type it is read into, its fields, and how long some may be."""

    def __init__(self, name: str, go_type: str, fields: dict[str, str], longest: dict[str, int] | None = None) -> None:
        self.name = name
        self.go_type = go_type
        self.fields = fields
        self.longest = longest or {}


class QueryParameter:
    """A parameter in the query: ``string``, ``int64`` or ``bool``."""

    def __init__(self, name: str, kind: str, default: Scalar = "", most: int | None = None, required: bool = False):
        self.name = name
        self.kind = kind
        self.default = default
        self.most = most
        self.required = required


class Bound:
    """A request's parameters, read and checked."""

    __slots__ = ("body", "query", "user_id")

    def __init__(self) -> None:
        self.user_id = 0
        self.query: dict[str, Scalar] = {}
        self.body: dict[str, Scalar] = {}


def bind(
    request: Request, user_id: str | None, query: tuple[QueryParameter, ...], body: Body | None, version: Version
) -> Bound:
    """Read the parameters of an operation.

    Raises:
        Failure: 422, with all that is wrong.
    """
    if request.body:
        _check_content_type(request, version)
    elif "accept" in request.headers and not _accepts_json(request.headers["accept"], version):
        raise _unfit([f"unsupported media type requested, only [{_JSON}] are available"])
    bound = Bound()
    problems: list[tuple[str, str]] = []
    if body is not None:
        try:
            bound.body = _read_body(request, body)
        except _Unfit as problem:
            problems.append((body.name, str(problem)))
    if query:
        given = dict(request.pairs())
        for parameter in query:
            try:
                bound.query[parameter.name] = _read_parameter(parameter, given)
            except _Unfit as problem:
                problems.append((parameter.name, str(problem)))
    if user_id is not None:
        try:
            bound.user_id = _int64("user_id in path", user_id)
        except _Unfit as problem:
            problems.append(("user_id", str(problem)))
    if problems:
        raise _unfit([text for _, text in sorted(problems)])
    return bound


class _Unfit(Exception):
    """One thing that is wrong with a request."""


def _unfit(problems: list[str]) -> Failure:
    return Failure(422, "UNPROCESSABLE_ENTITY", "\n".join([_HEADING, *problems]))


def _int64(where: str, text: str) -> int:
    number = parse_int64(text)
    if number is not None:
        return number
    raise _Unfit(f"{where} must be of type int64: {quote(text)}")


def _read_parameter(parameter: QueryParameter, given: dict[str, str]) -> Scalar:
    text = given.get(parameter.name, "")
    if not text:
        if parameter.required:
            raise _Unfit(f"{parameter.name} in query is required")
        return parameter.default
    if parameter.kind == "bool":
        return text.lower() in _TRUE
    if parameter.kind == "int64":
        number = _int64(f"{parameter.name} in query", text)
        if parameter.most is not None and number > parameter.most:
            raise _Unfit(f"{parameter.name} in query should be less than or equal to {parameter.most}")
        return number
    return text


def _read_body(request: Request, body: Body) -> dict[str, Scalar]:
    try:
        values = decode_object(request.body, body.go_type, body.fields)
    except Empty:
        raise _Unfit(f"{body.name} in body is required") from None
    except JSONError as error:
        raise _Unfit(f'parsing {body.name} body from "" failed, because {error}') from None
    too_long = [
        f"{name} in body should be at most {most} chars long"
        for name, most in body.longest.items()
        if len(str(values.get(name, ""))) > most
    ]
    if too_long:
        raise _Unfit("\n".join([_HEADING, *too_long]))
    return values


def _check_content_type(request: Request, version: Version) -> None:
    sent = wire_text(request.header("content-type"))
    name, problem, _ = media_type(sent or "application/octet-stream")
    if not problem and "/" not in name and version.reads_accept_as_media_types:
        sent, problem = name, f"mediatype: malformed: {quote(name)} has no subtype"
    if problem:
        raise _unfit([f"parsing Content-Type header from {quote(sent)} failed, because {problem}"])
    if name != _JSON:
        raise _unfit([f"unsupported media type {quote(name)}, only [{_JSON}] are allowed"])


def media_type(value: str) -> tuple[str, str, dict[str, str]]:
    """The media type in lower case, what Go finds wrong with the header (``""`` for nothing), and the parameters."""
    head, semicolon, parameters = value.partition(";")
    name = head.strip().lower()
    main, slash, sub = name.partition("/")
    token = _TOKEN.match(main)
    if token is None:
        return "", "mime: no media type", {}
    if token.end() < len(main):
        return "", "mime: expected slash after first token", {}
    if slash:
        token = _TOKEN.match(sub)
        if token is None:
            return "", "mime: expected token after slash", {}
        if token.end() < len(sub):
            return "", "mime: unexpected content after media subtype", {}
    seen: dict[str, str] = {}
    rest = (semicolon + parameters).strip()
    at, end = 0, len(rest.removesuffix(";"))
    while at < end:
        parameter = _PARAMETER.match(rest, at)
        if parameter is None:
            return "", "mime: invalid media parameter", {}
        attribute, text = parameter[1].lower(), parameter[2]
        if text.startswith('"'):
            text = _ESCAPED.sub(r"\1", text[1:-1])
        if seen.setdefault(attribute, text) != text:
            return "", "mime: duplicate parameter name", {}
        at = parameter.end()
    return name, "", seen


def _accepts_json(lines: list[str], version: Version) -> bool:
    """Whether JSON is among what the client takes."""
    if version.reads_accept_as_media_types:
        return any(_takes_json(entry) for entry in _ENTRY.findall(", ".join(lines)))
    specs = [spec for line in lines for spec in _accept_specs(line)]
    # A header without any media type asks for nothing.
    return not specs or any(name in ("*/*", "application/*", _JSON) and weight > 0 for name, weight in specs)


def _takes_json(entry: str) -> bool:
    """Whether one entry of an Accept header is for JSON; what cannot be read is for nothing."""
    name, _, parameters = media_type(entry)
    main, _, sub = name.partition("/")
    if not sub or main not in ("*", "application") or (main != "*" and sub not in ("*", "json")):
        return False
    try:
        return not float(parameters.get("q", 1)) <= 0
    except ValueError:
        return True  # no number: as if it were not there


def _accept_specs(line: str) -> Iterator[tuple[str, float]]:
    """The media types of an Accept header with their weights, up to where it cannot be read."""
    at = 0
    while match := _ACCEPTED.match(line, at):
        at = match.end()
        weight = 1.0
        if line.startswith(";", at):
            # Other parameters are passed over, up to the weight or the next media type.
            start = _WEIGHT_OR_NEXT.search(line, at)
            at = start.start() if start else len(line)
            if line.startswith("q=", at):
                quality = _QUALITY.match(line, at + 2)
                if quality is None:
                    return
                weight = float(quality[1] or 0) + float(f"0.{quality[2] or 0}")
                at = quality.end()
        yield match[1], weight
        comma = _COMMA.match(line, at)
        if comma is None:
            return
        at = comma.end()
