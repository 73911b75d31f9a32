"""What automation wants of Harbor's users, on top of the one-to-one :class:`~harbor_client.UserApi`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harbor_client._privacy.guard import guarded
from harbor_client.api.user_api import UserApi
from harbor_client.models import UserCreationReq, UserResp
from harbor_client.passwords import require
from harbor_client.query import Query
from harbor_client.users.apply import Plan, Run
from harbor_client.users.change import GENERATE, Change, Generate, UserRow
from harbor_client.users.errors import EmailTakenException, NoLocalUsersException, UsernameTakenException
from harbor_client.users.iterate import iterate as _iterate
from harbor_client.users.lookup import BUILT_IN, Lookup
from harbor_client.users.rows import RowError
from harbor_client.users.state import States, creation
from harbor_client.users.values import check_values, checked_name
from harbor_client.users.write import Writer

if TYPE_CHECKING:
    from collections.abc import Generator

    from harbor_client.api_client import ApiClient
    from harbor_client.users.apply import Progress
    from harbor_client.users.change import OnError, UpdatePassword
    from harbor_client.users.rows import Rows

__all__ = [
    "GENERATE",
    "Change",
    "EmailTakenException",
    "Generate",
    "NoLocalUsersException",
    "Plan",
    "RowError",
    "Run",
    "UserRow",
    "UsernameTakenException",
    "Users",
]


class Users:
    """Harbor's users, found by exact name, read without losing any, and brought into a wanted state.

    Every method raises an :class:`~harbor_client.ApiException` when a call fails, and ``ValueError`` or ``TypeError``
    for wrong arguments, before anything is sent. A write whose outcome is unknown (``error.outcome``, or a gateway's
    502, 503 or 504) is settled by looking at Harbor; where that does not show that it was done, the error is raised,
    and nothing is sent twice.

    One object may be shared by threads.

    Args:
        api_client: the :class:`~harbor_client.ApiClient` to call with (or a :class:`~harbor_client.UserApi` on one);
            without it, one of the default configuration.
    """

    def __init__(self, api_client: ApiClient | UserApi | None = None) -> None:
        if not (api_client is None or isinstance(api_client, UserApi) or hasattr(api_client, "call_api")):
            raise TypeError(f"api_client must be an ApiClient or a UserApi, not {type(api_client).__name__}")
        self.api: UserApi = api_client if isinstance(api_client, UserApi) else UserApi(api_client)
        self._lookup = Lookup(self.api)
        self._writer = Writer(self._lookup)
        self._states = States(self._lookup, self._writer)

    def find(self, username: str) -> UserResp | None:
        """The user of exactly this name, upper and lower case included; ``None`` when there is none.

        Works for callers who may list users (administrators, and robot accounts with that right), and for those who
        may only search: for these, a user whom they may not read has ``user_id`` and ``username`` alone, and all else
        is ``None``. Where only the list could tell (a name of wildcards, among over 100 similar ones, since 2.14.2),
        their ``ForbiddenException`` is raised. The built-in administrator ``admin`` is found, too. Of OIDC users
        ``oidc_user_meta`` is not read: see :meth:`get`.
        """
        return self._lookup.find(username)

    def get(self, user_id: int | str) -> UserResp:
        """The user with this id (an ``int``) or of exactly this name (a ``str``).

        Raises:
            NotFoundException: there is none.
        """
        return self._lookup.get(user_id)

    def iterate(
        self, query: Query | str | None = None, *, concurrency: int = 1, include_admin: bool = False
    ) -> Generator[UserResp, None, None]:
        """All users, or those that a query selects, in order of id.

        Every user who exists from the beginning to the end comes exactly once, whatever is created, deleted or renamed
        meanwhile. Takes the least number of requests (100 users each), at most twice as many when reading ahead, and
        holds ``300 * concurrency`` users at most. Nothing is asked for before the first user is, or after the
        iterator was closed or dropped.

        Args:
            query: a :class:`~harbor_client.query.Query` made with :data:`~harbor_client.query.Q`, or a ``q`` text,
                which is checked: a field that Harbor does not know would select everybody.
            concurrency: so many requests at a time, ahead of the reader; 1 reads on when it is needed.
            include_admin: begin with the built-in administrator, whom Harbor's list leaves out, if the query fits.

        Raises:
            ValueError, TypeError: at once, for a query or a number that makes no sense.
            ForbiddenException: on the way, as any failure of a call: the caller may not list users.
        """
        if isinstance(query, str):
            query = Query.parse(query)
        elif query is None:
            query = Query()
        elif not isinstance(query, Query):
            raise TypeError(f"query must be a Query or a str, not {type(query).__name__}")
        if isinstance(concurrency, bool) or not isinstance(concurrency, int):
            raise TypeError(f"concurrency must be an int, not {type(concurrency).__name__}")
        if concurrency < 1:
            raise ValueError(f"concurrency must be 1 or more, not {concurrency}")
        if not include_admin:
            return _iterate(self.api, query, concurrency)
        query.matches(UserResp())  # raises for what cannot be compared here
        return self._with_admin(query, concurrency)

    def _with_admin(self, query: Query, concurrency: int) -> Generator[UserResp, None, None]:
        admin = self.api.get_user(BUILT_IN)
        if query.matches(admin):
            yield admin
        yield from _iterate(self.api, query, concurrency)

    @guarded
    def create(
        self,
        username: str | UserCreationReq,
        email: str | None = None,
        realname: str | None = None,
        password: str | None = None,
        comment: str | None = None,
        *,
        sysadmin_flag: bool = False,
    ) -> int:
        """Create a user and give the new id.

        Args:
            username: the name, or a whole :class:`~harbor_client.UserCreationReq`.
            email: the e-mail address; no two users share one.
            realname: the user name, if not given.
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
        row = UserRow(username, email, realname, comment, password, sysadmin_flag)
        checked_name(row.username)
        check_values(vars(row))
        if not isinstance(row.password, str):
            raise ValueError("a new user needs a password; harbor_client.passwords.generate() makes one")
        user_id = self._writer.create(creation(row, row.password))
        if sysadmin_flag:
            self._writer.update(UserResp(user_id=user_id), {"sysadmin_flag": True})
        return user_id

    @guarded
    def ensure(
        self,
        username: str,
        email: str | None = None,
        realname: str | None = None,
        password: str | Generate | None = None,
        comment: str | None = None,
        sysadmin_flag: bool | None = None,
        *,
        update_password: UpdatePassword = "on_create",
        dry_run: bool = False,
    ) -> Change:
        """Have a user who is like that: create, change, promote and demote as needed, and tell what was done.

        What is ``None`` stays as it is; ``comment=""`` empties the comment. Doing it again changes nothing.

        Args:
            username: the exact name.
            email: needed when the user is to be created.
            realname: a new user without one gets the user name.
            password: needed when the user is to be created; :data:`GENERATE` makes one, to be found in the result.
            comment: at most 30 bytes.
            sysadmin_flag: whether the user is a system administrator.
            update_password: ``"always"`` sets the password of a user who is there already, too.
            dry_run: only tell what would be done.
        """
        row = UserRow(username, email, realname, comment, password, sysadmin_flag)
        _checked_update_password(update_password)
        checked_name(username)
        check_values(vars(row))
        change = self._states.present(row, self._lookup.find(username), update_password, dry_run)
        if change.error is not None:
            raise change.error
        return change

    @guarded
    def ensure_absent(self, username: str, *, dry_run: bool = False) -> Change:
        """Have no user of exactly this name, and tell what was done (``"removed"`` or ``"unchanged"``).

        Raises:
            ValueError: it is the built-in administrator, who cannot be removed; in a dry run, it is the caller.
            ForbiddenException: it is the caller, or the caller is no administrator.
        """
        return self._states.absent(username, self._lookup.find(username), dry_run)

    @guarded
    def patch(
        self,
        user_id: int | str,
        *,
        email: str | None = None,
        realname: str | None = None,
        comment: str | None = None,
        sysadmin_flag: bool | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Change single fields of a user: read, change, write. (Harbor's own update replaces all of the profile.)

        What is ``None`` stays as it is; ``comment=""`` empties the comment. Nothing is written when nothing differs.

        Args:
            user_id: the id (an ``int``), or the exact name (a ``str``).
            email: the new e-mail address.
            realname: the new full name.
            comment: at most 30 bytes.
            sysadmin_flag: whether the user is a system administrator.
            dry_run: only tell what would be done.

        Raises:
            NotFoundException: there is no such user.
            EmailTakenException: another user has this address.
        """
        wanted = {"email": email, "realname": realname, "comment": comment, "sysadmin_flag": sysadmin_flag}
        check_values(wanted)
        user = self._lookup.get(user_id)
        return self._states.changed(user, wanted, None, dry_run)

    @guarded
    def change_password(self, user_id: int | str, new_password: str, old_password: str | None = None) -> Change:
        """Give a user a new password.

        For the caller's own, Harbor wants the old one, from administrators, too: it is taken from the client's
        configuration unless given, and the client goes on with the new one (``configuration.password`` is set).

        Raises:
            ValueError: Harbor would not accept the new password.
            BadRequestException: the user has this password already.
            ForbiddenException: the old password is wrong, or the caller is no administrator.
        """
        require(new_password)
        user = UserResp(user_id=user_id) if isinstance(user_id, int) else self._lookup.get(user_id)
        fields = self._writer.set_password(user, new_password, old_password)
        return Change("changed", user.username or "", user.user_id, fields)

    @guarded
    def apply(
        self,
        rows: Rows,
        *,
        on_error: OnError = "stop",
        progress: Progress = None,
        update_password: UpdatePassword = "on_create",
        generate_passwords: bool = False,
        dry_run: bool = False,
    ) -> Run:
        """Bring many users into the state that is wanted, one after the other, and give a result for each row.

        The rows are dealt with as the results are asked for::

            for change in users.apply("people.csv", on_error="continue"):
                print(change)

        Rows are what :meth:`ensure` and :meth:`ensure_absent` take: :class:`UserRow`, a dictionary or a model. A CSV
        file (UTF-8) names the columns in its first line (``admin`` may stand for ``sysadmin_flag``); an empty cell
        leaves alone what is there. So does an empty text in a dictionary, but for ``comment``, which it empties. Rows
        may be endless: a hundred are held at a time, and their users looked up with one request. A row that makes no
        sense fails before anything is sent for it, and so does one whose user is in one of the hundred before it, or
        differs from it only in upper and lower case. Harbor deadlocks on concurrent deletes, so nothing is done at the
        same time.

        After a crash, do it again: what is done already is found so.

        Args:
            rows: the path of a CSV file, an open text file, a ``csv.DictReader``, or rows.
            on_error: after a row that failed, ``"stop"`` (its result is the last one) or ``"continue"``.
            progress: called after each row, with (rows done, rows in all or ``None``) if it takes two arguments, else
                with 1; or an object with a method ``update`` that takes 1, such as a tqdm bar.
            update_password: ``"always"`` sets the passwords of users who are there already, too.
            generate_passwords: make a password for each user created whose row has none; it is in the result.
            dry_run: only tell what would be done.
        """
        _checked_update_password(update_password)

        def one(row: UserRow, user: UserResp | None) -> Change:
            if row.state == "absent":
                return self._states.absent(row.username, user, dry_run, reread=True)
            update: UpdatePassword = update_password
            if row.password is None and generate_passwords and user is None:
                row = UserRow(row.username, row.email, row.realname, row.comment, GENERATE, row.sysadmin_flag)
                update = "on_create"  # should somebody else create the user first
            return self._states.present(row, user, update, dry_run, reread=True)

        return Run(self._lookup, rows, one, on_error, progress, dry_run)

    @guarded
    def plan(
        self, rows: Rows, *, update_password: UpdatePassword = "on_create", generate_passwords: bool = False
    ) -> Plan:
        """What :meth:`apply` would do with these rows: ``print(users.plan(rows))`` shows it like a diff.

        Nothing is changed. A plan can be iterated for its :class:`Change` objects, too.
        """

        def start() -> Run:
            return self.apply(
                rows,
                on_error="continue",
                update_password=update_password,
                generate_passwords=generate_passwords,
                dry_run=True,
            )

        once = isinstance(rows, Iterator) or hasattr(rows, "read")
        return Plan(start, once)


def _checked_update_password(value: str) -> None:
    if value not in ("on_create", "always"):
        raise ValueError("update_password is 'on_create' or 'always'")  # what was given may well be a password
