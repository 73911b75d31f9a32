"""Failures as :class:`~harbor_client.users.Users` reports them: with more specific classes and hints."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from harbor_client import exceptions
from harbor_client.exceptions import Outcome
from harbor_client.models import UserResp

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


@contextmanager
def settled(
    look: Callable[[], str | None],
    meaning: Callable[[exceptions.ApiException], exceptions.ApiException | None] = lambda _: None,
) -> Iterator[None]:
    """Surround a write. If its outcome is unknown, find out, and raise the error only if the write did not take effect.

    Args:
        look: returns what shows that the write was not carried out, or ``None`` if it was.
        meaning: returns the more specific error that Harbor's error stands for, or ``None`` to raise Harbor's.
    """
    try:
        yield
    except exceptions.ApiException as error:
        if error.outcome != "unknown":
            meant = meaning(error)
            if meant is None:
                raise
            raise meant from error
        try:
            found = look()
        except exceptions.ApiException as failure:
            error.hint = f"Looking whether it was done failed as well: {failure.message or failure.reason}."
            error.__dict__["_unreachable"] = True
        else:
            if found is None:
                return
            error.hint = f"{found} so far, but Harbor may still carry the request out."
        raise


def fails_for_every_row(error: exceptions.ApiException) -> bool:
    """Whether the rows after this one would fail as well, for the same reason.

    For a :class:`ForbiddenException`, only the calling code knows.
    """
    if isinstance(error, _GENERAL) or "_unreachable" in error.__dict__:
        return True
    message = error.message or error.reason or ""
    if isinstance(error, exceptions.ForbiddenException):
        return "read only mode" in message or "CSRF" in message
    if isinstance(error, exceptions.ConnectionException):
        return error.outcome == "not_sent" or error.method == "GET"
    if isinstance(error, exceptions.UnexpectedResponseException):
        return error.outcome == "answered"
    if error.status == 404:  # every row fails if the path is unknown, but not if one user is
        return message.startswith("path ") or (error.code is None and error.method is not None)
    # A response without an error of Harbor's comes from something else, or from a Harbor where nobody is logged in.
    return error.code is None and (error.method == "GET" or (error.status == 500 and error.outcome == "answered"))


def failure(kind: type[_E], status: int, reason: str, hint: str | None = None, outcome: Outcome = "answered") -> _E:
    """Make an error that ``users`` finds itself, rather than the transport."""
    error = kind(status, reason)
    error.hint, error.outcome = hint, outcome
    return error


def not_found(who: str, hint: str | None = None) -> exceptions.NotFoundException:
    """The error for a user who does not exist."""
    return failure(exceptions.NotFoundException, 404, f"there is no user {who}", hint)


def query_ignored(what: str) -> exceptions.UnexpectedResponseException:
    """The error for a list of users that does not match its query."""
    hint = "The server ignored the query: something between here and Harbor may have lost or changed it."
    return failure(exceptions.UnexpectedResponseException, 200, what, hint)


def held_by(holder: UserResp) -> str:
    """A sentence that says which user has an email address."""
    return f"The email address {holder.email} belongs to user {holder.user_id}, {holder.username!r}."
