"""The path of a request through Harbor: what is checked, in which order, and what every response contains."""

import uuid

from .._errors import Failure, Panic, bad_request, forbidden
from .._go.media_types import media_type
from .._go.text import split_query, to_text
from .._http.messages import BASE_PATH, Request, Response, failure_response, wire_text
from . import members, projects, system, users  # noqa: F401 - their operations declare themselves
from .binding import bind
from .callers import Authenticator, basic_credentials
from .calls import Call
from .routes import find_route
from .sessions import Sessions, csrf_problem, masked
from .settings import Instance

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_METHODS = _SAFE | {
    *("POST", "PUT", "PATCH", "DELETE", "CONNECT"),
    *("COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "UNLOCK"),
}
_CORE_PATHS = ("/api/", "/c/", "/service/", "/v2/", "/chartrepo/")
_READ_ONLY = "The system is in read only mode. Any modification is prohibited."
_PORTAL_PAGE = b'<!doctype html>\n<html lang="en"><title>Harbor</title><harbor-app></harbor-app></html>\n'


class Pipeline:
    """Responds to requests: query syntax, request id, CSRF, authentication, read-only mode, web framework, route,
    binding, operation."""

    def __init__(self, harbor: Instance) -> None:
        self._harbor = harbor
        self._authenticator = Authenticator(harbor)
        self._sessions = Sessions(harbor.clock.time, harbor.secure)

    def respond(self, request: Request) -> Response:
        """The response to a request. Never raises on account of what a client sent."""
        if not request.path.startswith(_CORE_PATHS):
            return _portal(request)
        if request.query and (problem := split_query(request.query)[1]):
            return failure_response(bad_request(problem))
        response = self._within_session(request)
        response.headers["X-Request-Id"] = request.header("x-request-id") or str(uuid.uuid4())
        return response

    def _within_session(self, request: Request) -> Response:
        """A request with a `sid` is treated as a browser's, whose writes need a CSRF token."""
        sid = request.cookie("sid")
        extra: dict[str, str] = {}
        if sid is not None:
            real_token, cookie = self._sessions.csrf_token(request)
            extra["X-Harbor-Csrf-Token"] = masked(real_token)
            if cookie:
                extra["Set-Cookie"] = cookie
            if request.method not in _SAFE and (problem := csrf_problem(request, real_token)):
                response = failure_response(forbidden(problem))
                response.headers.update(extra)
                return response
            extra["Vary"] = "Cookie"
        response, reached_router = self._checked(request, sid is not None)
        if reached_router and "Set-Cookie" not in extra and not (sid and self._sessions.is_live(sid)):
            extra["Set-Cookie"] = self._sessions.new_sid()
        response.headers.update(extra)
        return response

    def _checked(self, request: Request, has_session: bool) -> tuple[Response, bool]:
        """The response, and whether the request reached the router, which hands out the `sid`."""
        caller = self._authenticator.caller(request)
        if self._harbor.settings.read_only and not _passes_read_only(request):
            return failure_response(Failure(403, "DENIED", _READ_ONLY)), False
        if problem := _framework_problem(request):
            return _framework_page(*problem), False
        if not f"{request.path}/".startswith(f"{BASE_PATH}/"):
            return system.outside_api(request), True
        try:
            route, in_path = find_route(request)
            parameters, body = bind(request, in_path, route.parameters, route.body, self._harbor.version)
            with self._harbor.store.lock:
                call = Call(self._harbor, request, caller, parameters, body, has_session)
                return route.operation(call), True
        except Panic:
            return Response(500), True
        except Failure as failure:
            response = failure_response(failure)
            if failure.status == 422 and basic_credentials(request) is None:
                response.headers["Www-Authenticate"] = 'Basic realm="API"'
            return response, True


def _passes_read_only(request: Request) -> bool:
    """Whether read-only mode lets a request pass: reads, and the switch that ends the mode."""
    ends_it = request.method == "PUT" and request.path.startswith(f"{BASE_PATH}/configurations")
    return ends_it or request.method in ("GET", "HEAD", "OPTIONS")


def _framework_problem(request: Request) -> tuple[int, str] | None:
    """What the web framework beneath Harbor refuses by itself, before any route: a method that it does not know, and
    what it cannot read as a form."""
    method = request.method
    if method not in _METHODS:
        return 405, "Method Not Allowed"
    if method in ("GET", "HEAD"):
        return None
    content_type = wire_text(request.header("content-type"))
    readable = True
    if "multipart/form-data" in content_type:
        readable = "boundary=" in content_type and request.body.startswith(b"--")
    elif method in ("POST", "PUT", "PATCH") and content_type:
        name, problem, _ = media_type(content_type)
        is_form = name == "application/x-www-form-urlencoded"
        readable = not problem and not (is_form and split_query(to_text(request.body))[1])
    return None if readable else (500, "Internal Server Error")


def _framework_page(status: int, title: str) -> Response:
    page = f'<!DOCTYPE html>\n<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n'
    return Response(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _portal(request: Request) -> Response:
    """Harbor's web pages, which are served on every path that is not the API's."""
    if request.method not in ("GET", "HEAD"):
        return Response(405, b"<html><body><h1>405 Not Allowed</h1></body></html>\n", {"Content-Type": "text/html"})
    return Response(200, _PORTAL_PAGE, {"Content-Type": "text/html"})
