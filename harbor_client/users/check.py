"""Tries, step by step, what a script needs of a Harbor: to be reached, to log in, and to have rights."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from harbor_client import exceptions
from harbor_client.users.change import describe
from harbor_client.users.errors import failure
from harbor_client.users.lookup import Lookup, is_administrator


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
        mode = system_info(lookup, [])["auth_mode"]
        place = "Harbor's own database" if mode == "db_auth" else f"elsewhere ({mode})"
        yield Finding(step, True, f"{configuration.host}, users come from {place}")
        verified = "the certificate is verified" if configuration.verify_ssl else "the certificate is NOT verified"
        secure = configuration.host.startswith("https:")
        yield Finding("tls", True, verified if secure else "none: passwords travel in clear text")
        step = "login"
        if not configuration.username:
            yield Finding(step, False, "no username is set")
            return
        caller = lookup.caller()  # the only request with credentials so far: a wrong password is sent once
        who = f"{caller.username} (user {caller.user_id})" if caller else f"{configuration.username}, a robot account"
        yield Finding(step, True, who)
        step = "version"
        info = system_info(lookup, ["basic"])
        version = str(info.get("harbor_version") or "that does not tell its version")
        yield Finding(step, True, f"Harbor {version.removeprefix('v')}")
        step = "rights"
        administrator = is_administrator(caller)
        if not administrator:
            lookup.api.list_users(page_size=1)
        yield Finding(step, True, "system administrator: may do everything" if administrator else "may list users")
        if info.get("read_only"):
            yield Finding("writes", False, "Harbor is in read-only mode: it refuses changes until that is switched off")
    except exceptions.ForbiddenException:
        yield Finding(step, True, "may search users, not list or change them: that needs a system administrator")
    except exceptions.ApiException as error:
        yield Finding("tls" if isinstance(error, exceptions.TLSException) else step, False, describe(error))


def system_info(lookup: Lookup, auth_settings: list[str]) -> dict[str, Any]:
    """What Harbor tells about its settings: to those who are logged in, more."""
    client = lookup.client
    found, _, _ = client.call_api("/systeminfo", "GET", response_type="object", auth_settings=auth_settings)
    if not isinstance(found, dict) or "auth_mode" not in found:
        what = "the response does not come from Harbor's API"
        hint = f"Is {client.configuration.host} the URL of Harbor's API, with /api/v2.0 at its end?"
        raise failure(exceptions.UnexpectedResponseException, 200, what, hint)
    return found
