"""Something between the client and a fake Harbor that passes requests on, and changes them or their responses."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from support.faultserver import FaultServer, Request, again, reply, respond

if TYPE_CHECKING:
    from harbor_client.testing import FakeHarbor

Query = dict[str, str]


def gateway(
    harbor: FakeHarbor,
    ask: Callable[[str, Query], Query] = lambda path, query: query,
    status: Callable[[Request, int], int] = lambda request, status: status,
) -> FaultServer:
    """A server in front of Harbor.

    Args:
        ask: the query that Harbor gets, from the path below the base and the query that was sent.
        status: the status that the client gets, from the request and Harbor's own status.
    """

    def pass_on(request: Request) -> bytes:
        parts = urlsplit(request.target)
        query = ask(parts.path.removeprefix("/api/v2.0"), dict(parse_qsl(parts.query)))
        connection = HTTPConnection(harbor.host, harbor.port, timeout=20)
        try:
            headers = {name: value for name, value in request.headers.items() if name != "host"}
            connection.request(request.method, f"{parts.path}?{urlencode(query)}", request.body, headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        told = [
            f"{name}: {value}" for name, value in response.getheaders() if name in ("X-Total-Count", "Location", "Link")
        ]
        return reply(body, status(request, response.status), *told)

    return FaultServer(again(respond(pass_on)))
