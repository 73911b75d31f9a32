"""Asks for users by ranges and lists of ids, and checks that the response is what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from operator import lt

from harbor_client.api.user_api import UserApi
from harbor_client.models import UserResp
from harbor_client.query import Q, Query
from harbor_client.query.grammar import LARGEST_ID
from harbor_client.users.errors import query_ignored

#: The most users that Harbor puts into a response.
PAGE = 100
#: Id 1 is the built-in administrator, whom lists leave out (before 2.6, most of the time).
FIRST_ID = 2
#: How often the first response may count users but list none.
_LOOKS = 3


class Pages:
    """The users that a query selects, asked for by ranges or lists of ids."""

    def __init__(self, api: UserApi, query: Query) -> None:
        self._api = api
        self._rest, ids = query.split_ids()
        self._exact = self._rest.exact()
        self._begun = False  # whether any users have been listed
        self.ids: list[int] | None = None
        self.low: int = FIRST_ID
        self.high: int = LARGEST_ID
        if isinstance(ids, tuple):
            low, high = ids
            self.low = max(FIRST_ID, low)
            self.high = high
        elif ids is not None:
            self.ids = sorted(number for number in ids if number >= FIRST_ID)

    def range(self, low: int, high: int) -> tuple[list[UserResp], int]:
        """The first page of the users with ids in this range, in order of id, and the number of all of them."""
        users, total = self._ask(Q.user_id.between(low, None if high == LARGEST_ID else high))
        if users and not low <= _in_order(users)[0] <= (users[-1].user_id or 0) <= high:
            raise query_ignored(f"users were listed whose ids are not in {low} to {high}")
        return users, total

    def listed(self, ids: list[int]) -> list[UserResp]:
        """The users with these ids, PAGE of them at most, in order of id."""
        found: list[UserResp] = []
        while ids:
            users, total = self._ask(Q.user_id.one_of(ids))
            if not set(ids).issuperset(_in_order(users)):
                raise query_ignored("users were listed whose ids were not asked for")
            found += users
            last = (users[-1].user_id or 0) if users and total > len(users) else LARGEST_ID
            ids = [number for number in ids if number > last]
        return found

    def _ask(self, ids: Query, looks: int = 1) -> tuple[list[UserResp], int]:
        users, _, headers = self._api.list_users_with_http_info(q=str(self._rest & ids), sort="user_id", page_size=PAGE)
        total = total_of(headers)
        self._begun = self._begun or bool(users)
        if total and not self._begun:
            if looks == _LOOKS:
                raise query_ignored(f"there are {total} users, but none was listed")
            return self._ask(ids, looks + 1)  # Harbor counts first: who was counted may be gone
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
    """How many users there are in all, as the response to a list says; 0 when it does not."""
    total = headers.get("X-Total-Count") or ""
    return int(total) if total.isascii() and total.isdigit() else 0
