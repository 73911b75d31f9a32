"""Brings one user into the state that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harbor_client.exceptions import ApiException, BadRequestException
from harbor_client.models import UserCreationReq, UserResp
from harbor_client.passwords import generate, require
from harbor_client.users.change import MASK, Change, Generate
from harbor_client.users.errors import UsernameTakenException, is_open
from harbor_client.users.lookup import BUILT_IN
from harbor_client.users.values import checked_id, checked_name, storable
from harbor_client.users.write import differences, is_same_password

if TYPE_CHECKING:
    from harbor_client.users.change import UpdatePassword, UserRow
    from harbor_client.users.lookup import Lookup
    from harbor_client.users.write import Writer


class States:
    """Looks at what is there, does what is missing, tells what it did."""

    def __init__(self, lookup: Lookup, writer: Writer) -> None:
        self._lookup = lookup
        self._writer = writer

    def present(
        self, row: UserRow, user: UserResp | None, update_password: UpdatePassword, dry_run: bool, reread: bool = False
    ) -> Change:
        """Have a user who is as a row says. ``reread``: ``user`` was looked up a while ago."""
        if user is not None:
            password = row.password if update_password == "always" else None
            return self.changed(user, _fields(row), password, dry_run, reread)
        if row.password is None:
            raise ValueError(f"there is no user {row.username!r} yet, and a new one needs a password (or GENERATE)")
        generated = generate() if isinstance(row.password, Generate) else None
        body = creation(row, generated or str(row.password))
        fields: dict[str, tuple[Any, Any]] = {"email": (None, body.email), "realname": (None, body.realname)}
        if body.comment:
            fields["comment"] = (None, body.comment)
        flag: dict[str, tuple[Any, Any]] = {"sysadmin_flag": (False, True)} if row.sysadmin_flag else {}
        if dry_run:
            return Change("created", row.username, fields=fields | flag, dry_run=True)
        try:
            user_id = self._writer.create(body)
        except UsernameTakenException:  # somebody else was faster
            user = self._lookup.find(row.username)
            if user is None:
                raise
            return self.present(row, user, update_password, dry_run)
        except ApiException as failure:
            if generated is None or not is_open(failure):
                raise
            # The user may be there, or come to be, and then only this password fits.
            return Change("failed", row.username, password=generated, error=failure)
        error: Exception | None = None
        if flag:
            try:
                self._writer.update(UserResp(user_id=user_id), {"sysadmin_flag": True})
            except ApiException as failure:  # but the user is there, and the password must not be lost
                error, flag = failure, {}
        return Change("failed" if error else "created", row.username, user_id, fields | flag, generated, error)

    def changed(
        self,
        user: UserResp,
        wanted: dict[str, Any],
        password: str | Generate | None,
        dry_run: bool,
        reread: bool = False,
    ) -> Change:
        """Change what differs, and the password if there is one."""
        username = user.username or ""
        generated = generate() if isinstance(password, Generate) else None
        new_password = generated or password
        if user.creation_time is None and any(value is not None for value in wanted.values()):
            user = self._lookup.api.get_user(checked_id(user.user_id))  # id and name are all that was found
        fields = differences(user, wanted)
        if not dry_run and fields:
            if reread:  # the profile is written as a whole, and also to who is gone: it must be today's
                user = self._lookup.api.get_user(checked_id(user.user_id))
            fields = self._writer.update(user, wanted)
        if isinstance(new_password, str):
            try:
                fields |= {"password": (MASK, MASK)} if dry_run else self._writer.set_password(user, new_password, None)
            except BadRequestException as error:
                if not is_same_password(error):
                    raise
            except ApiException as failure:
                if generated is None or not is_open(failure):
                    raise
                return Change("failed", username, user.user_id, fields, generated, failure)
        return Change(
            "changed" if fields else "unchanged",
            username,
            user.user_id,
            fields,
            None if dry_run else generated,
            dry_run=dry_run,
        )

    def absent(self, username: str, user: UserResp | None, dry_run: bool, reread: bool = False) -> Change:
        """Have no such user. ``reread``: ``user`` was looked up a while ago."""
        if user is None:
            return Change("unchanged", username, dry_run=dry_run)
        user_id = checked_id(user.user_id)
        if user_id == BUILT_IN:
            raise ValueError(f"{username!r} is Harbor's built-in administrator (user 1), who cannot be removed")
        if dry_run and self._lookup.is_caller(user_id):
            raise ValueError(f"{username!r} is who calls, and nobody can remove himself")
        if dry_run or self._writer.delete(user_id):
            return Change("removed", username, user_id, dry_run=dry_run)
        if reread:  # gone meanwhile, and perhaps there is another of this name
            return self.absent(username, self._lookup.find(username), dry_run)
        return Change("unchanged", username)


def _fields(row: UserRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("email", "realname", "comment", "sysadmin_flag")}


def creation(row: UserRow, password: str) -> UserCreationReq:
    """The request that creates a row's user."""
    if not storable(checked_name(row.username)):
        raise ValueError("username must be Unicode text without NUL")
    if not row.email:
        raise ValueError(f"a new user needs an email ({row.username!r} has none)")
    require(password)
    return UserCreationReq(
        username=row.username,
        email=row.email,
        realname=row.username if row.realname is None else row.realname,
        password=password,
        comment=row.comment,
    )
