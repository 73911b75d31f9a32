"""What the builders of ``q`` and ``sort`` say is what Harbor understands."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from hypothesis import given, settings, strategies as st

from harbor_client import ApiClient, UserApi, UserResp
from harbor_client.query import Q, Query
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users

#: Everything that means something to Harbor, to a URL or to SQL, and some that only look so.
SPECIAL = "\\~[]{}()\"'+%=&#?/;:_-<> \t\u00a0\u2003|*aA1é€ßı𝄞.2,"
texts = st.text(alphabet=st.sampled_from(SPECIAL), min_size=1, max_size=6) | st.sampled_from(
    ["12", "-7", "+1", "2024-01-02T03:04:05", "true", "null", "%41", "%2C", "%25", "\\", "\\\\x", "~a", "[a~b]", "{a}"]
)


class World:
    """Users with all kinds of real names, and the list of them."""

    def __init__(self, harbor: FakeHarbor, api: UserApi) -> None:
        self.harbor = harbor
        self.api = api
        self.names: dict[int, str] = {}

    def add(self, realname: str) -> None:
        if realname not in self.names.values():
            number = len(self.names)
            self.names[self.harbor.add_user(f"u{number}", realname=realname)] = realname

    def find(self, query: Query) -> set[str]:
        found: set[str] = set()
        page = 1
        while True:
            users = self.api.list_users(q=str(query), page=page, page_size=100)
            found |= {user.realname or "" for user in users if user.user_id in self.names}
            if len(users) < 100:
                return found
            page += 1


@pytest.fixture(scope="module", params=["2.12.4", "2.16.0"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with FakeHarbor(version=request.param) as harbor, ApiClient(harbor.configuration()) as client:
        yield World(harbor, UserApi(client))


def upper(text: str) -> str:
    """As PostgreSQL's UPPER: one character stays one."""
    return "".join(up if len(up := character.upper()) == 1 else character for character in text)


def build(make: Callable[[], Query], inexpressible: bool) -> Query | None:
    """The query; ``None`` when it is refused, which it must be just where the language has no words for it."""
    if inexpressible:
        with pytest.raises(ValueError):
            make()
        return None
    return make()


@settings(max_examples=50)
@given(text=texts)
def test_equals(world: World, text: str) -> None:
    world.add(text)
    query = build(lambda: Q.realname == text, "," in text)
    assert query is None or world.find(query) == {text}


@settings(max_examples=50)
@given(text=texts, around=texts)
def test_contains(world: World, text: str, around: str) -> None:
    world.add(f"{around}{text}{around}")
    query = build(lambda: Q.realname.contains(text), "," in text or "%" in text)
    if query is not None:
        expected = {name for name in world.names.values() if upper(text) in upper(name)}
        assert world.find(query) == expected


@settings(max_examples=40)
@given(chosen=st.lists(texts, min_size=1, max_size=4))
def test_one_of(world: World, chosen: list[str]) -> None:
    for text in chosen:
        world.add(text)
    query = build(
        lambda: Q.realname.one_of(*chosen),
        any("," in text or " " in text or text[0] in "\"'" or text[-1] in "\"'" for text in chosen),
    )
    assert query is None or world.find(query) == set(chosen)


@settings(max_examples=40)
@given(low=st.none() | texts, high=st.none() | texts)
def test_between(world: World, low: str | None, high: str | None) -> None:
    given = [text for text in (low, high) if text is not None]
    for text in given:
        world.add(text)
    query = build(
        lambda: Q.realname.between(low, high),
        not given or any("," in text or "~" in text or text[0] in "\"'" or text[-1] in "\"'" for text in given),
    )
    if query is not None:  # the fake's order is by code point
        expected = {
            name for name in world.names.values() if (low is None or low <= name) and (high is None or name <= high)
        }
        assert world.find(query) == expected


@settings(max_examples=40)
@given(text=texts)
def test_a_text_reads_back_as_the_query_that_it_came_from(text: str) -> None:
    for make in (lambda: Q.email == text, lambda: Q.email.contains(text), lambda: Q.email.one_of(text)):
        try:
            query = make() & (Q.user_id >= 5)
        except ValueError:
            continue
        assert Query.parse(str(query)) == query


def test_the_text_is_harbors() -> None:
    day = datetime(2024, 2, 29, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    for query, text in {
        Q.username == "alice": "username=alice",
        Q.username == "a=b": "username=a=b",
        Q.username == "50%+1": "username=50%25%2B1",
        Q.username == "~x": "username=\\~x",
        Q.username == "\\x": "username=\\\\x",
        Q.comment == "": "comment=\\",
        Q.username.contains("ali"): "username=~ali",
        Q.username.one_of("a", "b", "a"): "username={a b}",
        Q.username.one_of(["a", "7"]): "username={a '7'}",
        Q.username.between("a b", None): "username=[a b~]",
        Q.username.between(" a", "7"): "username=[' a'~'7']",
        Q.user_id == 3: "user_id=3",
        Q.user_id.between(3, 4): "user_id=[3~4]",
        Q.user_id >= 3: "user_id=[3~]",
        Q.user_id <= 3: "user_id=[~3]",
        Q.user_id.one_of({7}): "user_id={7}",
        Q.sysadmin_flag == True: "sysadmin_flag=true",  # noqa: E712
        Q.creation_time >= day: "creation_time=[2024-02-29T10:30:00~]",
        Q.update_time <= day.replace(microsecond=1): "update_time=[~'2024-02-29T10:30:00.000001']",
        Q.creation_time.between(datetime(2024, 1, 1), None): "creation_time=[2024-01-01T00:00:00~]",
        Q.username_or_email == "a@b.co": "username_or_email=a@b.co",
        (Q.username == "a") & (Q.email == "b") & (Q.user_id == 3): "username=a,email=b,user_id=3",
    }.items():
        assert str(query) == text
        assert text in repr(query)


def test_recorded_answers(world: World) -> None:
    """What the builders make is, once it is on its way, what the recordings hold an answer to."""
    recorded = set()
    for path in sorted((Path(__file__).parents[1] / "recordings").rglob("query.json")):
        for step in json.loads(path.read_text())["steps"]:
            request = step.get("request", {})
            _, sign, text = request.get("path", "").partition("?q=")
            if sign and step["response"]["status"] == 200:
                recorded.add(unquote_plus(text))
    for query in (
        Q.username == "alice",
        Q.username.contains("l_i"),
        Q.user_id == 3,
        Q.user_id.between(3, 4),
        Q.user_id >= 4,
        Q.user_id <= 4,
        Q.user_id.one_of(3, 5),
        Q.username.one_of("alice", "bob"),
        (Q.username == "alice") & (Q.user_id == 3),
        Q.email.contains("example"),
        Q.sysadmin_flag == False,  # noqa: E712
        Q.username == "a b",
        Q.creation_time.between(datetime(2020, 1, 1), datetime(2090, 1, 1)),
        Q.comment == "made by a test",
    ):
        assert str(query) in recorded


def test_times_and_flags(world: World) -> None:
    harbor = world.harbor
    api = world.api
    before = datetime.now(timezone.utc) - timedelta(seconds=2)
    boss = harbor.add_user("boss", sysadmin_flag=True)
    user = api.get_user(boss)
    assert user.creation_time is not None
    found = api.list_users(q=(Q.sysadmin_flag == True) & Q.creation_time.between(before, None))  # noqa: E712
    assert [one.user_id for one in found] == [boss]
    soon = user.creation_time + timedelta(milliseconds=1)  # what is shown is cut to the millisecond
    assert api.list_users(q=(Q.user_id == boss) & Q.creation_time.between(user.creation_time, soon))
    assert not api.list_users(q=(Q.user_id == boss) & Q.creation_time.between(soon, None))
    assert not api.list_users(q=(Q.user_id == boss) & (Q.sysadmin_flag == False))  # noqa: E712
    assert api.list_users(q=Q.username_or_email == "boss@example.com")[0].user_id == boss
    assert not api.list_users(q=Q.username_or_email == "BOSS")
    harbor.add_user("empty", comment="")
    harbor.add_user("noted", comment="x")
    assert "noted" not in {one.username for one in api.list_users(q=Q.comment == "", page_size=100)}


def test_sorting(world: World) -> None:
    assert str(Q.username.asc()) == "username"
    assert str(Q.username.desc()) == "-username"
    order = Q.sysadmin_flag.desc().then(Q.user_id.desc())
    assert str(order) == "-sysadmin_flag,-user_id"
    assert order == Q.sysadmin_flag.desc().then(Q.user_id.desc()) != Q.user_id.desc()
    ids = [user.user_id or 0 for user in world.api.list_users(sort=str(Q.user_id.desc()))]
    assert ids == sorted(ids, reverse=True)


def test_unknown_fields_are_errors_at_once() -> None:
    for name in ("usernmae", "password", "salt", "deleted", "admin_role_in_auth", "oidc_user_meta", "id"):
        with pytest.raises(AttributeError, match="username"):
            getattr(Q, name)
    with pytest.raises(AttributeError):
        Q.username = Q.email  # type: ignore[misc]


def test_raw_texts_keep_their_meaning(world: World) -> None:
    for text, same in {
        "": Query(),
        "username=alice": Q.username == "alice",
        "username=a%25b": Q.username == "a%b",
        "username=a+b": Q.username == "a b",
        "username=100%": Q.username == "100%",  # malformed, so Harbor takes it as it is
        "user_id=[3~4],sysadmin_flag=true": Q.user_id.between(3, 4) & (Q.sysadmin_flag == True),  # noqa: E712
        "creation_time=[2020-01-01 00:00:00~]": None,
        "username={'alice' \"bob\"}": None,
    }.items():
        query = Query.parse(text)
        assert same is None or query == same
        assert {user.user_id for user in world.api.list_users(q=str(query), page_size=100)} == {
            user.user_id for user in world.api.list_users(q=text, page_size=100)
        }


def test_queries_are_values() -> None:
    query = (Q.username == "a") & Q.creation_time.between(datetime(2024, 1, 1), None)
    assert pickle.loads(pickle.dumps(query)) == copy.deepcopy(query) == query
    assert len({query, (Q.username == "a") & (Q.creation_time >= datetime(2024, 1, 1)), Q.username == "a"}) == 2
    assert query != "username=a"
    assert pickle.loads(pickle.dumps(Q.username.desc())) == Q.username.desc()
    assert repr(Q.username) == "Q.username"


def test_matches() -> None:
    admin = UserResp(
        user_id=1, username="admin", sysadmin_flag=True, creation_time=datetime(2024, 1, 1, tzinfo=timezone.utc)
    )
    for query in (
        Query(),
        Q.username == "admin",
        Q.username.contains("DMI"),
        Q.username.one_of("x", "admin"),
        Q.user_id.between(None, 5),
        Q.sysadmin_flag == True,  # noqa: E712
        Q.creation_time >= datetime(2024, 1, 1),
        Q.username_or_email == "admin",
    ):
        assert query.matches(admin)
    for query in (
        Q.username == "Admin",
        Q.email.contains("a"),  # it has none
        Q.user_id >= 2,
        Q.sysadmin_flag == False,  # noqa: E712
        (Q.username == "admin") & (Q.user_id == 3),
        Q.username_or_email == "x",
    ):
        assert not query.matches(admin)
    with pytest.raises(ValueError):
        (Q.password_version == "sha1").matches(admin)


def test_an_empty_comment_is_left_out_by_harbor_and_matches_all_the_same() -> None:
    """The administrator's, say, who is not in the list: Harbor has an empty text there."""
    for query, fits in (
        (Q.comment == "", True),
        (Q.comment <= "z", True),
        (Q.comment >= "a", False),
        (Q.comment.contains("a"), False),
        (Q.email == "", False),  # has none at all
    ):
        assert query.matches(UserResp(user_id=1, username="admin")) is fits


def test_the_api_takes_queries_and_orders_as_they_are(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_users(4)
    api = users.api
    found = api.list_users(q=Q.user_id <= 5, sort=Q.sysadmin_flag.asc().then(Q.user_id.desc()))
    assert [user.user_id for user in found] == [5, 4, 3]
    harbor.requests.clear()
    wrong: list[dict[str, Any]] = [
        {"q": Q.username},
        {"sort": Q.username},
        {"q": Q.username.asc()},
        {"sort": Q.email == "x"},
    ]
    for arguments in wrong:
        with pytest.raises(TypeError, match="has to be text"):
            api.list_users(**arguments)
    assert not harbor.requests
