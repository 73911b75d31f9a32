"""Brings one user into the wanted state. No write is sent twice; if its outcome is unknown, a read settles it."""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from harbor_client import exceptions
from harbor_client._privacy.names import MASK
from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.models import PasswordReq, UserCreationReq, UserProfile, UserResp, UserSysAdminFlag
from harbor_client.users.change import GENERATE, Change, Clear, Generate, Options, UserRow
from harbor_client.users.errors import NO_LOCAL_USERS, convert, failure, held_by, not_found, settled
from harbor_client.users.lookup import BUILT_IN, Lookup, is_administrator
from harbor_client.users.memberships import change_roles, members_of
from harbor_client.users.sink import generated
from harbor_client.users.values import check_form, checked_id, checked_new, parse_roles

#: Fields, each with its values before and after.
Fields: TypeAlias = dict[str, tuple[Any, Any]]

#: The fields of a user that can be changed, and their values in a user who has none.
_CHANGEABLE = {"email": "", "realname": "", "comment": "", "sysadmin_flag": False}
_PASSWORD_CHANGED: Fields = {"password": (MASK, MASK)}


class _Record:
    """What has been done for one user so far."""

    def __init__(self, change: Change) -> None:
        self.change = change

    def add(self, fields: Fields, **details: Any) -> None:
        """Note that a write has changed these fields."""
        action = "changed" if self.change.action == "unchanged" else self.change.action
        self.change = replace(self.change, **{"action": action, "fields": {**self.change.fields, **fields}, **details})


class States:
    """Brings users into the wanted state, one at a time, and returns what it did.

    Args:
        lookup: reads the users.
        options: how it is done.
        reread: users were looked up a while ago, together, with other cases of their names: read a user again before
            the profile is replaced, and look for no other cases.
    """

    def __init__(self, lookup: Lookup, options: Options, reread: bool = False) -> None:
        self._lookup = lookup
        self._api = lookup.api
        self._options = options
        self._reread = reread
        self._flags: dict[str | None, bool] = {}  # of administrators made, demoted and removed, or to be, by name

    def find(self, row: UserRow) -> UserResp | None:
        """The user whom a row is about."""
        return self._lookup.find(row.username) if row.username else self._lookup.find_email(row.email or "")

    def ensure(self, row: UserRow, user: UserResp | None) -> Change:
        """Ensure what a row says; ``user`` is the user whom it is about, or ``None`` if there is none."""
        if row.state == "absent":
            return self._absent(row, user)
        if isinstance(row.password, Generate):
            self._options.sink()  # before anything is done
        with self._recorded(row.username) as record:
            self._ensure(record, row, user)
        return record.change

    def create(self, row: UserRow) -> Change:
        """Create the user of a row; raises ``UsernameTakenException`` if there is one."""
        with self._recorded(row.username) as record:
            self._create(record, row)
        return record.change

    def change_password(self, user: UserResp, password: str | Generate, old: str | None = None) -> Change:
        """Give a user a new password."""
        before = self._unchanged(user.username, user.user_id)
        self._send_password(before.username, password, partial(self._put_password, user, old))
        return replace(before, action="changed", fields=_PASSWORD_CHANGED)

    @contextmanager
    def _recorded(self, username: str) -> Iterator[_Record]:
        """Surround the writes for one user. If the first one fails, its error is raised; if a later one does, the
        result is a failed change that says what was done before.
        """
        record = _Record(self._unchanged(username))
        try:
            yield record
        except exceptions.ApiException as error:
            if not record.change.fields:
                raise
            record.change = replace(record.change, action="failed", error=error)

    def _unchanged(self, username: str | None, user_id: int | None = None) -> Change:
        return Change("unchanged", username or "", user_id, dry_run=self._options.dry_run)

    def _ensure(self, record: _Record, row: UserRow, user: UserResp | None) -> None:
        roles = parse_roles(row.roles) if row.roles else {}
        present = members_of(self._lookup, user, roles)  # before anything is done, as a project may not exist
        try:
            if user is None:
                self._create(record, row)
        except exceptions.UsernameTakenException:
            user = self._lookup.find(row.username)  # somebody else has created it in the meantime
            if user is None:
                raise
        if user is not None:
            self._change(record, row, user)
        change = record.change
        member = UserResp(user_id=change.user_id, username=change.username) if change.user_id else None
        for field in change_roles(self._lookup, member, roles, present, self._options.dry_run):
            record.add(field)

    def _create(self, record: _Record, row: UserRow) -> None:
        if not row.username:
            raise ValueError(f"there is no user with the email address {row.email}, and a new one needs a username")
        password = row.password or (GENERATE if self._options.generate_passwords else None)
        if password is None:
            hint = self._lookup.hint(row.username, cases=not self._reread)
            needed = "a new one needs a password (for all rows: generate_passwords=True, --passwords OUT)"
            why = f"there is no user {row.username!r} yet, and {needed}"
            raise ValueError(f"{why}. {hint}" if hint else why)
        new = checked_new(row)
        user_id = self._send_password(row.username, password, partial(self._post, UserCreationReq(**new)))
        fields = {name: (None, new[name]) for name in ("email", "realname", "comment") if new[name]}
        record.add(fields, action="created", user_id=user_id)
        if row.sysadmin_flag:
            self._set_flag(record, UserResp(user_id=user_id, username=row.username), True)

    def _change(self, record: _Record, row: UserRow, user: UserResp) -> None:
        record.change = self._unchanged(user.username, user.user_id)
        wanted = {name: getattr(row, name) for name in _CHANGEABLE}
        if isinstance(row.comment, Clear):
            wanted["comment"] = ""
        if not row.username:  # the email address named the user, perhaps in another letter case
            del wanted["email"]
        if user.creation_time is None and any(value is not None for value in wanted.values()):
            user = self._lookup.get(user.user_id)  # only id and name were found
        fields = differences(user, wanted)
        if "sysadmin_flag" in fields and not wanted["sysadmin_flag"]:
            self._refuse_lockout(user, "demoted")
        if fields and self._reread and not self._options.dry_run:
            # The profile is replaced as a whole, even that of a removed user: it must be today's.
            user = self._lookup.get(user.user_id)
            fields = differences(user, wanted)
        check_form({name: new for name, (_, new) in fields.items()})
        flag = fields.pop("sysadmin_flag", None)
        if fields and not ("email" in fields or user.email) and user.user_id == BUILT_IN:  # as Harbor is installed
            raise ValueError(f"{user.username!r} has no email address, and Harbor requires one: set email as well")
        if fields:
            self._put_profile(user, fields)
            record.add(fields)
        if flag:
            self._set_flag(record, user, flag[1])
        if row.password is not None and self._options.update_password == "always":
            try:
                self._send_password(user.username or "", row.password, partial(self._put_password, user, None))
                record.add(_PASSWORD_CHANGED)
            except exceptions.BadRequestException as error:
                if "identical" not in (error.message or ""):  # the user has this password already
                    raise

    def _set_flag(self, record: _Record, user: UserResp, flag: bool) -> None:
        """Promote or demote a user."""
        if not self._options.dry_run:
            with settled(lambda: self._not_changed(user, {"sysadmin_flag": flag})):
                self._api.set_user_sys_admin(checked_id(user.user_id), UserSysAdminFlag(sysadmin_flag=flag))
        self._flags[user.username] = flag
        record.add({"sysadmin_flag": (None if record.change.action == "created" else not flag, flag)})

    def _send_password(self, username: str, password: str | Generate, send: Callable[[str], int | None]) -> int | None:
        """Send a password, generated if needed; returns what ``send`` does."""
        if self._options.dry_run:
            return None
        if isinstance(password, str):
            return send(password)
        with generated(self._options.sink(), username) as made:
            return send(made)

    def _absent(self, row: UserRow, user: UserResp | None) -> Change:
        name = row.username or row.email or ""
        if user is None:
            check_form({} if row.username else {"email": row.email})  # which may be none at all
            hint = self._lookup.hint(name, cases=not self._reread) if row.username else None
            if self._options.missing == "error":
                raise not_found(repr(name), hint)
            return replace(self._unchanged(name), action="not_found", hint=hint)
        if user.user_id == BUILT_IN:
            raise ValueError(f"{user.username!r} is Harbor's built-in administrator (user 1), who cannot be removed")
        self._refuse_lockout(user, "removed")
        try:
            if not self._options.dry_run:
                with settled(lambda: self._not_deleted(user)):
                    self._api.delete_user(checked_id(user.user_id))
        except exceptions.NotFoundException:  # gone in the meantime, but there may be another one of this name
            return self._absent(row, self.find(row))
        return replace(self._unchanged(user.username, user.user_id), action="removed")

    def _refuse_lockout(self, user: UserResp, done: str) -> None:
        if self._lookup.is_caller(user.user_id, user.username):
            raise ValueError(f"{user.username!r} is the account that makes the calls, and cannot be {done} by itself")
        if user.sysadmin_flag:
            flags = {**self._flags, user.username: False}
            # The caller remains an administrator, unless it is a robot account, or one only through a group.
            caller = self._lookup.caller()
            if not (caller and caller.sysadmin_flag) and not self._lookup.has_other_administrator(flags):
                raise ValueError(f"{user.username!r} is the last system administrator known, and must not be {done}")
            self._flags = flags

    # Single writes.

    def _post(self, body: UserCreationReq, password: str) -> int:
        """Create a user; returns the id."""
        body.password = password
        name = body.username or ""
        headers: Mapping[str, str] = {}
        with settled(lambda: self._not_created(body), partial(self._meant, email=body.email, name=name)):
            _, _, headers = self._api.create_user_with_http_info(body)
        number = (headers.get("Location") or "").rstrip("/").rpartition("/")[2]
        if number.isascii() and number.isdigit():
            return int(number)
        user = self._lookup.find(name)  # something in between has removed the header
        if user is None:
            what = f"the response does not have the id of the new user {name!r}, and no user has this name"
            raise failure(exceptions.UnexpectedResponseException, 201, what, outcome="unknown")
        return checked_id(user.user_id)

    def _put_profile(self, user: UserResp, fields: Fields) -> None:
        """Change fields of the profile, which is replaced as a whole."""
        if self._options.dry_run:
            return
        after: dict[str, Any] = {name: getattr(user, name) or "" for name in ("email", "realname", "comment")}
        after.update((name, value) for name, (_, value) in fields.items())
        meaning = partial(self._meant, email=fields.get("email", (None, None))[1], user_id=user.user_id)
        with settled(lambda: self._not_changed(user, after), meaning):
            self._api.update_user_profile(checked_id(user.user_id), UserProfile(**after))

    def _put_password(self, user: UserResp, old: str | None, new: str) -> None:
        """Send a new password; if it is the caller's own, the client uses it from then on."""
        user_id = checked_id(user.user_id)
        configuration = self._lookup.client.configuration
        own = self._lookup.is_caller(user_id, user.username)
        old = (old or configuration.password) if own else None
        if own and not old:
            raise ValueError("changing your own password needs the old one: pass old_password")
        # Calls of other threads with the old password would lock the account, so they wait.
        with self._lookup.client.paused() if own else nullcontext():
            with settled(lambda: self._not_set(user, new), self._meant):
                self._api.update_user_password(user_id, PasswordReq(new_password=new, old_password=old))
            if own:
                configuration.password = new

    # What shows that a write was not carried out, for settled().

    def _not_created(self, body: UserCreationReq) -> str | None:
        user = self._lookup.find(body.username or "")
        if user is None:
            return f"There is no user {body.username!r}"
        wanted = {"email": body.email, "realname": body.realname, "comment": body.comment or ""}
        # The password shows whether this is the user asked for, or one like it that somebody else has created.
        if differences(user, wanted) or self._not_set(user, body.password or ""):
            return f"There is a user {body.username!r} (user {user.user_id}) whom somebody else has created,"
        return None

    def _not_changed(self, user: UserResp, wanted: Mapping[str, Any]) -> str | None:
        return "The user is unchanged" if differences(self._lookup.get(user.user_id), wanted) else None

    def _not_deleted(self, user: UserResp) -> str | None:
        with suppress(exceptions.NotFoundException):
            self._lookup.get(user.user_id)
            return "The user exists"
        return None

    def _not_set(self, user: UserResp, password: str) -> str | None:
        """Tries to log in once; if that fails, Harbor locks the user for 1.5 s."""
        login = user.email if ":" in (user.username or "") else user.username
        if login and ":" not in login:  # else Basic authentication cannot carry it
            configuration = copy.copy(self._lookup.client.configuration)
            configuration.username, configuration.password = login, password
            with ApiClient(configuration) as client, suppress(exceptions.ApiException):
                if UserApi(client).get_current_user_info().user_id == user.user_id:
                    return None
        return "The user cannot log in with the new password"

    def _meant(
        self, error: exceptions.ApiException, email: str | None = None, name: str = "", user_id: int | None = None
    ) -> exceptions.ApiException | None:
        """The specific error behind some 403s, a 409 for a new user (``name``), and a 500 for an existing one."""
        message = error.message or ""
        try:
            if error.status == 403:  # before 2.15, Harbor says "can't be updated" also to callers without rights
                updates = "can't be updated" in message and is_administrator(self._lookup.caller())
                is_meant = updates or "auth mode" in message
                return convert(error, exceptions.NoLocalUsersException, NO_LOCAL_USERS) if is_meant else None
            if error.status != (409 if name else 500):
                return None
            named = self._lookup.find(name) if name else None
            holder = self._lookup.holder(email) if email and named is None else None
        except exceptions.ApiException:
            return None
        if named is not None:
            return convert(error, exceptions.UsernameTakenException, f"There is a user {name!r} already.")
        if holder is not None and holder.user_id != user_id:
            return convert(error, exceptions.EmailTakenException, held_by(holder))
        return None


def differences(user: UserResp, wanted: Mapping[str, Any]) -> Fields:
    """The fields in which a user differs from what is wanted (``None`` stands for anything), with both values."""
    present = {name: getattr(user, name) or empty for name, empty in _CHANGEABLE.items()}
    return {
        name: (value, wanted[name])
        for name, value in present.items()
        if wanted.get(name) is not None and wanted[name] != value
    }
