"""A: nothing leaves before it is right."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
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
from support.recorder import Hunt, assert_hidden, mark, traceback_text
from support.scripts import run

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
    """Responses whatever is asked, so that only the client can say no."""

    def response(request: Any) -> bytes:
        return reply(user()) if request.method == "GET" else reply()

    with FaultServer([again(respond(response))]) as running:
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


_IDS = "abc 1.5 1e3 0x10 1_000 --1 ٣ 1,2 1;2 ../1 .. . ./1 %2e%2e 1/ /1 1/sysadmin 1%2Fsysadmin 1?x 1?page=2"
WRONG_IDS: list[Any] = [
    *(None, "", " ", True, False, 1.5, 1.0, float("nan"), float("inf"), 3 + 0j),
    *_IDS.split(),
    *("1#x", "1\\2", "current", "search", "1 2", "1\n", "1\0", "1\r\nX-A: b"),
    *(b"", b"../1", [], [1], (1,), {}, {"id": 1}, object()),
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


CONTROL = ["a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rb", "a\0b", "a\r\n b", "\n", "a\x0bb", "a\x1fb", "a\x7fb"]


@pytest.mark.parametrize("value", CONTROL, ids=repr)
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


BOOLEANS = [
    name for name, declared in harbor_client.Configuration._declared.items() if isinstance(declared.default, bool)
]


async def _async_hook(event: object) -> None:
    pass


_WRONG_HOSTS = """
harbor.example.com  harbor.example.com/api/v2.0  //harbor.example.com/api/v2.0  ftp://harbor.example.com  http://
file:///etc/passwd  http:///api/v2.0  https://[::1/  https://[::1]x/  https://harbor..example.com/
https://admin:hunter2-hunter2@harbor.example.com/api/v2.0  https://admin@harbor.example.com/api/v2.0
https://harbor.example.com/api/v2.0?x=1  https://harbor.example.com/api/v2.0#x  https://harbor.example.com:99999/
https://harbor.example.com:abc/  https://harbor.example.com:-1/  https://harbor.example.com/api/v2.0/users
https://harbor.example.com/api/v2.0/projects/  https://${HARBOR_HOST}/api/v2.0
"""
_RIGHT_HOSTS = """
http://harbor.example.com  https://harbor.example.com:8443/harbor/api/v2.0/  http://[::1]:8080/api/v2.0
HTTP://Harbor.Example.com/api/v2.0  https://harbor.example.com./api/v2.0  https://harbor_1/api/v2.0
https://BÜCHER.example/api/v2.0  https://\uff48arbor.example/api/v2.0  https://\u210carbor.example
https://\u039f\u0394\u039f\u03a3.example/api/v2.0  https://xn--strae-oqa.example/api/v2.0
"""
WRONG_VALUES: dict[str, list[Any]] = {
    "host": [
        *_WRONG_HOSTS.split(),
        *("https://harbor example.com/", f"https://{'h' * 64}.example.com/", "https://harbor.example.com/\r\nX-A: b"),
        *(5, None, "", b"https://harbor.example.com\xff"),
    ],
    **{name: ["", "false", "True", None, 2, 1.0, [], "0"] for name in BOOLEANS},
    "username": ["ad:min", ":", 5, "admin\n", " admin", "admin\N{NO-BREAK SPACE}", "admin\N{ZERO WIDTH SPACE}"],
    "password": [
        *(f"hunter2-hunter2{end}" for end in ("\n", "\r\n", " ", "\N{ZERO WIDTH NO-BREAK SPACE}")),
        *("\thunter2-hunter2", "hunter2\nhunter2", b"hunter2-hunter2\n", 5),
    ],
    "timeout": [-1, 0, -0.001, "fast", float("nan"), float("inf"), True, (1, 2)],
    "connect_timeout": [-1, "slow", float("nan")],
    "retries": [-1, 1.5, "two", True],
    "max_response_bytes": [0, -1, 1.5, "64 MiB"],
    "connection_pool_maxsize": [0, -1, "many"],
    "connection_max_idle": [0, "long"],
    "ssl_ca_cert": ["/no/such/ca.pem", 5],
    "cert_file": ["/no/such/client.pem"],
    "key_file": ["/no/such/client.key"],
    "key_password": [5],
    "assert_hostname": [5, "", "https://harbor.example.com", ["harbor.example.com"]],
    "logger_format": ["a text without a field", 5],
    "logger_file": ["/no/such/folder/calls.log", ".", 5],
    "safe_chars_for_path_param": [None, 5],
    "temp_folder_path": [5],
    "api_key": [5],
    "api_key_prefix": [5],
    "refresh_api_key_hook": ["f"],
    "event_hooks": [
        [print],
        {"requests": [print]},
        *({"request": hooks} for hooks in (print, ["print"], [_async_hook])),
    ],
    "proxy": ["socks5://127.0.0.1:1080", 5],
}
WRONG_SETTINGS = [(name, value) for name, values in WRONG_VALUES.items() for value in values]


@pytest.mark.parametrize(("name", "value"), WRONG_SETTINGS, ids=label)
@pytest.mark.parametrize("how", ["keyword", "attribute"])
@pytest.mark.usefixtures("untouched")
def test_wrong_setting_is_an_error_that_names_it(name: str, value: Any, how: str, server: FaultServer) -> None:
    if how == "keyword" and value is None and name != "host":
        return  # not given
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


RIGHT_VALUES: dict[str, list[Any]] = {
    "host": [*_RIGHT_HOSTS.split()],
    "username": [None, ""],
    "password": [None, "p:w", b" blanks that are meant ", "blank inside\tand a tab"],
    "timeout": [5, 0.5],
    "retries": [0],
    "connection_pool_maxsize": [1],
    "connection_max_idle": [None],
    "ssl_ca_cert": [None],
    "proxy": [None],
    "assert_hostname": [False, True, b"harbor.example.com"],
    "event_hooks": [{"request": (print,), "error": []}],
    "api_key": ["a text"],
    "refresh_api_key_hook": [print],
}
RIGHT_SETTINGS = [(name, value) for name, values in RIGHT_VALUES.items() for value in values]


@pytest.mark.parametrize(("name", "value"), RIGHT_SETTINGS, ids=label)
def test_right_setting(name: str, value: Any) -> None:
    setattr(harbor_client.Configuration(), name, value)


@pytest.mark.parametrize("name", BOOLEANS)
def test_booleans_are_numbers_in_old_scripts(name: str) -> None:
    configuration = harbor_client.Configuration(assert_hostname=0)  # type: ignore[arg-type]
    assert configuration.assert_hostname is False
    for value in (0, 1):
        setattr(configuration, name, value)
        assert getattr(configuration, name) is bool(value)
        setattr(configuration, name, False)


@pytest.mark.parametrize(
    ("name", "ascii_form"),
    [
        ("straße.example", "xn--strae-oqa"),
        ("www.βόλος.gr", "xn--nxasmm1c"),
        ("straße。example", "xn--strae-oqa$"),
        ("نامه\u200cای.com", "xn--mgba3gch31f060k"),
    ],
)
def test_host_names_that_idna_2003_would_change(name: str, ascii_form: str) -> None:
    with pytest.raises(ValueError, match=f"host.*{ascii_form}"):
        harbor_client.Configuration(f"https://{name}/api/v2.0")


MEANT = {
    "password": "pasword passwd passwort Password",
    "username": "user_name userName usernme usrname",
    "verify_ssl": "verify_tls ssl_verify verify verifySSL verifyssl",
    "ssl_ca_cert": "ca_cert ca_bundle ca_certs ssl_ca_certs sslcacert",
    "host": "hots base_url Host hst",
    "connection_pool_maxsize": "pool_maxsize conection_pool_maxsize",
    "timeout": "time_out tiemout timout",
    "retries": "max_retries retires",
    "proxy": "https_proxy prox",
    "debug": "debgu",
    "key_file": "keyfile",
}


@pytest.mark.parametrize(("name", "meant"), [(name, meant) for meant in MEANT for name in MEANT[meant].split()])
def test_a_misspelled_setting_is_refused_with_the_right_name(name: str, meant: str) -> None:
    configuration = harbor_client.Configuration()
    with pytest.raises(AttributeError, match=f"did you mean {meant}?"):
        setattr(configuration, name, "x")
    with pytest.raises(TypeError, match=f"did you mean {meant}?"):
        harbor_client.Configuration(**{name: "x"})
    assert not hasattr(configuration, name)


def test_attributes_of_a_script_and_its_subclasses_are_its_own() -> None:
    class Ours(harbor_client.Configuration):
        ca_cert: str | None = None

    own = "team nonsense extra environment project region note _pasword old_password user admin_name hostname x users"
    own += " timeouts proxy_host username2 token log_level api_version log_file logger_name port path realname"
    for configuration in (harbor_client.Configuration(), Ours()):
        for name in own.split():
            setattr(configuration, name, name)
            assert getattr(configuration, name) == name
    configuration.ca_cert = "of our own"
    assert configuration.ca_cert == "of our own"


def test_too_many_arguments() -> None:
    with pytest.raises(TypeError, match="positional"):
        harbor_client.Configuration("http://h", "u", "p", 5)  # type: ignore[misc]
    with pytest.raises(TypeError, match="username"):
        harbor_client.Configuration("http://h", "u", username="v")  # type: ignore[misc]


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("name", ["HARBOR_URL", "HARBOR_USERNAME", "HARBOR_PASSWORD", "HARBOR_VERIFY_SSL"])
def test_quotes_that_were_left_around_a_variable(name: str, quote: str) -> None:
    environ = {"HARBOR_URL": "https://h", "HARBOR_USERNAME": "u", "HARBOR_PASSWORD": "p", "HARBOR_VERIFY_SSL": "true"}
    with pytest.raises(ValueError, match=f"^{name}: begins and ends with a quotation mark"):
        harbor_client.Configuration.from_env({**environ, name: f"{quote}{environ[name]}{quote}"})


def test_numbers_of_other_kinds() -> None:
    class Three:
        """As numpy's integers."""

        def __index__(self) -> int:
            return 3

        def __float__(self) -> float:
            return 3.0

    configuration = harbor_client.Configuration(retries=Three(), timeout=Three(), connect_timeout=Fraction(1, 2))
    assert (configuration.retries, configuration.timeout, configuration.connect_timeout) == (3, 3.0, 0.5)


def test_from_env_says_what_is_missing(tmp_path: Path) -> None:
    missing = {
        "HARBOR_URL is not set": {"HARBOR_USERNAME": "u", "HARBOR_PASSWORD": "p"},
        "neither HARBOR_PASSWORD nor HARBOR_PASSWORD_FILE": {"HARBOR_URL": "https://h", "HARBOR_USERNAME": "u"},
        "there is a password, but HARBOR_USERNAME is not set": {"HARBOR_URL": "https://h", "HARBOR_PASSWORD": "p"},
    }
    for message, environ in missing.items():
        with pytest.raises(ValueError, match=message):
            harbor_client.Configuration.from_env(environ)
    harbor_client.Configuration.set_default(harbor_client.Configuration("https://h", password="p"))
    try:
        assert harbor_client.Configuration.from_env({"HARBOR_USERNAME": "u"}).host == "https://h"
        harbor_client.Configuration.set_default(harbor_client.Configuration("https://h", "other", "p"))
        with pytest.raises(ValueError, match="neither HARBOR_PASSWORD nor HARBOR_PASSWORD_FILE"):
            harbor_client.Configuration.from_env({"HARBOR_USERNAME": "u"})
    finally:
        harbor_client.Configuration.set_default(None)


@pytest.mark.parametrize(
    "content", [b"pa\xc3\xa4ss", b"pa\xc3\xa4ss\n", b"pa\xc3\xa4ss\r\n", b"\xef\xbb\xbfpa\xc3\xa4ss"]
)
def test_password_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    environ = {"HARBOR_URL": "https://h", "HARBOR_USERNAME": "u", "HARBOR_PASSWORD_FILE": str(path)}
    assert harbor_client.Configuration.from_env(environ).password == "paäss"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "UTF-8"),
        (b"hunter2-hunter2 \n", "begins or ends with a blank"),
    ],
)
def test_wrong_password_file(content: bytes | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    environ = {"HARBOR_URL": "https://h", "HARBOR_USERNAME": "u", "HARBOR_PASSWORD_FILE": str(path)}
    with pytest.raises(ValueError, match=f"HARBOR_PASSWORD_FILE: .*{message}") as wrong:
        harbor_client.Configuration.from_env(environ)
    assert "hunter2" not in traceback_text(wrong.value)
    with pytest.raises(ValueError, match="both set"):
        harbor_client.Configuration.from_env({**environ, "HARBOR_PASSWORD": "p"})


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("HARBOR_URL", "https://harbor.example.com", "https://harbor.example.com/api/v2.0"),
        ("HARBOR_USERNAME", "robot$backup", "robot$backup"),
        ("HARBOR_PASSWORD", "geheim", "geheim"),
        ("HARBOR_CA_CERT", __file__, __file__),
        ("HARBOR_VERIFY_SSL", "false", False),
        ("HARBOR_VERIFY_SSL", "Yes", True),
        ("HARBOR_VERIFY_X509_STRICT", "off", False),
        ("HARBOR_USE_SYSTEM_CA", "1", True),
        ("HARBOR_TIMEOUT", "2.5", 2.5),
    ],
)
def test_variables(variable: str, text: str, value: object) -> None:
    environ = {"HARBOR_URL": "https://h", "HARBOR_USERNAME": "u", "HARBOR_PASSWORD": "p", variable: text}
    configuration = harbor_client.Configuration.from_env(environ)
    (name,) = (name for name, one in harbor_client.Configuration._declared.items() if one.variable == variable)
    assert getattr(configuration, name) == value


@pytest.mark.parametrize(
    ("variable", "text"), [("HARBOR_VERIFY_SSL", "x"), ("HARBOR_USE_SYSTEM_CA", "2"), ("HARBOR_TIMEOUT", "1 m")]
)
def test_wrong_variables(variable: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{variable}: has to be "):
        harbor_client.Configuration.from_env({"HARBOR_URL": "https://h", variable: text})


def test_repr_shows_what_differs_from_the_defaults() -> None:
    configuration = harbor_client.Configuration("https://h", "u", "p", retries=0, proxy="http://u:p@h")
    assert repr(configuration) == ("Configuration(host='https://h', username='u', password=***, retries=0, proxy=***)")


WRONG_TIMEOUTS: list[Any] = [
    *(-1, -0.5, "fast", float("nan"), float("inf"), True, {}, object(), Decimal("sNaN")),
    *((1,), (1, 2, 3), (-1, 2), (1, -2), ("a", 2)),
]


@pytest.mark.parametrize("value", WRONG_TIMEOUTS, ids=label)
@pytest.mark.usefixtures("untouched")
def test_wrong_request_timeout(value: Any, api: harbor_client.UserApi) -> None:
    with pytest.raises((ValueError, TypeError), match="_request_timeout"):
        api.get_user(3, _request_timeout=value)


@pytest.mark.parametrize("value", [None, 0, 5, 5.5, (5, 5), (None, 5), (5, None), [5, 5]], ids=label)
def test_right_request_timeout(value: Any, api: harbor_client.UserApi) -> None:
    assert api.get_user(3, _request_timeout=value).user_id == 3


NO_OBJECTS: list[Any] = [
    *("text", 5, True, [], object(), {"username": "\ud800", 5: object()}),
    *({"username": value} for value in (object(), {1, 2}, float("nan"), b"\xff")),
]


@pytest.mark.parametrize("value", NO_OBJECTS, ids=label)
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


@pytest.mark.parametrize(
    "value", [5, "http://127.0.0.1:1", b"http://127.0.0.1:1", {}, object(), harbor_client.Configuration], ids=label
)
def test_configuration_that_is_none(value: Any) -> None:
    with pytest.raises(TypeError, match="configuration"):
        harbor_client.ApiClient(value)


@pytest.mark.parametrize("of", [harbor_client.UserApi, harbor_client.Users])
def test_a_configuration_is_no_client(of: Any) -> None:
    with pytest.raises(TypeError, match=r"ApiClient\(configuration\).*not Configuration"):
        of(harbor_client.Configuration())


@pytest.mark.parametrize("name", ["ädmin", "李", "a b", "a\\b", "\N{GRINNING FACE}"])
@pytest.mark.parametrize("password", ["pässwörd", "a:b:c", "a b", "李\N{GRINNING FACE}"])
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
        assert_hidden(Hunt({"password": secret}), error)


def test_query_values_stay_values(api: harbor_client.UserApi, server: FaultServer) -> None:
    text = "a&b=c#d?e/f%g+h i\r\nj\0李"
    with users(server) as client:
        try:
            client.search_users(text)
        except harbor_client.ApiException:
            pass  # the response is a user, not a list: what counts is what was asked
    request = server.requests[-1]
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(request.target)
    assert parts.path == "/api/v2.0/users/search"
    assert parse_qs(parts.query, keep_blank_values=True) == {"username": [text]}
    assert request.line.count(" ") == 2


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
        print(error.outcome, "the name of xn--bcher-kva.invalid:1 failed" in error.reason)
    """
    done = run(code)
    assert done.stdout.split() == ["not_sent", "True"]
