"""Single writes; if a response does not show whether a write took effect, a read settles it."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from harbor_client import exceptions
from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.models import PasswordReq, UserCreationReq, UserProfile, UserResp, UserSysAdminFlag
from harbor_client.users.errors import NO_LOCAL_USERS, convert, failure, settled
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
        """Create a user; returns the id."""
        name = wanted.username or ""
        headers: Mapping[str, str] = {}
        try:
            with self._explained(), settled(lambda: self._not_created(wanted)):
                _, _, headers = self._api.create_user_with_http_info(wanted)
        except exceptions.ConflictException as error:
            conflict = self._conflict(error, name, wanted.email or "")
            if conflict is None:
                raise
            raise conflict from error
        number = (headers.get("Location") or "").rstrip("/").rpartition("/")[2]
        if number.isascii() and number.isdigit():
            return int(number)
        user = self._lookup.find(name)  # something in between has removed the header
        if user is None:
            what = "there is no user of this name, nor an id in the response"
            raise failure(exceptions.UnexpectedResponseException, 201, what, outcome="unknown")
        return checked_id(user.user_id)

    def update(self, user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Change those fields of the profile and the administrator flag that differ; these, before and after."""
        changes = differences(user, wanted)
        user_id = checked_id(user.user_id)
        after: dict[str, Any] = {name: getattr(user, name) or "" for name in ("email", "realname", "comment")}
        after.update((name, value) for name, (_, value) in changes.items() if name in after)
        if changes.keys() & after:
            try:
                with self._explained(), settled(lambda: self._not_changed(user, after)):
                    self._api.update_user_profile(user_id, UserProfile(**after))
            except exceptions.ServiceException as error:
                if error.status == 500 and "email" in changes:  # this is how Harbor says that the address is taken
                    holder = self._lookup.holders([after["email"]], fresh=True).get(after["email"])
                    if holder is not None and holder.user_id != user_id:
                        raise convert(error, exceptions.EmailTakenException, held_by(holder)) from error
                raise
        if "sysadmin_flag" in changes:
            flag = {"sysadmin_flag": wanted["sysadmin_flag"]}
            with settled(lambda: self._not_changed(user, flag)):
                self._api.set_user_sys_admin(user_id, UserSysAdminFlag(**flag))
        return changes

    def delete(self, user: UserResp) -> bool:
        """Remove a user; returns whether there was one."""
        try:
            with settled(lambda: self._not_deleted(user)):
                self._api.delete_user(checked_id(user.user_id))
        except exceptions.NotFoundException:
            return False
        return True

    def set_password(self, user: UserResp, new: str, old: str | None) -> None:
        """Give a user a new password; when that is the caller, the client goes on with it."""
        user_id = checked_id(user.user_id)
        configuration = self._api.api_client.configuration
        own = self._lookup.is_caller(user_id)
        old = (old or configuration.password) if own else None
        if own and not old:
            raise ValueError("changing your own password needs the old one: pass old_password")
        # Calls of other threads with the old password would lock the account, so they wait.
        with self._api.api_client.paused() if own else nullcontext():
            with self._explained(), settled(lambda: self._not_set(user, new, configuration.username if own else None)):
                self._api.update_user_password(user_id, PasswordReq(new_password=new, old_password=old))
            if own:
                configuration.password = new

    def _not_created(self, wanted: UserCreationReq) -> str | None:
        user = self._lookup.find(wanted.username or "")
        if user is None:
            return f"There is no user {wanted.username!r}"
        asked_for = {"email": wanted.email, "realname": wanted.realname, "comment": wanted.comment or ""}
        # The password shows whether this is the user asked for, or one like it that somebody else has created.
        if differences(user, asked_for) or self._not_set(user, wanted.password or ""):
            return f"There is a user {wanted.username!r} (user {user.user_id}) whom somebody else has created,"
        return None

    def _not_changed(self, user: UserResp, wanted: dict[str, Any]) -> str | None:
        return "The user is unchanged" if differences(self._lookup.read(user), wanted) else None

    def _not_deleted(self, user: UserResp) -> str | None:
        try:
            self._lookup.read(user)
        except exceptions.NotFoundException:
            return None
        return "The user exists"

    def _not_set(self, user: UserResp, password: str, login: str | None = None) -> str | None:
        """Needs one attempt to log in, which locks the user for 1.5 s if it fails."""
        if login is None:
            user = user if user.username else self._lookup.read(user)
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

    def _conflict(
        self, error: exceptions.ConflictException, name: str, email: str
    ) -> exceptions.ConflictException | None:
        """The error that says whether the name or the address is taken, if that can be found out."""
        try:
            if self._lookup.find(name) is not None:
                return convert(error, exceptions.UsernameTakenException, f"There is a user {name!r} already.")
            holder = self._lookup.holders([email], fresh=True).get(email)
        except exceptions.ApiException:
            return None
        return convert(error, exceptions.EmailTakenException, held_by(holder)) if holder else None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise what Harbor means by a 403 with these messages."""
        try:
            yield
        except exceptions.ForbiddenException as error:
            message = error.message or ""
            if "can't be updated" in message and not self._lookup.caller_is_administrator():  # before 2.15
                error.hint = error.hint or "Only a system administrator may change other users."
            elif "can't be updated" in message or "auth mode" in message:
                raise convert(error, exceptions.NoLocalUsersException, NO_LOCAL_USERS) from error
            raise


def differences(user: UserResp, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields in which a user differs from what is wanted (``None`` stands for anything), with both values."""
    present = {name: getattr(user, name) or empty for name, empty in _CHANGEABLE.items()}
    return {
        name: (value, wanted[name])
        for name, value in present.items()
        if wanted.get(name) is not None and wanted[name] != value
    }


def held_by(holder: UserResp) -> str:
    """Who has an address."""
    return f"The e-mail address {holder.email} belongs to user {holder.user_id}, {holder.username!r}."
