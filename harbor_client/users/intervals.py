"""Cuts the ids that are still unread into intervals, and reads several of them at the same time.

The pages read so far show how wide an interval must be to hold a page. If an interval holds more, the rest is read
next. If it holds less, because ids are unused, a request is wasted. A budget limits that waste: in total, no more than
twice the least number of requests are made. If the ids turn out to be sparse, the next request has no upper end, and so
always finds a whole page.
"""

from __future__ import annotations

import math
from collections import deque
from functools import partial
from itertools import pairwise

from harbor_client._transport.threads import Work, Workers
from harbor_client.models import UserResp
from harbor_client.users.pages import PAGE, Pages

#: How many users beyond a page a second request fetches at once.
_OVERFLOW = PAGE // 4

#: The users of an interval, and its end that was not read: where it begins, and how many users it holds.
_Found = tuple[list[UserResp], int, int]


class _Interval:
    """Ids that are read, or are still to be cut."""

    __slots__ = ("cut", "expected", "high", "low", "work")

    def __init__(self, low: int, high: int, expected: float, cut: bool = False) -> None:
        self.low = low
        self.high = high
        self.expected = expected
        self.cut = cut  # whether its width was chosen to hold a page
        self.work: Work[_Found] | None = None


class Intervals:
    """The users of all intervals, in order: :meth:`next`, as long as there are any."""

    def __init__(self, pages: Pages, workers: Workers, most: int) -> None:
        self._pages = pages
        self._workers = workers
        self._most = most  # intervals that are requested or held
        self._waiting: deque[_Interval] = deque([_Interval(pages.low, pages.high, 0)])
        self._ids, self._users = 1.0, 1.0  # how many ids held how many users lately
        self._unevenness = 0.0  # of the distances between ids: 0 where all are equal, 1 at random
        self._misses = most  # intervals, one after the other, that held far less than expected
        self._requests = 0
        self._received = 0
        self._total = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def next(self) -> list[UserResp]:
        """The users of the next interval; perhaps none."""
        self._request()
        interval = self._waiting.popleft()
        assert interval.work is not None  # the first one always is
        users, unread, left = interval.work.get()
        self._received += len(users)
        self._total = max(self._total, self._received + left)
        if unread:
            rest = _Interval(unread, interval.high, left)
            self._waiting.appendleft(rest)
        self._learn(interval, users, left)
        if self._waiting:
            self._request()
        return users

    def _learn(self, interval: _Interval, users: list[UserResp], left: int) -> None:
        """Adapt the width of intervals to what was found in one."""
        found = len(users) + left
        if interval.cut and found < interval.expected / 2:
            self._misses += 1
            return
        self._misses = 0
        ids = [user.user_id or 0 for user in users]
        distances = [high - low for low, high in pairwise(ids)]
        unevenness = 1.0
        if distances:
            mean = (ids[-1] - ids[0]) / len(distances)
            unevenness = min(1.0, sum(distance * distance for distance in distances) / len(distances) / mean**2 - 1)
        if interval.cut and found < 2 * interval.expected:
            self._ids = 0.9 * self._ids + interval.high - interval.low + 1
            self._users = 0.9 * self._users + found
            self._unevenness += (unevenness - self._unevenness) / 4
        elif users:
            self._ids, self._users = float(ids[-1] - ids[0] + 1), float(len(users))
            self._unevenness = unevenness

    def _width(self) -> int:
        """How many ids hold a page, or slightly less where they are uneven: few intervals should hold more."""
        deviation = math.sqrt(PAGE * self._unevenness * (1 + PAGE / self._users))
        return max(1, int((PAGE - 1.6 * deviation) * self._ids / self._users))

    def _request(self) -> None:
        """Cut and request intervals, as far as there is room."""
        requested = sum(interval.work is not None for interval in self._waiting)
        while requested < self._most:
            place = next((place for place, found in enumerate(self._waiting) if found.work is None), None)
            if place is None:
                return
            interval = self._waiting[place]
            width = self._width()
            if self._misses < self._most and interval.expected > PAGE and width <= interval.high - interval.low:
                if self._affordable():
                    expected = width * self._users / self._ids
                    piece = _Interval(interval.low, interval.low + width - 1, expected, cut=True)
                    interval.low += width
                    interval.expected = max(1.0, interval.expected - expected)
                    self._waiting.insert(place, piece)
                    interval = piece
                elif place:
                    return
            interval.work = self._workers.start(partial(self._read, interval.low, interval.high))
            self._requests += 1
            requested += 1

    def _affordable(self) -> bool:
        """Whether a request may be wasted, and all users still be read with twice the least number of requests."""
        least = -(-self._total // PAGE)
        needed = -(-(self._total - self._received) // PAGE)
        return self._requests + 1 + needed <= 2 * least

    def _read(self, low: int, high: int) -> _Found:
        found: list[UserResp] = []
        while True:
            users, total = self._pages.range(low, high)
            found += users
            low = (users[-1].user_id or 0) + 1 if users else high + 1
            left = total - len(users)
            if low > high or (left <= 0 and (total or len(users) < PAGE)):
                return found, 0, 0
            if left > _OVERFLOW or len(found) > PAGE:
                return found, low, max(left, 1)
            self._requests += 1
