"""``Users``: managing Harbor's users from automation, on top of the one-to-one ``UserApi``."""

from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from harbor_client._privacy.guard import guarded
from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.exceptions import ApiException, ForbiddenException
from harbor_client.models import UserResp
from harbor_client.query import Query
from harbor_client.users.apply import ManyUsers
from harbor_client.users.change import Change, Clear, Generate, Missing, Options, Project, UpdatePassword, UserRow
from harbor_client.users.check import Finding, check
from harbor_client.users.iterate import iterate
from harbor_client.users.lookup import BUILT_IN, Lookup, RequestId
from harbor_client.users.memberships import Membership, memberships_of
from harbor_client.users.sink import OnPassword
from harbor_client.users.state import States
from harbor_client.users.values import check_value, checked_id, checked_name, checked_project, checked_row, role_id


class Users(ManyUsers):
    """Finds, lists, creates, updates and deletes Harbor's users, one by one or many at once.

    Every method raises an :class:`~harbor_client.ApiException` if a call fails, and ``ValueError`` or ``TypeError``
    for wrong arguments, before anything is sent. If it is unknown whether a write was carried out
    (``error.outcome == "unknown"``), ``Users`` reads to find out. Unless it finds that the write took effect, it raises
    the error, whose ``hint`` says what was found. If a later one of several writes fails, the hint says what was done
    before. No write is sent twice.

    Thread-safe.

    Args:
        api_client: an :class:`~harbor_client.ApiClient` or :class:`~harbor_client.UserApi`; by default, a client with
            the default configuration.
        x_request_id: the ``X-Request-Id`` of each call, or a function that returns one for each call.
    """

    def __init__(self, api_client: ApiClient | UserApi | None = None, *, x_request_id: RequestId | None = None) -> None:
        if not (x_request_id is None or isinstance(x_request_id, str) or callable(x_request_id)):
            raise TypeError(f"x_request_id must be a str or a function, not {type(x_request_id).__name__}")
        self.api: UserApi = api_client if isinstance(api_client, UserApi) else UserApi(api_client)
        self._lookup = Lookup(self.api, x_request_id)

    def find(self, username: str | None = None, *, email: str | None = None) -> UserResp | None:
        """Return the user with exactly this name (case-sensitive) or this email address (in any case), or ``None``.

        Finds the built-in administrator, too. Requires a caller who may list users: an administrator, or a robot
        account with that permission. Other callers can find users by name; of users whom they may not read, they get
        only ``user_id`` and ``username``. (Harbor 2.14.2 and later raise ``ForbiddenException`` for them if over 100
        names match a name that contains wildcards.) ``oidc_user_meta`` is not read: see :meth:`get`.

        Raises:
            ValueError: several users have this address.
        """
        if email is not None:
            if username is not None:
                raise TypeError("find() takes a username or an email, not both")
            return self._lookup.find_email(email)
        return self._lookup.find(username)

    def get(self, user_id: int | str) -> UserResp:
        """Return the user with this ID (an integer) or exactly this name (a ``str``).

        Raises:
            NotFoundException: there is no such user.
        """
        user = self._lookup.get(user_id)
        if isinstance(user_id, str) and user.creation_time is not None:
            with suppress(ForbiddenException):  # of a robot account that may list users but not read them
                return self._lookup.get(user.user_id)  # the list lacks oidc_user_meta
        return user

    def count(self, query: Query | str | None = None) -> int:
        """Return the number of users, or of those that match, without the built-in administrator."""
        return self._lookup.count(_query(query))

    def iterate(
        self, query: Query | str | None = None, *, concurrency: int = 1, include_admin: bool = False
    ) -> Generator[UserResp, None, None]:
        """Iterate over all users, or those that match, in order of their IDs.

        Every user who exists from beginning to end comes exactly once, whatever is created, deleted or renamed in the
        meantime. Each request reads 100 users. With ``concurrency``, slightly more requests are sent (up to twice as
        many while users are deleted), and at most ``100 * (concurrency + 3)`` users are held in memory. Nothing is
        requested before the first user is needed, or after the iterator was closed or dropped.

        Args:
            query: a :class:`~harbor_client.query.Query` made with :data:`~harbor_client.query.Q`, or a ``q`` string,
                which is checked, because Harbor would list everybody if it does not know a field.
            concurrency: the number of requests to send at a time; with 1, each page is read when it is needed.
            include_admin: begin with the built-in administrator, whom Harbor's list leaves out, if the query matches.

        Raises:
            ValueError, TypeError: the query or the number is invalid; raised at once.
            ForbiddenException: the caller may not list users; raised by the first ``next()``.
        """
        selected = _query(query)
        users = iterate(self._lookup.api, selected, concurrency)
        if not include_admin:
            return users
        selected.matches(UserResp())  # raises for what cannot be compared here
        return self._with_admin(selected, users)

    def _with_admin(self, query: Query, users: Generator[UserResp, None, None]) -> Generator[UserResp, None, None]:
        first = list(islice(users, 1))  # before user 1, because only the list tells that a password is wrong
        admin = self._lookup.api.get_user(BUILT_IN)
        yield from chain([admin] if query.matches(admin) else [], first, users)

    def check(self) -> Generator[Finding, None, None]:
        """Check the connection, the login and the caller's rights, and yield a :class:`Finding` for each step.

        A step that fails says what to do, and the steps that depend on it are skipped. Changes nothing, and sends a
        wrong password only once.
        """
        return check(self._lookup)

    @guarded
    def create(
        self,
        username: str,
        *,
        email: str | None = None,
        realname: str | None = None,
        password: str | None = None,
        comment: str | None = None,
        sysadmin_flag: bool = False,
    ) -> int:
        """Create a user and return the new ID.

        Args:
            username: the name.
            email: the email address; no two users share one.
            realname: the full name; by default, the username.
            password: see :mod:`harbor_client.passwords`.
            comment: at most 30 bytes.
            sysadmin_flag: make the user a system administrator, with a second request.

        Raises:
            UsernameTakenException: another user has this name.
            EmailTakenException: another user has this address.
            NoLocalUsersException: Harbor's users come from OIDC or LDAP.
        """
        row = checked_row(username, email, realname, comment, password, sysadmin_flag)
        if not isinstance(row.password, str):
            raise ValueError("a new user needs a password; harbor_client.passwords.generate() makes one")
        return checked_id(self._result(States(self._lookup, Options()).create(row)).user_id)

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

        Idempotent: calling it again changes nothing. Arguments that are ``None`` leave a field as it is;
        ``comment=CLEAR`` (or ``""``) erases the comment.

        Args:
            username: the exact name.
            email: required for a new user.
            realname: for a new user, the username by default.
            password: required for a new user; :data:`GENERATE` makes one for ``on_password``.
            comment: at most 30 bytes.
            sysadmin_flag: whether the user is a system administrator.
            update_password: ``"always"`` also sets the password of an existing user.
            on_password: a function called with username and generated password before the password is sent.
            dry_run: only report what would be done.

        Raises:
            ValueError: an argument is invalid, or the caller or the last administrator would be demoted.
        """
        options = Options(update_password, isinstance(password, Generate), on_password, dry_run=dry_run)
        row = checked_row(username, email, realname, comment, password, sysadmin_flag)
        return self._result(States(self._lookup, options).ensure(row, self._lookup.find(username)))

    @guarded
    def ensure_absent(self, username: str, *, missing: Missing = "report", dry_run: bool = False) -> Change:
        """Ensure that no user with exactly this name exists; the action is ``"removed"`` or ``"not_found"``.

        Args:
            username: the exact name.
            missing: ``"error"`` to raise ``NotFoundException`` if there is no such user.
            dry_run: only report what would be done.

        Raises:
            ValueError: the user is the built-in administrator, the caller, or the last known administrator.
            ForbiddenException: the caller is not a system administrator.
        """
        options = Options(missing=missing, dry_run=dry_run)
        row = UserRow(checked_name(username), state="absent")
        return self._result(States(self._lookup, options).ensure(row, self._lookup.find(username)))

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
        """Change single fields of a user. (Harbor's update replaces the whole profile.)

        Arguments that are ``None`` leave a field as it is; ``comment=CLEAR`` (or ``""``) erases the comment. Nothing
        is written if nothing differs.

        Args:
            user_id: the ID (an integer) or the exact name (a ``str``).
            email: the new email address.
            realname: the new full name.
            comment: at most 30 bytes.
            sysadmin_flag: whether the user is a system administrator.
            dry_run: only report what would be done.

        Raises:
            NotFoundException: there is no such user.
            EmailTakenException: another user has this address.
            ValueError: an argument is invalid, or the caller or the last administrator would be demoted.
        """
        row = checked_row("-", email, realname, comment, None, sysadmin_flag)
        states = States(self._lookup, Options(dry_run=dry_run))
        return self._result(states.ensure(row, self._lookup.get(user_id)))

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
        """Set a user's password.

        To change the caller's own, Harbor requires the old password, even from administrators: by default, it is taken
        from the client's configuration. Afterwards the client uses the new one (``configuration.password`` is set).
        Calls of the same client in other threads wait until this is done.

        Args:
            user_id: the ID (an integer) or the exact name (a ``str``).
            new_password: the new password; :data:`GENERATE` makes one for ``on_password``.
            old_password: the current password, if the caller changes their own.
            on_password: a function called with username and generated password before the password is sent.
            dry_run: only report what would be done.

        Raises:
            ValueError: the new password is too weak.
            BadRequestException: the user already has this password.
            ForbiddenException: the old password is wrong, or the caller is not a system administrator.
        """
        check_value("password", new_password)
        options = Options("always", isinstance(new_password, Generate), on_password, dry_run=dry_run)
        states = States(self._lookup, options)
        return self._result(states.change_password(self._lookup.get(user_id), new_password, old_password))

    @guarded
    def memberships(self, user: int | str, *, concurrency: int = 1) -> list[Membership]:
        """List the projects in which a user has a role, sorted by name.

        Harbor has no such call, so this sends one request for each project. Roles that a user has only through a group
        are not included.

        Args:
            user: the ID (an integer) or the exact name (a ``str``).
            concurrency: the number of requests to send at a time.

        Raises:
            NotFoundException: there is no such user.
            ForbiddenException: the caller is neither a system administrator nor that user.
        """
        return memberships_of(self._lookup, user, concurrency)

    @guarded
    def ensure_member(self, project: Project, user: int | str, role: str | int, *, dry_run: bool = False) -> Change:
        """Ensure that a user has a role in a project: add or change the membership as needed.

        Args:
            project: the name (a ``str``, even if it consists of digits) or the ID (an integer).
            user: the ID (an integer) or the exact name (a ``str``).
            role: ``"project_admin"``, ``"maintainer"``, ``"developer"``, ``"guest"``, ``"limited_guest"``, or the ID.
            dry_run: only report what would be done.

        Raises:
            NotFoundException: there is no such project or user.
            ForbiddenException: the caller may not change the members of the project.
        """
        return self._member(project, user, role_id(role), dry_run)

    @guarded
    def ensure_not_member(self, project: Project, user: int | str, *, dry_run: bool = False) -> Change:
        """Ensure that a user has no role in a project.

        Args:
            project: the name (a ``str``, even if it consists of digits) or the ID (an integer).
            user: the ID (an integer) or the exact name (a ``str``).
            dry_run: only report what would be done.

        Raises:
            NotFoundException: there is no such project or user.
            ForbiddenException: the caller may not change the members of the project.
        """
        return self._member(project, user, None, dry_run)

    def _member(self, project: Project, user: int | str, role: int | None, dry_run: bool) -> Change:
        roles: dict[Any, Any] = {checked_project(project): role}
        states = States(self._lookup, Options(dry_run=dry_run))
        return self._result(states.ensure(UserRow("-", roles=roles), self._lookup.get(user)))

    def _result(self, change: Change) -> Change:
        """A change with its request ID; raises its error, if it failed, with a hint about what was done before."""
        error = change.error
        if error is None:
            return replace(change, request_id=self._lookup.request_ids.last)
        if isinstance(error, ApiException):
            done = f"Done before, for user {change.user_id}: {', '.join(change.fields)}." if change.fields else None
            error.hint = " ".join(filter(None, [error.hint, done])) or None
        raise error


def _query(query: Query | str | None) -> Query:
    return query if isinstance(query, Query) else Query.parse("" if query is None else query)
