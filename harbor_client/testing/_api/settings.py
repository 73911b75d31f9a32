"""What one Harbor consists of, and the part of its configuration that is served here."""

from dataclasses import dataclass

from .._clock import Clock
from .._database.store import Store
from .._errors import refuse
from .._go.json import Fields
from .._versions import Version

AUTH_MODES = ("db_auth", "ldap_auth", "uaa_auth", "http_auth", "oidc_auth")

_BOOLEANS = ("self_registration", "read_only", "oidc_verify_cert", "oidc_auto_onboard", "primary_auth_mode")
_OIDC = ("name", "endpoint", "client_id", "client_secret", "scope", "user_claim", "groups_claim", "admin_group")
#: What `PUT /configurations` understands here, of Harbor's many settings, with Go's types.
FIELDS: Fields = {
    **dict.fromkeys(("auth_mode", "project_creation_restriction"), "string"),
    **dict.fromkeys(_BOOLEANS, "bool"),
    **{f"oidc_{name}": "string" for name in _OIDC},
}


class Settings:
    """The settings, each an attribute."""

    def __init__(self, auth_mode: str, self_registration: bool, read_only: bool) -> None:
        if auth_mode not in AUTH_MODES:
            raise ValueError(f"auth_mode must be one of {', '.join(AUTH_MODES)}, not {auth_mode!r}")
        for name, kind in FIELDS.items():
            setattr(self, name, "" if kind == "string" else name == "oidc_verify_cert")
        self.primary_auth_mode = False
        self.project_creation_restriction = "everyone"
        self.auth_mode = auth_mode
        self.self_registration = self_registration
        self.read_only = read_only

    def update(self, values: dict[str, str | bool | int], users_exist: bool) -> None:
        """Change what is given, all or nothing.

        Raises:
            Failure: 400 for a value that Harbor refuses.
        """
        mode, modes = values.get("auth_mode", self.auth_mode), ", ".join(AUTH_MODES)
        changes = mode != self.auth_mode and users_exist
        refuse(
            (changes, "the auth mode cannot be modified as new users have been inserted into database"),
            (mode not in AUTH_MODES, f"bad request: item name auth_mode: invalid auth_mode, shoud be one of {modes}"),
        )
        for name, value in values.items():
            setattr(self, name, value)

    def shown(self, users_exist: bool) -> dict[str, dict[str, object]]:
        """The response to `GET /configurations`: secrets left out, each with a note whether it can be changed."""
        return {
            name: {"editable": not (name == "auth_mode" and users_exist), "value": getattr(self, name)}
            for name in sorted(FIELDS)
            if name != "oidc_client_secret"
        }


@dataclass
class Instance:
    """One Harbor: its version, its settings, its tables and the time it lives by."""

    version: Version
    settings: Settings
    store: Store
    clock: Clock
    #: How long the response to a wrong password is held back.
    lock_seconds: float
    #: Whether it serves HTTPS.
    secure: bool
