"""Public names and signatures of the users part."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from stage import Stage, add, case, differs

MODELS = {
    "UserCreationReq": "user_creation_req",
    "UserResp": "user_resp",
    "UserSearchRespItem": "user_search_resp_item",
    "UserProfile": "user_profile",
    "UserSysAdminFlag": "user_sys_admin_flag",
    "PasswordReq": "password_req",
    "OIDCCliSecretReq": "oidc_cli_secret_req",
    "OIDCUserInfo": "oidc_user_info",
    "Permission": "permission",
    "Error": "error",
    "Errors": "errors",
}

OPERATIONS = (
    *("create_user", "delete_user", "get_current_user_info", "get_current_user_permissions", "get_user"),
    *("list_users", "search_users", "set_cli_secret", "set_user_sys_admin", "update_user_password"),
    "update_user_profile",
)

# Where scripts import from.
IMPORTS = {
    "harbor_client": ("Configuration", "ApiClient", "UserApi", *MODELS),
    "harbor_client.api": ("UserApi",),
    "harbor_client.api.user_api": ("UserApi", "ApiClient"),
    "harbor_client.api_client": ("ApiClient", "Configuration"),
    "harbor_client.configuration": ("Configuration",),
    "harbor_client.models": tuple(MODELS),
    "harbor_client.rest": ("ApiException", "RESTClientObject", "RESTResponse", "logger"),
    **{f"harbor_client.models.{module}": (name,) for name, module in MODELS.items()},
}

CLASSES = ("Configuration", "ApiClient", "UserApi", "rest.ApiException", "rest.RESTClientObject", "rest.RESTResponse")


def _reach(package: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        package = getattr(package, name)
    return package


def _imports(module: str, names: tuple[str, ...]) -> dict[str, bool]:
    found = importlib.import_module(module)
    return {name: hasattr(found, name) for name in names}


def _identities(stage: Stage) -> dict[str, bool]:
    """The same class under each of its names."""
    package = stage.package
    return {
        "ApiClient": package.ApiClient is package.api_client.ApiClient is package.api.user_api.ApiClient,
        "Configuration": package.Configuration is package.configuration.Configuration,
        "UserApi": package.UserApi is package.api.UserApi is package.api.user_api.UserApi,
        **{
            name: getattr(package, name) is getattr(package.models, name) is getattr(_module(package, module), name)
            for name, module in MODELS.items()
        },
    }


def _module(package: Any, name: str) -> Any:
    return importlib.import_module(f"{package.__name__}.models.{name}")


def _members(stage: Stage, dotted: str, expected: tuple[str, ...]) -> dict[str, bool]:
    cls = _reach(stage.package, dotted)
    return {name: hasattr(cls, name) for name in expected}


def _parameters(function: Any, count: int, keywords: tuple[str, ...] = ()) -> list[object]:
    """The first `count` parameters, and whether each of these keywords may be given."""
    parameters = list(inspect.signature(function).parameters.values())
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    shown: list[object] = [f"{p.name}={'' if p.default is p.empty else repr(p.default)}" for p in positional[:count]]
    names = {p.name for p in parameters}
    required_beyond = [p.name for p in parameters if p.default is p.empty and p.kind in (p.KEYWORD_ONLY,)]
    return [*shown, {name: takes_any or name in names for name in keywords}, required_beyond]


MEMBERS: dict[str, tuple[str, ...]] = {
    "Configuration": (
        *("set_default", "auth_settings", "get_api_key_with_prefix", "get_basic_auth_token", "to_debug_report"),
        *("debug", "logger_file", "logger_format"),
    ),
    "ApiClient": (
        *("NATIVE_TYPES_MAPPING", "PRIMITIVE_TYPES", "__del__", "call_api", "deserialize", "parameters_to_tuples"),
        *("pool", "prepare_post_parameters", "request", "sanitize_for_serialization", "select_header_accept"),
        *("select_header_content_type", "set_default_header", "update_params_for_auth", "user_agent"),
    ),
    "rest.RESTClientObject": (*("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "request"),),
    "rest.RESTResponse": (
        "getheader",
        "getheaders",
    ),
    "UserApi": tuple(name + ending for name in OPERATIONS for ending in ("", "_with_http_info")),
}

# Methods whose parameters scripts give by position: the number is how many the reference has, `self` included.
METHODS = {
    "ApiClient.__init__": 5,
    "ApiClient.call_api": 16,
    "ApiClient.deserialize": 3,
    "ApiClient.parameters_to_tuples": 3,
    "ApiClient.prepare_post_parameters": 3,
    "ApiClient.request": 9,
    "ApiClient.sanitize_for_serialization": 2,
    "ApiClient.select_header_accept": 2,
    "ApiClient.select_header_content_type": 2,
    "ApiClient.set_default_header": 3,
    "ApiClient.update_params_for_auth": 4,
    "Configuration.__init__": 1,
    "Configuration.auth_settings": 1,
    "Configuration.get_api_key_with_prefix": 2,
    "Configuration.get_basic_auth_token": 1,
    "Configuration.set_default": 1,
    "Configuration.to_debug_report": 1,
    "UserApi.__init__": 2,
    "rest.ApiException.__init__": 4,
    "rest.RESTClientObject.__init__": 4,
    "rest.RESTClientObject.DELETE": 7,
    "rest.RESTClientObject.GET": 6,
    "rest.RESTClientObject.HEAD": 6,
    "rest.RESTClientObject.OPTIONS": 8,
    "rest.RESTClientObject.PATCH": 8,
    "rest.RESTClientObject.POST": 8,
    "rest.RESTClientObject.PUT": 8,
    "rest.RESTClientObject.request": 9,
    "rest.RESTResponse.__init__": 2,
    "rest.RESTResponse.getheader": 3,
    "rest.RESTResponse.getheaders": 1,
}

REQUIRED = {
    "create_user": 1,
    "delete_user": 1,
    "get_user": 1,
    "search_users": 1,
    "set_cli_secret": 2,
    "set_user_sys_admin": 2,
    "update_user_password": 2,
    "update_user_profile": 2,
}
OPTIONS = ("x_request_id", "async_req", "_return_http_data_only", "_preload_content", "_request_timeout")
OWN_OPTIONS = {
    "get_current_user_permissions": ("scope", "relative"),
    "list_users": ("q", "sort", "page", "page_size"),
    "search_users": ("page", "page_size"),
}


def _method(stage: Stage, name: str, operation: str) -> list[object]:
    keywords = OPTIONS + OWN_OPTIONS.get(operation, ())
    return _parameters(getattr(stage.package.UserApi, name), 1 + REQUIRED.get(operation, 0), keywords)


for module, names in IMPORTS.items():
    add(f"surface/import/{module}", lambda stage, module=module, names=names: _imports(module, names))
add("surface/one-class-many-names", _identities)
for dotted in MEMBERS:
    add(f"surface/members/{dotted}", lambda stage, d=dotted: _members(stage, d, MEMBERS[d]))
for dotted, count in METHODS.items():
    add(f"surface/signature/{dotted}", lambda stage, d=dotted, n=count: _parameters(_reach(stage.package, d), n))
for operation in OPERATIONS:
    for name in (operation, f"{operation}_with_http_info"):
        add(f"surface/signature/UserApi.{name}", lambda stage, n=name, o=operation: _method(stage, n, o))
for model in MODELS:
    add(
        f"surface/signature/{model}",
        lambda stage, model=model: _parameters(getattr(stage.package, model), 20, ("_configuration",)),
    )
    add(
        f"surface/class-attributes/{model}",
        lambda stage, model=model: [
            list(getattr(stage.package, model).swagger_types.items()),
            list(getattr(stage.package, model).attribute_map.items()),
            getattr(stage.package, model)().discriminator,
        ],
    )
add("surface/exception-is-Exception", lambda stage: issubclass(stage.package.rest.ApiException, Exception))
add(
    "surface/ApiClient.PRIMITIVE_TYPES",
    lambda stage: sorted(t.__name__ for t in stage.package.ApiClient.PRIMITIVE_TYPES),
)
add(
    "surface/ApiClient.NATIVE_TYPES_MAPPING",
    lambda stage: sorted([name, cls.__name__] for name, cls in stage.package.ApiClient.NATIVE_TYPES_MAPPING.items()),
)
add(
    "surface/other-apis",
    lambda stage: [hasattr(stage.package, name) for name in ("RobotApi", "ArtifactApi", "Robot")],
    differs=differs("users-part-only", "result", ours={"result.list": [False, False, False]}),
)
add(
    "surface/configuration-settings-by-keyword",
    lambda stage: stage.package.Configuration(host=stage.server.url, username="u").host,
    differs=differs("configuration-keywords", "result", "error", ours={"result": "http://SERVER/api/v2.0"}),
)
add(
    "surface/close-and-with",
    lambda stage: [hasattr(stage.package.ApiClient, name) for name in ("close", "__enter__", "__exit__")],
    differs=differs("context-manager", "result", ours={"result.list": [True, True, True]}),
)


@case("surface/star-imports")
def _stars(stage: Stage) -> object:
    found = {}
    for module in ("harbor_client", "harbor_client.models", "harbor_client.api", "harbor_client.rest"):
        namespace: dict[str, object] = {}
        exec(f"from {module} import *", namespace)
        of_rest = ("ApiException", "RESTClientObject", "RESTResponse") if module.endswith("rest") else ()
        names = of_rest or ("UserApi", "ApiClient", "Configuration", *MODELS)
        found[module] = [name for name in names if name in namespace]
    return found


@case("surface/models-by-inspection")
def _inspected(stage: Stage) -> object:
    classes = dict(inspect.getmembers(stage.package.models, inspect.isclass))
    top = dict(inspect.getmembers(stage.package, inspect.isclass))
    return [[name in classes and name in top for name in MODELS], "UserApi" in top]


@case("surface/modules-as-attributes")
def _modules(stage: Stage) -> object:
    names = ("api", "api.user_api", "api_client", "configuration", "models", "models.user_resp", "rest")
    return [inspect.ismodule(_reach(stage.package, name)) for name in names]
