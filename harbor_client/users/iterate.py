"""Reads all users, each exactly once, even if others are created or deleted in the meantime.

Reading by page number misses users: when a user is deleted, everybody after him moves up, and may move to a page that
has been read already. Users are therefore read by ranges of ids. A response that is sorted by id is complete from the
beginning of its range to its last id, or to the end of the range if the total says that nobody follows; the next range
begins after that.

Ahead of the reader, the ids are cut into intervals that hold about a page each, which are read at the same time; see
:mod:`harbor_client.users.intervals`.

All of this relies on Harbor respecting ``q``, ``sort`` and ``page_size``, so each response is checked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from functools import partial
from itertools import islice

from harbor_client._transport.threads import Workers
from harbor_client.api.user_api import UserApi
from harbor_client.models import UserResp
from harbor_client.query import Query
from harbor_client.users.intervals import Intervals
from harbor_client.users.pages import PAGE, Pages

#: How many pages are held ahead of the reader, not counting those that are being requested.
_PAGES_AHEAD = 2


def iterate(api: UserApi, query: Query, concurrency: int) -> Generator[UserResp, None, None]:
    """All users that a query selects, except id 1, in order of id."""
    pages = Pages(api, query)
    if pages.ids is not None:
        return _by_lists(pages, pages.ids, concurrency)
    if concurrency == 1:
        return _by_ranges(pages)
    return _ahead(pages, concurrency)


def _by_ranges(pages: Pages) -> Generator[UserResp, None, None]:
    low = pages.low
    while low <= pages.high:
        users, total = pages.range(low, pages.high)
        yield from users
        if not users or total <= len(users) < PAGE:
            return
        low = (users[-1].user_id or 0) + 1


def _by_lists(pages: Pages, ids: list[int], concurrency: int) -> Generator[UserResp, None, None]:
    lists = (ids[start : start + PAGE] for start in range(0, len(ids), PAGE))
    if concurrency == 1 or len(ids) <= PAGE:
        for some in lists:
            yield from pages.listed(some)
        return
    workers = Workers(concurrency, "read-ahead")
    try:
        jobs = (partial(pages.listed, some) for some in lists)
        window = deque(workers.start(job) for job in islice(jobs, concurrency + _PAGES_AHEAD))
        while window:
            users = window.popleft().get()
            window.extend(workers.start(job) for job in islice(jobs, 1))
            yield from users
    finally:
        workers.stop()


def _ahead(pages: Pages, concurrency: int) -> Generator[UserResp, None, None]:
    if pages.low > pages.high:
        return
    workers = Workers(concurrency, "read-ahead")
    try:
        intervals = Intervals(pages, workers, concurrency + _PAGES_AHEAD)
        while intervals:
            yield from intervals.next()
    finally:
        workers.stop()
