"""Finds users by exact name or by address, for callers who may list users and for those who may only search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from urllib.parse import quote

from harbor_client import exceptions
from harbor_client.api.user_api import UserApi
from harbor_client.models import UserResp
from harbor_client.query import Q, Query
from harbor_client.users.errors import not_found, query_ignored
from harbor_client.users.iterate import PAGE, iterate, total_of
from harbor_client.users.values import LONGEST_NAME, checked_id, checked_name, storable

#: The id of the built-in administrator, whom lists leave out, and the name that Harbor gives it.
BUILT_IN = 1
_BUILT_IN_NAME = "admin"
#: The most bytes that the values of one list may take, percent-encoded.
_BYTES_A_LIST = 3500


class Lookup:
    """Reads users. Remembers user 1 and the caller."""

    def __init__(self, api: UserApi) -> None:
        self.api = api
        self._built_in_user: UserResp | None = None
        self._caller: tuple[object, UserResp | None] | None = None

    @property
    def request_id(self) -> str | None:
        """The ``X-Request-Id`` that this thread sent last, if ``Users`` sets one."""
        return getattr(self.api, "last_request_id", None)

    def get(self, user: int | str) -> UserResp:
        """A user by id or by exact name; ``NotFoundException`` when there is none."""
        if isinstance(user, str):
            found = self.find(user)
            if found is None:
                raise not_found(repr(user), self.address_hint(user))
            return found
        return self.api.get_user(checked_id(user))

    def find(self, username: str) -> UserResp | None:
        """The user of exactly this name; see :meth:`harbor_client.users.Users.find`."""
        if len(checked_name(username)) > LONGEST_NAME or not storable(username):
            return None  # no user can have such a name
        if username == _BUILT_IN_NAME:
            found = self._built_in(username)
            if found is not None:
                return found
        try:
            query = Q.username == username
        except ValueError:  # a comma, as user names had before 2.10
            return self._search(username)
        try:
            users, all_listed = self._list(query)
        except exceptions.ForbiddenException as error:
            return self._search(username, error)
        for user in users:
            if user.username == username:
                return user
        if users and not all_listed:
            raise query_ignored("users of other names were listed, and not all of them")
        if username != _BUILT_IN_NAME:
            return self._built_in(username)
        # Either user 1 has another name, or the caller may list users but not read them.
        known = self._built_in_user
        return UserResp(user_id=BUILT_IN, username=username) if known and known.username == username else None

    def find_many(self, usernames: Iterable[str]) -> dict[str, UserResp | None]:
        """What :meth:`find` gives for each name, with few requests; names that cannot be listed are left out."""
        found: dict[str, UserResp | None] = {}
        for names in _lists(Q.username.one_of, usernames):
            listed, all_listed = self._list(Q.username.one_of(names))
            users = {user.username: user for user in listed}
            for name in names:
                if name in users or all_listed:
                    found[name] = users.get(name) or (
                        self.find(name) if name == _BUILT_IN_NAME else self._built_in(name)
                    )
        return found

    def find_email(self, email: str) -> UserResp | None:
        """The user with this address, in upper or lower case; ``ValueError`` where several have it."""
        if not isinstance(email, str):
            raise TypeError(f"email must be a str, not {type(email).__name__}")
        if not email:
            raise ValueError("email must not be empty")
        if len(email) > LONGEST_NAME or not storable(email) or "," in email:
            return None  # no user can have such an address
        query = Q.email == email if "%" in email else Q.email.contains(email)
        users = list(iterate(self.api, query, 1))
        try:
            users.append(self.api.get_user(BUILT_IN))
        except (exceptions.ForbiddenException, exceptions.NotFoundException):
            pass
        found = [user for user in users if (user.email or "").casefold() == email.casefold()]
        if len(found) > 1:
            names = ", ".join(f"{user.username!r} (user {user.user_id})" for user in found)
            raise ValueError(f"{len(found)} users have the e-mail address {email}, in upper or lower case: {names}")
        return found[0] if found else None

    def holders(self, emails: Iterable[str], fresh: bool = False) -> dict[str | None, UserResp]:
        """The users who have these addresses, exactly so; without those whom the caller may not list.

        ``fresh``: read the built-in administrator again, whom the list leaves out.
        """
        users: list[UserResp] = []
        try:
            for some in _lists(Q.email.one_of, emails):
                users += self._list(Q.email.one_of(some))[0]
            if fresh or self._built_in_user is None:
                self._built_in(_BUILT_IN_NAME)
        except exceptions.ForbiddenException:
            pass
        return {user.email: user for user in (*users, *filter(None, [self._built_in_user]))}

    def address_hint(self, name: str) -> str | None:
        """A hint that says whose address was given instead of a name."""
        try:
            user = self.find_email(name) if "@" in name else None
        except (exceptions.ApiException, ValueError):
            return None
        return f"It is the e-mail address of user {user.user_id}, {user.username!r}." if user else None

    def count(self, query: Query) -> int:
        """How many users a query selects."""
        users, _, headers = self.api.list_users_with_http_info(q=query, page_size=1)
        if "X-Total-Count" not in headers:
            raise exceptions.UnexpectedResponseException(200, "the response lacks X-Total-Count")
        if not all(condition.accepts_user(user) for user in users for condition in query.exact()):
            raise query_ignored(f"a user was listed who does not meet {query}")
        return total_of(headers)

    def _list(self, query: Query) -> tuple[list[UserResp], bool]:
        """The users that a query selects, of whom there are PAGE at most, and whether these are all.

        They are not all if something between the client and Harbor has removed the query, so that the response is a
        page of all users.
        """
        users, _, headers = self.api.list_users_with_http_info(q=query, page_size=PAGE)
        total = total_of(headers)
        return users, total <= len(users) and (len(users) < PAGE or total > 0)

    def caller(self) -> UserResp | None:
        """The user as whom the client calls; ``None`` for a robot account."""
        configuration = self.api.api_client.configuration
        who = configuration.host, configuration.username
        if self._caller is None or self._caller[0] != who:
            try:
                user = self.api.get_current_user_info()
            except exceptions.PreconditionFailedException:
                user = None
            self._caller = who, user
        return self._caller[1]

    def is_caller(self, user_id: int | None) -> bool:
        """Whether this is the user as whom the client calls."""
        caller = self.caller()
        return caller is not None and caller.user_id == user_id

    def caller_is_administrator(self) -> bool:
        """Whether the caller may do everything; a robot account may do just some things."""
        caller = self.caller()
        return caller is not None and bool(caller.sysadmin_flag or caller.admin_role_in_auth)

    def other_administrator(self, gone: set[int]) -> bool:
        """Whether there is a system administrator apart from those who are gone."""
        caller = self.caller()
        if caller is not None and caller.sysadmin_flag and caller.user_id not in gone:
            return True
        try:
            built_in = self.api.get_user(BUILT_IN)
        except (exceptions.ForbiddenException, exceptions.NotFoundException):
            return True  # a caller who may not read it cannot tell
        others = iterate(self.api, Q.sysadmin_flag == True, 1)  # noqa: E712 - a query
        return any(user.sysadmin_flag and user.user_id not in gone for user in chain([built_in], others))

    def _built_in(self, username: str) -> UserResp | None:
        """User 1, if that is its name and the caller may read it."""
        known = self._built_in_user
        if known and username not in (known.username, _BUILT_IN_NAME):
            return None
        try:
            user = self.api.get_user(BUILT_IN)
        except (exceptions.ForbiddenException, exceptions.NotFoundException):
            self._built_in_user = UserResp(user_id=BUILT_IN, username=_BUILT_IN_NAME)
            return None
        except exceptions.ServiceException:
            if username != _BUILT_IN_NAME:
                raise
            return None  # 2.15 and later, not logged in: the list says so more clearly
        self._built_in_user = user
        return user if user.username == username else None

    def _search(self, username: str, refused: exceptions.ForbiddenException | None = None) -> UserResp | None:
        """By the search that everybody may use; it knows ids and names only."""
        user_id = self._searched_id(username, refused)
        if user_id is None:
            if username != _BUILT_IN_NAME:
                return None
            user_id = BUILT_IN  # it is always there, and the search mostly leaves it out
        try:
            user = self.api.get_user(user_id)
        except exceptions.ForbiddenException:
            return UserResp(user_id=user_id, username=username)
        except exceptions.NotFoundException:
            return None
        return user if user.username == username else None

    def _searched_id(self, username: str, refused: exceptions.ForbiddenException | None) -> int | None:
        # Up to 2.14.1 the search is for a part of the name, page by page. Later it gives one page, the shortest names
        # first, takes % and _ for wildcards and a backslash for an escape; and nothing at all where no name contains
        # the text literally. Both look for something else where it holds a %. So: the whole name, if it holds none,
        # then its longest part that means the same to all.
        part = max(re.split(r"[%_\\]", username), key=len)
        for text in dict.fromkeys((username, part)):
            if not text or "%" in text:
                continue
            plain = text == part
            page = 1
            first: int | None = None
            while True:
                items, _, headers = self.api.search_users_with_http_info(text, page=page, page_size=PAGE)
                for item in items:
                    if item.username == username:
                        return item.user_id
                if not items and page == 1 and headers.get("X-Total-Count") == "0":
                    return None
                if len(items) < PAGE:
                    if plain or "\\" not in text:
                        return None
                    break
                if page > 1 and items[0].user_id == first:  # the page number is ignored: these are all we get
                    if plain and text == username:
                        return None  # it would have been the first
                    break
                first = items[0].user_id
                page += 1
        if refused is not None:
            raise refused
        query = Query()
        part = max(re.split(r"[%,]", username), key=len)
        if part:
            query = Q.username.contains(part)
        return next((user.user_id for user in iterate(self.api, query, 1) if user.username == username), None)


def _lists(one_of: Callable[[str], object], values: Iterable[str]) -> Iterator[list[str]]:
    """Values in lists short enough for one request each, without those that Harbor's lists cannot hold."""
    some: list[str] = []
    size = 0
    for value in dict.fromkeys(values):
        try:
            one_of(value)
        except ValueError:
            continue
        if len(value) > LONGEST_NAME:
            continue
        length = len(quote(value)) + 1
        if some and (len(some) == PAGE or size + length > _BYTES_A_LIST):
            yield some
            some, size = [], 0
        some.append(value)
        size += length
    if some:
        yield some
