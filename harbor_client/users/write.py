"""Single writes; if a response does not show whether a write took effect, a read settles it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from harbor_client import exceptions
from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.models import PasswordReq, UserCreationReq, UserProfile, UserResp, UserSysAdminFlag
from harbor_client.users.change import MASK
from harbor_client.users.errors import NO_LOCAL_USERS, convert, looked_in_vain
from harbor_client.users.lookup import Lookup
from harbor_client.users.values import checked_id

#: The fields of a user that can be changed, and their values in a user who has none.
_CHANGEABLE: dict[str, object] = {"email": "", "realname": "", "comment": "", "sysadmin_flag": False}


class Writer:
    """Carries out single changes. Reads to find out whether an unknown one took effect; never repeats one."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._api = lookup.api

    def create(self, wanted: UserCreationReq) -> int:
        """Create a user; the id."""
        name = wanted.username or ""
        headers: Mapping[str, str] = {}
        try:
            _, _, headers = self._api.create_user_with_http_info(wanted)
        except exceptions.ConflictException as error:
            raise self._conflict(error, name, wanted.email or "") from error
        except exceptions.ForbiddenException as error:
            raise self._explained(error) from error
        except exceptions.ApiException as error:
            self._settle(error, lambda: self._not_created(wanted))
        number = (headers.get("Location") or "").rstrip("/").rpartition("/")[2]
        if number.isascii() and number.isdigit():
            return int(number)
        user = self._lookup.find(name)  # something in between has removed the header
        if user is None:
            unsure = exceptions.UnexpectedResponseException(
                201, "there is no user of this name, nor an id in the response"
            )
            unsure.outcome = "unknown"
            raise unsure
        return checked_id(user.user_id)

    def update(self, user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Change those fields of the profile and the administrator flag that differ; these, before and after."""
        changes = differences(user, wanted)
        user_id = checked_id(user.user_id)
        if changes.keys() - {"sysadmin_flag"}:
            profile: dict[str, Any] = {name: getattr(user, name) or "" for name in ("email", "realname", "comment")}
            profile.update((name, after) for name, (_, after) in changes.items() if name in profile)
            try:
                self._api.update_user_profile(user_id, UserProfile(**profile))
            except exceptions.ForbiddenException as error:
                raise self._explained(error) from error
            except exceptions.ApiException as error:
                email = profile["email"]
                if error.status == 500 and "email" in changes:  # this is how Harbor says that the address is taken
                    holder = self._lookup.holders([email], fresh=True).get(email)
                    if holder is not None and holder.user_id != user_id:
                        raise convert(error, exceptions.EmailTakenException, held_by(holder)) from error
                self._settle(error, lambda: self._not_changed(user_id, profile))
        if "sysadmin_flag" in changes:
            flag = {"sysadmin_flag": changes["sysadmin_flag"][1]}
            try:
                self._api.set_user_sys_admin(user_id, UserSysAdminFlag(**flag))
            except exceptions.ApiException as error:
                self._settle(error, lambda: self._not_changed(user_id, flag))
        return changes

    def delete(self, user_id: int) -> bool:
        """Remove a user; returns whether there was one."""
        try:
            self._api.delete_user(user_id)
        except exceptions.NotFoundException:
            return False
        except exceptions.ApiException as error:
            self._settle(error, lambda: self._not_deleted(user_id))
        return True

    def set_password(self, user: UserResp, new: str, old: str | None) -> dict[str, tuple[str, str]]:
        """Give a user a new password; when that is the caller, the client goes on with it."""
        user_id = checked_id(user.user_id)
        configuration = self._api.api_client.configuration
        own = self._lookup.is_caller(user_id)
        if own:
            old = old or configuration.password
            if not old:
                raise ValueError("changing your own password needs the old one: pass old_password")
        # Calls of other threads with the old password would lock the account, so they wait.
        with self._api.api_client.paused() if own else nullcontext():
            try:
                request = PasswordReq(new_password=new, old_password=old if own else None)
                self._api.update_user_password(user_id, request)
            except exceptions.ForbiddenException as error:
                raise self._explained(error) from error
            except exceptions.ApiException as error:
                self._settle(error, lambda: self._not_set(user, new, configuration.username if own else None))
            if own:
                configuration.password = new
        return {"password": (MASK, MASK)}

    def _settle(self, error: exceptions.ApiException, look: Callable[[], str | None]) -> None:
        """Return if a write whose outcome is unknown turns out to have taken effect; raise its error otherwise.

        Args:
            error: of the write.
            look: says what was found that shows that it was not done.
        """
        if error.outcome == "unknown":
            try:
                found = look()
            except exceptions.ApiException as failure:
                looked_in_vain(error, failure)
            else:
                if found is None:
                    return
                error.hint = f"{found} so far, but Harbor may still carry the request out."
        raise error

    def _not_created(self, wanted: UserCreationReq) -> str | None:
        user = self._lookup.find(wanted.username or "")
        if user is None:
            return f"There is no user {wanted.username!r}"
        asked_for = {"email": wanted.email, "realname": wanted.realname, "comment": wanted.comment or ""}
        # The password shows whether this is the user asked for, or one like it that somebody else has created.
        if differences(user, asked_for) or self._not_set(user, wanted.password or ""):
            return f"There is a user {wanted.username!r} (user {user.user_id}) whom somebody else has created,"
        return None

    def _not_changed(self, user_id: int, wanted: dict[str, Any]) -> str | None:
        return "The user is unchanged" if differences(self._api.get_user(user_id), wanted) else None

    def _not_deleted(self, user_id: int) -> str | None:
        try:
            self._api.get_user(user_id)
        except exceptions.NotFoundException:
            return None
        return "The user exists"

    def _not_set(self, user: UserResp, password: str, login: str | None = None) -> str | None:
        """Needs one attempt to log in, which locks the user for 1.5 s if it fails."""
        if login is None:
            user = user if user.username else self._api.get_user(checked_id(user.user_id))
            login = user.email if ":" in (user.username or "") else user.username
        if login and ":" not in login:  # else Basic authentication cannot carry it
            configuration = copy.copy(self._api.api_client.configuration)
            configuration.username, configuration.password = login, password
            with ApiClient(configuration) as client:
                try:
                    if UserApi(client).get_current_user_info().user_id == user.user_id:
                        return None
                except exceptions.ApiException:
                    pass
        return "The user cannot log in with the new password"

    def _conflict(self, error: exceptions.ConflictException, username: str, email: str) -> exceptions.ConflictException:
        try:
            if self._lookup.find(username) is not None:
                return convert(error, exceptions.UsernameTakenException, f"There is a user {username!r} already.")
            holder = self._lookup.holders([email], fresh=True).get(email)
        except exceptions.ApiException:
            return error
        return error if holder is None else convert(error, exceptions.EmailTakenException, held_by(holder))

    def _explained(self, error: exceptions.ForbiddenException) -> exceptions.ForbiddenException:
        message = error.message or ""
        if "can't be updated" in message and not self._lookup.caller_is_administrator():  # before 2.15
            error.hint = error.hint or "Only a system administrator may change other users."
        elif "can't be updated" in message or "auth mode" in message:
            return convert(error, exceptions.NoLocalUsersException, NO_LOCAL_USERS)
        return error


def differences(user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields in which a user differs from what is wanted (``None`` stands for anything), with both values."""
    found = {}
    for name, empty in _CHANGEABLE.items():
        value = wanted.get(name)
        present = getattr(user, name) or empty
        if value is not None and value != present:
            found[name] = (present, value)
    return found


def is_same_password(error: exceptions.BadRequestException) -> bool:
    """Whether Harbor refused a password because the user has it already."""
    return "identical" in (error.message or "")


def held_by(holder: UserResp) -> str:
    """Who has an address."""
    return f"The e-mail address {holder.email} belongs to user {holder.user_id}, {holder.username!r}."
