"""Finds users by exact name, for callers who may list users and for those who may only search."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harbor_client.exceptions import (
    ApiException,
    ForbiddenException,
    NotFoundException,
    PreconditionFailedException,
    ServiceException,
)
from harbor_client.models import UserResp
from harbor_client.query import Q, Query
from harbor_client.users.errors import not_found, unheeded
from harbor_client.users.iterate import PAGE, iterate, total_of
from harbor_client.users.values import LONGEST_NAME, checked_id, checked_name, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harbor_client.api.user_api import UserApi

#: The id of the built-in administrator, whom lists leave out, and the name that Harbor gives it.
BUILT_IN = 1
_BUILT_IN_NAME = "admin"
#: About so many bytes of names are asked for in one list.
_BYTES_A_LIST = 2000


class Lookup:
    """Reads users. Remembers the name of user 1 and the id of the caller."""

    def __init__(self, api: UserApi) -> None:
        self.api = api
        self._built_in_name: str | None = None
        self._caller: tuple[object, int | None] | None = None

    def get(self, user: int | str) -> UserResp:
        """A user by id or by exact name; ``NotFoundException`` when there is none."""
        if isinstance(user, str):
            found = self.find(user)
            if found is None:
                raise not_found(user)
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
        except ForbiddenException as error:
            return self._search(username, error)
        for user in users:
            if user.username == username:
                return user
        if users and not all_listed:
            raise unheeded("users of other names were listed, and not all of them")
        if username != _BUILT_IN_NAME:
            return self._built_in(username)
        # Either user 1 has another name, or the caller may list but not read.
        return UserResp(user_id=BUILT_IN, username=username) if self._built_in_name == username else None

    def find_many(self, usernames: Iterable[str]) -> dict[str, UserResp | None]:
        """What :meth:`find` gives for each name, with few requests; names that cannot be listed are left out."""
        found: dict[str, UserResp | None] = {}
        for names in _lists(usernames):
            listed, all_listed = self._list(Q.username.one_of(names))
            users = {user.username: user for user in listed}
            for name in names:
                if name in users or all_listed:
                    found[name] = users.get(name) or (
                        self.find(name) if name == _BUILT_IN_NAME else self._built_in(name)
                    )
        return found

    def _list(self, query: Query) -> tuple[list[UserResp], bool]:
        """The users whom a query selects, of whom there are PAGE at most, and whether these are all.

        They are not where something between here and Harbor has lost the query, so that there is a page of everybody.
        """
        users, _, headers = self.api.list_users_with_http_info(q=query, page_size=PAGE)
        total = total_of(headers)
        return users, total <= len(users) and (len(users) < PAGE or total > 0)

    def with_email(self, email: str) -> UserResp | None:
        """The user with this e-mail address, if the caller may know."""
        try:
            users = self.api.list_users(q=Q.email == email, page_size=1)
            if not users:
                users = [self.api.get_user(BUILT_IN)]
        except (ValueError, ApiException):
            return None
        return next((user for user in users if user.email == email), None)

    def is_caller(self, user_id: int) -> bool:
        """Whether this is the user as whom the client calls."""
        configuration = self.api.api_client.configuration
        who = configuration.host, configuration.username
        if self._caller is None or self._caller[0] != who:
            try:
                number = self.api.get_current_user_info().user_id
            except PreconditionFailedException:  # a robot account
                number = None
            self._caller = who, number
        return self._caller[1] == user_id

    def _built_in(self, username: str) -> UserResp | None:
        """User 1, if that is its name and the caller may read it."""
        if self._built_in_name not in (None, username) and username != _BUILT_IN_NAME:
            return None
        try:
            user = self.api.get_user(BUILT_IN)
        except (ForbiddenException, NotFoundException):
            self._built_in_name = _BUILT_IN_NAME
            return None
        except ServiceException:
            if username != _BUILT_IN_NAME:
                raise
            return None  # 2.15 and later, not logged in: the list tells it better
        self._built_in_name = user.username
        return user if user.username == username else None

    def _search(self, username: str, refused: ForbiddenException | None = None) -> UserResp | None:
        """By the search that everybody may use; it knows ids and names only."""
        user_id = self._searched_id(username, refused)
        if user_id is None:
            if username != _BUILT_IN_NAME:
                return None
            user_id = BUILT_IN  # it is always there, and the search mostly leaves it out
        try:
            user = self.api.get_user(user_id)
        except ForbiddenException:
            return UserResp(user_id=user_id, username=username)
        except NotFoundException:
            return None
        return user if user.username == username else None

    def _searched_id(self, username: str, refused: ForbiddenException | None) -> int | None:
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


def _lists(usernames: Iterable[str]) -> Iterator[list[str]]:
    """Names in lists short enough for one request each, without those that Harbor's lists cannot hold."""
    names: list[str] = []
    size = 0
    for name in dict.fromkeys(usernames):
        try:
            Q.username.one_of(name)
        except ValueError:
            continue
        if len(name) > LONGEST_NAME:
            continue
        if names and (len(names) == PAGE or size + len(name.encode()) > _BYTES_A_LIST):
            yield names
            names, size = [], 0
        names.append(name)
        size += len(name.encode()) + 1
    if names:
        yield names
