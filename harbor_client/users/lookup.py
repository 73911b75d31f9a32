"""Finds users by exact name or by address, for callers who may list users and for those who may only search."""

import re
import threading
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import accumulate, chain, zip_longest
from typing import Any, TypeAlias, cast
from urllib.parse import quote

from harbor_client import exceptions
from harbor_client.any_path import total_of
from harbor_client.api._operation import Api
from harbor_client.api.member_api import MemberApi
from harbor_client.api.user_api import UserApi
from harbor_client.api_client import ApiClient
from harbor_client.models import UserResp
from harbor_client.query import Q, Query
from harbor_client.users.errors import failure, not_found, query_ignored
from harbor_client.users.iterate import PAGE, iterate
from harbor_client.users.values import checked_id, checked_name, possible

#: A text, or a function that makes one for each call.
RequestId: TypeAlias = str | Callable[[], str]

#: The id of the built-in administrator, whom lists leave out, and the name that Harbor gives it.
BUILT_IN = 1
_BUILT_IN_NAME = "admin"
#: The most bytes that the values of one list in ``q`` may take, percent-encoded.
_LONGEST_LIST = 3500


class RequestIds(threading.local):
    """Makes the ``X-Request-Id`` of each call; each thread has its own ``last`` one."""

    last: str | None = None

    def __init__(self, given: RequestId | None) -> None:
        self._given = given

    def new(self) -> str | None:
        """The id to send next."""
        self.last = self._given() if callable(self._given) else self._given
        return self.last


class _Traced:
    """Operations that send an ``X-Request-Id`` with each call."""

    def __init__(self, api: Api, request_ids: RequestIds) -> None:
        self._api = api
        self._request_ids = request_ids

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._api, name)
        return lambda *args, **options: method(*args, **options, x_request_id=self._request_ids.new())


class Lookup:
    """Reads users. Remembers user 1, and who the caller is, but not what the caller may do."""

    def __init__(self, api: UserApi, request_id: RequestId | None) -> None:
        self._made_of = api, request_id
        self.client: ApiClient = api.api_client
        self.request_ids: RequestIds = RequestIds(request_id)
        self.api: UserApi = cast(UserApi, _Traced(api, self.request_ids))
        self.members: MemberApi = cast(MemberApi, _Traced(MemberApi(self.client), self.request_ids))
        self._built_in_user: UserResp | None = None  # with id and name alone if the caller may not read it
        self._callers: dict[tuple[str, str | None], UserResp | None] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Lookup, self._made_of  # a copy has sent nothing yet, and looks for itself

    def get(self, user: int | str | None) -> UserResp:
        """A user by id or by exact name; ``NotFoundException`` when there is none."""
        if isinstance(user, str):
            found = self.find(user)
            if found is None:
                raise not_found(repr(user), self.hint(user))
            return found
        user_id = checked_id(user)
        try:
            found = self.api.get_user(user_id)
        except exceptions.ServiceException as error:
            # Where users come from OIDC, Harbor lists those of its own database, but it fails to read one.
            if error.code is not None:
                with suppress(exceptions.ApiException):
                    for found in iterate(self.api, Q.user_id == user_id):
                        return found
            raise
        if found.user_id != user_id:
            what = f"user {user_id} was asked for, and the response has the ID {found.user_id}"
            raise failure(exceptions.UnexpectedResponseException, 200, what)
        return found

    def find(self, username: str | None) -> UserResp | None:
        """The user of exactly this name; see :meth:`harbor_client.users.Users.find`."""
        username = checked_name(username)
        if not possible(username):
            return None
        try:
            return self._listed(username)
        except exceptions.ForbiddenException as error:
            return self._searched(username, error)

    def _listed(self, username: str) -> UserResp | None:
        """The user of this name, found with the list of users, which only some callers may read."""
        query = Query()
        if "," not in username:
            query = Q.username == username
        elif part := max(re.split("[%,]", username), key=len):  # names had commas before 2.10, conditions cannot
            query = Q.username.contains(part)
        found = next((user for user in iterate(self.api, query) if user.username == username), None)
        return found or self._built_in(username)

    def find_many(self, usernames: Iterable[str]) -> dict[str, UserResp | None]:
        """What :meth:`find` gives for each name, with few requests; names that cannot be listed are left out.

        Room that is left in the last request is filled with :func:`other_cases` of the names.
        """
        found: dict[str, UserResp | None] = {}
        for names in _lists(Q.username, usernames):
            users = {user.username: user for user in iterate(self.api, Q.username.one_of(names))}
            found.update((name, users.get(name) or self._built_in(name)) for name in names)
        return found

    def find_email(self, email: str) -> UserResp | None:
        """The user with this address, in upper or lower case; ``ValueError`` where several have it."""
        part = max(checked_name(email, "email").split("%"), key=len)  # as contains() cannot look for a %
        if not part or not possible(email) or "," in email:
            return None
        users = [*iterate(self.api, Q.email.contains(part)), self._read_built_in()]
        found = [user for user in users if (user.email or "").casefold() == email.casefold()]
        if len(found) > 1:
            names = ", ".join(f"{user.username!r} (user {user.user_id})" for user in found)
            raise ValueError(f"{len(found)} users have the email address {email}, in upper or lower case: {names}")
        return found[0] if found else None

    def holders(self, emails: Iterable[str]) -> dict[str | None, UserResp]:
        """The users who have these addresses, and perhaps :func:`other_cases` of them; without those whom the caller
        may not list.
        """
        users = [self._built_in_user or self._read_built_in()]  # whom the list leaves out
        with suppress(exceptions.ForbiddenException):
            for some in _lists(Q.email, emails):
                users += iterate(self.api, Q.email.one_of(some))
        return {user.email: user for user in users}

    def holder(self, email: str) -> UserResp | None:
        """The user who has this address now."""
        self._built_in_user = None
        return self.holders([email]).get(email)

    def hint(self, name: str, cases: bool = True) -> str | None:
        """A hint that says whose address was given instead of a name, or (``cases``) whose name is nearly the same."""
        with suppress(exceptions.ApiException, ValueError):
            if "@" in name and (user := self.find_email(name)):
                return f"It is the email address of user {user.user_id}, {user.username!r}."
            return near("name", name, self.find_many([name])) if cases else None
        return None

    def count(self, query: Query) -> int:
        """How many users a query selects."""
        users, _, headers = self.api.list_users_with_http_info(q=query, page_size=1)
        if "X-Total-Count" not in headers:
            what = "how many users there are is unknown: the response lacks X-Total-Count"
            raise failure(exceptions.UnexpectedResponseException, 200, what)
        if not all(condition.accepts_user(user) for user in users for condition in query.exact()):
            raise query_ignored(f"a user was listed who does not meet {query}")
        return total_of(headers)

    def caller(self) -> UserResp | None:
        """The user as whom the client calls, as of now; ``None`` for a robot account."""
        try:
            caller = self.api.get_current_user_info()
        except exceptions.PreconditionFailedException:
            caller = None
        self._callers[self._login()] = caller
        return caller

    def is_caller(self, user_id: int | None, name: str | None) -> bool:
        """Whether this is the user as whom the client calls. Asks only if that is not known, or may have changed."""
        login = self._login()
        caller = self._callers[login] if login in self._callers else self.caller()
        if caller is not None and caller.user_id != user_id and caller.username == name:
            caller = self.caller()  # the account was removed and created anew
        return caller is not None and caller.user_id == user_id

    def _login(self) -> tuple[str, str | None]:
        return self.client.configuration.host, self.client.configuration.username

    def has_other_administrator(self, changed: Mapping[str | None, bool]) -> bool:
        """Whether there is a system administrator, with these flags of changed users taken into account, by name."""
        built_in = self._read_built_in()
        if built_in.creation_time is None or any(changed.values()):
            return True  # a caller who may not read user 1 cannot tell
        others = iterate(self.api, Q.sysadmin_flag == True)  # noqa: E712 - a query
        return any(user.sysadmin_flag and user.username not in changed for user in chain([built_in], others))

    def _built_in(self, username: str) -> UserResp | None:
        """User 1, if that is its name."""
        user = self._built_in_user
        if user is None or user.username == username:
            user = self._read_built_in()
        return user if user.username == username else None

    def _read_built_in(self) -> UserResp:
        """User 1, whom lists leave out; id and name alone if the caller may not read it."""
        try:
            self._built_in_user = self.get(BUILT_IN)
        except (exceptions.ForbiddenException, exceptions.NotFoundException):
            self._built_in_user = UserResp(user_id=BUILT_IN, username=_BUILT_IN_NAME)
        return self._built_in_user

    def _searched(self, username: str, refused: exceptions.ForbiddenException) -> UserResp | None:
        """The user of this name, found with the search that everybody may use; it returns ids and names only."""
        # Up to 2.14.1 the search is for a part of the name, page by page. Later it gives one page, the shortest names
        # first, and takes % and _ for wildcards and a backslash for an escape. Both look for something else where the
        # text holds a %. A name with such characters is searched by its longest part without any.
        text = max(re.split(r"[%_\\]", username), key=len) if re.search(r"[%\\]", username) else username
        found, complete = self._found(text) if text else ({}, False)
        # User 1 is always there, and the search mostly leaves it out.
        user_id = found.get(username, BUILT_IN if username == _BUILT_IN_NAME else None)
        if user_id is None:
            if complete or (text == username and "_" not in text):  # the shortest would be the first
                return None
            raise refused
        try:
            user = self.get(user_id)
        except exceptions.ForbiddenException:
            return UserResp(user_id=user_id, username=username)
        except exceptions.NotFoundException:
            return None
        return user if user.username == username else None

    def _found(self, text: str) -> tuple[dict[str | None, int | None], bool]:
        """The names and ids that the search finds, and whether these are all."""
        found: dict[str | None, int | None] = {}
        page = 1
        while True:
            items = self.api.search_users(text, page=page, page_size=PAGE)
            if items and items[0].username == next(iter(found), None):
                return found, False  # the page number is ignored: these are all we get
            found.update((item.username, item.user_id) for item in items)
            if len(items) < PAGE:
                return found, True
            page += 1


def other_cases(text: str) -> list[str]:
    """A name or an address in lower case, capitalized, and in upper case, as far as these differ from it."""
    name, at, domain = text.partition("@")
    return [other for other in (text.lower(), f"{name.title()}{at}{domain}", text.upper()) if other != text]


def near(what: str, text: str, users: Mapping[Any, UserResp | None], user_id: int | None = None) -> str | None:
    """A hint that says whose name, or address, differs from a user's only in upper and lower case."""
    for user in map(users.get, other_cases(text)):
        if user is not None and user.user_id != user_id:
            return f"The {what} differs only in case from that of user {user.user_id}, {user.username!r}."
    return None


def _lists(field: Any, values: Iterable[str]) -> Iterator[list[str]]:
    """Split values into lists short enough for one request each; drop those that a list in ``q`` cannot hold.

    The last list is filled up with other cases of the values.
    """
    wanted = {value: None for value in values if _listable(field, value)}
    others = (other for cases in zip_longest(*map(other_cases, wanted)) for other in cases if other)
    some = [*wanted, *(other for other in others if other not in wanted and _listable(field, other))]
    start = 0
    while start < len(wanted):
        sizes = accumulate(len(quote(f"{value} ")) for value in some[start:])
        end = start + max(bisect([*sizes], _LONGEST_LIST), 1)
        yield some[start:end]
        start = end


def _listable(field: Any, value: str) -> bool:
    try:
        field.one_of(value)
    except ValueError:
        return False
    return possible(value)


def is_administrator(user: UserResp | None) -> bool:
    """Whether a caller is a system administrator; a robot account (``None``) is not."""
    return user is not None and bool(user.sysadmin_flag or user.admin_role_in_auth)
