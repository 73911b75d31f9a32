"""Tries, step by step, what a script needs of a Harbor: to be reached, to log in, and to have rights."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

from harbor_client.exceptions import ApiException, ForbiddenException, UnexpectedResponseException
from harbor_client.models import UserResp
from harbor_client.users.change import describe
from harbor_client.users.lookup import Lookup


class Finding(NamedTuple):
    """The result of one step of :meth:`harbor_client.users.Users.check`; ``str(finding)`` is a line."""

    #: ``"connection"``, ``"login"``, ``"version"``, ``"rights"`` or ``"writes"``.
    subject: str
    #: Whether the step succeeded.
    ok: bool
    #: What was found, or what failed and what to do about it.
    text: str

    def __str__(self) -> str:
        return f"{'ok' if self.ok else 'FAILED':8}{self.subject:12}{self.text}"


def check(lookup: Lookup) -> Generator[Finding, None, None]:
    """The steps one after the other, up to one without which the others make no sense."""
    client = lookup.api.api_client
    configuration = client.configuration
    try:
        found = _system_info(lookup, [])
        yield Finding("connection", True, f"{configuration.host}, users come from {_auth_mode(found)}")
        if not configuration.username:
            yield Finding("login", False, "no user name is set")
            return
        caller = lookup.caller()  # the only login so far, so a wrong password does not lock the account for long
    except ApiException as error:
        yield Finding("login" if error.status == 401 else "connection", False, describe(error))
        return
    yield Finding("login", True, _name(caller, configuration.username))
    try:
        found = _system_info(lookup, ["basic"])
        version = str(found.get("harbor_version") or "").removeprefix("v")
        yield Finding("version", True, f"Harbor {version or 'does not tell its version'}")
        yield Finding("rights", True, _rights(lookup, caller))
    except ApiException as error:
        yield Finding("rights", False, describe(error))
    if found.get("read_only"):
        yield Finding("writes", False, "Harbor is in read-only mode: it refuses all changes until that is switched off")


def _system_info(lookup: Lookup, auth_settings: list[str]) -> dict[str, Any]:
    found: Any = lookup.api.api_client.call_api(
        "/systeminfo", "GET", response_type="object", auth_settings=auth_settings, _return_http_data_only=True
    )
    if isinstance(found, dict) and "auth_mode" in found:
        return found
    error = UnexpectedResponseException(200, "the response does not come from Harbor's API")
    error.outcome = "answered"
    error.hint = f"Is {lookup.api.api_client.configuration.host} the URL of Harbor's API, with /api/v2.0 at its end?"
    raise error


def _auth_mode(found: dict[str, Any]) -> str:
    mode = found.get("auth_mode")
    return "Harbor's own database" if mode == "db_auth" else f"elsewhere ({mode})"


def _name(caller: UserResp | None, username: str) -> str:
    return f"{username}, a robot account" if caller is None else f"{caller.username} (user {caller.user_id})"


def _rights(lookup: Lookup, caller: UserResp | None) -> str:
    if caller is not None and (caller.sysadmin_flag or caller.admin_role_in_auth):
        return "system administrator: may do everything"
    try:
        lookup.api.list_users(page_size=1)
    except ForbiddenException:
        return "may search users, not list or change them: that needs a system administrator"
    return "may list users"
