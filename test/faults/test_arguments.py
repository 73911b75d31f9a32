"""A: nothing leaves before it is right."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import pytest

import harbor_client
from support import canaries
from support.calls import BY_NAME, CALLS
from support.clients import users
from support.faultserver import FaultServer, again, reply, respond, user
from support.recorder import Hunt, mark, traceback_text

BY_ID = [
    "get_user",
    "delete_user",
    "update_user_profile",
    "update_user_password",
    "set_user_sys_admin",
    "set_cli_secret",
]


def label(value: object) -> str:
    """A test's name after a value, the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", ascii(value))[:40]


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    """Answers whatever is asked, so that only the client can say no."""

    def answer(request: Any) -> bytes:
        return reply(user()) if request.method == "GET" else reply()

    with FaultServer([again(respond(answer))]) as running:
        yield running


@pytest.fixture
def api(server: FaultServer) -> Iterator[harbor_client.UserApi]:
    with users(server) as client:
        yield client


def test_the_tables_have_every_operation() -> None:
    """What goes through all the faults, and through the hunt for secrets."""
    methods = {name for name in vars(harbor_client.UserApi) if not name.startswith("_")}
    operations = {name for name in methods if not name.endswith("_with_http_info")}
    assert {call.name for call in CALLS} == operations
    assert set(canaries.operations(canaries.Marks.of("plain"))) == operations


@pytest.fixture
def untouched(server: FaultServer) -> Iterator[None]:
    """Nothing may have arrived when the test is over."""
    before = len(server.requests)
    yield
    assert len(server.requests) == before


WRONG_IDS: list[Any] = [
    None,
    "",
    " ",
    True,
    False,
    1.5,
    1.0,
    float("nan"),
    float("inf"),
    "abc",
    "1.5",
    "1e3",
    "0x10",
    "1_000",
    "--1",
    "٣",
    "1 2",
    "1,2",
    "1;2",
    "1\n",
    "1\0",
    "../1",
    "..",
    ".",
    "./1",
    "%2e%2e",
    "1/",
    "/1",
    "1/sysadmin",
    "1%2Fsysadmin",
    "1?x",
    "1?page=2",
    "1#x",
    "1\\2",
    "current",
    "search",
    "1\r\nX-A: b",
    b"",
    b"../1",
    [],
    [1],
    (1,),
    {},
    {"id": 1},
    object(),
    3 + 0j,
]


@pytest.mark.parametrize("name", BY_ID)
@pytest.mark.parametrize("value", WRONG_IDS, ids=label)
@pytest.mark.usefixtures("untouched")
def test_wrong_user_id(name: str, value: Any, api: harbor_client.UserApi) -> None:
    arguments = (value, *BY_NAME[name].arguments()[1:])
    with pytest.raises((ValueError, TypeError), match="user_id"):
        getattr(api, name)(*arguments)
    with pytest.raises((ValueError, TypeError), match="user_id"):
        getattr(api, f"{name}_with_http_info")(*arguments)


@pytest.mark.parametrize("value", [3, "3"])
@pytest.mark.parametrize("name", BY_ID)
def test_right_user_id(name: str, value: Any, api: harbor_client.UserApi, server: FaultServer) -> None:
    getattr(api, name)(value, *BY_NAME[name].arguments()[1:])
    assert server.requests[-1].target == "/api/v2.0" + BY_NAME[name].path


@pytest.mark.parametrize("validation", [True, False])
@pytest.mark.parametrize(
    "value", ["../1", ".", "..", "1?x", "1/sysadmin", "1#x", "", None, "abc", True, 1.5, "1\\..\\2"], ids=label
)
def test_path_never_leads_to_another_endpoint(validation: bool, value: Any, server: FaultServer) -> None:
    """Also without client-side validation, which is for values: a path is made of segments."""
    before = len(server.requests)
    with users(server, client_side_validation=validation) as api:
        try:
            api.get_user(value)
        except (ValueError, TypeError):
            pass
    for request in server.requests[before:]:
        path = request.target.partition("?")[0]
        assert path.startswith("/api/v2.0/users/")
        segment = path.removeprefix("/api/v2.0/users/")
        assert "/" not in segment
        assert unquote(segment) not in ("", ".", "..", "current", "search")


REQUIRED = [
    ("create_user", 0, "user_req"),
    ("delete_user", 0, "user_id"),
    ("get_user", 0, "user_id"),
    ("search_users", 0, "username"),
    ("set_cli_secret", 0, "user_id"),
    ("set_cli_secret", 1, "secret"),
    ("set_user_sys_admin", 1, "sysadmin_flag"),
    ("update_user_password", 1, "password"),
    ("update_user_profile", 1, "profile"),
]


@pytest.mark.parametrize(("name", "position", "parameter"), REQUIRED)
@pytest.mark.usefixtures("untouched")
def test_missing_required_argument(name: str, position: int, parameter: str, api: harbor_client.UserApi) -> None:
    arguments = list(BY_NAME[name].arguments())
    arguments[position] = None
    for suffix in ("", "_with_http_info"):
        method = getattr(api, name + suffix)
        with pytest.raises(ValueError, match=parameter):
            method(*arguments)
        with pytest.raises(TypeError):
            method(*arguments[:position])
        with pytest.raises((ValueError, TypeError), match=parameter):
            method(*arguments, async_req=True)


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.usefixtures("untouched")
def test_unknown_keyword(call: Any, api: harbor_client.UserApi) -> None:
    with pytest.raises(TypeError, match="x_requestid"):
        call.make(api, x_requestid="typo")


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("list_users", "page", 1.5),
        ("list_users", "page", "abc"),
        ("list_users", "page", True),
        ("list_users", "page_size", "many"),
        ("list_users", "page_size", 101),
        ("list_users", "page_size", [10]),
        ("search_users", "page_size", 101),
        ("search_users", "page", {}),
    ],
)
@pytest.mark.usefixtures("untouched")
def test_wrong_query_value(name: str, option: str, value: Any, api: harbor_client.UserApi) -> None:
    with pytest.raises((ValueError, TypeError), match=option):
        BY_NAME[name].make(api, **{option: value})


@pytest.mark.parametrize(
    "value",
    [
        "a\r\nX-Injected: 1",
        "a\nX-Injected: 1",
        "a\rb",
        "a\0b",
        "a\r\n b",
        "\n",
        "a\x0bb",
        "a\x1fb",
        "a\x7fb",
    ],
    ids=repr,
)
@pytest.mark.parametrize("place", ["x_request_id", "default header", "cookie", "user agent", "name", "header_value"])
@pytest.mark.usefixtures("untouched")
def test_control_characters_in_a_header(value: str, place: str, server: FaultServer) -> None:
    secret = mark("header")
    text = value + secret
    configuration = harbor_client.Configuration(server.url, "admin", "x", trust_env=False)

    def call() -> None:
        client = harbor_client.ApiClient(
            configuration,
            cookie=text if place == "cookie" else None,
            **({"header_name": "X-A", "header_value": text} if place == "header_value" else {}),
        )
        with client:
            api = harbor_client.UserApi(client)
            if place == "default header":
                client.set_default_header("X-A", text)
            if place == "name":
                client.set_default_header(f"X-A{text}", "b")
            if place == "user agent":
                client.user_agent = text
            api.get_user(3, **({"x_request_id": text} if place == "x_request_id" else {}))

    with pytest.raises((ValueError, TypeError)) as wrong:
        call()
    hunt = Hunt({"header": secret})
    hunt.text("the error", wrong.value)
    hunt.text("the traceback", traceback_text(wrong.value))
    hunt.assert_nothing()


@pytest.mark.parametrize("value", ["ü", "audit-7", "a" * 2000, "tab\tinside", " spaces "])
def test_right_header_values(value: str, api: harbor_client.UserApi, server: FaultServer) -> None:
    api.get_user(3, x_request_id=value)
    assert server.requests[-1].headers["x-request-id"] in (value.strip(), value.strip().encode().decode("latin-1"))


@pytest.mark.usefixtures("untouched")
def test_header_that_cannot_be_encoded(api: harbor_client.UserApi) -> None:
    with pytest.raises((ValueError, TypeError)) as wrong:
        api.get_user(3, x_request_id="李-secret")
    assert "李" not in str(wrong.value)


WRONG_SETTINGS: list[tuple[str, Any]] = [
    ("host", "harbor.example.com"),
    ("host", "harbor.example.com/api/v2.0"),
    ("host", "//harbor.example.com/api/v2.0"),
    ("host", "ftp://harbor.example.com"),
    ("host", "file:///etc/passwd"),
    ("host", "http://"),
    ("host", "http:///api/v2.0"),
    ("host", "https://admin:hunter2-hunter2@harbor.example.com/api/v2.0"),
    ("host", "https://admin@harbor.example.com/api/v2.0"),
    ("host", "https://harbor.example.com/api/v2.0?x=1"),
    ("host", "https://harbor.example.com/api/v2.0#x"),
    ("host", "https://harbor.example.com:99999/"),
    ("host", "https://harbor.example.com:abc/"),
    ("host", "https://harbor.example.com:-1/"),
    ("host", "https://[::1/"),
    ("host", "https://harbor example.com/"),
    ("host", "https://harbor.example.com/\r\nX-A: b"),
    ("host", "https://[::1]x/"),
    ("host", "https://harbor..example.com/"),
    ("host", f"https://{'h' * 64}.example.com/"),
    ("host", 5),
    ("host", b"https://harbor.example.com\xff"),
    ("username", "ad:min"),
    ("username", ":"),
    ("username", 5),
    ("password", 5),
    ("timeout", -1),
    ("timeout", 0),
    ("timeout", -0.001),
    ("timeout", "fast"),
    ("timeout", float("nan")),
    ("timeout", float("inf")),
    ("timeout", True),
    ("timeout", (1, 2)),
    ("connect_timeout", -1),
    ("connect_timeout", "slow"),
    ("connect_timeout", float("nan")),
    ("retries", -1),
    ("retries", 1.5),
    ("retries", "two"),
    ("max_response_bytes", 0),
    ("max_response_bytes", -1),
    ("max_response_bytes", 1.5),
    ("max_response_bytes", "64 MiB"),
    ("connection_pool_maxsize", 0),
    ("connection_pool_maxsize", -1),
    ("connection_pool_maxsize", "many"),
    ("ssl_ca_cert", "/no/such/ca.pem"),
    ("ssl_ca_cert", 5),
    ("cert_file", "/no/such/client.pem"),
    ("key_file", "/no/such/client.key"),
    ("key_password", 5),
    ("assert_hostname", 5),
    ("assert_hostname", ["harbor.example.com"]),
    ("proxy", "socks5://127.0.0.1:1080"),
    ("proxy", 5),
]


@pytest.mark.parametrize(("name", "value"), WRONG_SETTINGS, ids=label)
@pytest.mark.parametrize("how", ["keyword", "attribute"])
@pytest.mark.usefixtures("untouched")
def test_wrong_setting_is_an_error_that_names_it(name: str, value: Any, how: str, server: FaultServer) -> None:
    with pytest.raises((ValueError, TypeError), match=name) as wrong:
        if how == "keyword":
            configuration = harbor_client.Configuration(**{"host": server.url, name: value})
        else:
            configuration = harbor_client.Configuration(server.url)
            setattr(configuration, name, value)
        with harbor_client.ApiClient(configuration) as client:
            harbor_client.UserApi(client).get_user(3)
    assert not isinstance(wrong.value, harbor_client.ApiException)
    assert "hunter2" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("username", None),
        ("username", ""),
        ("password", None),
        ("password", "p:w"),
        ("timeout", 5),
        ("timeout", 0.5),
        ("retries", 0),
        ("connection_pool_maxsize", 1),
        ("ssl_ca_cert", None),
        ("proxy", None),
        ("host", "http://harbor.example.com"),
        ("host", "https://harbor.example.com:8443/harbor/api/v2.0/"),
        ("host", "http://[::1]:8080/api/v2.0"),
        ("host", "HTTP://Harbor.Example.com/api/v2.0"),
        ("host", "https://harbor.example.com./api/v2.0"),
        ("host", "https://harbor_1/api/v2.0"),
        ("assert_hostname", False),
        ("assert_hostname", True),
        ("assert_hostname", b"harbor.example.com"),
    ],
    ids=label,
)
def test_right_setting(name: str, value: Any) -> None:
    setattr(harbor_client.Configuration(), name, value)


@pytest.mark.parametrize(
    "value",
    [
        -1,
        -0.5,
        "fast",
        float("nan"),
        float("inf"),
        True,
        (1,),
        (1, 2, 3),
        (-1, 2),
        (1, -2),
        ("a", 2),
        {},
        object(),
        Decimal("sNaN"),
    ],
    ids=label,
)
@pytest.mark.usefixtures("untouched")
def test_wrong_request_timeout(value: Any, api: harbor_client.UserApi) -> None:
    with pytest.raises((ValueError, TypeError), match="_request_timeout"):
        api.get_user(3, _request_timeout=value)


@pytest.mark.parametrize("value", [None, 0, 5, 5.5, (5, 5), (None, 5), (5, None), [5, 5]], ids=label)
def test_right_request_timeout(value: Any, api: harbor_client.UserApi) -> None:
    assert api.get_user(3, _request_timeout=value).user_id == 3


@pytest.mark.parametrize(
    "value",
    [
        "text",
        5,
        True,
        [],
        object(),
        {"username": object()},
        {"username": {1, 2}},
        {"username": float("nan")},
        {"username": b"\xff"},
        {"username": "\ud800", 5: object()},
    ],
    ids=label,
)
def test_body_that_is_no_json_object(value: Any, api: harbor_client.UserApi, server: FaultServer) -> None:
    """Refused, or sent as what it is; never half."""
    before = len(server.requests)
    secret = mark("password")
    try:
        api.create_user({**value, "password": secret} if isinstance(value, dict) else value)
    except (ValueError, TypeError) as error:
        assert len(server.requests) == before
        hunt = Hunt({"password": secret})
        hunt.text("the error", error)
        hunt.text("the traceback", traceback_text(error))
        hunt.assert_nothing()
    else:
        json.loads(server.requests[-1].body)


def test_body_that_is_a_mapping_of_another_class(api: harbor_client.UserApi, server: FaultServer) -> None:
    """As the method's type says; sent as the dictionary that it stands for."""
    profile = MappingProxyType({"email": "a@example.com", "realname": "A", "comment": None})
    api.update_user_profile(3, profile)
    assert json.loads(server.requests[-1].body) == dict(profile)


def test_cyclic_and_deep_bodies(api: harbor_client.UserApi, server: FaultServer) -> None:
    before = len(server.requests)
    cycle: dict[str, Any] = {}
    cycle["self"] = cycle
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    for body in (cycle, deep):
        with pytest.raises((ValueError, TypeError)):
            api.create_user(body)
    assert len(server.requests) == before
    while deep:  # taken apart by hand: the interpreter may not, recursively
        deep = deep.pop("a")


@pytest.mark.parametrize("value", [5, "http://127.0.0.1:1", b"http://127.0.0.1:1", {}, object()], ids=label)
def test_configuration_that_is_none(value: Any) -> None:
    with pytest.raises(TypeError, match="configuration"):
        harbor_client.ApiClient(value)


@pytest.mark.parametrize("name", ["ädmin", "李", "a b", "a\\b", "\N{GRINNING FACE}"])
@pytest.mark.parametrize("password", ["pässwörd", "a:b:c", " ", "李\N{GRINNING FACE}"])
def test_credentials_are_utf_8(name: str, password: str, server: FaultServer) -> None:
    with users(server, username=name, password=password) as api:
        api.get_user(3)
    sent = server.requests[-1].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent) == f"{name}:{password}".encode()


@pytest.mark.parametrize("name", ["", None])
def test_no_user_name_means_no_authorization(name: Any, server: FaultServer) -> None:
    configuration = harbor_client.Configuration(server.url, trust_env=False)
    configuration.username = name
    configuration.password = "x"
    with harbor_client.ApiClient(configuration) as client:
        harbor_client.UserApi(client).get_user(3)
    assert "authorization" not in server.requests[-1].headers


def test_lone_surrogates_in_credentials_are_errors_or_bytes(server: FaultServer) -> None:
    secret = mark("password")
    try:
        with users(server, password=f"\ud800{secret}") as api:
            api.get_user(3)
    except (ValueError, TypeError) as error:
        hunt = Hunt({"password": secret})
        hunt.error("the error", error)
        hunt.assert_nothing()


def test_wrong_arguments_are_raised_at_once_in_async_calls(api: harbor_client.UserApi) -> None:
    with pytest.raises((ValueError, TypeError), match="user_id"):
        api.get_user("abc", async_req=True)


def test_query_values_stay_values(api: harbor_client.UserApi, server: FaultServer) -> None:
    text = "a&b=c#d?e/f%g+h i\r\nj\0李"
    with users(server) as client:
        try:
            client.search_users(text)
        except harbor_client.ApiException:
            pass  # the answer is a user, not a list: what counts is what was asked
    request = server.requests[-1]
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(request.target)
    assert parts.path == "/api/v2.0/users/search"
    assert parse_qs(parts.query, keep_blank_values=True) == {"username": [text]}
    assert request.line.count(" ") == 2


def test_missing_ca_is_found_when_it_is_set(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ssl_ca_cert"):
        harbor_client.Configuration("https://127.0.0.1", ssl_ca_cert=str(tmp_path / "missing.pem"))


def test_international_host_needs_no_further_package() -> None:
    """urllib3 wants ``idna`` for it, which this package does not bring."""
    code = """
    import sys
    sys.modules["idna"] = None
    import harbor_client
    configuration = harbor_client.Configuration("http://bücher.invalid:1/api/v2.0", trust_env=False, retries=0)
    try:
        harbor_client.UserApi(harbor_client.ApiClient(configuration)).get_user(3)
    except harbor_client.ConnectionException as error:
        print(error.outcome, "xn--bcher-kva.invalid:1" in error.reason)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={"PYTHONPATH": str(Path(harbor_client.__file__).parents[1]), "PATH": "", "PYTHONUTF8": "1"},
    )
    assert done.stdout.split() == ["not_sent", "True"]
