"""``iterate`` gives every user once, whatever happens meanwhile, and asks no more than it must."""

from __future__ import annotations

import gc
import math
import random
import threading
import time
from collections.abc import Callable

import pytest

from harbor_client import ApiClient, ApiException, ForbiddenException, ServiceException, UserApi
from harbor_client.query import Q
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users

AsUser = Callable[..., Users]


def ids_of(users: Users, **options: object) -> list[int]:
    return [user.user_id or 0 for user in users.iterate(**options)]  # type: ignore[arg-type]


def add_at(harbor: FakeHarbor, ids: list[int]) -> None:
    """Users with these ids: what lies between was given to users who are gone."""
    for user_id in ids:
        harbor._store.next_id = user_id
        assert harbor.add_user(f"user{user_id}") == user_id


def asked(harbor: FakeHarbor) -> int:
    return sum(request.path == "/users" for request in harbor.requests)


#: Threads of earlier tests, which go on calling a Harbor that is gone until their deadline.
EARLIER: set[threading.Thread] = set()


@pytest.fixture(autouse=True)
def _earlier() -> None:
    EARLIER.clear()
    EARLIER.update(helpers())


def helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "read-ahead" in thread.name and thread not in EARLIER]


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within 30 s")


@pytest.mark.parametrize("concurrency", [1, 2, 8])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 305])
def test_all_users_in_order_of_id(harbor: FakeHarbor, users: Users, count: int, concurrency: int) -> None:
    ids = list(harbor.add_users(count))
    assert ids_of(users, concurrency=concurrency) == ids
    assert asked(harbor) == max(1, math.ceil(count / 100))
    assert ids_of(users, concurrency=concurrency, include_admin=True) == [1, *ids]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("kind", ["few far apart", "gaps of two", "gaps", "clusters", "wide gaps", "blocks", "islands"])
def test_sparse_ids(harbor: FakeHarbor, users: Users, kind: str, concurrency: int) -> None:
    rng = random.Random(kind)
    ids: list[int]
    if kind == "few far apart":
        ids = sorted(rng.sample(range(3, 2_000_000_001), 10))
    elif kind == "gaps of two":
        ids = list(range(5, 3 * 1234, 3))
    elif kind == "gaps":
        ids = sorted(rng.sample(range(3, 20_000), 1234))
    elif kind == "clusters":
        ids = [*range(3, 151), *range(70_000, 70_700), *range(1_999_999_900, 2_000_000_000, 3), 2_147_483_647]
    elif kind == "blocks":
        ids = [number for number in range(3, 4_000) if number // 250 % 2]
    elif kind == "islands":
        ids = sorted({start + number for start in rng.sample(range(3, 2_000_000_000), 30) for number in range(60)})
    else:
        ids = sorted(rng.sample(range(3, 2_000_000_001), 1234))
    add_at(harbor, ids)
    assert ids_of(users, concurrency=concurrency) == ids
    assert asked(harbor) <= 2 * math.ceil(len(ids) / 100)


def test_nothing_is_read_ahead_unless_asked_for(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_users(305)
    reading = users.iterate()
    next(reading)
    assert not helpers()
    assert asked(harbor) == 1
    assert len(list(reading)) == 304
    assert asked(harbor) == 4


@pytest.mark.parametrize("most", [5_003, 20_000, 2_000_000_000], ids=["dense", "gaps", "far apart"])
def test_gaps_cost_no_requests(most: int) -> None:
    with FakeHarbor() as harbor, ApiClient(harbor.configuration()) as client:
        ids = sorted(random.Random(5).sample(range(3, most), 5_000))
        add_at(harbor, ids)
        assert ids_of(Users(client), concurrency=8) == ids
        assert asked(harbor) <= 53


class Leaving:
    """A request hook: before each request to Harbor, the next users leave."""

    def __init__(self, harbor: FakeHarbor, ids: list[int], each: int) -> None:
        self.gone: list[int] = []
        self._store = harbor._store
        self._ids = ids
        self._each = each
        self._lock = threading.Lock()  # several requests are sent at a time

    def __call__(self, event: object) -> None:
        with self._lock:
            now, self._ids = self._ids[: self._each], self._ids[self._each :]
            for user_id in now:
                self._store.delete(user_id)
            self.gone += now


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("which", ["behind the reader", "at the end", "anywhere"])
def test_half_of_the_users_leave_while_all_are_read(which: str, concurrency: int) -> None:
    """With so many deleted that reading by page number would miss thousands, whoever stays comes exactly once."""
    with FakeHarbor() as harbor:
        ids = list(harbor.add_users(10_000))
        leaving = {
            "behind the reader": ids[:5_400],
            "at the end": ids[:-5_400:-1],
            "anywhere": random.Random(concurrency).sample(ids, 5_400),
        }[which]
        hook = Leaving(harbor, leaving, 90)
        configuration = harbor.configuration()
        configuration.event_hooks["request"].append(hook)
        with ApiClient(configuration) as client:
            found = ids_of(Users(client), concurrency=concurrency)
            assert found == sorted(set(found))
            assert set(ids) - set(leaving) <= set(found)
            assert len(hook.gone) >= 2_700, "they left too late to make a difference"


def test_reading_by_page_number_would_miss_users() -> None:
    """The test above can fail."""
    with FakeHarbor() as harbor:
        ids = list(harbor.add_users(1_000))
        leaving = ids[::2]
        configuration = harbor.configuration()
        configuration.event_hooks["request"].append(Leaving(harbor, leaving, 50))
        with ApiClient(configuration) as client:
            pages = [UserApi(client).list_users(sort="user_id", page=page, page_size=100) for page in range(1, 11)]
        assert set(ids) - set(leaving) - {user.user_id for page in pages for user in page}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_deletions_between_the_requests(seed: int, concurrency: int) -> None:
    """Whole stretches go away in front of the reader and behind, so that every page number means something else."""
    rng = random.Random(seed)
    with FakeHarbor() as harbor, ApiClient(harbor.configuration()) as client:
        ids = list(harbor.add_users(2_500))
        gone: set[int] = set()
        found = []
        for user in Users(client).iterate(concurrency=concurrency):
            found.append(user.user_id or 0)
            if rng.random() < 0.02:
                start = rng.choice(ids)
                for user_id in range(start, start + rng.choice([1, 5, 60, 150])):
                    if user_id in harbor._store.users and not harbor._store.users[user_id].deleted:
                        harbor._store.delete(user_id)
                        gone.add(user_id)
                harbor.add_user(f"new{len(found)}")
                harbor._store.users[rng.choice(ids)].username = f"renamed{len(found)}"
        assert gone
        assert found == sorted(set(found))
        assert set(ids) - gone <= set(found)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_filters(harbor: FakeHarbor, users: Users, concurrency: int) -> None:
    ids = list(harbor.add_users(450))
    for user_id in ids[::3]:
        harbor._store.users[user_id].comment = "third"
    third = Q.comment == "third"
    for query, expected in (
        (third, ids[::3]),
        ("comment=third", ids[::3]),
        (Q.user_id == 7, [7]),
        (Q.user_id == 999, []),
        (Q.user_id.between(10, 320), list(range(10, 321))),
        (Q.user_id >= 440, ids[437:]),
        (Q.user_id <= 5, [3, 4, 5]),
        (Q.user_id.between(9, 3), []),
        (Q.user_id.one_of(range(0, 2000, 2)), [user_id for user_id in ids if user_id % 2 == 0]),
        (Q.user_id.one_of(1, 2), []),
        (Q.user_id.one_of(range(3, 303)) & third, [user_id for user_id in ids[::3] if user_id < 303]),
        (Q.user_id.between(100, None) & third, [user_id for user_id in ids[::3] if user_id >= 100]),
        ("user_id=[~20],comment=third", [3, 6, 9, 12, 15, 18]),
        ("user_id={5 3 900}", [3, 5]),
        ("user_id=2147483647", []),
        (Q.username.contains("USER000"), [user_id for user_id in ids if user_id < 100]),
    ):
        assert ids_of(users, query=query, concurrency=concurrency) == expected, query


def test_the_administrator_comes_when_asked_for_and_when_the_query_fits(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_users(2)
    harbor.add_user("boss", sysadmin_flag=True)
    assert ids_of(users, query=Q.sysadmin_flag == True, include_admin=True) == [1, 5]  # noqa: E712
    assert ids_of(users, query=Q.username.contains("user"), include_admin=True) == [3, 4]
    assert ids_of(users, query="user_id=[~3]", include_admin=True) == [1, 3]
    assert ids_of(users, query=Q.user_id.one_of(1, 4), include_admin=True, concurrency=2) == [1, 4]
    assert ids_of(users, query=Q.user_id.one_of(1, 4)) == [4]
    with pytest.raises(ValueError):
        users.iterate(Q.password_version == "sha256", include_admin=True)


def test_nothing_is_asked_before_the_first_user_is(harbor: FakeHarbor, users: Users) -> None:
    harbor.requests.clear()
    for concurrency in (1, 4):
        iterator = users.iterate(concurrency=concurrency)
        assert iter(iterator) is iterator
        del iterator
    assert not harbor.requests
    assert not helpers()


@pytest.mark.parametrize("way", ["close", "drop", "break"])
def test_it_stops_asking_when_the_reader_stops(harbor: FakeHarbor, users: Users, way: str) -> None:
    harbor.add_users(3_000)
    iterator = users.iterate(concurrency=2)
    for _ in range(150):
        next(iterator)
    assert asked(harbor) <= 2 + 2 + 3  # bounded ahead of the reader, so memory is
    if way == "close":
        iterator.close()
    elif way == "drop":
        del iterator
        gc.collect()
    else:
        for _ in iterator:
            break
        del iterator
        gc.collect()
    wait_until(lambda: not helpers())
    before = asked(harbor)
    time.sleep(0.05)
    assert asked(harbor) == before <= 10


@pytest.mark.parametrize("concurrency", [2, 5, 8])
def test_no_more_is_held_than_three_pages_beyond_concurrency(
    harbor: FakeHarbor, users: Users, concurrency: int
) -> None:
    harbor.add_users(3_000)
    iterator = users.iterate(concurrency=concurrency)
    for number in range(1, 1_001):
        next(iterator)
        if number % 50 == 0:
            read = math.ceil(number / 100)
            assert asked(harbor) <= read + concurrency + 2
    iterator.close()
    wait_until(lambda: not helpers())


def test_without_threads_it_is_slower_and_not_broken(
    harbor: FakeHarbor, users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some interpreters can start none: Python's own error, provoked."""
    ids = list(harbor.add_users(450))
    expected = ids_of(users)

    def start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    real = threading.Thread.start
    monkeypatch.setattr(
        threading.Thread, "start", lambda self: start(self) if "read-ahead" in self.name else real(self)
    )
    for query in (None, Q.user_id.one_of(ids)):
        assert ids_of(users, concurrency=4, query=query) == expected == ids
    assert not helpers()


def test_no_more_threads_are_started_than_requests_are_sent_at_a_time(harbor: FakeHarbor, as_user: AsUser) -> None:
    """To start one for each page costs more than to read the page."""
    harbor.add_users(4_000)
    users = as_user()
    used: set[threading.Thread] = set()
    users.api.api_client.configuration.event_hooks["request"].append(lambda _: used.add(threading.current_thread()))
    assert len(ids_of(users, concurrency=3)) == 4_000
    assert 1 < len(used) <= 1 + 3


def test_no_thread_is_left_after_the_last_user(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_users(500)
    assert len(ids_of(users, concurrency=3)) == 500
    wait_until(lambda: not helpers())
    assert all(thread.daemon for thread in helpers())


@pytest.mark.parametrize("concurrency", [1, 4])
def test_an_error_comes_after_the_users_before_it(harbor: FakeHarbor, as_user: AsUser, concurrency: int) -> None:
    users = as_user(retries=0)
    ids = list(harbor.add_users(1_000))
    found: list[int] = []
    fault = None
    with pytest.raises(ServiceException):
        for user in users.iterate(concurrency=concurrency):
            found.append(user.user_id or 0)
            if len(found) == 1:
                fault = harbor.fail_next("GET", "/users", status=500, times=1_000)
    assert fault is not None
    assert found == ids[: len(found)]
    assert len(found) >= 100
    wait_until(lambda: not helpers())


@pytest.mark.parametrize("concurrency", [1, 4])
def test_callers_who_may_not_list(harbor: FakeHarbor, as_user: AsUser, concurrency: int) -> None:
    harbor.add_user("alice")
    with pytest.raises(ForbiddenException):
        ids_of(as_user("alice"), concurrency=concurrency)


def test_a_server_that_ignores_the_query_is_an_error_not_an_endless_loop(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_users(100)
    page = [{"user_id": number, "username": f"u{number}"} for number in range(3, 103)]
    harbor.fail_next("GET", "/users", status=200, body=page, headers={"X-Total-Count": "5000"}, times=100)
    for concurrency in (1, 2):
        with pytest.raises(ApiException):
            ids_of(users, concurrency=concurrency)


def test_a_response_without_the_total_is_enough(harbor: FakeHarbor, users: Users) -> None:
    ids = list(harbor.add_users(250))
    page = [{"user_id": number, "username": f"u{number}"} for number in range(3, 103)]
    harbor.fail_next("GET", "/users", status=200, body=page, headers={})
    assert ids_of(users, concurrency=4) == ids


def test_wrong_arguments(harbor: FakeHarbor, users: Users) -> None:
    harbor.requests.clear()
    for query in ("usernmae=x", "x", "user_id=abc", "username=a,username=b"):
        with pytest.raises(ValueError):
            users.iterate(query)
    for query in (3, b"username=x", ["username=x"]):
        with pytest.raises(TypeError):
            users.iterate(query)  # type: ignore[arg-type]
    for concurrency in (0, -1):
        with pytest.raises(ValueError):
            users.iterate(concurrency=concurrency)
    for concurrency in (None, True, 1.5, "2"):
        with pytest.raises(TypeError):
            users.iterate(concurrency=concurrency)  # type: ignore[arg-type]
    assert not harbor.requests


def test_two_readers_of_one_client(harbor: FakeHarbor, users: Users) -> None:
    ids = list(harbor.add_users(700))
    one = users.iterate(concurrency=3)
    other = users.iterate(concurrency=2)
    pairs = [(a.user_id, b.user_id) for a, b in zip(one, other, strict=True)]
    assert pairs == [(user_id, user_id) for user_id in ids]
