"""Brings one user into the wanted state."""

from dataclasses import dataclass
from typing import Any

from harbor_client.exceptions import ApiException, BadRequestException, UsernameTakenException
from harbor_client.models import UserCreationReq, UserResp
from harbor_client.passwords import generate, require
from harbor_client.users.change import GENERATE, MASK, Action, Change, Clear, Generate, Missing, UpdatePassword, UserRow
from harbor_client.users.errors import not_found
from harbor_client.users.lookup import BUILT_IN, Lookup
from harbor_client.users.memberships import Memberships, RoleChange, told
from harbor_client.users.roles import parse_roles
from harbor_client.users.sink import OnPassword, announced
from harbor_client.users.values import ILLEGAL, checked_id, checked_name, shown, storable
from harbor_client.users.write import Writer, differences

PASSWORD_LOST = "the generated password would be lost: pass on_password, such as PasswordFile('new.csv')"


@dataclass(frozen=True)
class Options:
    """How users are brought into the wanted state; see :meth:`harbor_client.users.Users.apply`."""

    update_password: UpdatePassword = "on_create"
    generate_passwords: bool = False
    on_password: OnPassword | None = None
    missing: Missing = "report"
    dry_run: bool = False

    def __post_init__(self) -> None:
        check_option("update_password", self.update_password, "on_create", "always")
        check_option("missing", self.missing, "report", "error")


class States:
    """Looks at what exists, does what is missing, and says what it did.

    Args:
        lookup: reads the users.
        options: how it is done.
        reread: read a user again before the profile is replaced, because it was looked up a while ago.
    """

    def __init__(self, lookup: Lookup, options: Options, reread: bool = False) -> None:
        self._lookup = lookup
        self._writer = Writer(lookup)
        self._memberships = Memberships(lookup)
        self._options = options
        self._reread = reread
        self.drops_passwords = False  # whether nobody looks at the results
        self._gone: set[int] = set()  # the administrators that were removed or demoted, or would be

    def find(self, row: UserRow) -> UserResp | None:
        """The user whom a row is about."""
        return self._lookup.find(row.username) if row.username else self._lookup.find_email(row.email or "")

    def ensure(self, row: UserRow, user: UserResp | None) -> Change:
        """Ensure what a row says of its user, who was found, or was not."""
        if row.state == "absent":
            return self._absent(row, user)
        roles = parse_roles(row.roles) if row.roles else {}
        change = self._present(row, user)
        if not roles or change.error is not None:
            return change
        known = UserResp(user_id=change.user_id, username=change.username) if change.user_id else None
        done: list[RoleChange] = []
        failure: ApiException | None = None
        try:
            before = {project: self._memberships.role(known, project) for project in roles}
            for project, role in roles.items():
                if before[project] != role:
                    if known is not None and not self._options.dry_run:
                        self._memberships.ensure(known, project, role)
                    done.append((project, before[project], role))
        except ApiException as error:
            if change.action == "unchanged" and not done:
                raise
            failure = error  # but what was done before has to be reported, and a password must not be lost
        action: Action = "failed" if failure else "changed" if change.action == "unchanged" and done else change.action
        return change.with_details(action=action, fields={**change.fields, **told(done)}, error=failure)

    def _present(self, row: UserRow, user: UserResp | None) -> Change:
        if user is not None:
            password = row.password if self._options.update_password == "always" else None
            return self.change(user, row, password)
        if not row.username:
            raise ValueError(f"there is no user with the e-mail address {row.email}, and a new one needs a username")
        if row.password is None and not self._options.generate_passwords:
            hint = self._lookup.address_hint(row.username)
            why = f"there is no user {row.username!r} yet, and a new one needs a password (or GENERATE)"
            raise ValueError(f"{why}. {hint}" if hint else why)
        try:
            return self.create(row, GENERATE if row.password is None else row.password)
        except UsernameTakenException:
            user = self._lookup.find(row.username)  # somebody else has created it in the meantime
            if user is None:
                raise
            return self._present(row, user)

    def create(self, row: UserRow, password: str | Generate) -> Change:
        """Create the user of a row."""
        generated = self._generated(password)
        body = _creation(row, generated or str(password))
        fields: dict[str, tuple[Any, Any]] = {"email": (None, body.email), "realname": (None, body.realname)}
        fields |= {"comment": (None, body.comment)} if body.comment else {}
        fields |= {"sysadmin_flag": (False, True)} if row.sysadmin_flag else {}
        if self._options.dry_run:
            return Change("created", row.username, fields=fields, dry_run=True)
        try:
            with announced(self._options.on_password, row.username, generated):
                user_id = self._writer.create(body)
        except ApiException as failure:
            if generated is None or failure.outcome != "unknown":
                raise
            # The user may exist, or come to exist, and then only this password fits.
            return Change("failed", row.username, password=generated, error=failure)
        if row.sysadmin_flag:
            try:
                self._writer.update(UserResp(user_id=user_id), {"sysadmin_flag": True})
            except ApiException as failure:  # but the user exists, and the password must not be lost
                del fields["sysadmin_flag"]
                return Change("failed", row.username, user_id, fields, generated, failure)
        return Change("created", row.username, user_id, fields, generated)

    def change(self, user: UserResp, row: UserRow, password: str | Generate | None = None) -> Change:
        """Change what differs from a row, and the password if there is one."""
        wanted = _wanted_fields(row)
        if user.creation_time is None and any(value is not None for value in wanted.values()):
            user = self._lookup.read(user)  # only id and name were found
        fields = differences(user, wanted)
        if wanted["sysadmin_flag"]:
            self._gone.discard(checked_id(user.user_id))
        elif "sysadmin_flag" in fields:
            self._refuse_lockout(user, "demoted")
        if fields and not self._options.dry_run:
            if self._reread:  # the profile is replaced as a whole, even that of a removed user: it must be today's
                user = self._lookup.read(user)
            fields = self._writer.update(user, wanted)
        if password is not None:
            try:
                return self.change_password(user, password, fields)
            except BadRequestException as error:
                if "identical" not in (error.message or ""):  # the user has this password already
                    raise
        action: Action = "changed" if fields else "unchanged"
        return Change(action, user.username or "", user.user_id, fields, dry_run=self._options.dry_run)

    def change_password(
        self, user: UserResp, password: str | Generate, fields: dict[str, tuple[Any, Any]], old: str | None = None
    ) -> Change:
        """Give a user a new password, after these fields were changed."""
        username = user.username or ""
        changed = {**fields, "password": (MASK, MASK)}
        if self._options.dry_run:
            return Change("changed", username, user.user_id, changed, dry_run=True)
        generated = self._generated(password)
        try:
            with announced(self._options.on_password, username, generated):
                self._writer.set_password(user, generated or str(password), old)
        except ApiException as failure:
            if generated is None or failure.outcome != "unknown":
                raise
            return Change("failed", username, user.user_id, fields, generated, failure)
        return Change("changed", username, user.user_id, changed, generated)

    def _absent(self, row: UserRow, user: UserResp | None) -> Change:
        name = row.username or row.email or ""
        dry_run = self._options.dry_run
        if user is None:
            hint = self._lookup.address_hint(name) if row.username else None
            if self._options.missing == "error":
                raise not_found(repr(name), hint)
            return Change("not_found", name, dry_run=dry_run, hint=hint)
        if user.user_id == BUILT_IN:
            raise ValueError(f"{user.username!r} is Harbor's built-in administrator (user 1), who cannot be removed")
        self._refuse_lockout(user, "removed")
        if dry_run or self._writer.delete(user):
            return Change("removed", user.username or name, user.user_id, dry_run=dry_run)
        return self._absent(row, self.find(row))  # gone in the meantime, but there may be another one of this name

    def _generated(self, password: str | Generate) -> str | None:
        if not isinstance(password, Generate):
            return None
        if self.drops_passwords and self._options.on_password is None and not self._options.dry_run:
            raise ValueError(PASSWORD_LOST)
        return generate()

    def _refuse_lockout(self, user: UserResp, done: str) -> None:
        user_id = checked_id(user.user_id)
        if self._lookup.is_caller(user_id):
            raise ValueError(f"{user.username!r} is the account that makes the calls, and cannot be {done} by itself")
        if user.sysadmin_flag:
            if not self._lookup.other_administrator({user_id, *self._gone}):
                raise ValueError(f"{user.username!r} is the last system administrator known, and must not be {done}")
            self._gone.add(user_id)


def check_option(name: str, value: object, *accepted: str) -> None:
    """Raise ``ValueError`` for what is none of the accepted words; what was given may well be a password."""
    if value not in accepted:
        raise ValueError(f"{name} is {' or '.join(map(repr, accepted))}")


def _wanted_fields(row: UserRow) -> dict[str, Any]:
    """What a row says of an existing user. Where it is named by address, that is no new one."""
    return {
        "email": row.email if row.username else None,
        "realname": row.realname,
        "comment": "" if isinstance(row.comment, Clear) else row.comment,
        "sysadmin_flag": row.sysadmin_flag,
    }


def _creation(row: UserRow, password: str) -> UserCreationReq:
    """The request that creates a row's user."""
    if not storable(checked_name(row.username)):
        raise ValueError("username must be Unicode text without NUL")
    if not row.email:
        raise ValueError(f"a new user needs an email ({row.username!r} has none)")
    if row.realname is None and any(character in ILLEGAL for character in row.username):
        raise ValueError(f"username is {shown(row.username)}; it must not hold any of {' '.join(ILLEGAL)}")
    require(password)
    realname = row.username if row.realname is None else row.realname
    comment = None if isinstance(row.comment, Clear) else row.comment
    return UserCreationReq(
        username=row.username, email=row.email, realname=realname, comment=comment, password=password
    )
