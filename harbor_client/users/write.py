"""Single writes, each with what Harbor's responses leave open settled by looking."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from typing import Any

from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.exceptions import (
    ApiException,
    BadRequestException,
    ConflictException,
    EmailTakenException,
    ForbiddenException,
    NoLocalUsersException,
    NotFoundException,
    ServiceException,
    UnexpectedResponseException,
    UsernameTakenException,
)
from harbor_client.models import PasswordReq, UserCreationReq, UserProfile, UserResp, UserSysAdminFlag
from harbor_client.users.change import MASK
from harbor_client.users.errors import add_hint, convert, is_open, looked_in_vain
from harbor_client.users.lookup import Lookup
from harbor_client.users.values import checked_id

#: The fields of a user that can be changed, and their values in a user who has none.
_CHANGEABLE: dict[str, object] = {"email": "", "realname": "", "comment": "", "sysadmin_flag": False}


class Writer:
    """Carries out single changes. Where a request leaves open whether it was done, it looks; it never repeats."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._api = lookup.api

    def create(self, wanted: UserCreationReq) -> int:
        """Create a user; the id."""
        name = wanted.username or ""
        try:
            _, _, headers = self._api.create_user_with_http_info(wanted)
        except ConflictException as error:
            raise self._conflict(error, name, wanted.email) from error
        except ForbiddenException as error:
            raise self._without_local_users(error) from error
        except ApiException as error:
            if not is_open(error):
                raise
            user = self._look(error, name)
            asked_for = {"email": wanted.email, "realname": wanted.realname, "comment": wanted.comment or ""}
            if user is None:
                add_hint(error, f"Harbor has no user {name!r} so far.")
                raise
            # The password tells whether this is the user asked for, or one whom somebody else has created so.
            if differences(user, asked_for) or not self._is_password(user, wanted.password or ""):
                add_hint(error, f"There is a user {name!r} (user {user.user_id}), whom somebody else has created.")
                raise
            return checked_id(user.user_id)
        number = (headers.get("Location") or "").rstrip("/").rpartition("/")[2]
        if number.isascii() and number.isdigit():
            return int(number)
        user = self._lookup.find(name)  # something in between has removed the header
        if user is None:
            unsure = UnexpectedResponseException(201, "the response names no new user, and there is none of this name")
            unsure.outcome = "unknown"
            raise unsure
        return checked_id(user.user_id)

    def update(self, user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Change those fields of the profile and the administrator flag that differ; these, before and after."""
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
                        raise convert(error, EmailTakenException, held_by(profile["email"], holder)) from error
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
        """Remove a user; returns whether there was one."""
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
            except ApiException as look:
                raise looked_in_vain(error, look) from None
            add_hint(error, "The user still exists.")
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
                raise ValueError("changing your own password needs the old one: pass old_password")
        # Calls of other threads with the old password would lock the account, so they wait.
        with self._api.api_client.paused() if own else nullcontext():
            try:
                request = PasswordReq(new_password=new, old_password=old if own else None)
                self._api.update_user_password(user_id, request)
            except ForbiddenException as error:
                raise self._without_local_users(error) from error
            except ApiException as error:
                if not is_open(error):
                    raise
                if not self._is_password(user, new):
                    add_hint(error, "The user cannot log in with the new password so far.")
                    raise
            if own:
                configuration.password = new
        return {"password": (MASK, MASK)}

    def _is_password(self, user: UserResp, password: str) -> bool:
        """Whether a user can log in with this password; needs one attempt, which locks the user for 1.5 s if not."""
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

    def _look(self, error: ApiException, username: str) -> UserResp | None:
        try:
            return self._lookup.find(username)
        except ApiException as look:
            raise looked_in_vain(error, look) from None

    def _settle(self, error: ApiException, user_id: int, wanted: dict[str, Any]) -> None:
        """Return when a change whose outcome is open turns out to be done; raise the error otherwise."""
        if is_open(error):
            try:
                user = self._api.get_user(user_id)
            except ApiException as look:
                raise looked_in_vain(error, look) from None
            if not differences(user, wanted):
                return
            add_hint(error, "The user is unchanged so far.")
        raise error

    def _conflict(self, error: ConflictException, username: str, email: str | None) -> ConflictException:
        try:
            if self._lookup.find(username) is not None:
                return convert(error, UsernameTakenException, f"There is a user {username!r} already.")
        except ApiException:
            return error
        holder = self._lookup.with_email(email or "")
        return error if holder is None else convert(error, EmailTakenException, held_by(email, holder))

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
                error.hint = error.hint or "Only a system administrator may change other users."
                return error
        return convert(
            error,
            NoLocalUsersException,
            "Users, their profiles and passwords come from elsewhere (OIDC, LDAP).",
        )


def differences(user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields in which a user differs from what is wanted (``None`` stands for anything), with both values."""
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


def held_by(email: str | None, holder: UserResp) -> str:
    """Who has an address."""
    return f"The e-mail address {email} belongs to user {holder.user_id}, {holder.username!r}."
