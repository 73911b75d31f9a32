"""The writes, each with what Harbor's answers leave open settled by looking."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from harbor_client.exceptions import (
    ApiException,
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    ServiceException,
    UnexpectedResponseException,
)
from harbor_client.models import PasswordReq, UserCreationReq, UserProfile, UserSysAdminFlag
from harbor_client.users.change import MASK
from harbor_client.users.errors import (
    EmailTakenException,
    NoLocalUsersException,
    UsernameTakenException,
    is_open,
    retyped,
)
from harbor_client.users.values import checked_id

if TYPE_CHECKING:
    from typing import Any

    from harbor_client.models import UserResp
    from harbor_client.users.lookup import Lookup

#: The fields of a user that can be changed, and their values in a user who has none.
_CHANGEABLE: dict[str, object] = {"email": "", "realname": "", "comment": "", "sysadmin_flag": False}


class Writer:
    """Carries out single changes. Whatever a request leaves unknown, it looks and does not repeat."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._api = lookup.api

    def create(self, wanted: UserCreationReq) -> int:
        """Create a user; the id."""
        try:
            _, _, headers = self._api.create_user_with_http_info(wanted)
        except ConflictException as error:
            raise self._conflict(error, wanted.username, wanted.email) from error
        except ForbiddenException as error:
            raise self._without_local_users(error) from error
        except ApiException as error:
            if not is_open(error):
                raise
            user = self._look(error, wanted.username)
            asked_for = {"email": wanted.email, "realname": wanted.realname, "comment": wanted.comment or ""}
            # The password tells whether this is the user asked for, or one whom somebody else has created so.
            if user is None or differences(user, asked_for) or not self._is_password(user, wanted.password or ""):
                raise
            return checked_id(user.user_id)
        number = (headers.get("Location") or "").rstrip("/").rpartition("/")[2]
        if number.isascii() and number.isdigit():
            return int(number)
        user = self._lookup.find(wanted.username or "")  # something in between has taken the header away
        if user is None:
            unsure = UnexpectedResponseException(201, "the answer names no new user, and there is none of this name")
            unsure.outcome = "unknown"
            raise unsure
        return checked_id(user.user_id)

    def update(self, user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Change what differs of the profile and the administrator flag; the fields that did, before and after."""
        changes = differences(user, wanted)
        user_id = checked_id(user.user_id)
        if changes.keys() - {"sysadmin_flag"}:
            profile: dict[str, Any] = {name: wanted.get(name) for name in ("email", "realname", "comment")}
            for name, value in profile.items():
                if value is None:
                    profile[name] = getattr(user, name) or ""
            try:
                self._api.update_user_profile(user_id, UserProfile(**profile))
            except ForbiddenException as error:
                raise self._without_local_users(error) from error
            except ServiceException as error:
                if error.status == 500 and "email" in changes:
                    holder = self._lookup.with_email(profile["email"] or "")
                    if holder is not None and holder.user_id != user_id:
                        raise retyped(error, EmailTakenException, _held(profile["email"], holder)) from error
                self._settle(error, user_id, profile)
            except ApiException as error:
                self._settle(error, user_id, profile)
        if "sysadmin_flag" in changes:
            flag = changes["sysadmin_flag"][1]
            try:
                self._api.set_user_sys_admin(user_id, UserSysAdminFlag(sysadmin_flag=flag))
            except ApiException as error:
                self._settle(error, user_id, {"sysadmin_flag": flag})
        return changes

    def delete(self, user_id: int) -> bool:
        """Remove a user; whether there was one."""
        try:
            self._api.delete_user(user_id)
        except NotFoundException:
            return False
        except ApiException as error:
            if not is_open(error):
                raise
            try:
                self._api.get_user(user_id)
            except NotFoundException:
                return True
            except ApiException:
                raise error from None
            raise
        return True

    def set_password(self, user: UserResp, new: str, old: str | None) -> dict[str, tuple[str, str]]:
        """Give a user a new password; when that is the caller, the client goes on with it."""
        user_id = checked_id(user.user_id)
        configuration = self._api.api_client.configuration
        own = self._lookup.is_caller(user_id)
        if own and old is None:
            old = configuration.password
            if not old:
                raise ValueError("a change of one's own password needs the old one")
        try:
            self._api.update_user_password(user_id, PasswordReq(new_password=new, old_password=old if own else None))
        except ForbiddenException as error:
            raise self._without_local_users(error) from error
        except ApiException as error:
            if not is_open(error) or not self._is_password(user, new):
                raise
        if own:
            configuration.password = new
        return {"password": (MASK, MASK)}

    def _is_password(self, user: UserResp, password: str) -> bool:
        """Whether a user can log in with this password; needs one attempt, which locks the user for 1.5 s if not."""
        from harbor_client.api.user_api import UserApi
        from harbor_client.api_client import ApiClient

        configuration = copy.copy(self._api.api_client.configuration)
        try:
            if user.username is None:
                user = self._api.get_user(checked_id(user.user_id))
        except ApiException:
            if not self._lookup.is_caller(checked_id(user.user_id)):
                return False
            login = configuration.username  # oneself, and it is done
        else:
            login = user.email if ":" in (user.username or "") else user.username
        if not login or ":" in login:  # Basic authentication cannot carry it
            return False
        configuration.username, configuration.password = login, password
        with ApiClient(configuration) as client:
            try:
                return UserApi(client).get_current_user_info().user_id == user.user_id
            except ApiException:
                return False

    def _look(self, error: ApiException, username: str | None) -> UserResp | None:
        try:
            return self._lookup.find(username or "")
        except ApiException:
            raise error from None

    def _settle(self, error: ApiException, user_id: int, wanted: dict[str, Any]) -> None:
        """Return when a change whose outcome is unknown turns out to be done; raise the error otherwise."""
        if is_open(error):
            try:
                user = self._api.get_user(user_id)
            except ApiException:
                raise error from None
            if not differences(user, wanted):
                return
        raise error

    def _conflict(self, error: ConflictException, username: str | None, email: str | None) -> ConflictException:
        try:
            if self._lookup.find(username or "") is not None:
                return retyped(error, UsernameTakenException, f"There is a user {username!r} already.")
        except ApiException:
            return error
        holder = self._lookup.with_email(email or "")
        return error if holder is None else retyped(error, EmailTakenException, _held(email, holder))

    def _without_local_users(self, error: ForbiddenException) -> ForbiddenException:
        message = error.message or ""
        if "auth mode" not in message:
            if "can't be updated" not in message:
                return error
            try:  # before 2.15 that is also what callers without rights are told
                caller = self._api.get_current_user_info()
            except ApiException:
                return error
            if not (caller.sysadmin_flag or caller.admin_role_in_auth):
                error.hint = error.hint or "Only a system administrator may change other users, and the caller is none."
                return error
        return retyped(
            error,
            NoLocalUsersException,
            "Users, their profiles and passwords come from another place here (OIDC, LDAP).",
        )


def differences(user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields in which a user differs from what is wanted (``None``: nothing), with both values."""
    found = {}
    for name, empty in _CHANGEABLE.items():
        value = wanted.get(name)
        present = getattr(user, name) or empty
        if value is not None and value != present:
            found[name] = (present, value)
    return found


def is_same_password(error: BadRequestException) -> bool:
    """Whether Harbor refused a password because the user has it already."""
    return "identical" in (error.message or "")


def _held(email: str | None, holder: UserResp) -> str:
    return f"The e-mail address {email} belongs to user {holder.user_id}, {holder.username!r}."
