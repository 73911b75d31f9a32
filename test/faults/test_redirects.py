"""E: a GET follows at most five redirects to its own origin; nothing goes anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harbor_client.exceptions import RedirectException
from support.calls import READS, WRITES, Call
from support.clients import GET, PASSWORD, USER, check, fails, succeeds, users
from support.faultserver import OK, FaultServer, Request, again, reply, respond, user

FOLLOWED = (301, 302, 303, 307, 308)


def moved(location: str, status: int = 302) -> bytes:
    return reply(b"", status, f"Location: {location}")


def maze(routes: dict[str, bytes]) -> Callable[[Request], bytes]:
    """Responses by target; anything else is a 404."""
    return lambda request: routes.get(request.target, reply(b"", 404))


@pytest.mark.parametrize("status", FOLLOWED)
@pytest.mark.parametrize("call", READS, ids=str)
def test_get_is_followed_on_its_own_origin(status: int, call: Call) -> None:
    with FaultServer([[moved("/elsewhere?x=1", status), call.response]]) as server:
        with users(server) as api:
            assert call.make(api) is not None
        assert [request.target for request in server.requests] == ["/api/v2.0" + call.path, "/elsewhere?x=1"]
        first, second = server.requests
        assert first.headers == second.headers
        assert second.method == "GET"


FORMS = {
    "absolute path": ("/other", "/other"),
    "relative path": ("4", "/api/v2.0/users/4"),
    "relative, up": ("../permissions", "/api/v2.0/permissions"),
    "dots beyond the root": ("../../../../../x", "/x"),
    "dot": ("./7", "/api/v2.0/users/7"),
    "query only": ("?a=b", "/api/v2.0/users/3?a=b"),
    "trailing slash": ("/api/v2.0/users/3/", "/api/v2.0/users/3/"),
    "fragment is not sent": ("/other#part", "/other"),
    "whole URL": ("{root}/other", "/other"),
    "whole URL without path": ("{root}", "/"),
    "whole URL, only a query": ("{root}?a=b", "/?a=b"),
    "network path": ("//{netloc}/other", "/other"),
    "scheme in capitals": ("HTTP://{netloc}/other", "/other"),
    "percent-encoded": ("/a%20b%2Fc", "/a%20b%2Fc"),
    "UTF-8": ("/b\xc3\xbccher", "/b%C3%BCcher"),
    "Latin-1": ("/b\xfccher?\xe9", "/b%FCcher?%E9"),
    "space around": ("  /other  ", "/other"),
}


@pytest.mark.parametrize(("location", "target"), FORMS.values(), ids=FORMS.keys())
def test_forms_of_location(location: str, target: str) -> None:
    place: dict[str, str] = {}

    def response(request: Request) -> bytes:
        return OK if request.target == target else moved(location.format(**place))

    with FaultServer([again(respond(response))]) as server, users(server) as api:
        place.update(root=server.root, netloc=server.netloc)
        assert api.get_user(3).username == "alice"
        assert [request.target for request in server.requests] == ["/api/v2.0/users/3", target]


@pytest.mark.parametrize("hops", [1, 2, 5])
def test_up_to_five_are_followed(hops: int) -> None:
    values, server = succeeds([[moved(f"/{number}") for number in range(hops)] + [OK]])
    assert values[0].username == "alice"
    assert len(server.requests) == hops + 1


@pytest.mark.parametrize("status", FOLLOWED)
def test_a_sixth_is_an_error(status: int) -> None:
    failed = fails([[moved(f"/{number}", status) for number in range(6)] + [OK]], RedirectException)
    assert failed.seen == 6
    assert failed.error.status == status
    assert "/5" in str(failed.error)


@pytest.mark.parametrize(
    "script",
    [
        [again(moved("/api/v2.0/users/3"))],
        [again(moved(""))],
        [again(moved("/a"), moved("/b"))],
        [again(moved("?"))],
        [again(moved("#x"))],
    ],
    ids=["to itself", "empty", "two in a circle", "to its query", "to its fragment"],
)
def test_loops_end(script: list[Any]) -> None:
    failed = fails(script, RedirectException)
    assert failed.seen <= 6
    assert failed.error.outcome == "answered"


def test_redirects_do_not_use_up_repeats() -> None:
    script = [[moved("/a"), reply(b"", 503, "Retry-After: 0"), moved("/b"), OK]]
    values, _ = succeeds(script, retries=1)
    assert values[0].username == "alice"


ELSEWHERE = {
    "another port": "http://127.0.0.1:{other}/x",
    "another host": "http://localhost:{port}/x",
    "another address": "http://127.0.0.2:{port}/x",
    "another scheme": "https://127.0.0.1:{port}/x",
    "network path": "//127.0.0.1:{other}/x",
    "no port": "http://127.0.0.1/x",
    "user info of another host": "http://127.0.0.1:{port}@localhost:{other}/x",
    "user info": "http://mallory:secret@127.0.0.1:{port}/x",
    "backslash": "http://127.0.0.1:{port}\\@localhost:{other}/x",
    "backslashes for slashes": "\\\\127.0.0.1:{other}/x",
    "whitespace in front": " \t http://127.0.0.1:{other}/x",
    "port out of range": "http://127.0.0.1:99999/x",
    "port no number": "http://127.0.0.1:abc/x",
    "bad address": "http://[::1/x",
    "no host": "http:///x",
    "file": "file:///etc/passwd",
    "ftp": "ftp://127.0.0.1/x",
    "gopher": "gopher://127.0.0.1:{other}/x",
    "javascript": "javascript:alert(1)",
    "data": "data:application/json,{{}}",
    "mailto": "mailto:admin@example.com",
}


@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize("location", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_nothing_goes_to_another_origin(location: str, status: int) -> None:
    with FaultServer([again(OK)]) as other:

        def response(request: Request) -> bytes:
            return moved(location.format(port=server.port, other=other.port), status)

        server = FaultServer([again(respond(response))])
        failed = fails(server, RedirectException)
        other.settle()
        assert failed.seen == 1
        assert failed.error.status == status
        assert not other.everything()
        assert "mallory" not in str(failed.error)
        assert "mallory:secret" not in repr(failed.error.__dict__)


def test_error_names_the_target() -> None:
    failed = fails([moved("https://harbor.example:8443/api?x=1")], RedirectException)
    assert "https://harbor.example:8443/api" in str(failed.error)


@pytest.mark.parametrize("status", FOLLOWED)
@pytest.mark.parametrize("call", WRITES, ids=str)
@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_write_is_never_redirected(status: int, call: Call, where: str) -> None:
    with FaultServer([again(call.response)]) as other:
        location = "/api/v2.0/other" if where == "here" else f"{other.root}/api/v2.0/other"
        failed = fails([moved(location, status), again(call.response)], RedirectException, call)
        other.settle()
        assert failed.seen == 1
        assert not other.everything()
        assert location in str(failed.error)
        assert failed.error.outcome == "answered"


def test_second_hop_to_another_origin_is_an_error() -> None:
    with FaultServer([again(OK)]) as other:
        failed = fails([[moved("/a"), moved(f"{other.root}/b")]], RedirectException)
        other.settle()
        assert failed.seen == 2
        assert not other.everything()


@pytest.mark.parametrize("status", FOLLOWED)
def test_without_a_location_it_is_an_error(status: int) -> None:
    failed = fails([reply(b"", status)], RedirectException)
    assert failed.seen == 1
    assert failed.error.status == status


@pytest.mark.parametrize("status", [300, 304, 305, 306, 310, 399])
def test_other_redirects_are_errors(status: int) -> None:
    failed = fails([reply(b"", status, "Location: /other")], RedirectException)
    assert failed.seen == 1
    assert failed.error.status == status


def test_two_locations_are_an_error() -> None:
    """They would be joined into one that leads anywhere."""
    with FaultServer([again(OK)]) as other:
        response = reply(b"", 302, "Location: /a", f"Location: {other.root}/b")
        failed = fails([[response, reply(user(), 404)]])
        other.settle()
        assert not other.everything()
        assert failed.error.status in (302, 404)


def test_credentials_go_along_on_the_own_origin_only() -> None:
    values, server = succeeds([[moved("/a"), OK]])
    assert all(request.headers["authorization"].startswith("Basic ") for request in server.requests)
    assert values[0].user_id == 3


def test_error_of_a_redirect_is_clean() -> None:
    """A server that puts the credentials it got into its target does not get them into the error."""
    with FaultServer([moved(f"https://{USER}:{PASSWORD}@evil.example/{PASSWORD}")]) as server, users(server) as api:
        with pytest.raises(RedirectException) as caught:
            GET.make(api)
        check(caught.value)
