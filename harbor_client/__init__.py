"""The users API of Harbor, the container registry.

::

    import harbor_client

    configuration = harbor_client.Configuration(host="https://harbor.example/api/v2.0", username="admin", password="…")
    with harbor_client.ApiClient(configuration) as client:
        user = harbor_client.UserApi(client).get_user(3)

Models, :class:`Users` and the query builder are loaded when they are first used.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

with warnings.catch_warnings():
    import urllib3  # noqa: F401  sets warning filters, which nobody asked for who imports this package

from harbor_client import api_client, configuration, exceptions, rest
from harbor_client.api import user_api
from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.configuration import Configuration
from harbor_client.exceptions import (
    ApiException,
    BadRequestException,
    ConflictException,
    ConnectionException,
    ForbiddenException,
    MethodNotAllowedException,
    NotFoundException,
    PreconditionFailedException,
    ProtocolException,
    ProxyException,
    RedirectException,
    ServiceException,
    TimeoutException,
    TLSException,
    TooManyRequestsException,
    UnauthorizedException,
    UnexpectedResponseException,
    UnprocessableEntityException,
)

if TYPE_CHECKING:
    from typing import Any

    from harbor_client import models, passwords, query, users
    from harbor_client._version import __version__
    from harbor_client.models import (
        Error,
        Errors,
        OIDCCliSecretReq,
        OIDCUserInfo,
        PasswordReq,
        Permission,
        UserCreationReq,
        UserProfile,
        UserResp,
        UserSearchRespItem,
        UserSysAdminFlag,
    )
    from harbor_client.query import Q
    from harbor_client.users import Users

__all__ = [
    "ApiClient",
    "ApiException",
    "BadRequestException",
    "Configuration",
    "ConflictException",
    "ConnectionException",
    "Error",
    "Errors",
    "ForbiddenException",
    "MethodNotAllowedException",
    "NotFoundException",
    "OIDCCliSecretReq",
    "OIDCUserInfo",
    "PasswordReq",
    "Permission",
    "PreconditionFailedException",
    "ProtocolException",
    "ProxyException",
    "Q",
    "RedirectException",
    "ServiceException",
    "TLSException",
    "TimeoutException",
    "TooManyRequestsException",
    "UnauthorizedException",
    "UnexpectedResponseException",
    "UnprocessableEntityException",
    "UserApi",
    "UserCreationReq",
    "UserProfile",
    "UserResp",
    "UserSearchRespItem",
    "UserSysAdminFlag",
    "Users",
    "__version__",
    "api_client",
    "configuration",
    "exceptions",
    "models",
    "passwords",
    "query",
    "rest",
    "user_api",
    "users",
]

_ELSEWHERE = {
    "Q": "harbor_client.query",
    "Users": "harbor_client.users",
    "__version__": "harbor_client._version",
}
_SUBMODULES = frozenset({"models", "passwords", "query", "testing", "users"})


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _SUBMODULES:
        return import_module(f"harbor_client.{name}")
    place = _ELSEWHERE.get(name)
    if place is None:
        from harbor_client.models import MODULES

        if name not in MODULES:
            raise AttributeError(f"module 'harbor_client' has no attribute {name!r}")
        place = "harbor_client.models"
    value = getattr(import_module(place), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
