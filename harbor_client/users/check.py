"""Tries, step by step, what a script needs of a Harbor: to be reached, to log in, and to have rights."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harbor_client import exceptions
from harbor_client.users.change import Change, describe
from harbor_client.users.errors import NO_LOCAL_USERS, failure
from harbor_client.users.lookup import BUILT_IN, Lookup

#: What Harbor changes only where users come from its own database.
_PROFILE = {"email", "realname", "comment", "password"}


@dataclass(frozen=True)
class Finding:
    """The result of one step of :meth:`harbor_client.users.Users.check`; ``str(finding)`` is a line.

    Attributes:
        subject: ``"connection"``, ``"tls"``, ``"login"``, ``"version"``, ``"rights"`` or ``"writes"``.
        ok: whether the step succeeded.
        text: what was found, or what failed and what to do about it.
    """

    subject: str
    ok: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok' if self.ok else 'FAILED':8}{self.subject:12}{self.text}"


def check(lookup: Lookup) -> Generator[Finding, None, None]:
    """The steps one after the other; after one that fails, those that need it are left out."""
    configuration = lookup.client.configuration
    step = "connection"
    try:
        mode = _system_info(lookup, [])["auth_mode"]
        place = "Harbor's own database" if mode == "db_auth" else f"elsewhere ({mode})"
        yield Finding(step, True, f"{configuration.host}, users come from {place}")
        verified = "the certificate is verified" if configuration.verify_ssl else "the certificate is NOT verified"
        secure = configuration.host.startswith("https:")
        yield Finding("tls", True, verified if secure else "none: passwords travel in clear text")
        step = "login"
        if not configuration.username:
            yield Finding(step, False, "no user name is set")
            return
        caller = lookup.caller()  # the only request with credentials so far: a wrong password is sent once
        who = f"{caller.username} (user {caller.user_id})" if caller else f"{configuration.username}, a robot account"
        yield Finding(step, True, who)
        step = "version"
        info = _system_info(lookup, ["basic"])
        version = str(info.get("harbor_version") or "that does not tell its version")
        yield Finding(step, True, f"Harbor {version.removeprefix('v')}")
        step = "rights"
        administrator = lookup.caller_is_administrator()
        if not administrator:
            lookup.api.list_users(page_size=1)
        yield Finding(step, True, "system administrator: may do everything" if administrator else "may list users")
        if info.get("read_only"):
            yield Finding("writes", False, "Harbor is in read-only mode: it refuses changes until that is switched off")
    except exceptions.ForbiddenException:
        yield Finding(step, True, "may search users, not list or change them: that needs a system administrator")
    except exceptions.ApiException as error:
        yield Finding("tls" if isinstance(error, exceptions.TLSException) else step, False, describe(error))


class Settings:
    """What Harbor's settings allow, read when the first planned change asks. Where they cannot be read: everything."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    @cached_property
    def _info(self) -> dict[str, Any]:
        try:
            return _system_info(self._lookup, ["basic"])
        except exceptions.ApiException:
            return {"auth_mode": "db_auth"}

    def check(self, change: Change) -> None:
        """Raise the error with which Harbor would refuse this change, and those of other users as well."""
        if change.action not in ("created", "changed", "removed"):
            return
        mode = self._info["auth_mode"]
        local = change.action == "created" or (not _PROFILE.isdisjoint(change.fields) and change.user_id != BUILT_IN)
        if self._info.get("read_only"):
            from harbor_client._hints import HINTS  # loaded only for errors

            hint = next(hint.text for hint in HINTS if hint.id == "read-only")
            what = "The system is in read only mode"
            raise failure(exceptions.ForbiddenException, 403, what, hint, "not_sent")
        if mode != "db_auth" and local:
            what = f"users are not created or changed in Harbor under auth mode: {mode}"
            raise failure(exceptions.NoLocalUsersException, 403, what, NO_LOCAL_USERS, "not_sent")


def _system_info(lookup: Lookup, auth_settings: list[str]) -> dict[str, Any]:
    client = lookup.client
    found, _, _ = client.call_api("/systeminfo", "GET", response_type="object", auth_settings=auth_settings)
    if not isinstance(found, dict) or "auth_mode" not in found:
        what = "the response does not come from Harbor's API"
        hint = f"Is {client.configuration.host} the URL of Harbor's API, with /api/v2.0 at its end?"
        raise failure(exceptions.UnexpectedResponseException, 200, what, hint)
    return found
