"""Failures that Harbor tells apart by text or not at all, as classes of their own."""

from __future__ import annotations

from typing import TypeVar

from harbor_client.exceptions import (
    ApiException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    UnexpectedResponseException,
)


class UsernameTakenException(ConflictException):
    """Another user has this name, exactly so."""


class EmailTakenException(ConflictException):
    """Another user has this e-mail address. (On a change of the profile Harbor answers this with status 500.)"""


class NoLocalUsersException(ForbiddenException):
    """Users come from OIDC, LDAP or the like: Harbor creates none, and changes no profile or password of theirs."""


#: What a gateway answers in Harbor's place, which tells nothing of what Harbor did.
_GATEWAYS = (502, 503, 504)

_E = TypeVar("_E", bound=ApiException)


def retyped(error: ApiException, kind: type[_E], hint: str) -> _E:
    """The same failure as an exception of another class, with a hint that says more."""
    new = kind(error.status, error.reason)
    new.__dict__.update(error.__dict__)
    new.hint = hint
    return new


def is_open(error: ApiException) -> bool:
    """Whether a write may have been done or not: no answer came, or a gateway's."""
    return error.outcome == "unknown" or error.status in _GATEWAYS


def not_found(username: str) -> NotFoundException:
    """What asking for a user by name gives when there is none."""
    error = NotFoundException(404, f"there is no user {username!r}")
    error.outcome = "answered"
    return error


def unheeded(what: str) -> UnexpectedResponseException:
    """What a list of users is that was not asked for so."""
    error = UnexpectedResponseException(200, what)
    error.outcome = "answered"
    error.hint = "Something between here and Harbor may have lost or changed the query of the request."
    return error
