"""Configuration: attributes, the default one, credentials, logging."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import types
from pathlib import Path
from typing import Any

from stage import NOTHING, Stage, add, case, differs, json_answer

ATTRIBUTES = (
    *("host", "temp_folder_path", "api_key", "api_key_prefix", "refresh_api_key_hook", "username", "password"),
    *("logger_format", "logger_file_handler", "logger_file", "debug", "verify_ssl", "ssl_ca_cert", "cert_file"),
    *("key_file", "assert_hostname", "proxy", "safe_chars_for_path_param", "client_side_validation"),
)
for name in ATTRIBUTES:
    add(f"configuration/default/{name}", lambda stage, name=name: getattr(stage.package.Configuration(), name))
add(
    "configuration/default/logger",
    lambda stage: {key: value.name for key, value in stage.package.Configuration().logger.items()},
)
add("configuration/default/logger_formatter", lambda stage: stage.package.Configuration().logger_formatter._fmt)
add(
    "configuration/default/logger_stream_handler",
    lambda stage: isinstance(stage.package.Configuration().logger_stream_handler, logging.StreamHandler),
    differs=differs("logging-unasked", "result", ours={"result": False}),
)
add("configuration/default/_default", lambda stage: stage.package.Configuration._default)


# Credentials.
for label, (user, password) in {
    "both": ("us", "pw"),
    "empty": ("", ""),
    "no-password": ("us", ""),
    "none": (None, None),
    "colons-in-password": ("us", "a:b:c"),
    "long": ("u" * 200, "p" * 200),
}.items():
    add(
        f"configuration/credentials/{label}",
        lambda stage, u=user, p=password: _credentials(stage, u, p),
    )


def _credentials(stage: Stage, user: object, password: object) -> object:
    configuration = stage.configuration(username=user, password=password)
    stage.package.UserApi(stage.package.ApiClient(configuration)).get_user(3)
    return [configuration.get_basic_auth_token(), configuration.auth_settings()]


UTF8 = "utf-8-credentials"
add("configuration/credentials/latin", lambda stage: _credentials(stage, "é", "ñ"), differs=differs(UTF8, ""))
add(
    "configuration/credentials/czech",
    lambda stage: _credentials(stage, "ž", "ř"),
    differs=differs(UTF8, "", ours={"error": NOTHING}),
)
NO_USER = differs("no-user-no-header", "", ours={"error": NOTHING, "requests.0.headers.authorization": NOTHING})
add("configuration/credentials/password-alone", lambda stage: _credentials(stage, "", "pw"), differs=NO_USER)
add("configuration/credentials/none-and-password", lambda stage: _credentials(stage, None, "pw"), differs=NO_USER)
add(
    "configuration/credentials/user-and-none",
    lambda stage: _credentials(stage, "us", None),
    differs=differs("password-none", "", ours={"requests.0.headers.authorization": ["Basic dXM6"]}),
)


@case("configuration/api-key")
def _api_key(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.api_key["k"] = "K"
    first = configuration.get_api_key_with_prefix("k")
    configuration.api_key_prefix["k"] = "Bearer"
    asked = []

    def refresh(given: Any) -> None:
        asked.append(given is configuration)
        given.api_key["k"] = "K2"

    second = configuration.get_api_key_with_prefix("k")
    configuration.refresh_api_key_hook = refresh
    third = configuration.get_api_key_with_prefix("k")
    return [first, second, third, asked, configuration.get_api_key_with_prefix("none")]


# The default configuration.
@case("configuration/set_default")
def _set_default(stage: Stage) -> object:
    cls = stage.package.Configuration
    default = stage.configuration(username="default")
    default.api_key["k"] = "v"
    default.team = ["blue"]
    cls.set_default(default)
    first = cls()
    default.username = "later"
    default.api_key["k2"] = "v2"
    second = cls()
    client = stage.package.ApiClient()
    facts = [
        *(first is default, type(first), first.host == stage.server.url, first.username, second.username),
        *(first.api_key, first.api_key is default.api_key, second.api_key, first.team, first.team is default.team),
        *(client.configuration is default, client.configuration.username, stage.package.UserApi().get_user(3)),
    ]
    cls.set_default(None)
    return [*facts, cls().username, hasattr(cls(), "team")]


@case("configuration/set_default-patched-method")
def _patched_default(stage: Stage) -> object:
    cls = stage.package.Configuration
    default = stage.configuration()
    default.get_basic_auth_token = lambda: "Bearer q"
    cls.set_default(default)
    return [cls().get_basic_auth_token(), stage.package.UserApi().get_user(3)]


@case("configuration/set_default-then-changed")
def _changed_copy(stage: Stage) -> object:
    cls = stage.package.Configuration
    cls.set_default(stage.configuration(username="default"))
    own = cls()
    own.username = "own"
    own.password = "own-pass"
    return [stage.package.UserApi(stage.package.ApiClient(own)).get_user(3), cls().username]


@case("configuration/subclass")
def _subclass(stage: Stage) -> object:
    class Ours(stage.package.Configuration):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.host = stage.server.url
            self.username = "robot$ci"
            self.password = "secret"

    return stage.package.UserApi(stage.package.ApiClient(Ours())).get_user(3)


@case("configuration/unknown-attribute")
def _unknown(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.nonsense = 1
    return configuration.nonsense


@case(
    "configuration/misspelled-attribute",
    differs=differs("misspelled-settings", "", ours={"error.type": "AttributeError"}),
)
def _misspelled(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.pasword = "Harbor12345"
    return configuration.pasword


@case("configuration/copy")
def _copied(stage: Stage) -> object:
    configuration = stage.configuration(team="blue")
    twin = copy.copy(configuration)
    twin.username = "other"
    return [twin.host == configuration.host, configuration.username, twin.team]


COPIES = differs("copying-and-pickling", "", ours={"error": NOTHING})
add("configuration/deepcopy", lambda stage: copy.deepcopy(stage.configuration()).username, differs=COPIES)
add("configuration/pickle", lambda stage: pickle.loads(pickle.dumps(stage.configuration())).username, differs=COPIES)


# Read at each call.
@case("configuration/changed-between-calls")
def _changed(stage: Stage) -> object:
    configuration = stage.configuration()
    api = stage.package.UserApi(stage.package.ApiClient(configuration))
    api.get_user(1)
    configuration.password = "Changed-1"
    api.get_user(2)
    configuration.username = "jana"
    api.get_user(3)
    configuration.host = f"http://localhost:{stage.server.port}/other"
    api.get_user(4)
    configuration.username = configuration.password = ""
    api.get_user(5)
    configuration.safe_chars_for_path_param = "/"
    return api.api_client.call_api("/x/{a}", "GET", {"a": "b/c"})


@case("configuration/swapped-on-client")
def _swapped(stage: Stage) -> object:
    api = stage.api()
    api.get_user(1)
    api.api_client.configuration = stage.configuration(username="other", password="Other-1")
    return api.get_user(2)


@case("configuration/patched-api-key-dict")
def _patched_key(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.api_key["basic"] = "unused"
    return stage.package.UserApi(stage.package.ApiClient(configuration)).get_user(3)


# Validation switched off.
for label, act in {
    "page_size": lambda api: api.list_users(page_size=1000),
    "request-id": lambda api: api.list_users(x_request_id=""),
    "body": lambda api: api.create_user(None),
    "username": lambda api: api.search_users(None),
}.items():
    add(
        f"configuration/no-validation/{label}",
        lambda stage, act=act: act(stage.api(client_side_validation=False)),
        json_answer([]),
        differs=differs("none-is-not-given", "", ours={"requests.0.target": "/api/v2.0/users/search"})
        if label == "username"
        else (),
    )
add(
    "configuration/no-validation/user_id",
    lambda stage: stage.api(client_side_validation=False).get_user(None),
    differs=differs("path-values", "", ours={"requests": []}),
)


# Logging.
@case("configuration/logging/unasked", differs=differs("logging-unasked", "result", ours={"result.list.0.list": []}))
def _unasked(stage: Stage) -> object:
    before = {name: list(logging.getLogger(name).handlers) for name in ("", "harbor_client", "urllib3")}
    for _ in range(3):
        stage.package.Configuration()
    return [[name for name, old in before.items() if [h for h in logging.getLogger(name).handlers if h not in old]]]


@case("configuration/logging/debug", differs=differs("debug-is-ours-alone", "result.list.2", ours={"result.list.2": 0}))
def _debug(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.debug = True
    first = [configuration.debug, logging.getLogger("harbor_client").level]
    configuration.debug = False
    return [first, configuration.debug, logging.getLogger("harbor_client").level]


@case(
    "configuration/logging/debug-elsewhere",
    differs=differs("debug-is-ours-alone", "result", ours={"result.list": [0, 0]}),
)
def _debug_elsewhere(stage: Stage) -> object:
    from http.client import HTTPConnection

    configuration = stage.configuration()
    configuration.debug = True
    return [logging.getLogger("urllib3").level, HTTPConnection.debuglevel]


@case("configuration/logging/debug-one")
def _debug_one(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.debug = 1
    return [configuration.debug == 1, bool(configuration.debug)]


@case("configuration/logging/file")
def _file(stage: Stage) -> object:
    configuration = stage.configuration()
    path = Path(stage.folder, "harbor.log")
    configuration.logger_file = str(path)
    for logger in configuration.logger.values():
        logger.warning("written by the script through %s", logger.name)
    handler = configuration.logger_file_handler
    lines = path.read_text("utf-8").splitlines()
    kinds = [handler in logger.handlers for logger in configuration.logger.values()]
    configuration.logger_file = None
    again = [handler in logger.handlers for logger in configuration.logger.values()]
    return [configuration.logger_file, type(handler), kinds, [line.split(" WARNING ")[1] for line in lines], again]


@case("configuration/logging/file-is-read-back")
def _file_back(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.logger_file = str(Path(stage.folder, "harbor.log"))
    return configuration.logger_file


@case("configuration/logging/format")
def _format(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.logger_format = "%(message)s!"
    path = Path(stage.folder, "harbor.log")
    configuration.logger_file = str(path)
    configuration.logger["package_logger"].warning("hello")
    return [configuration.logger_format, configuration.logger_formatter._fmt, path.read_text("utf-8")]


@case(
    "configuration/logging/own-logger",
    differs=differs("debug-is-ours-alone", "result.list.0", ours={"result.list.0": 0}),
)
def _own_logger(stage: Stage) -> object:
    configuration = stage.configuration()
    configuration.logger["mine"] = logging.getLogger("dropin.mine")
    configuration.debug = True
    level = logging.getLogger("dropin.mine").level
    configuration.debug = False
    return [level, sorted(configuration.logger)]


@case("configuration/report")
def _report(stage: Stage) -> object:
    lines = stage.package.Configuration().to_debug_report().splitlines()
    return [line.split(":")[0] for line in lines]


# Settings that are wrong: the reference finds out late, or never.
WRONG = "settings-checked"
for label, host in {
    "no-scheme": "127.0.0.1:{port}/api",
    "user-info": "http://u:p@127.0.0.1:{port}/api",
    "query": "http://127.0.0.1:{port}/api?x=1",
    "fragment": "http://127.0.0.1:{port}/api#x",
    "beyond-the-base": "http://127.0.0.1:{port}/api/v2.0/users",
}.items():
    add(
        f"configuration/wrong/host-{label}",
        lambda stage, h=host: stage.client(host=h.format(port=stage.server.port)).call_api("/x", "GET"),
        differs=differs(WRONG, "", ours={"error.type": "ValueError", "requests": []}),
    )
for label, settings in {
    "ca-file": {"ssl_ca_cert": "/nonexistent/ca.pem"},
    "key-file": {"cert_file": "/nonexistent/cert.pem", "key_file": "/nonexistent/key.pem"},
    "colon-in-username": {"username": "a:b"},
    "line-break-in-password": {"username": "a", "password": "b\n"},
}.items():
    add(
        f"configuration/wrong/{label}",
        lambda stage, s=settings: _https(stage, s),
        differs=differs(WRONG, "", ours={"error.type": "ValueError", "requests": []}),
    )


add(
    "configuration/wrong/text-for-a-boolean",
    lambda stage: int(stage.client(verify_ssl="").rest_client.pool_manager.connection_pool_kw["cert_reqs"]),
    differs=differs(WRONG, "", ours={"error.type": "TypeError", "requests": []}),
)


def _https(stage: Stage, settings: dict[str, object]) -> object:
    if "username" in settings:
        return stage.api(**settings).get_user(3)
    client = stage.client(**settings)
    client.rest_client.pool_manager.connection_pool_kw["retries"] = False
    client.configuration.host = f"https://127.0.0.1:{stage.server.port}/api"
    return client.call_api("/x", "GET", _request_timeout=1)


@case(
    "configuration/trailing-slash",
    differs=differs("trailing-slash", "requests.0.target", ours={"requests.0.target": "/api/v2.0/x"}),
)
def _slash(stage: Stage) -> object:
    return stage.client(host=stage.server.url + "/").call_api("/x", "GET")


@case("configuration/harbor-variables-ignored")
def _variables(stage: Stage) -> object:
    os.environ["HARBOR_URL"] = "http://harbor.invalid"
    try:
        return stage.package.Configuration().host
    finally:
        del os.environ["HARBOR_URL"]


@case("configuration/anonymous-as-harbors-own-tests-do")
def _anonymous(stage: Stage) -> object:
    configuration = stage.configuration(username=None, password=None)
    configuration.auth_settings = types.MethodType(lambda self: {}, configuration)
    return stage.package.UserApi(stage.package.ApiClient(configuration)).get_user(3)


# The environment: the reference reads nothing of it.
def _with_environment(stage: Stage, variables: dict[str, str], act: Any) -> object:
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"))
    hidden = {name: None for upper in proxies for name in (upper, upper.lower())}
    before = {name: os.environ.pop(name, None) for name in {**hidden, **variables}}
    os.environ.update(variables)
    try:
        return act()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@case(
    "configuration/environment/proxy",
    differs=differs("environment-proxies", "", ours={"requests.0.target": "http://127.0.0.1:1/api/v2.0/x"}),
)
def _environment_proxy(stage: Stage) -> object:
    client = stage.client(host="http://127.0.0.1:1/api/v2.0")
    proxy = {"http_proxy": f"http://127.0.0.1:{stage.server.port}"}
    return _with_environment(stage, proxy, lambda: client.call_api("/x", "POST"))


@case("configuration/set_default-of-a-subclass")
def _default_subclass(stage: Stage) -> object:
    class Ours(stage.package.Configuration):  # type: ignore[name-defined, misc]
        team = "blue"

    default = Ours()
    default.host = stage.server.url
    stage.package.Configuration.set_default(default)
    made = stage.package.Configuration()
    return [type(made), made.team, made.host == stage.server.url, stage.package.UserApi().get_user(3)]


@case("configuration/subclass-while-a-default-is-set")
def _subclass_default(stage: Stage) -> object:
    class Ours(stage.package.Configuration):  # type: ignore[name-defined, misc]
        team = "blue"

    stage.package.Configuration.set_default(stage.configuration(username="default"))
    made = Ours()
    return [made.username, made.host == stage.server.url]


@case("configuration/constructor-of-subclass-while-a-default-is-set")
def _init_default(stage: Stage) -> object:
    class Ours(stage.package.Configuration):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.host = stage.server.url
            self.username = "own"

    stage.package.Configuration.set_default(stage.configuration(username="default", host="http://127.0.0.1:1"))
    made = Ours()
    return [type(made), made.username, made.host == stage.server.url]
