"""Reads all users, each exactly once, even if others are created or deleted in the meantime.

Reading by page number misses users: when a user is deleted, all later ones move up, perhaps to a page that has been
read already. Users are therefore read by ranges of ids. A response that is sorted by id is complete from its first
user to its last, and to the end of the range if the total says that nobody follows; the next range begins after that.

Ahead of the reader, where the next range begins is not known yet, so pages are requested by number, counted from an id
that is known. Each page begins with the last users of the page before: as long as the two overlap, nobody is missing
between them. If so many users were deleted meanwhile that they do not, the range between them is read as well.

All of this relies on Harbor respecting ``q``, ``sort`` and ``page``, so each response is checked.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import chain, islice
from operator import lt
from typing import TypeAlias, TypeVar

from harbor_client._transport.threads import Work, Workers
from harbor_client.any_path import total_of
from harbor_client.api.user_api import UserApi
from harbor_client.models import UserResp
from harbor_client.query import Q, Query
from harbor_client.query.query import LARGEST_ID
from harbor_client.users.errors import query_ignored
from harbor_client.users.values import check_concurrency

_T = TypeVar("_T")
#: Users, their ids, and how many users follow: 0 is certain, other numbers may be wrong.
_Page: TypeAlias = tuple[list[UserResp], list[int], int]

#: The most users that Harbor puts into a response.
PAGE = 100
#: How far one page that is read ahead begins after the one before: they overlap by two users.
_STEP = PAGE - 2
#: How many pages are held ahead of the reader, not counting those that are being requested.
_PAGES_AHEAD = 2
#: Id 1 is the built-in administrator, whom lists leave out (before 2.6, most of the time).
_FIRST_ID = 2
#: How often to ask for the first users, if Harbor counts some but lists none.
_ATTEMPTS = 3


def iterate(api: UserApi, query: Query, concurrency: int = 1) -> Generator[UserResp, None, None]:
    """All users that a query selects, except id 1, in order of id."""
    check_concurrency(concurrency)
    return _Reader(api, query, concurrency).users()


class _Reader:
    """Requests users by ranges and lists of ids, and checks that the response is what was asked for."""

    def __init__(self, api: UserApi, query: Query, concurrency: int) -> None:
        self._list = api.list_users_with_http_info
        self._others, self._selected = query.split_ids()
        self._exact = self._others.exact()
        ahead = concurrency > 1
        self._most = concurrency + _PAGES_AHEAD if ahead else 1  # how many pages are requested or held
        self._workers = Workers(concurrency if ahead else 0, "read-ahead")
        self._begun = False  # whether any users have been listed

    def users(self) -> Generator[UserResp, None, None]:
        """All users, in order of id."""
        try:
            if isinstance(self._selected, frozenset):
                ids = sorted(number for number in self._selected if number >= _FIRST_ID)
                lists = (ids[start : start + PAGE] for start in range(0, len(ids), PAGE))
                pages = self._results(partial(self._listed, some) for some in lists)
            else:
                low, high = self._selected or (0, LARGEST_ID)
                pages = self._by_ranges(max(low, _FIRST_ID), high, self._most > 1)
            yield from chain.from_iterable(pages)
        finally:
            self._workers.stop()

    def _by_ranges(self, low: int, high: int, ahead: bool) -> Iterator[list[UserResp]]:
        left = 1
        while left and low <= high:
            users, ids, left = self._range(low, high)
            yield users
            low = ids[-1] + 1 if ids else low
            if ahead and left > PAGE == len(ids):
                del users
                low, left = yield from self._by_pages(ids, left, high)

    def _by_pages(self, known: list[int], left: int, high: int) -> Generator[list[UserResp], None, tuple[int, int]]:
        """Users after a known page, ahead of the reader; returns where the next range begins, and ``left``."""
        low = known[-1] + 1
        known_rank = 0  # of the first known id, among all users from here on
        ranks = range(_STEP, PAGE + left, _STEP)

        def jobs() -> Iterator[Callable[[], _Page]]:
            for rank in ranks:
                number, place = divmod(rank - known_rank, PAGE)
                yield partial(self._range, known[place], high, number + 1)

        for rank, (users, ids, left) in zip(ranks, self._results(jobs()), strict=False):
            if ids:
                yield from self._by_ranges(low, ids[0] - 1, ahead=False)  # if users are missing in between
                yield users[bisect_left(ids, low) :]
                low = max(low, ids[-1] + 1)
            if not left:
                break
            if len(ids) == PAGE:
                known, known_rank = ids, rank
        return low, left

    def _results(self, jobs: Iterator[Callable[[], _T]]) -> Iterator[_T]:
        """The results of jobs, in order."""
        started: deque[Work[_T]] = deque()
        while True:
            started.extend(map(self._workers.start, islice(jobs, self._most - len(started))))
            if not started:
                return
            yield started.popleft().get()

    def _range(self, low: int, high: int, number: int = 1) -> _Page:
        """A page of the users with ids in this range, in order of id."""
        users, total = self._ask(Q.user_id.between(low, None if high == LARGEST_ID else high), number)
        ids = _in_order(users)
        if not users:
            return users, ids, number - 1  # nobody on the first page: nobody at all
        before = (number - 1) * PAGE
        if not low + before <= ids[0] <= ids[-1] <= high:
            raise query_ignored(f"users were listed without an id in {low} to {high}, or those of another page")
        return users, ids, max(total - before - len(users), 0) if total else int(len(users) == PAGE)

    def _listed(self, ids: list[int]) -> list[UserResp]:
        """The users with these ids, PAGE of them at most, in order of id."""
        users, total = self._ask(Q.user_id.one_of(ids))
        listed = _in_order(users)
        if not set(ids).issuperset(listed):
            raise query_ignored("users were listed whose ids were not asked for")
        rest = [number for number in ids if number > listed[-1]] if 0 < len(users) < total else []
        return users + self._listed(rest) if rest else users

    def _ask(self, ids: Query, number: int = 1, attempt: int = 1) -> tuple[list[UserResp], int]:
        query = str(self._others & ids)
        users, _, headers = self._list(q=query, sort="user_id", page=number, page_size=PAGE)
        total = total_of(headers)
        self._begun = self._begun or bool(users)
        if total and not self._begun:
            if attempt == _ATTEMPTS:
                raise query_ignored(f"there are {total} users, but none was listed")
            return self._ask(ids, number, attempt + 1)  # Harbor counts before it lists: they may be deleted in between
        for condition in self._exact:
            if not all(map(condition.accepts_user, users)):
                raise query_ignored(f"users were listed who do not meet {condition}")
        return users, total


def _in_order(users: list[UserResp]) -> list[int]:
    """The ids of users, which must be in order."""
    ids = [user.user_id or 0 for user in users]
    if not all(map(lt, ids, ids[1:])):
        raise query_ignored("users were not listed in order of id, each once")
    return ids
