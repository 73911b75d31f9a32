"""Failures as :class:`~harbor_client.users.Users` reports them: with more specific classes and hints."""

from __future__ import annotations

from typing import TypeVar

from harbor_client import exceptions

_E = TypeVar("_E", bound=exceptions.ApiException)

NO_LOCAL_USERS = "Users, their profiles and passwords come from elsewhere (OIDC, LDAP)."

#: Failures that do not depend on the row, so the next row would fail in the same way.
_GENERAL = (
    exceptions.UnauthorizedException,
    exceptions.NoLocalUsersException,
    exceptions.RedirectException,
    exceptions.MethodNotAllowedException,
)


def convert(error: exceptions.ApiException, kind: type[_E], hint: str) -> _E:
    """The same failure as an exception of another class, with a hint that says more."""
    new = kind(error.status, error.reason)
    new.__dict__.update(error.__dict__)
    new.hint = hint
    return new


def looked_in_vain(error: exceptions.ApiException, look: exceptions.ApiException) -> None:
    """Note in the error of a write that the attempt to find out whether it was carried out failed as well."""
    error.hint = f"Looking whether it was done failed as well: {look.message or look.reason}."
    error.__dict__["_unreachable"] = True


def fails_for_every_row(error: exceptions.ApiException) -> bool:
    """Whether the rows after this one would fail as well, for the same reason.

    For a :class:`ForbiddenException`, only the calling code knows.
    """
    if isinstance(error, _GENERAL) or "_unreachable" in error.__dict__:
        return True
    message = error.message or ""
    if isinstance(error, exceptions.ForbiddenException):
        return "read only mode" in message or "CSRF" in message
    if isinstance(error, exceptions.ConnectionException):
        return error.outcome == "not_sent" or error.method == "GET"
    if isinstance(error, exceptions.UnexpectedResponseException):
        return error.outcome == "answered"
    if error.status == 404:  # of a path, not of a user
        return message.startswith("path ") or (error.code is None and error.method is not None)
    # A response without an error of Harbor's comes from something else, or from a Harbor where nobody is logged in.
    return error.code is None and error.method == "GET"


def not_found(who: str, hint: str | None = None) -> exceptions.NotFoundException:
    """The error for a user who does not exist."""
    error = exceptions.NotFoundException(404, f"there is no user {who}")
    error.outcome = "answered"
    error.hint = hint
    return error


def query_ignored(what: str) -> exceptions.UnexpectedResponseException:
    """The error for a list of users that does not match its query."""
    error = exceptions.UnexpectedResponseException(200, what)
    error.outcome = "answered"
    error.hint = "The server ignored the query: something between here and Harbor may have lost or changed it."
    return error
