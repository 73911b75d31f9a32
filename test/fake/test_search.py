"""`GET /users/search`, which was written three times over."""

from collections.abc import Iterator

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import Api

_USERS = ["alice", "Alice2", "malice", "al_ice", "al%ice", "al\\ice", "ali", "bob", "ünï", "名字名字"]


@pytest.fixture(scope="module", params=["2.16.0", "2.14.2"])
def new(request: pytest.FixtureRequest) -> Iterator[Api]:
    yield from _serve(request.param)


@pytest.fixture(scope="module", params=["2.14.1", "2.12.4", "2.8.0"])
def old(request: pytest.FixtureRequest) -> Iterator[Api]:
    yield from _serve(request.param)


@pytest.fixture(scope="module", params=["2.7.0", "2.3.0"])
def oldest(request: pytest.FixtureRequest) -> Iterator[Api]:
    yield from _serve(request.param)


def _serve(version: str) -> Iterator[Api]:
    with FakeHarbor(version) as harbor:
        for name in _USERS:
            harbor.add_user(name)
        with Api(harbor) as api:
            yield api


def _search(api: Api, query: str) -> tuple[int, list[str], str | None]:
    answer = api("GET", f"/users/search?{query}")
    assert answer.status == 200, answer
    assert all(sorted(item) == ["user_id", "username"] for item in answer.json)
    return int(answer.header("X-Total-Count") or -1), [item["username"] for item in answer.json], answer.header("Link")


@pytest.mark.parametrize(
    ("query", "total", "names"),
    [
        ("username=lic", 3, ["alice", "Alice2", "malice"]),
        ("username=alice", 3, ["alice", "malice"]),  # counted regardless of case, read with regard to it
        ("username=ALI", 4, []),
        ("username=Ali", 4, ["Alice2"]),
        ("username=_", 1, None),  # one name holds an underscore, but any character is one to the reader
        ("username=al_ice", 1, ["al%ice", "al\\ice", "al_ice"]),
        ("username=%25", 1, None),  # the one with a backslash is counted, all are read
        ("username=al%25ice", 1, ["alice", "al%ice", "al\\ice", "al_ice", "malice"]),
        ("username=%5C", 1, []),  # counted as it is; read as an escape of the wildcard behind it
        ("username=a%5C", 0, []),
        ("username=al%5C_ice", 0, []),
        ("username=admin", 0, []),
        ("username=nobody", 0, []),
        ("username=%C3%BC", 1, ["ünï"]),
        ("username=%C3%9C", 1, []),
        ("username=%E5%90%8D", 1, ["名字名字"]),
        ("username=+", 0, []),
        ("username=bob&username=ali&page_size=1", 4, ["ali"]),
        ("username=i&page_size=2", 7, ["ali", "admin"]),
        ("username=i&page_size=2&page=2", 7, ["ali", "admin"]),
        ("username=i&page=99", 7, ["ali", "alice", "admin", "Alice2", "al%ice", "al\\ice", "al_ice", "malice"]),
    ],
)
def test_since_2_14_2(new: Api, query: str, total: int, names: list[str] | None) -> None:
    found = _search(new, query)
    everybody = sorted([*_USERS, "admin"], key=lambda name: (len(name), name))
    expected = everybody[:10] if names is None else names
    assert found[0] == total
    assert found[1] == (sorted(expected, key=lambda name: (len(name), name)) if total else [])


def test_wildcards_find_the_admin_since_2_14_2(new: Api) -> None:
    assert "admin" in _search(new, "username=_&page_size=100")[1]
    assert _search(new, "username=dm") == (0, [], None)


def test_page_sizes_that_are_not_positive_since_2_14_2(new: Api) -> None:
    answer = new("GET", "/users/search?username=ali&page_size=-1")
    assert (answer.status, answer.error) == (500, ("UNKNOWN", "internal server error"))
    assert _search(new, "username=nobody&page_size=-1") == (0, [], None)
    # to the database, a limit of none is a limit like others
    assert _search(new, "username=ali&page_size=0") == (4, [], None)


def test_the_link_goes_on_for_ever_since_2_14_2(new: Api) -> None:
    link = '</api/v2.0/users/search?page={}&page_size=3&username=ali>; rel="{}"'
    assert _search(new, "username=ali&page_size=3")[2] == link.format(2, "next")
    assert _search(new, "username=ali&page_size=3&page=2")[1:] == (["ali", "alice", "malice"], link.format(1, "prev"))


@pytest.mark.parametrize(
    ("query", "total", "names"),
    [
        ("username=ALI", 4, ["ali", "alice", "Alice2", "malice"]),
        ("username=malice", 1, ["malice"]),
        ("username=ice", 6, ["alice", "Alice2", "al%ice", "al\\ice", "al_ice", "malice"]),
        ("username=alice", 3, ["alice", "Alice2", "malice"]),
        ("username=al_ice", 1, ["al_ice"]),
        ("username=_", 1, ["al_ice"]),
        ("username=%25", 1, ["al\\ice"]),
        ("username=%5C", 1, ["al\\ice"]),
        ("username=admin", 0, []),
        ("username=%C3%9C", 1, ["ünï"]),
        # a page is cut by username, then sorted: the exact match first, then by length in bytes
        ("username=i&page_size=3", 7, ["Alice2", "al%ice", "al\\ice"]),
        ("username=i&page_size=3&page=2", 7, ["ali", "alice", "al_ice"]),
        ("username=i&page_size=3&page=3", 7, ["malice"]),
        ("username=i&page_size=3&page=4", 7, []),
        ("username=i&page_size=0", 7, None),
        ("username=i&page_size=-1", 7, None),
    ],
)
def test_since_2_8(old: Api, query: str, total: int, names: list[str] | None) -> None:
    everybody = ["ali", "alice", "Alice2", "al%ice", "al\\ice", "al_ice", "malice"]
    assert _search(old, query)[:2] == (total, everybody if names is None else names)


def test_the_exact_match_comes_first_since_2_8() -> None:
    with FakeHarbor("2.12.4") as harbor, Api(harbor) as api:
        for name in ("a!", "b!", "é!", "xb!", "b!b", "c!éé", "abcd!", "!a", "Ab!"):
            harbor.add_user(name)
        assert _search(api, "username=b!")[1] == ["b!", "Ab!", "b!b", "xb!"]
        # the length is in bytes: two of é count four
        assert _search(api, "username=!")[1] == ["!a", "a!", "b!", "Ab!", "b!b", "xb!", "é!", "abcd!", "c!éé"]
        harbor.add_user("xxx")
        harbor.add_user("xx")
        harbor.add_user("Xxx")
        assert _search(api, "username=xxx")[1] == ["xxx", "Xxx"]


def test_before_2_8_a_page_is_by_name(oldest: Api) -> None:
    assert _search(oldest, "username=ali")[1] == ["Alice2", "ali", "alice", "malice"]
    assert _search(oldest, "username=alice")[1] == ["Alice2", "alice", "malice"]


def test_anybody_who_is_logged_in_may_search() -> None:
    with FakeHarbor() as harbor:
        harbor.add_user("alice")
        robot = harbor.add_robot("ci")
        for caller, status in (("alice", 200), (robot, 200), (None, 401)):
            with Api(harbor, caller) as api:
                assert api("GET", "/users/search?username=ali").status == status


def test_bytes_that_are_not_utf8(new: Api) -> None:
    assert new("GET", "/users/search?username=%ff").status == 500
    assert new("GET", "/users/search?username=%00").status == 500
