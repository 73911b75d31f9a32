"""``Users``: managing Harbor's users from automation, on top of the one-to-one ``UserApi``."""

from collections.abc import Generator
from typing import cast

from harbor_client._privacy.guard import guarded
from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.exceptions import ForbiddenException
from harbor_client.models import UserCreationReq, UserResp
from harbor_client.passwords import require
from harbor_client.query import Query
from harbor_client.users.change import Action, Change, Clear, Generate, Missing, Project, UpdatePassword, UserRow
from harbor_client.users.check import Finding, check
from harbor_client.users.iterate import iterate
from harbor_client.users.lookup import BUILT_IN, Lookup
from harbor_client.users.many import ManyUsers
from harbor_client.users.memberships import Membership, Memberships, told
from harbor_client.users.roles import checked_project, role_id
from harbor_client.users.sink import OnPassword
from harbor_client.users.state import Options, States, wanted_fields
from harbor_client.users.tracing import RequestId, Traced
from harbor_client.users.values import check_concurrency, checked_id, checked_name, checked_row


class Users(ManyUsers):
    """Harbor's users, found by exact name, read without missing any, and brought into a wanted state.

    Every method raises an :class:`~harbor_client.ApiException` when a call fails, and ``ValueError`` or ``TypeError``
    for wrong arguments, before anything is sent. If it is unknown whether a write was carried out
    (``error.outcome == "unknown"``), ``Users`` reads to find out. Unless it finds that the write took effect, it raises
    the error, whose ``hint`` says what was found. Nothing is sent twice.

    Threads may share one object.

    Args:
        api_client: the :class:`~harbor_client.ApiClient` to call with (or a :class:`~harbor_client.UserApi` on one);
            without it, one of the default configuration.
        x_request_id: sent as ``X-Request-Id`` with each call: a text, or a function that makes one for each call.
    """

    def __init__(self, api_client: ApiClient | UserApi | None = None, *, x_request_id: RequestId | None = None) -> None:
        if not (x_request_id is None or isinstance(x_request_id, str) or callable(x_request_id)):
            raise TypeError(f"x_request_id must be a str or a function, not {type(x_request_id).__name__}")
        self.api: UserApi = api_client if isinstance(api_client, UserApi) else UserApi(api_client)
        self._lookup = Lookup(Traced(self.api, x_request_id))

    def find(self, username: str | None = None, *, email: str | None = None) -> UserResp | None:
        """The user of exactly this name, upper and lower case included, or with this e-mail address, in any case.

        ``None`` when there is none. Works for callers who may list users (administrators, and robot accounts with that
        right); by name, also for those who may only search: for these, a user whom they may not read has ``user_id``
        and ``username`` alone, and all else is ``None``. Where only the list could tell (a name with wildcards, among
        over 100 similar ones, since 2.14.2), their ``ForbiddenException`` is raised. The built-in administrator
        ``admin`` is found, too. ``oidc_user_meta`` is not read: see :meth:`get`.

        Raises:
            ValueError: several users have this address, in upper or lower case.
        """
        if email is not None:
            if username is not None:
                raise TypeError("find() takes a username or an email, not both")
            return self._lookup.find_email(email)
        return self._lookup.find(cast(str, username))

    def get(self, user_id: int | str) -> UserResp:
        """The user with this id (an integer) or of exactly this name (a ``str``).

        Raises:
            NotFoundException: there is none.
        """
        user = self._lookup.get(user_id)
        if isinstance(user_id, str) and user.creation_time is not None:
            try:  # a list lacks oidc_user_meta
                return self._lookup.read(user)
            except ForbiddenException:  # a robot account may list users but not read them
                pass
        return user

    def count(self, query: Query | str | None = None) -> int:
        """How many users there are, or how many a query selects, without the built-in administrator."""
        return self._lookup.count(_query(query))

    def iterate(
        self, query: Query | str | None = None, *, concurrency: int = 1, include_admin: bool = False
    ) -> Generator[UserResp, None, None]:
        """All users, or those that a query selects, in order of id.

        Every user who exists from the beginning to the end comes exactly once, whatever is created, deleted or renamed
        meanwhile. Takes the least number of requests (100 users each), at most twice as many when reading ahead, and
        holds at most ``100 * (concurrency + 3)`` users. Nothing is requested before the first user is asked for, or
        after the iterator was closed or dropped.

        Args:
            query: a :class:`~harbor_client.query.Query` made with :data:`~harbor_client.query.Q`, or a ``q`` text,
                which is checked: a field that Harbor does not know would select everybody.
            concurrency: so many requests at a time, ahead of the reader; with 1, pages are read when they are needed.
            include_admin: begin with the built-in administrator, whom Harbor's list leaves out, if the query fits.

        Raises:
            ValueError, TypeError: at once, for a query or a number that makes no sense.
            ForbiddenException: later, as any failure of a call: the caller may not list users.
        """
        selected = _query(query)
        check_concurrency(concurrency)
        if not include_admin:
            return iterate(self._lookup.api, selected, concurrency)
        selected.matches(UserResp())  # raises for what cannot be compared here
        return self._with_admin(selected, concurrency)

    def _with_admin(self, query: Query, concurrency: int) -> Generator[UserResp, None, None]:
        users = iterate(self._lookup.api, query, concurrency)
        first = next(users, None)  # first the list, which tells callers with a wrong password so, unlike user 1
        admin = self._lookup.api.get_user(BUILT_IN)
        if query.matches(admin):
            yield admin
        if first is not None:
            yield first
            yield from users

    def check(self) -> Generator[Finding, None, None]:
        """Try the connection, the login and the caller's rights, and give a :class:`Finding` for each step.

        A step that fails says what to do; those that need it are left out. Changes nothing, and sends a wrong password
        once.
        """
        return check(self._lookup)

    @guarded
    def create(
        self,
        username: str | UserCreationReq,
        *,
        email: str | None = None,
        realname: str | None = None,
        password: str | None = None,
        comment: str | None = None,
        sysadmin_flag: bool = False,
    ) -> int:
        """Create a user and return the new id.

        Args:
            username: the name, or a whole :class:`~harbor_client.UserCreationReq`.
            email: the e-mail address; no two users share one.
            realname: the user name unless given.
            password: see :mod:`harbor_client.passwords`.
            comment: at most 30 bytes.
            sysadmin_flag: make the user a system administrator, by a second request.

        Raises:
            UsernameTakenException: there is a user of this name.
            EmailTakenException: another user has this address.
            NoLocalUsersException: Harbor's users come from OIDC or LDAP.
        """
        if isinstance(username, UserCreationReq):
            if (email, realname, password, comment) != (None, None, None, None):
                raise TypeError("a UserCreationReq holds email, realname, password and comment itself")
            given = username
            username = given.username or ""
            email, realname, comment, password = given.email, given.realname, given.comment, given.password
        row = checked_row(username, email, realname, comment, password, sysadmin_flag)
        if not isinstance(row.password, str):
            raise ValueError("a new user needs a password; harbor_client.passwords.generate() makes one")
        return cast(int, self._told(States(self._lookup, Options()).create(row, row.password)).user_id)

    @guarded
    def ensure(
        self,
        username: str,
        *,
        email: str | None = None,
        realname: str | None = None,
        password: str | Generate | None = None,
        comment: str | Clear | None = None,
        sysadmin_flag: bool | None = None,
        update_password: UpdatePassword = "on_create",
        on_password: OnPassword | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Ensure that a user with these attributes exists: create, change, promote and demote as needed.

        What is ``None`` stays as it is; ``comment=CLEAR`` (or ``""``) erases the comment. Doing it again changes
        nothing.

        Args:
            username: the exact name.
            email: needed when the user is to be created.
            realname: a new user without one gets the user name.
            password: needed when the user is to be created; :data:`GENERATE` makes one, which is in the result.
            comment: at most 30 bytes.
            sysadmin_flag: whether the user is a system administrator.
            update_password: ``"always"`` also sets the password of an existing user.
            on_password: called with user name and generated password before the request that sets it.
            dry_run: only tell what would be done.

        Raises:
            ValueError: also when the caller, or the last administrator, would be demoted.
        """
        options = Options(update_password, on_password=on_password, dry_run=dry_run)
        row = checked_row(username, email, realname, comment, password, sysadmin_flag)
        return self._told(States(self._lookup, options).ensure(row, self._lookup.find(username)))

    @guarded
    def ensure_absent(self, username: str, *, missing: Missing = "report", dry_run: bool = False) -> Change:
        """Ensure that no user of exactly this name exists (``"removed"``, or ``"not_found"``).

        Args:
            username: the exact name.
            missing: ``"error"`` to raise ``NotFoundException`` when there is no such user.
            dry_run: only tell what would be done.

        Raises:
            ValueError: it is the built-in administrator, the caller, or the last administrator known.
            ForbiddenException: the caller is no administrator.
        """
        options = Options(missing=missing, dry_run=dry_run)
        row = UserRow(checked_name(username), state="absent")
        return self._told(States(self._lookup, options).ensure(row, self._lookup.find(username)))

    @guarded
    def patch(
        self,
        user_id: int | str,
        *,
        email: str | None = None,
        realname: str | None = None,
        comment: str | Clear | None = None,
        sysadmin_flag: bool | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Change single fields of a user: read, change, write. (Harbor's own update replaces the whole profile.)

        What is ``None`` stays as it is; ``comment=CLEAR`` (or ``""``) erases the comment. Nothing is written when
        nothing differs.

        Args:
            user_id: the id (an integer), or the exact name (a ``str``).
            email: the new e-mail address.
            realname: the new full name.
            comment: at most 30 bytes.
            sysadmin_flag: whether the user is a system administrator.
            dry_run: only tell what would be done.

        Raises:
            NotFoundException: there is no such user.
            EmailTakenException: another user has this address.
            ValueError: also when the caller, or the last administrator, would be demoted.
        """
        row = checked_row("-", email, realname, comment, None, sysadmin_flag)
        states = States(self._lookup, Options(dry_run=dry_run))
        return self._told(states.change(self._lookup.get(user_id), wanted_fields(row)))

    @guarded
    def change_password(
        self,
        user_id: int | str,
        new_password: str | Generate,
        old_password: str | None = None,
        *,
        on_password: OnPassword | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Give a user a new password.

        For the caller's own, Harbor wants the old one, from administrators, too: it is taken from the client's
        configuration unless given. The client goes on with the new one (``configuration.password`` is set); calls of
        the same client in other threads wait meanwhile.

        Args:
            user_id: the id (an integer), or the exact name (a ``str``).
            new_password: the new password; :data:`GENERATE` makes one, which is in the result.
            old_password: the caller's present password, for a change of the caller's own.
            on_password: called with user name and generated password before the request that sets it.
            dry_run: only tell what would be done.

        Raises:
            ValueError: Harbor would not accept the new password.
            BadRequestException: the user has this password already.
            ForbiddenException: the old password is wrong, or the caller is no administrator.
        """
        if not isinstance(new_password, Generate):
            require(new_password)
        user = self._lookup.get(user_id) if isinstance(user_id, str) else UserResp(user_id=checked_id(user_id))
        if user.username is None and (dry_run or on_password is not None):
            user = self._lookup.get(user_id)
        states = States(self._lookup, Options(on_password=on_password, dry_run=dry_run))
        return self._told(states.change_password(user, new_password, {}, old_password))

    @guarded
    def memberships(self, user: int | str, *, concurrency: int = 1) -> list[Membership]:
        """Every project in which a user has a role, and the role, in the order of the projects' names.

        Harbor has no such call, so this takes one request for each project. Roles that a user has only as a member of a
        group are not among them.

        Args:
            user: the id (an integer), or the exact name (a ``str``).
            concurrency: so many requests at a time.

        Raises:
            NotFoundException: there is no such user.
            ForbiddenException: the caller is neither a system administrator nor that user.
        """
        check_concurrency(concurrency)
        return Memberships(self._lookup).of(self._lookup.get(user), concurrency)

    @guarded
    def ensure_member(self, project: Project, user: int | str, role: str | int, *, dry_run: bool = False) -> Change:
        """Ensure that a user has a role in a project: add or change the membership as needed.

        Args:
            project: the name (a ``str``, even if it consists of digits), or the id (an integer).
            user: the id (an integer), or the exact name (a ``str``).
            role: ``"project_admin"``, ``"maintainer"``, ``"developer"``, ``"guest"``, ``"limited_guest"``, or the id.
            dry_run: only tell what would be done.

        Raises:
            NotFoundException: there is no such project or user.
            ForbiddenException: the caller may not change the members of the project.
        """
        return self._member(project, user, role_id(role), dry_run)

    @guarded
    def ensure_not_member(self, project: Project, user: int | str, *, dry_run: bool = False) -> Change:
        """Ensure that a user has no role in a project.

        Args:
            project: the name (a ``str``, even if it consists of digits), or the id (an integer).
            user: the id (an integer), or the exact name (a ``str``).
            dry_run: only tell what would be done.

        Raises:
            NotFoundException: there is no such project or user.
            ForbiddenException: the caller may not change the members of the project.
        """
        return self._member(project, user, None, dry_run)

    def _member(self, project: Project, user: int | str, role: int | None, dry_run: bool) -> Change:
        project = checked_project(project)
        found = self._lookup.get(user)
        memberships = Memberships(self._lookup)
        before = memberships.role(found, project) if dry_run else memberships.ensure(found, project, role)
        fields = told([(project, before, role)] if before != role else [])
        action: Action = "changed" if fields else "unchanged"
        return self._told(Change(action, found.username or "", found.user_id, fields, dry_run=dry_run))

    def _told(self, change: Change) -> Change:
        if change.error is not None:
            raise change.error
        return change.with_details(request_id=self._lookup.traced.last_request_id)


def _query(query: Query | str | None) -> Query:
    if isinstance(query, str):
        return Query.parse(query)
    if not (query is None or isinstance(query, Query)):
        raise TypeError(f"query must be a Query or a str, not {type(query).__name__}")
    return Query() if query is None else query
