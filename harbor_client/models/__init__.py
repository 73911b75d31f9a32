"""The models: what is sent to Harbor and what it answers, one schema a module.

A model is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harbor_client.models.error import Error
    from harbor_client.models.errors import Errors
    from harbor_client.models.oidc_cli_secret_req import OIDCCliSecretReq
    from harbor_client.models.oidc_user_info import OIDCUserInfo
    from harbor_client.models.password_req import PasswordReq
    from harbor_client.models.permission import Permission
    from harbor_client.models.user_creation_req import UserCreationReq
    from harbor_client.models.user_profile import UserProfile
    from harbor_client.models.user_resp import UserResp
    from harbor_client.models.user_search_resp_item import UserSearchRespItem
    from harbor_client.models.user_sys_admin_flag import UserSysAdminFlag

__all__ = [
    "Error",
    "Errors",
    "OIDCCliSecretReq",
    "OIDCUserInfo",
    "PasswordReq",
    "Permission",
    "UserCreationReq",
    "UserProfile",
    "UserResp",
    "UserSearchRespItem",
    "UserSysAdminFlag",
]

#: The module of each model.
MODULES = {
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


if not TYPE_CHECKING:  # a checker would take any name for granted

    def __getattr__(name: str) -> object:
        """Load a model, or a model's module, at its first use."""
        module = name if name in MODULES.values() else MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        loaded = import_module(f"{__name__}.{module}")
        if module == name:
            return loaded
        found = globals()[name] = getattr(loaded, name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *MODULES, *MODULES.values()})
