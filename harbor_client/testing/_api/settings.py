"""The part of Harbor's configuration that the users API depends on."""

from __future__ import annotations

from .._errors import bad_request
from .._go.json import Fields

AUTH_MODES = ("db_auth", "ldap_auth", "uaa_auth", "http_auth", "oidc_auth")

#: What `PUT /configurations` understands here, of Harbor's many settings, with Go's types.
FIELDS: Fields = {
    "auth_mode": "string",
    "self_registration": "bool",
    "read_only": "bool",
    "oidc_name": "string",
    "oidc_endpoint": "string",
    "oidc_client_id": "string",
    "oidc_client_secret": "string",
    "oidc_scope": "string",
    "oidc_verify_cert": "bool",
    "oidc_auto_onboard": "bool",
    "oidc_user_claim": "string",
    "oidc_groups_claim": "string",
    "oidc_admin_group": "string",
    "primary_auth_mode": "bool",
}
_SECRET = frozenset({"oidc_client_secret"})


class Settings:
    """What is set. Reading and setting are plain attributes for the three that matter."""

    def __init__(self, auth_mode: str, self_registration: bool, read_only: bool) -> None:
        if auth_mode not in AUTH_MODES:
            raise ValueError(f"auth_mode must be one of {', '.join(AUTH_MODES)}, not {auth_mode!r}")
        self.auth_mode = auth_mode
        self.self_registration = self_registration
        self.read_only = read_only
        self._others: dict[str, str | bool | int] = {"oidc_verify_cert": True}

    def update(self, values: dict[str, str | bool | int], users_exist: bool) -> None:
        """Change what is given, all or nothing.

        Raises:
            Failure: 400 for a value that Harbor refuses.
        """
        mode = values.get("auth_mode", self.auth_mode)
        if mode != self.auth_mode and users_exist:
            raise bad_request("the auth mode cannot be modified as new users have been inserted into database")
        if mode not in AUTH_MODES:
            modes = ", ".join(AUTH_MODES)
            raise bad_request(f"bad request: item name auth_mode: invalid auth_mode, shoud be one of {modes}")
        for name, value in values.items():
            if name in ("auth_mode", "self_registration", "read_only"):
                setattr(self, name, value)
            else:
                self._others[name] = value

    def shown(self, users_exist: bool) -> dict[str, dict[str, object]]:
        """What `GET /configurations` answers: secrets left out, each with a note whether it can be changed."""
        values: dict[str, object] = {
            name: self._others.get(name, "" if kind == "string" else False)
            for name, kind in FIELDS.items()
            if name not in _SECRET
        }
        for name in ("auth_mode", "self_registration", "read_only"):
            values[name] = getattr(self, name)
        return {
            name: {"editable": not (name == "auth_mode" and users_exist), "value": values[name]}
            for name in sorted(values)
        }
