"""Cases of the drop-in check: what a case is, what it gets to play with, and how its outcome is written down.

The same cases are played with the swagger-codegen client and with this package (`play.py`), each in a process of its
own; an outcome is therefore plain JSON: the requests that arrived, and the result or the error.
"""

from __future__ import annotations

import base64
import datetime
import json
import re
import ssl
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder import Answer, Recorder, Request, json_answer

__all__ = ["CASES", "Differs", "Stage", "add", "basic", "case", "describe", "json_answer", "play"]

Play = Callable[..., object]  # takes the stage; cases made in a loop have defaults beside it
Tls = Callable[[], ssl.SSLContext]  # makes the server's context when the case is played

NOTHING = "(nothing)"


@dataclass(frozen=True)
class Differs:
    """A declared difference: `row` is the id in docs/migrating.md, `parts` where in the outcome it shows.

    A part is a dotted path or the beginning of one ("requests.0.body", "error", "" for everything). `ours` says what
    must stand at a path in this package's outcome; NOTHING means that the path is not there.
    """

    row: str
    parts: tuple[str, ...]
    ours: Mapping[str, object]


@dataclass(frozen=True)
class Case:
    name: str
    play: Play
    answers: tuple[Answer, ...]
    differs: tuple[Differs, ...]
    tls: Tls | None = None


CASES: dict[str, Case] = {}


def differs(row: str, *parts: str, ours: Mapping[str, object] | None = None) -> Differs:
    return Differs(row, parts or ("",), dict(ours or {}))


def add(
    name: str, play: Play, *answers: Answer, differs: Iterable[Differs] | Differs = (), tls: Tls | None = None
) -> None:
    """Register a case; without answers the server sends a small user with 200 to everything."""
    assert name not in CASES, f"two cases are called {name}"
    declared = (differs,) if isinstance(differs, Differs) else tuple(differs)
    CASES[name] = Case(name, play, answers or (json_answer({"user_id": 3}),), declared, tls)


def case(
    name: str, *answers: Answer, differs: Iterable[Differs] | Differs = (), tls: Tls | None = None
) -> Callable[[Play], Play]:
    def register(play: Play) -> Play:
        add(name, play, *answers, differs=differs, tls=tls)
        return play

    return register


class Stage:
    """What a case plays with: the package under its import name, a server, a folder."""

    def __init__(self, package: Any, server: Recorder, folder: str) -> None:
        self.package = package
        self.server = server
        self.folder = folder

    def configuration(self, **attributes: object) -> Any:
        """A Configuration made the way scripts make one: empty, then attribute by attribute."""
        configuration = self.package.Configuration()
        configuration.host = self.server.url
        configuration.username = "admin"
        configuration.password = "Harbor12345"
        for name, value in attributes.items():
            setattr(configuration, name, value)
        return configuration

    def client(self, **attributes: object) -> Any:
        return self.package.ApiClient(self.configuration(**attributes))

    def api(self, **attributes: object) -> Any:
        return self.package.UserApi(self.client(**attributes))

    def file(self, name: str, content: bytes) -> str:
        path = Path(self.folder, name)
        path.write_bytes(content)
        return str(path)

    def attempt(self, call: Callable[[], object]) -> object:
        """The result of a call, or its error as a value, for cases that go on after an error."""
        try:
            return call()
        except Exception as error:
            return error


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def play(chosen: Case, package: Any) -> dict[str, object]:
    """Play one case and write its outcome down."""
    with Recorder(chosen.tls() if chosen.tls else None) as server, tempfile.TemporaryDirectory() as folder:
        server.answer(*chosen.answers)
        stage = Stage(package, server, folder)
        outcome: dict[str, object] = {}
        try:
            outcome["result"] = describe(chosen.play(stage), package)
        except Exception as error:
            outcome["error"] = describe_error(error, package)
        outcome["requests"] = [describe_request(request) for request in server.take()]
        text = json.dumps(outcome).replace(folder, "FOLDER")
        text = text.replace(f"127.0.0.1:{server.port}", "SERVER").replace(f"localhost:{server.port}", "LOCALHOST")
        portable: dict[str, object] = json.loads(text)
        return portable


def describe_request(request: Request) -> dict[str, object]:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name.lower(), []).append(value)
    body = request.body.decode("latin-1")
    kind = request.header("Content-Type") or ""
    if boundary := re.search(r"boundary=(\w+)", kind):
        body = body.replace(boundary[1], "BOUNDARY")
        headers["content-type"] = [kind.replace(boundary[1], "BOUNDARY")]
        headers.pop("content-length", None)
    unusual = sorted(name for name, _ in request.headers if name != name.title())
    return {
        "method": request.method,
        "target": request.target,
        "headers": headers,
        "headers spelled unusually": unusual,
        "body": body,
    }


def describe(value: Any, package: Any) -> object:
    """A value as JSON that tells apart whatever a script could tell apart."""

    def inner(item: object) -> object:
        return describe(item, package)

    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, type):
        return {"class": value.__name__}
    if isinstance(value, BaseException):
        return {"raised": describe_error(value, package)}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, dict):
        return {"dict": {str(key): inner(item) for key, item in value.items()}}
    if isinstance(value, list):
        return {"list": [inner(item) for item in value]}
    if isinstance(value, tuple):
        return {"tuple": [inner(item) for item in value]}
    if hasattr(value, "swagger_types") and hasattr(value, "to_dict"):
        return {"model": type(value).__name__, "fields": inner(value.to_dict())}
    if hasattr(value, "getlist") and hasattr(value, "items"):
        return {"headers": sorted([key.lower(), text] for key, text in value.items())}
    if isinstance(value, package.rest.RESTResponse):
        return {"RESTResponse": inner([value.status, value.reason, value.data, value.getheaders()])}
    if hasattr(value, "status") and hasattr(value, "data") and hasattr(value, "headers"):
        return {"raw": inner([value.status, value.reason, value.data, value.headers])}
    if all(hasattr(value, name) for name in ("get", "wait", "ready", "successful")):
        return {"async": True}
    return {"instance of": type(value).__name__}


def describe_error(error: BaseException, package: Any) -> dict[str, object]:
    """An ApiException with all it holds, whatever its subclass; another error by its built-in class and its text."""
    text = str(error)
    if isinstance(error, package.rest.ApiException):
        headers = error.headers
        holds = {
            "status": f"({error.status})" in text,
            "reason": f"Reason: {error.reason}" in text,
            "headers": all(name in text and value in text for name, value in (headers or {}).items()),
            "body": not error.body or (error.body if isinstance(error.body, str) else repr(error.body)) in text,
        }
        return {
            "type": "ApiException",
            "status": error.status,
            "reason": error.reason,
            "body": describe(error.body, package),
            "headers": describe(headers, package),
            "str holds": holds,
        }
    kind = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
    own = type(error).__module__.split(".")[0]
    name = kind.__name__ if own in ("builtins", package.__name__) else f"{own}.{type(error).__name__}"
    return {"type": name, "text": text}


def chosen(only: Sequence[str]) -> list[Case]:
    """The cases whose name holds one of these texts; all of them when none is given."""
    return [found for name, found in CASES.items() if not only or any(text in name for text in only)]
