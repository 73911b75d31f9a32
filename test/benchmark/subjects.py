"""What is measured: the same few tasks, done with each client the way its documentation shows.

A worker process imports one subject, and only what that subject needs.
"""

from __future__ import annotations

import base64
import http.client
import importlib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

USER = "admin"
PASSWORD = "Harbor12345"
FIELDS = (
    "email",
    "realname",
    "comment",
    "user_id",
    "username",
    "sysadmin_flag",
    "admin_role_in_auth",
    "oidc_user_meta",
    "creation_time",
    "update_time",
)


class Unsupported(Exception):
    """The client has nothing for this task."""


class Subject(Protocol):
    """One client, connected to one server."""

    def __init__(self, host: str, ca: str | None = None, connections: int = 1) -> None:
        """``host`` is the URL up to ``/api/v2.0``, ``ca`` a file of certificates to trust."""

    def get_user(self, user_id: int) -> object:
        """Read one user."""
        ...

    def get_user_traced(self, user_id: int, request_id: str) -> object:
        """Read one user, naming the request."""
        ...

    def create_user(self, number: int) -> None:
        """Create a user."""
        ...

    def list_users(self, page_size: int) -> object:
        """Read a page of users and each field of each."""
        ...

    def page(self, page_size: int) -> list[Any]:
        """Read a page of users and hold it, its fields untouched."""
        ...

    def missing_user(self, user_id: int) -> str:
        """Ask for a user who is not there; the message in the body of what was raised."""
        ...

    def walk(self, concurrency: int) -> Iterator[tuple[int, str]]:
        """Id and name of all users."""
        ...


class HttpError(Exception):
    """What a hand-written client raises."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body


def _read_rows(rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    for row in rows:
        row.get("email")
        row.get("realname")
        row.get("comment")
        row.get("user_id")
        row.get("username")
        row.get("sysadmin_flag")
        row.get("admin_role_in_auth")
        row.get("oidc_user_meta")
        row.get("creation_time")
        row.get("update_time")
        count += 1
    return count


def _read_models(rows: Iterable[Any]) -> int:
    count = 0
    for row in rows:
        _ = row.email
        _ = row.realname
        _ = row.comment
        _ = row.user_id
        _ = row.username
        _ = row.sysadmin_flag
        _ = row.admin_role_in_auth
        _ = row.oidc_user_meta
        _ = row.creation_time
        _ = row.update_time
        count += 1
    return count


def _new_user(number: int) -> dict[str, str]:
    return {
        "username": f"user{number}",
        "email": f"user{number}@example.com",
        "realname": "A User",
        "password": "Passw0rd1",
        "comment": "made by a benchmark",
    }


def _message(body: str | bytes) -> str:
    return str(json.loads(body)["errors"][0]["message"])


class ByHand:
    """The floor: one shared ``urllib3.PoolManager``, ``.request(...)``, ``json.loads(response.data)``."""

    def __init__(self, host: str, ca: str | None = None, connections: int = 1) -> None:
        urllib3: Any = importlib.import_module("urllib3")
        self._host = host
        self._pool = urllib3.PoolManager(maxsize=connections, **({"ca_certs": ca} if ca else {}))
        self._headers = {**urllib3.make_headers(basic_auth=f"{USER}:{PASSWORD}"), "Accept": "application/json"}

    def _json(self, response: Any) -> Any:
        if response.status >= 400:
            raise HttpError(response.status, response.data)
        return json.loads(response.data)

    def get_user(self, user_id: int) -> object:
        return self._json(self._pool.request("GET", f"{self._host}/users/{user_id}", headers=self._headers))

    def get_user_traced(self, user_id: int, request_id: str) -> object:
        headers = {**self._headers, "X-Request-Id": request_id}
        return self._json(self._pool.request("GET", f"{self._host}/users/{user_id}", headers=headers))

    def create_user(self, number: int) -> None:
        headers = {**self._headers, "Content-Type": "application/json"}
        body = json.dumps(_new_user(number))
        response = self._pool.request("POST", f"{self._host}/users", headers=headers, body=body)
        if response.status != 201:
            raise HttpError(response.status, response.data)

    def page(self, page_size: int) -> list[Any]:
        fields = {"page_size": page_size}
        rows: list[Any] = self._json(
            self._pool.request("GET", f"{self._host}/users", fields=fields, headers=self._headers)
        )
        return rows

    def list_users(self, page_size: int) -> object:
        return _read_rows(self.page(page_size))

    def missing_user(self, user_id: int) -> str:
        try:
            self.get_user(user_id)
        except HttpError as error:
            return _message(error.body)
        raise AssertionError("a user who should not be there")

    def _walk_page(self, page: int) -> Any:
        fields = {"page": page, "page_size": 100, "sort": "user_id"}
        return self._pool.request("GET", f"{self._host}/users", fields=fields, headers=self._headers)

    def walk(self, concurrency: int) -> Iterator[tuple[int, str]]:
        if concurrency > 1:
            yield from self._walk_in_threads(concurrency)
            return
        page = 1
        while True:
            rows = self._json(self._walk_page(page))
            for row in rows:
                yield row["user_id"], row["username"]
            if len(rows) < 100:
                return
            page += 1

    def _walk_in_threads(self, concurrency: int) -> Iterator[tuple[int, str]]:
        from concurrent.futures import ThreadPoolExecutor

        first = self._walk_page(1)
        pages = -(-int(first.headers["X-Total-Count"]) // 100)
        with ThreadPoolExecutor(concurrency) as threads:
            others = threads.map(lambda page: self._json(self._walk_page(page)), range(2, pages + 1))
            for rows in chain([self._json(first)], others):
                for row in rows:
                    yield row["user_id"], row["username"]


class HttpClient:
    """The limit: ``http.client`` alone, one connection."""

    def __init__(self, host: str, ca: str | None = None, connections: int = 1) -> None:
        parts = urlsplit(host)
        if ca or connections > 1:
            raise Unsupported("one plain connection only")
        self._base = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}", "Accept": "application/json"}

    def _send(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> bytes:
        self._connection.request(method, self._base + path, body=body, headers=headers)
        response = self._connection.getresponse()
        data = response.read()
        if response.status >= 400:
            raise HttpError(response.status, data.decode())
        return data

    def get_user(self, user_id: int) -> object:
        return json.loads(self._send("GET", f"/users/{user_id}", self._headers))

    def get_user_traced(self, user_id: int, request_id: str) -> object:
        return json.loads(self._send("GET", f"/users/{user_id}", {**self._headers, "X-Request-Id": request_id}))

    def create_user(self, number: int) -> None:
        headers = {**self._headers, "Content-Type": "application/json"}
        self._send("POST", "/users", headers, json.dumps(_new_user(number)))

    def page(self, page_size: int) -> list[Any]:
        rows: list[Any] = json.loads(self._send("GET", f"/users?page_size={page_size}", self._headers))
        return rows

    def list_users(self, page_size: int) -> object:
        return _read_rows(self.page(page_size))

    def missing_user(self, user_id: int) -> str:
        try:
            self.get_user(user_id)
        except HttpError as error:
            return _message(error.body)
        raise AssertionError("a user who should not be there")

    def walk(self, concurrency: int) -> Iterator[tuple[int, str]]:
        if concurrency != 1:
            raise Unsupported("the loop is sequential")
        page = 1
        while True:
            query = urlencode({"page": page, "page_size": 100, "sort": "user_id"})
            rows = json.loads(self._send("GET", f"/users?{query}", self._headers))
            for row in rows:
                yield row["user_id"], row["username"]
            if len(rows) < 100:
                return
            page += 1


class _Generated:
    """The calls that all clients of the swagger and OpenAPI generators share."""

    #: From where the client's names come.
    module: str
    error: type[Exception]

    def __init__(self, host: str, ca: str | None = None, connections: int = 1) -> None:
        client: Any = importlib.import_module(self.module)
        configuration = client.Configuration()
        configuration.host = host
        configuration.username = USER
        configuration.password = PASSWORD
        configuration.connection_pool_maxsize = connections
        if ca:
            configuration.ssl_ca_cert = ca
        self.client = client.ApiClient(configuration)
        self.api = client.UserApi(self.client)
        self.new_user: Callable[..., Any] = client.UserCreationReq
        self.error = importlib.import_module(f"{self.module}.rest").ApiException

    def get_user(self, user_id: int) -> object:
        return self.api.get_user(user_id)

    def get_user_traced(self, user_id: int, request_id: str) -> object:
        return self.api.get_user(user_id, x_request_id=request_id)

    def create_user(self, number: int) -> None:
        self.api.create_user(self.new_user(**_new_user(number)))

    def page(self, page_size: int) -> list[Any]:
        rows: list[Any] = self.api.list_users(page_size=page_size)
        return rows

    def list_users(self, page_size: int) -> object:
        return _read_models(self.page(page_size))

    def missing_user(self, user_id: int) -> str:
        try:
            self.api.get_user(user_id)
        except self.error as error:
            return _message(error.body)  # type: ignore[attr-defined]  # each generator's ApiException has one
        raise AssertionError("a user who should not be there")

    def walk(self, concurrency: int) -> Iterator[tuple[int, str]]:
        if concurrency != 1:
            raise Unsupported("its users write the loop themselves")
        page = 1
        while True:
            rows = self.api.list_users(page=page, page_size=100, sort="user_id")
            for row in rows:
                yield row.user_id, row.username
            if len(rows) < 100:
                return
            page += 1


class Swagger(_Generated):
    """``harbor-api-client``, made by swagger-codegen."""

    module = "harbor_client"


class OpenApi(_Generated):
    """The client that openapi-generator makes of users.openapi.yaml."""

    module = "harbor_users_generated"


class Ours(_Generated):
    """This package."""

    module = "harbor_client"

    def walk(self, concurrency: int) -> Iterator[tuple[int, str]]:
        users: Any = importlib.import_module("harbor_client.users").Users(self.client)
        return ((user.user_id, user.username) for user in users.iterate(concurrency=concurrency))


class HarborApi:
    """``harborapi``: asynchronous, on httpx and pydantic, with a facade that runs its loop call by call."""

    def __init__(self, host: str, ca: str | None = None, connections: int = 1) -> None:
        if connections > 1:
            raise Unsupported("not made for threads")
        harborapi: Any = importlib.import_module("harborapi")
        self._models: Any = importlib.import_module("harborapi.models")
        self._error: type[Exception] = importlib.import_module("harborapi.exceptions").StatusError
        self._client = harborapi.HarborClient(url=host, username=USER, secret=PASSWORD, verify=ca or True)

    def get_user(self, user_id: int) -> object:
        return self._client.get_user(user_id)

    def get_user_traced(self, user_id: int, request_id: str) -> object:
        raise Unsupported("it takes no request id")

    def create_user(self, number: int) -> None:
        self._client.create_user(self._models.UserCreationReq(**_new_user(number)))

    def page(self, page_size: int) -> list[Any]:
        # Without a limit it follows the links to the end of the list.
        rows: list[Any] = self._client.get_users(page_size=page_size, limit=page_size)
        return rows

    def list_users(self, page_size: int) -> object:
        return _read_models(self.page(page_size))

    def missing_user(self, user_id: int) -> str:
        try:
            self._client.get_user(user_id)
        except self._error as error:
            return str(error.errors[0].message)  # type: ignore[attr-defined]  # StatusError has them
        raise AssertionError("a user who should not be there")

    def walk(self, concurrency: int) -> Iterator[tuple[int, str]]:
        if concurrency != 1:
            raise Unsupported("its pages come one after the other")
        for user in self._client.get_users(page_size=100, sort="user_id"):
            yield user.user_id, user.username


SUBJECTS: dict[str, type[Subject]] = {
    "floor": ByHand,
    "http.client": HttpClient,
    "ours": Ours,
    "harbor-api-client": Swagger,
    "openapi-generator": OpenApi,
    "harborapi": HarborApi,
}
#: The statement that makes a subject ready, for the rows about the import itself. The generated client loads its parts
#: when they are named, so they are.
IMPORTS = {
    "floor": "import urllib3",
    "http.client": "import http.client",
    "ours": "import harbor_client",
    "harbor-api-client": "import harbor_client",
    "openapi-generator": "from harbor_users_generated import ApiClient, Configuration, UserApi, UserCreationReq",
    "harborapi": "import harborapi",
}
