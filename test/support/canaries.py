"""Marks in every place where a secret can be, calls that send them, and servers that give them back."""

from __future__ import annotations

import base64
import html
import json
import pprint
import re
import reprlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from html.entities import codepoint2name
from typing import Any
from urllib.parse import quote, quote_plus

import harbor_client
from harbor_client import models
from support.clients import HANGING, USER
from support.faultserver import Request, reply, user
from support.recorder import Hunt, mark, odd_mark

#: What a password may hold, and what a header field may.
_ODD = '"\\\'<&>%/+= \t?#;é€😀\\\\"x'
_ODD_IN_HEADER = "\"\\'<&>%/+= ?#é\\"

SHAPES = ("plain", "odd")


@dataclass(frozen=True)
class Marks:
    """A secret for each place."""

    password: str
    api_key: str
    token: str
    cookie: str
    key_password: str
    new_user: str
    old_password: str
    new_password: str
    cli_secret: str
    stored_secret: str
    """The CLI secret that the server has, and gives in clear."""
    parameter: str
    """A secret in a URL's query."""

    @classmethod
    def of(cls, shape: str) -> Marks:
        """Fresh ones: letters, digits and dashes, or full of special characters."""
        in_headers = ("api_key", "token", "cookie")
        made = {}
        for one in fields(cls):
            special = _ODD_IN_HEADER if one.name in in_headers else _ODD
            made[one.name] = mark(one.name) if shape == "plain" else odd_mark(special)
        return cls(**made)

    def hunt(self) -> Hunt:
        """A hunt for all of them."""
        return Hunt(vars(self))


@contextmanager
def client(url: str, marks: Marks, **settings: Any) -> Iterator[harbor_client.ApiClient]:
    """A client of that server that holds and sends every mark that a client can."""
    chosen: dict[str, Any] = {"retries": 0, "timeout": HANGING, "trust_env": False, **settings}
    configuration = harbor_client.Configuration(url, USER, marks.password, key_password=marks.key_password, **chosen)
    configuration.api_key["X-Harbor"] = marks.api_key
    configuration.api_key_prefix["X-Harbor"] = "Bearer"
    with harbor_client.ApiClient(configuration, "X-Auth-Token", marks.token, f"lang=en; sid={marks.cookie}") as made:
        made.set_default_header("X-Harbor", configuration.get_api_key_with_prefix("X-Harbor") or "")
        yield made


Do = Callable[..., Any]


def operations(marks: Marks) -> dict[str, tuple[Do, bytes]]:
    """Every operation with the marks that it takes, a function of a ``UserApi`` and options, and its right response."""
    creation = models.UserCreationReq(username="alice", email="a@example.com", realname="A", password=marks.new_user)
    passwords = models.PasswordReq(old_password=marks.old_password, new_password=marks.new_password)
    secret = models.OIDCCliSecretReq(secret=marks.cli_secret)
    profile = models.UserProfile(email="a@example.com", realname="A", comment="c")
    meta = {"id": 1, "subiss": "s", "secret": marks.stored_secret}
    empty = reply()
    return {
        "create_user": (lambda api, **o: api.create_user(creation, **o), reply(b"", 201, "Location: /users/3")),
        "delete_user": (lambda api, **o: api.delete_user(3, **o), empty),
        "get_current_user_info": (
            lambda api, **o: api.get_current_user_info(**o),
            reply(user(oidc_user_meta=meta)),
        ),
        "get_current_user_permissions": (lambda api, **o: api.get_current_user_permissions(**o), reply([])),
        "get_user": (lambda api, **o: api.get_user(3, x_request_id="r-1", **o), reply(user(oidc_user_meta=meta))),
        "list_users": (lambda api, **o: api.list_users(**o), reply([user(oidc_user_meta=meta)])),
        "search_users": (lambda api, **o: api.search_users("ali", **o), reply([{"user_id": 3, "username": "alice"}])),
        "set_cli_secret": (lambda api, **o: api.set_cli_secret(3, secret, **o), empty),
        "set_user_sys_admin": (
            lambda api, **o: api.set_user_sys_admin(3, models.UserSysAdminFlag(sysadmin_flag=True), **o),
            empty,
        ),
        "update_user_password": (lambda api, **o: api.update_user_password(3, passwords, **o), empty),
        "update_user_profile": (lambda api, **o: api.update_user_profile(3, profile, **o), empty),
    }


def caught(action: Callable[..., object], *arguments: Any, **options: Any) -> BaseException | None:
    """What an action raises; ``None`` if it does not. This frame holds marks, as a script's own would."""
    try:
        action(*arguments, **options)
    except BaseException as error:
        return error
    return None


def writings(shown: object) -> list[str]:
    """All the ways in which Python shows an object."""
    return [str(shown), repr(shown), ascii(shown), f"{shown}", pprint.pformat(shown), reprlib.repr(shown)]


# ------------------------------------------------------------------------------------------ what servers give back


def said(request: Request) -> str:
    """All that a request says, as a careless server might log it: as it is, and decoded."""
    body = request.body.decode()
    texts = [request.head.decode("latin-1"), body]
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    texts.append(base64.b64decode(token).decode() if scheme == "Basic" else token)
    try:
        values = json.loads(body)
    except ValueError:
        values = {}
    texts += [str(value) for value in values.values()] if isinstance(values, dict) else []
    return "\n".join(texts)


def go_json(text: str) -> str:
    """JSON as Go writes it, which pages may hold."""
    written = json.dumps(text, ensure_ascii=False)
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


#: The ways in which servers, gateways and pages write what they were sent.
WRITINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON of Go": go_json,
    "JSON in JSON": lambda text: json.dumps(json.dumps({"got": text})),
    "JSON in JSON of Go": lambda text: go_json(go_json(text)),
    "URL": lambda text: quote(text, safe=""),
    "URL of a path": lambda text: quote(text, safe="$&+,/:;=@"),
    "URL in lower case": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "URL in a URL": lambda text: quote(quote(text)),
    "form": quote_plus,
    "page": html.escape,
    "page with numbers": lambda text: "".join(c if c.isalnum() else f"&#x{ord(c):X};" for c in text),
    "page in a page": lambda text: html.escape(html.escape(text)),
    "page in JSON of Go": lambda text: go_json(html.escape(text)),
    "page in a URL": lambda text: quote(html.escape(text), safe=""),
    "JSON in a page": lambda text: html.escape(json.dumps(text)),
    "JSON in a URL": lambda text: quote(json.dumps(text)),
    "Python": repr,
    "Python in ASCII": ascii,
    "Python in JSON": lambda text: json.dumps(ascii(text)),
    "bytes in Python": lambda text: repr(text.encode()),
    "ASCII": lambda text: text.encode("ascii", "replace").decode(),
    "page with names": lambda text: "".join(f"&{codepoint2name.get(ord(c), '')};" if c in "é€" else c for c in text),
    "page with numbers in a URL": lambda text: quote(
        "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text), safe=""
    ),
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64, one byte on": lambda text: base64.b64encode(b"x" + text.encode()).decode(),
    "Base64 in a URL": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
}


def echo(status: int | str, writing: Callable[[str], str], kind: str = "text/plain") -> Callable[[Request], bytes]:
    """A response that repeats the request: in body, header fields and (with ``status`` a text) reason phrase."""

    def make(request: Request) -> bytes:
        headers = request.headers
        fields = [
            f"{name}: {headers[sent]}"
            for name, sent in (("X-Echo", "x-auth-token"), ("X-Request-Id", "authorization"), ("X-Cookie", "cookie"))
            if sent in headers
        ]
        fields.append(f'WWW-Authenticate: Bearer realm="{headers.get("x-harbor", "")}"')
        line = status if isinstance(status, int) else f"{status} {headers.get('authorization', '')}"
        return reply(writing(said(request)).encode(), line, *fields, kind=kind)

    return make
