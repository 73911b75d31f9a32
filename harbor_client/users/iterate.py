"""Reads all users, each exactly once, whatever happens to others meanwhile.

Page numbers count the users in front of a page, so a user moves to another page when somebody before him is deleted:
a walk by page numbers misses users. An answer that is sorted by id is complete between its first and its last id,
though, for the moment it was made; and so is one that is not full, up to the end of what was asked for. Users are
therefore read in runs of ids, and nothing counts as read that was not inside one:

* One request at a time, each begins behind the last id of the one before: ``user_id=[104~]``.
* Ahead of the reader, several requests at a time ask for pages. Where the ids of two neighbouring pages do not join,
  the ids between them are asked for as well, before the second page is handed out. The last page is read from the
  other end, so that it reaches to the last user there is.

All of that rests on Harbor's heeding ``q``, ``sort`` and ``page_size``, so each answer is checked: a server that does
not heed them, or something in front of it that loses them, is an error. An answer with fewer users than there is room
for is the end only if the total agrees.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from operator import lt
from typing import TYPE_CHECKING

from harbor_client._transport.threads import Workers
from harbor_client.exceptions import UnexpectedResponseException
from harbor_client.query import Q, Query
from harbor_client.query.grammar import LARGEST_ID
from harbor_client.users.errors import query_ignored

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from harbor_client._transport.threads import Work
    from harbor_client.api.user_api import UserApi
    from harbor_client.models import UserResp

#: The most users that Harbor puts into an answer.
PAGE = 100
#: Id 1 is the built-in administrator, whom lists leave out (before 2.6, most of the time).
FIRST_ID = 2

#: So many pages are held ahead of the reader, for each request that may be under way.
_PAGES_AHEAD = 3
#: Unread stretches of up to so many ids are asked for id by id, several stretches in one request...
_SMALL_GAP = 50
#: ...of so many ids together, so that the answer is never full.
_GAP_IDS = PAGE
#: So often the first answer may be that there are users, but list none.
_LOOKS = 3


class _Source:
    """The users that a query selects, asked for by ranges or lists of ids."""

    def __init__(self, api: UserApi, query: Query) -> None:
        self._api = api
        self._rest, ids = query.split_ids()
        self._exact = self._rest.exact()
        self._begun = False  # whether any users have been listed
        self.ids: list[int] | None = None
        self.low, self.high = FIRST_ID, LARGEST_ID
        if isinstance(ids, tuple):
            low, high = ids
            self.low = max(FIRST_ID, low)
            self.high = high
        elif ids is not None:
            self.ids = sorted(number for number in ids if number >= FIRST_ID)

    def range(self, low: int, high: int, page: int = 1, backwards: bool = False) -> tuple[list[UserResp], int]:
        """A page of the users with ids in this range, in order of id, and the number of all of them."""
        users, total = self._ask(
            Q.user_id.between(low, None if high == LARGEST_ID else high), "-user_id" if backwards else "user_id", page
        )
        if backwards:
            users.reverse()
        if users and not low <= _in_order(users)[0] <= (users[-1].user_id or 0) <= high:
            raise query_ignored(f"users were listed whose ids are not in {low} to {high}")
        return users, total

    def listed(self, ids: list[int]) -> list[UserResp]:
        """The users with these ids, PAGE of them at most, in order of id."""
        found: list[UserResp] = []
        while ids:
            users, total = self._ask(Q.user_id.one_of(ids), "user_id", 1)
            if not set(ids).issuperset(_in_order(users)):
                raise query_ignored("users were listed whose ids were not asked for")
            found += users
            last = (users[-1].user_id or 0) if users and total > len(users) else LARGEST_ID
            ids = [number for number in ids if number > last]
        return found

    def _ask(self, ids: Query, sort: str, page: int, looks: int = 1) -> tuple[list[UserResp], int]:
        users, _, headers = self._api.list_users_with_http_info(
            q=str(self._rest & ids), sort=sort, page=None if page == 1 else page, page_size=PAGE
        )
        total = total_of(headers)
        self._begun = self._begun or bool(users)
        if total and not self._begun:
            if looks == _LOOKS:
                raise query_ignored(f"there are {total} users, but none was listed")
            return self._ask(ids, sort, page, looks + 1)  # Harbor counts first: who was counted may be gone
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


def total_of(headers: Mapping[str, str]) -> int:
    """How many users there are in all, as a list's answer says; 0 when it does not."""
    total = headers.get("X-Total-Count") or ""
    return int(total) if total.isascii() and total.isdigit() else 0


def iterate(api: UserApi, query: Query, concurrency: int) -> Generator[UserResp, None, None]:
    """All users that a query selects, but id 1, in order of id."""
    source = _Source(api, query)
    if source.ids is not None:
        return _by_lists(source, source.ids, concurrency)
    if concurrency == 1:
        return _by_ranges(source, source.low, source.high)
    return _ahead(source, concurrency)


def _by_ranges(source: _Source, low: int, high: int) -> Generator[UserResp, None, None]:
    while low <= high:
        users, total = source.range(low, high)
        yield from users
        if total <= len(users) < PAGE or not users:
            return
        low = (users[-1].user_id or 0) + 1


def _by_lists(source: _Source, ids: list[int], concurrency: int) -> Generator[UserResp, None, None]:
    lists = (ids[start : start + PAGE] for start in range(0, len(ids), PAGE))
    if concurrency == 1 or len(ids) <= PAGE:
        for some in lists:
            yield from source.listed(some)
        return
    workers = Workers(concurrency, "read-ahead")
    try:
        jobs = (partial(source.listed, some) for some in lists)
        window = deque(workers.start(job) for job in islice(jobs, _PAGES_AHEAD * concurrency))
        while window:
            users = window.popleft().result()
            window.extend(workers.start(job) for job in islice(jobs, 1))
            yield from users
    finally:
        workers.stop()


class _Page:
    """A page that was asked for, and what was asked for between it and the one before."""

    __slots__ = ("gap", "gap_work", "joined", "work")

    def __init__(self, work: Work[tuple[list[UserResp], int]]) -> None:
        self.work = work
        self.joined = False  # whether the page before is known, and so what lies between
        self.gap: tuple[int, int] | None = None  # ids between them, which no answer has covered
        self.gap_work: Work[list[UserResp]] | None = None


def _ahead(source: _Source, concurrency: int) -> Generator[UserResp, None, None]:
    low, high = source.low, source.high
    if low > high:
        return
    users, total = source.range(low, high)
    last = (users[-1].user_id or 0) if users else high
    if total <= len(users) < PAGE or last >= high:
        yield from users
        return
    pages = -(-total // PAGE)
    if pages < 2 or len(users) < PAGE:  # exactly full, or no total, or pages that are smaller: more may follow
        yield from users
        yield from _by_ranges(source, last + 1, high)
        return
    workers = Workers(min(concurrency, pages - 1), "read-ahead")
    try:
        wanted = (
            partial(source.range, low, high, 1 if page == pages else page, page == pages)
            for page in range(2, pages + 1)
        )
        window = deque(_Page(workers.start(job)) for job in islice(wanted, _PAGES_AHEAD * concurrency))
        yield from users
        edge = last  # the last id of the pages that have been joined; `last` is the last one handed out
        while window:
            window[0].work.result()
            edge = _join(source, workers, window, edge)
            page = window.popleft()
            window.extend(_Page(workers.start(job)) for job in islice(wanted, 1))
            if page.gap:
                yield from _between(source, page)
            users = page.work.result()[0]
            if users:
                if (users[0].user_id or 0) <= last:  # users before it went away while it was read
                    users = [user for user in users if (user.user_id or 0) > last]
                yield from users
                last = max(last, users[-1].user_id or 0) if users else last
    finally:
        workers.stop()


def _join(source: _Source, workers: Workers, window: deque[_Page], edge: int) -> int:
    """Ask for what lies between the pages at the beginning of the window, as far as they have come in."""
    small: list[_Page] = []
    for page in window:
        if page.joined:
            continue
        if not page.work.succeeded:
            break
        page.joined = True
        users = page.work.result()[0]
        if not users:
            continue
        gap = edge + 1, (users[0].user_id or 0) - 1
        edge = max(edge, users[-1].user_id or 0)
        size = gap[1] - gap[0] + 1
        if size > 0:
            page.gap = gap
            if size > _SMALL_GAP:
                page.gap_work = workers.start(partial(_first, source, gap), urgent=True)
            else:
                small.append(page)
    while small:
        together: list[_Page] = []
        ids: list[int] = []
        while small and small[0].gap and len(ids) + small[0].gap[1] - small[0].gap[0] < _GAP_IDS:
            page = small.pop(0)
            together.append(page)
            ids += range(page.gap[0], page.gap[1] + 1) if page.gap else ()
        work = workers.start(partial(source.listed, ids), urgent=True)
        for page in together:
            page.gap_work = work
    return edge


def _first(source: _Source, gap: tuple[int, int]) -> list[UserResp]:
    return source.range(*gap)[0]


def _between(source: _Source, page: _Page) -> Generator[UserResp, None, None]:
    """The users in the gap before a page: as a rule none; some when users in front of them were deleted meanwhile."""
    if page.gap is None or page.gap_work is None:
        return
    low, high = unread, _ = page.gap
    try:
        found = page.gap_work.result()
    except UnexpectedResponseException:
        pass  # if it is lists of ids that are not heeded, ranges tell
    else:
        yield from (user for user in found if low <= (user.user_id or 0) <= high)
        full = high - low + 1 > _SMALL_GAP and len(found) == PAGE
        unread = (found[-1].user_id or 0) + 1 if full else high + 1
    yield from _by_ranges(source, unread, high)
